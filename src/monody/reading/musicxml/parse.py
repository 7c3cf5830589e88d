"""From MusicXML, plain or compressed (MXL), to the same raw score that MIDI gives.

Its measures become tracks of notes with sounding pitches, ties joined. Music is taken
as written: repeats are not played.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast
from xml.etree import ElementTree as ET

import numpy as np

from monody.reading.musicxml.measures import (
    FILE_TICKS_PER_QUARTER,
    ParsedMeasure,
    measures_of,
    to_ticks,
)
from monody.reading.musicxml.simplify import number, plain_part
from monody.reading.musicxml.timeline import (
    MeasureSpan,
    keys_of,
    measure_spans,
    meters_of,
    missing_of_pickup,
    moved,
    tempos_of,
    with_new_grids,
)
from monody.reading.musicxml.tree import EXPORT_AGAIN, score_tree
from monody.reading.note_table import MAX_TICK
from monody.reading.raw_score import RawScore, RawTrack, UnreadableError

if TYPE_CHECKING:
    from music21.note import Note, NotRest, Unpitched

DRUM_CHANNEL = 10  # MusicXML counts MIDI channels and programs from 1


class _Sound(NamedTuple):
    """A written note: file ticks, sounding pitch, and how it is tied."""

    start: int
    pitch: int
    end: int
    tie: str  # "start", "continue" and "stop" count
    unpitched: bool


def read_musicxml(data: bytes, max_bytes: int) -> RawScore:
    """Parse a MusicXML file, with sounding pitches and as written.

    A first measure that is shorter than the meter is a pickup: the music is moved so
    that it ends on a bar line. A full measure that begins off the grid of its meter
    begins a new grid. A staff is a track.

    Args:
        data: The whole file: MusicXML text, or an MXL archive.
        max_bytes: The largest unpacked size.

    Raises:
        UnreadableError: If it is not MusicXML, is damaged or too large, or music21 is
            not installed.

    Example:
        >>> from monody.reading.musicxml.parse import read_musicxml
        >>> read_musicxml(b"<opus/>", max_bytes=1_000_000)
        Traceback (most recent call last):
        ...
        monody.reading.raw_score.UnreadableError: XML, but not MusicXML: its root is ...
    """
    if importlib.util.find_spec("music21") is None:
        reason = "MusicXML needs the score extra"
        raise UnreadableError(reason, "pip install 'monody[score]'")
    root = score_tree(data, max_bytes)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _score(root)
    except MemoryError:
        raise
    except Exception as error:  # damaged input makes music21 raise errors of any kind
        raise UnreadableError(
            "MusicXML that contradicts itself", EXPORT_AGAIN
        ) from error


def _score(root: ET.Element) -> RawScore:
    """Read the parts of a score and put their measures under each other."""
    entries = {
        entry.get("id"): entry for entry in root.iterfind("part-list/score-part")
    }
    sources = root.findall("part[measure]")
    parts = [list(measures_of(plain_part(source))) for source in sources]
    bars = measure_spans(parts)
    meters = meters_of(parts, bars)
    late = missing_of_pickup(bars, meters)
    shifted = [bar._replace(start=bar.start + late) for bar in bars]
    tracks: list[RawTrack] = []
    for source, part in zip(sources, parts, strict=True):
        entry = entries.get(source.get("id"), source)
        for sounds in _staves(part, shifted):
            tracks.append(_track(len(tracks), _joined(sorted(sounds)), entry))
    return RawScore(
        ticks_per_quarter=FILE_TICKS_PER_QUARTER,
        tracks=tuple(tracks),
        tempos=tuple(moved(tempos_of(parts, bars), late).items()),
        meters=with_new_grids(moved(meters, late), shifted),
        keys=tuple(moved(keys_of(parts, bars), late).items()),
    )


def _staves(
    part: Sequence[ParsedMeasure], bars: Sequence[MeasureSpan]
) -> list[list[_Sound]]:
    """Sort the notes of all voices of a part by staff, of which there is always one."""
    staves: dict[int, list[_Sound]] = {}
    for bar, measure in zip(bars, part, strict=False):
        for voice in measure.voices:
            for item in voice.notes:
                staff = max(1, measure.staff_of.get(id(item), 1))
                staves.setdefault(staff, []).extend(
                    _sounds(item, bar, measure.semitones)
                )
    return [staves[staff] for staff in sorted(staves)] or [[]]


def _sounds(item: NotRest, bar: MeasureSpan, semitones: int) -> Iterator[_Sound]:
    """Describe a note, or the notes of a chord.

    Args:
        item: The note or the chord.
        bar: Its measure.
        semitones: From the written to the sounding pitch.
    """
    start = bar.start + to_ticks(item.offset)
    end = bar.start + to_ticks(item.offset + item.quarterLength)
    alone = (cast("Note | Unpitched", item),)
    for note in item.notes if hasattr(item, "notes") else alone:
        pitched = hasattr(note, "pitch")
        pitch = note.pitch if hasattr(note, "pitch") else note.displayPitch()
        tie = note.tie.type if note.tie is not None else ""
        # Not pitch.midi: it moves a pitch that is out of range by octaves.
        yield _Sound(start, round(pitch.ps) + semitones, end, tie, not pitched)


def _joined(sounds: Sequence[_Sound]) -> list[_Sound]:
    """Join tied notes, also from one voice to another.

    Args:
        sounds: In order of time.
    """
    joined: list[_Sound] = []
    held: dict[int, int] = {}  # pitch: index of the note that a tie begins at
    for sound in sounds:
        index = held.pop(sound.pitch, len(joined))
        tied = sound.tie in ("stop", "continue") and index < len(joined)
        if tied and joined[index].end == sound.start:
            joined[index] = joined[index]._replace(end=sound.end)
        else:
            index = len(joined)
            joined.append(sound)
        if sound.tie in ("start", "continue"):
            held[sound.pitch] = index
    return joined


def _track(index: int, sounds: Sequence[_Sound], entry: ET.Element) -> RawTrack:
    """Make a track of a staff's notes; unpitched ones sound on drum tracks only.

    Args:
        index: Of the staff.
        sounds: In order of time, ties joined.
        entry: The part's entry in the score's list of parts.
    """
    unpitched = sum(sound.unpitched for sound in sounds)
    channel = number(entry, "midi-instrument/midi-channel")
    is_drum = channel == DRUM_CHANNEL or 2 * unpitched > len(sounds)
    notes = [
        (sound.pitch, sound.start, sound.end - sound.start)
        for sound in sounds
        if is_drum or not sound.unpitched
        if 0 <= sound.pitch <= 127 and 0 <= sound.start < sound.end < MAX_TICK
    ]
    pitch, start, duration = np.array(notes, np.int64).reshape(-1, 3).T  # (notes,)
    program = round(number(entry, "midi-instrument/midi-program")) - 1
    program = program if 0 <= program <= 127 else 0
    return RawTrack(pitch, start, duration, program, is_drum, index)
