"""From MusicXML, plain or compressed (MXL), to the same raw score that MIDI gives.

music21 parses, one measure at a time. What it stumbles over and a melody does not
need is taken out first: grace and cue notes, chord symbols, words, layout, notation
that only repeats what the durations say. Music is taken as written: repeats are not
played.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import math
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple, TypeVar
from xml.etree import ElementTree as ET
from xml.parsers import expat

import numpy as np

from monody.archives import check_size
from monody.melody import (
    MAX_BPM,
    MIN_BPM,
    TICKS_PER_QUARTER,
    Meter,
    is_meter,
    key_name,
)
from monody.midi_read import GET_IT_AGAIN
from monody.note_table import MAX_TICK
from monody.raw_score import RawScore, RawTrack, UnreadableError

FILE_TICKS_PER_QUARTER = 10_080  # 2⁵·3²·5·7: exact for 128ths, tuplets of 3, 5 and 7
DRUM_CHANNEL = 10  # MusicXML counts MIDI channels and programs from 1
CONTAINER = "META-INF/container.xml"
EXPORT_AGAIN = "open it in a notation program and export it as MusicXML again"

T = TypeVar("T")

_NOTE_TAGS = ("chord", "pitch", "unpitched", "duration", "voice", "tie", "staff")
_DAMAGED_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    struct.error,
)


class _Sound(NamedTuple):
    """A written note: file ticks, sounding pitch, and how it is tied."""

    start: int
    pitch: int
    end: int
    tie: str  # "start", "continue" and "stop" count
    unpitched: bool


class _Bar(NamedTuple):
    """A measure of the score, in file ticks."""

    start: int
    ticks: int


class _Measure(NamedTuple):
    """A measure of a part, as music21 parsed it."""

    music: Any  # music21.stream.Measure
    staff_of: dict[int, int]  # staff, from 1, by the id() of what stands on it
    semitones: int  # from the written to the sounding pitch
    has_notes: bool
    ticks: int

    @property
    def voices(self) -> list[Any]:
        """The streams that hold its notes and rests."""
        return [self.music, *self.music.voices]


def read_musicxml(data: bytes, max_bytes: int) -> RawScore:
    """Parse a MusicXML file, with sounding pitches and as written.

    A first measure that is shorter than the meter is a pickup: the music is moved so
    that it ends on a bar line. A full measure that begins off the grid of its meter
    begins the grid anew. A staff is a track.

    Args:
        data: The whole file: MusicXML text, or an MXL archive.
        max_bytes: The largest unpacked size.

    Raises:
        UnreadableError: If it is not MusicXML, is damaged or too large, or music21 is
            not installed.
    """
    if importlib.util.find_spec("music21") is None:
        reason = "MusicXML needs the score extra"
        raise UnreadableError(reason, "pip install 'monody[score]'", lasting=False)
    root = _partwise(_tree(_unpacked(data, max_bytes)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _score(root)
    except MemoryError:
        raise
    except Exception as error:  # damaged input raises all sorts, from music21's depths
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise UnreadableError(f"unreadable MusicXML: {reason}", EXPORT_AGAIN) from error


# From bytes to a tree of elements.


def _unpacked(data: bytes, max_bytes: int) -> bytes:
    """Return the MusicXML text of a plain or compressed file."""
    if not data.startswith(b"PK"):
        check_size(len(data), max_bytes)
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _member(archive, _score_name(archive, max_bytes), max_bytes)
    except _DAMAGED_ARCHIVE as error:
        raise UnreadableError(f"damaged MXL archive: {error}", GET_IT_AGAIN) from error


def _score_name(archive: zipfile.ZipFile, max_bytes: int) -> str:
    """Return the member that the container names, else the only one that can be it."""
    names = archive.namelist()
    if CONTAINER in names:
        container = _tree(_member(archive, CONTAINER, max_bytes))
        rootfile = container.find(".//{*}rootfile")
        if rootfile is not None and rootfile.get("full-path") in names:
            return rootfile.get("full-path", "")
    scores = [
        name
        for name in names
        if name.lower().endswith((".xml", ".musicxml"))
        and not name.startswith(("META-INF/", "__MACOSX/"))
    ]
    if len(scores) == 1:
        return scores[0]
    if scores:
        reason = (
            f"an archive of {len(scores)} XML files that does not say which to read"
        )
    else:
        reason = "an archive without MusicXML"
    raise UnreadableError(reason, "unpack it and add the files themselves")


def _member(archive: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    """Unpack a member, no further than ``max_bytes``."""
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise UnreadableError(
            "an encrypted archive", "unpack it with its password and add the file"
        )
    # MXL is deflated; bzip2 and LZMA could not be stopped at a size.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableError(
            "an archive packed in a way that MXL does not use",
            "unpack it and add the file itself",
        )
    with archive.open(info) as member:
        data = member.read(max_bytes + 1)
    check_size(len(data), max_bytes)
    return data


def _tree(data: bytes) -> ET.Element:
    """Parse XML that declares no entities: they could grow without bound.

    Raises:
        UnreadableError: If it is not XML, damaged, or declares entities.
    """
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _not_xml(data, str(error)) from error
    return builder.close()


def _refuse_entity(*_: object) -> None:
    raise UnreadableError("XML that declares entities, as no score does", EXPORT_AGAIN)


def _not_xml(data: bytes, error: str) -> UnreadableError:
    """Say what data that does not parse looks like."""
    head = (
        data[:1024].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    )
    if not data:
        return UnreadableError("empty file", GET_IT_AGAIN)
    if b"<html" in head or b"<!doctype html" in head:
        return _web_page()
    if not head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff<")):
        return UnreadableError("not MusicXML: it is not XML", "export it as MusicXML")
    return UnreadableError(f"damaged XML: {error}", GET_IT_AGAIN)


def _web_page() -> UnreadableError:
    return UnreadableError(
        "a web page, not MusicXML", "download the MusicXML file that the page links to"
    )


def _partwise(root: ET.Element) -> ET.Element:
    """Return a score's root in the order that music21 reads: measures in parts.

    Raises:
        UnreadableError: If it is not the root of a score.
    """
    if root.tag.lower() == "html":
        raise _web_page()
    if root.tag not in ("score-partwise", "score-timewise"):
        reason = f"XML, but not MusicXML: its root is <{root.tag[:40]}>"
        raise UnreadableError(reason, "export it as MusicXML")
    if root.tag == "score-partwise":
        return root
    score = ET.Element("score-partwise")
    score.extend(root.findall("part-list"))
    parts: dict[str | None, ET.Element] = {}
    for measure in root.iterfind("measure"):
        for piece in measure.iterfind("part"):
            name = piece.get("id")
            if name not in parts:
                parts[name] = ET.SubElement(score, "part", piece.attrib)
            ET.SubElement(parts[name], "measure", measure.attrib).extend(piece)
    return score


# What a melody needs of a part.


def _plain(part: ET.Element) -> ET.Element:
    """Return a part with no more than pitches, durations, meters, keys and tempos."""
    plain = ET.Element("part", id="P1")
    readers = {
        "note": _plain_note,
        "forward": _plain_rest,
        "backup": lambda backup: [backup],
        "attributes": _plain_attributes,
        "direction": _plain_tempo,
        "sound": _plain_tempo,
    }
    for number, measure in enumerate(part.iterfind("measure")):
        bar = ET.SubElement(plain, "measure", number=str(number))
        for element in measure:
            if element.tag in readers:
                bar.extend(readers[element.tag](element))
    return plain


def _plain_note(note: ET.Element) -> list[ET.Element]:
    """Return a note without its looks; a cue is silence, a grace note no time."""
    if note.find("grace") is not None:
        return []
    if note.find("cue") is not None or note.find("rest") is not None:
        return [] if note.find("chord") is not None else _plain_rest(note)
    plain = ET.Element("note")
    plain.extend(child for child in note if child.tag in _NOTE_TAGS)
    if note.find("tie") is None:
        for tied in note.iterfind("notations/tied"):
            ET.SubElement(plain, "tie", type=tied.get("type", ""))
    return [plain]


def _plain_rest(silence: ET.Element) -> list[ET.Element]:
    """Return a rest as long as a rest, a cue note or a ``forward``.

    It does not say that it fills the measure: music21 would make it as long as the
    meter, also in a pickup.
    """
    plain = ET.Element("note")
    ET.SubElement(plain, "rest")
    plain.extend(
        child for child in silence if child.tag in ("duration", "voice", "staff")
    )
    return [plain]


def _plain_attributes(attributes: ET.Element) -> list[ET.Element]:
    """Return what counts of a clef's neighbours: units, staves, meter, key, pitch."""
    plain = ET.Element("attributes")
    plain.extend(attributes.findall("divisions"))
    # Music without meter, and keys that are no circle of fifths, have no name here.
    plain.extend(
        key for key in attributes.iterfind("key") if key.find("fifths") is not None
    )
    plain.extend(time for time in attributes.iterfind("time[beats]"))
    for transpose in attributes.iterfind("transpose"):
        # Semitones alone: music21 fails on steps that do not fit them.
        semitones = _number(transpose, "chromatic") + 12 * _number(
            transpose, "octave-change"
        )
        moved = ET.SubElement(plain, "transpose")
        ET.SubElement(moved, "chromatic").text = str(round(semitones))
    return [plain]


def _plain_tempo(direction: ET.Element) -> list[ET.Element]:
    """Return the tempo as it sounds, else as it is printed: "ca. 90" is 90."""
    plain = ET.Element("direction")
    plain.extend(direction.findall("offset"))
    sound = direction if direction.tag == "sound" else direction.find("sound[@tempo]")
    if sound is not None:
        bpm = _finite(sound.get("tempo", ""))
        ET.SubElement(plain, "sound", tempo=str(bpm))
        return [plain] if bpm > 0 else []
    mark = direction.find("direction-type/metronome")
    if mark is None or len(mark.findall("beat-unit")) != 1:  # two: a quarter is a half
        return []
    metronome = ET.SubElement(ET.SubElement(plain, "direction-type"), "metronome")
    metronome.extend(child for child in mark if child.tag.startswith("beat-unit"))
    found = re.search(r"\d+(\.\d+)?", mark.findtext("per-minute", ""))
    per_minute = _finite(found.group()) if found else 0.0
    ET.SubElement(metronome, "per-minute").text = str(per_minute)
    return [plain] if per_minute > 0 else []


def _number(element: ET.Element, path: str) -> float:
    """Return the number in a descendant's text; 0 if there is none."""
    return _finite(element.findtext(path, ""))


def _finite(text: str) -> float:
    """Return the number that a text is; 0 if it is none."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


# From music21's measures to tracks.


def _score(root: ET.Element) -> RawScore:
    """Read the parts of a score and put their measures under each other."""
    entries = {
        entry.get("id"): entry for entry in root.iterfind("part-list/score-part")
    }
    sources = root.findall("part[measure]")
    parts = [list(_measures(_plain(source))) for source in sources]
    bars = _bars(parts)
    meters = _meters(parts, bars)
    late = _missing_of_pickup(bars, meters)
    shifted = [bar._replace(start=bar.start + late) for bar in bars]
    tracks: list[RawTrack] = []
    for source, part in zip(sources, parts, strict=True):
        entry = entries.get(source.get("id"), source)
        for sounds in _staves(part, shifted):
            tracks.append(_track(len(tracks), _joined(sorted(sounds)), entry))
    return RawScore(
        ticks_per_quarter=FILE_TICKS_PER_QUARTER,
        tracks=tuple(tracks),
        tempos=tuple(_moved(_tempos(parts, bars), late).items()),
        meters=_with_new_grids(_moved(meters, late), shifted),
        keys=tuple(_moved(_keys(parts, bars), late).items()),
    )


def _measures(plain: ET.Element) -> Iterator[_Measure]:
    """Let music21 parse the measures of a part, one by one.

    Its own loop over them takes time by the square of their number.
    """
    # By its name: the module is optional, slow to import and typed in places only.
    module = importlib.import_module("music21.musicxml.xmlToM21")
    part = module.PartParser()
    semitones = 0
    for element in plain:
        parser = module.MeasureParser(element, parent=part)
        parser.parse()
        part.setLastMeasureInfo(parser.stream)
        if parser.transposition is not None:
            semitones = round(parser.transposition.semitones)
        staff_of = {
            id(item): staff
            for staff, items in parser.staffReference.items()
            for item in items
        }
        full = _ticks(part.lastTimeSignature.barDuration.quarterLength)
        measure = _Measure(parser.stream, staff_of, semitones, False, full)
        yield _measured(measure, full)


def _measured(measure: _Measure, full: int) -> _Measure:
    """Find how long a measure is; one without notes is at most as long as its meter.

    Args:
        measure: Of unknown length.
        full: The length that the meter asks for.
    """
    items = [item for voice in measure.voices for item in voice.notesAndRests]
    ticks = max((_ticks(item.offset + item.quarterLength) for item in items), default=0)
    has_notes = not all(item.isRest for item in items)
    # A rest of a whole note may mean a measure of any length.
    ticks = ticks if has_notes else min(ticks or full, full)
    return measure._replace(has_notes=has_notes, ticks=ticks)


def _ticks(quarters: float | Fraction) -> int:
    return round(quarters * FILE_TICKS_PER_QUARTER)


def _bars(parts: Sequence[Sequence[_Measure]]) -> list[_Bar]:
    """Lay out the measures, each as long as in the part where its notes last longest.

    Parts where it is empty count only if all are: beside a pickup, some programs leave
    a measure empty, or fill it with a whole rest.
    """
    lengths = [
        [(measure.has_notes, measure.ticks) for measure in part] for part in parts
    ]
    longest = [max(column) for column in zip_longest(*lengths, fillvalue=(False, 0))]
    ticks = [length for _, length in longest]
    return [_Bar(*bar) for bar in zip(accumulate([0, *ticks]), ticks, strict=False)]


def _missing_of_pickup(bars: Sequence[_Bar], meters: dict[int, Meter]) -> int:
    """Return by how much the first measure is shorter than its meter, in file ticks."""
    if len(bars) < 2 or 0 not in meters:
        return 0
    full = _full_bar(meters[0])
    return full - bars[0].ticks if 0 < bars[0].ticks < full else 0


def _full_bar(meter: Meter) -> int:
    return meter.bar_ticks * FILE_TICKS_PER_QUARTER // TICKS_PER_QUARTER


def _moved(values: dict[int, T], late: int) -> dict[int, T]:
    """Move values that stand at ticks; what holds from the start still does."""
    return {tick and tick + late: value for tick, value in sorted(values.items())}


def _with_new_grids(
    meters: dict[int, Meter], bars: Sequence[_Bar]
) -> tuple[Meter, ...]:
    """Begin the grid anew where a full measure stands off it.

    That is where a measure is too long or too short for good: the two halves of a
    measure that a repeat sign splits leave the grid as it is.
    """
    grids: list[Meter] = []
    signs = [meter._replace(tick=tick) for tick, meter in meters.items()]
    for bar in bars:
        while signs and signs[0].tick <= bar.start:
            grids.append(signs.pop(0))
        full = _full_bar(grids[-1]) if grids else 0
        if grids and bar.ticks == full and (bar.start - grids[-1].tick) % full:
            grids.append(grids[-1]._replace(tick=bar.start))
    return (*grids, *signs)


def _signs(
    parts: Sequence[Sequence[_Measure]], bars: Sequence[_Bar], kind: str
) -> Iterator[tuple[int, Any, _Measure]]:
    """Find the signs of a music21 class, part by part, with their file ticks."""
    for part in parts:
        for bar, measure in zip(bars, part, strict=False):
            for sign in measure.music.getElementsByClass(kind):
                yield bar.start + _ticks(sign.offset), sign, measure


def _meters(
    parts: Sequence[Sequence[_Measure]], bars: Sequence[_Bar]
) -> dict[int, Meter]:
    """Return time signatures by tick; the uppermost part is right."""
    meters: dict[int, Meter] = {}
    for tick, sign, _ in _signs(parts, bars, "TimeSignature"):
        if is_meter(sign.numerator, sign.denominator):
            meters.setdefault(tick, Meter(tick, sign.numerator, sign.denominator))
    return meters


def _keys(parts: Sequence[Sequence[_Measure]], bars: Sequence[_Bar]) -> dict[int, str]:
    """Return sounding keys by tick; without a mode, or in another mode, as major."""
    keys: dict[int, str] = {}
    for tick, sign, measure in _signs(parts, bars, "KeySignature"):
        minor = getattr(sign, "mode", None) in ("minor", "aeolian")
        sharps = sign.sharps + 7 * measure.semitones
        if not -7 <= sharps <= 7:
            sharps = (sharps + 5) % 12 - 5  # the same key in fewer accidentals
        keys.setdefault(tick, key_name(sharps, minor=minor))
    return keys


def _tempos(
    parts: Sequence[Sequence[_Measure]], bars: Sequence[_Bar]
) -> dict[int, float]:
    """Return quarter notes a minute by tick."""
    tempos: dict[int, float] = {}
    for tick, mark, _ in _signs(parts, bars, "MetronomeMark"):
        bpm = mark.getQuarterBPM()
        if bpm is not None and MIN_BPM <= bpm <= MAX_BPM:
            tempos.setdefault(tick, float(bpm))
    return tempos


def _track(index: int, sounds: Sequence[_Sound], entry: ET.Element) -> RawTrack:
    """Make a track of a staff's notes; what is unpitched sounds on drum tracks only.

    Args:
        index: Of the staff.
        sounds: In order of time, ties joined.
        entry: The part's entry in the score's list of parts.
    """
    unpitched = sum(sound.unpitched for sound in sounds)
    channel = _number(entry, "midi-instrument/midi-channel")
    is_drum = channel == DRUM_CHANNEL or 2 * unpitched > len(sounds)
    notes = [
        (sound.pitch, sound.start, sound.end - sound.start)
        for sound in sounds
        if is_drum or not sound.unpitched
        if 0 <= sound.pitch <= 127 and 0 <= sound.start < sound.end < MAX_TICK
    ]
    pitch, start, duration = np.array(notes, np.int64).reshape(-1, 3).T
    program = round(_number(entry, "midi-instrument/midi-program")) - 1
    program = program if 0 <= program <= 127 else 0
    return RawTrack(pitch, start, duration, program, is_drum, index)


def _staves(part: Sequence[_Measure], bars: Sequence[_Bar]) -> list[list[_Sound]]:
    """Sort the notes of all voices of a part by staff; at least one staff is there."""
    staves: dict[int, list[_Sound]] = {}
    for bar, measure in zip(bars, part, strict=False):
        for voice in measure.voices:
            for item in voice.notes:
                staff = max(1, measure.staff_of.get(id(item), 1))
                staves.setdefault(staff, []).extend(
                    _sounds(item, bar, measure.semitones)
                )
    return [staves[staff] for staff in sorted(staves)] or [[]]


def _sounds(item: Any, bar: _Bar, semitones: int) -> Iterator[_Sound]:
    """Describe a note, or those of a chord.

    Args:
        item: A ``music21.note.NotRest``.
        bar: Where it stands.
        semitones: From the written to the sounding pitch.
    """
    start = bar.start + _ticks(item.offset)
    end = bar.start + _ticks(item.offset + item.quarterLength)
    for note in getattr(item, "notes", (item,)):
        unpitched = not hasattr(note, "pitch")
        pitch = note.displayPitch() if unpitched else note.pitch
        tie = note.tie.type if note.tie is not None else ""
        # Not pitch.midi: it moves what is out of range by octaves.
        yield _Sound(start, round(pitch.ps) + semitones, end, tie, unpitched)


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
