"""The tracks of healthy MIDI files, as symusic reads them.

symusic is fast, but it splits a track by channels and programs, drops notes without an
end, and knows no pedal. So each track is given to it alone, followed by note-offs for
whatever still sounds, and where what comes back is odd in any way, `exact` reads the
file.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monody.music.smf import MAX_NUMBER, number_bytes
from monody.music.symusic_core import core
from monody.reading.midi.chunks import MidiFile
from monody.reading.midi.drum_kits import MIN_ODD_BANK, drum_channels
from monody.reading.midi.exact import BANK, SILENCES, Tracks, repairs_of
from monody.reading.midi.heard import MAX_FAINT_VELOCITY, track_of
from monody.reading.midi.pedal import (
    MIN_DOWN,
    RESET,
    SUSTAIN,
    held_until,
    pedal_spans,
)
from monody.reading.midi.players import ChannelPart
from monody.reading.midi.repair_track import END_OF_TRACK
from monody.reading.midi.track_events import track_events
from monody.reading.raw_score import RawTrack

_NOTE_ONS = [bytes((0x90 | channel,)) for channel in range(16)]
_ALL_OFF = {  # of a channel, by running status
    on: b"\0" + on + b"\0".join(bytes((pitch, 0)) for pitch in range(128))
    for on in _NOTE_ONS
}
_FAR = MAX_NUMBER  # ticks after the end of a track: what ends there has no end
_WAIT = b"\xff\x01\x00" + number_bytes(_FAR) + b"\xff\x01\x00"
_LEAST = bytes((MAX_FAINT_VELOCITY,))
_MAY_STEER = re.compile(rb"[\xb0-\xcf]")
# Whether a controller of a value changes what the notes of its channel are.
_ODD = np.zeros((128, 128), bool)  # (number, value)
_ODD[BANK, MIN_ODD_BANK:] = True
_ODD[SUSTAIN, MIN_DOWN:] = True
_ODD[list(SILENCES)] = True
_SILENCE = np.zeros(128, bool)
_SILENCE[list(SILENCES)] = True


def parsed(file: MidiFile) -> list[core.ScoreTick] | None:
    """Let symusic parse each track of a file alone; ``None`` where it cannot.

    Args:
        file: Each of its tracks ends with an end-of-track event.

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.midi.chunks import MidiFile
        >>> from monody.reading.midi.plain import parsed
        >>> file = MidiFile(Path("data/midi/tune-000.mid").read_bytes())
        >>> [len(score.tracks) for score in parsed(file)]
        [0, 1]
    """
    head = struct.pack(">4sIHHH4s", b"MThd", 6, 0, 1, file.ticks_per_quarter, b"MTrk")
    try:
        return [
            core.ScoreTick.from_midi(
                b"".join((head, len(body).to_bytes(4, "big"), body))
            )
            for body in map(_with_all_off, file.bodies)
        ]
    except (RuntimeError, ValueError):
        return None


def _with_all_off(body: bytes) -> bytes:
    """Let a track go on after its end, until what still sounds is switched off."""
    offs = [_ALL_OFF[on] for on in _NOTE_ONS if on in body]
    if not offs:
        return body
    return b"".join((body[: -len(END_OF_TRACK)], _WAIT, *offs, b"\0", END_OF_TRACK))


def plain_tracks(file: MidiFile, scores: Sequence[core.ScoreTick]) -> Tracks | None:
    """Return the tracks of a file that have notes; ``None`` where one is odd.

    Args:
        file: The file.
        scores: Each of its tracks, as `parsed` returns them.

    Returns:
        The tracks, and what was done to their notes.
    """
    if file.data.count(END_OF_TRACK) != len(file.bodies) or drum_channels(file.data):
        return None
    tracks: list[RawTrack] = []
    done: Counter[str] = Counter()
    for place, score in enumerate(scores):
        playing = [track for track in score.tracks if len(track.notes)]
        if len(playing) > 1 or (not playing and _steers(file.bodies[place])):
            return None
        if playing:
            track = _track(playing[0], len(tracks), file, place, done)
            if track is None:
                return None
            tracks.append(track)
    return tuple(tracks), repairs_of(done)


def _steers(body: bytes) -> bool:
    """Tell whether a track without notes changes how others sound."""
    return bool(_MAY_STEER.search(body)) and any(
        channel.programs or channel.controls
        for channel in track_events(body).channels.values()
    )


def _track(
    track: core.TrackTick, index: int, file: MidiFile, place: int, done: Counter[str]
) -> RawTrack | None:
    """Copy a track; its notes are validated later, with those of other files."""
    notes = track.notes.numpy()  # (notes,) each
    duration = notes["duration"]
    shortest, longest = duration[duration.argmin()], duration[duration.argmax()]
    if shortest < 0 or longest >= _FAR or _has_uneven_unison(notes):
        return None
    program = track.program if 0 <= track.program <= 127 else 0
    is_drum = track.is_drum or file.is_named_drums(place)
    steered = len(track.controls) > 0 and _is_steered(track)
    if steered or shortest == 0 or _LEAST in notes["velocity"].tobytes():
        part = _part(track, program, is_drum=is_drum)
        return None if part is None else track_of(part, index, file.names[place], done)
    return RawTrack(
        pitch=notes["pitch"],
        start=notes["time"],
        duration=duration,
        program=program,
        is_drum=is_drum,
        index=index,
        name=file.names[place],
    )


def _has_uneven_unison(notes: dict[str, NDArray[np.integer]]) -> bool:
    """Tell whether notes of one pitch begin together and end apart.

    symusic ends them in their order, even where one of them has no length.
    """
    key = (notes["time"].astype(np.int64) << 7) + notes["pitch"]
    order = np.argsort(key, kind="stable")
    unison = np.diff(key[order]) == 0
    return bool(unison.any()) and bool(np.diff(notes["duration"][order])[unison].any())


def _is_steered(track: core.TrackTick) -> bool:
    """Tell whether a controller may change the notes of a track."""
    controls = track.controls.numpy()
    return bool(_ODD[controls["number"] & 127, controls["value"] & 127].any())


def _part(track: core.TrackTick, program: int, *, is_drum: bool) -> ChannelPart | None:
    """Put the notes of a track in order, under the pedal.

    ``None`` if a controller makes it a drum kit, or ends a note that sounds.
    """
    notes, controls = track.notes.numpy(), track.controls.numpy()
    number, value, tick = (controls[name] for name in ("number", "value", "time"))
    start, duration = notes["time"].astype(np.int64), notes["duration"]
    order = np.argsort(start, kind="stable")
    start = start[order]
    end = start + duration[order]
    silences = tick[_SILENCE[number & 127]]
    begun = np.searchsorted(start, silences, side="left")
    ended = np.searchsorted(np.sort(end), silences, side="right")
    if np.any(begun > ended) or np.any((number == BANK) & (value >= MIN_ODD_BANK)):
        return None
    signs = [
        list(zip(tick[own].tolist(), value[own].tolist(), strict=True))
        for own in (number == SUSTAIN, number == RESET)
    ]
    return ChannelPart(
        channel=0,
        pitch=notes["pitch"].astype(np.int64)[order],
        start=start,
        end=end,
        held=held_until(end, pedal_spans(*signs)),
        velocity=notes["velocity"].astype(np.int64)[order],
        programs=np.full(len(start), program),
        is_drum=is_drum,
    )
