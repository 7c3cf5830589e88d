"""From a melody to the bytes of a MIDI file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import symusic

from monody.files import write_bytes
from monody.music.keys import key_signature
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, Ints, metric_positions
from monody.music.smf import with_text

FILE_TICKS_PER_QUARTER = 480  # what most sequencers use
_SCALE = FILE_TICKS_PER_QUARTER // TICKS_PER_QUARTER

_LATE_END, _END = b"\x01\xff\x2f\x00", b"\x00\xff\x2f\x00"  # of a track

DOWNBEAT_VELOCITY, BEAT_VELOCITY, OFFBEAT_VELOCITY = 100, 88, 76


def midi_bytes(melody: Melody, name: str = "melody", text: str | None = None) -> bytes:
    """Return a MIDI file with tempo, meter, key if known, program and a track name.

    Args:
        melody: What to write. Velocities follow the meter: a note on the bar line is
            the loudest, one on a beat louder than one between beats.
        name: The track's name.
        text: What the file says of itself in a text event at its start, such as how
            it was made; ``midi_text.texts_of`` reads it. Best ASCII. ``None``: nothing.
    """
    score: Any = symusic.Score(FILE_TICKS_PER_QUARTER)
    score.tempos.append(symusic.Tempo(0, melody.bpm))
    for meter in melody.meters:
        score.time_signatures.append(
            symusic.TimeSignature(
                meter.tick * _SCALE, meter.numerator, meter.denominator
            )
        )
    if melody.key is not None:
        sharps, minor = key_signature(melody.key)
        score.key_signatures.append(symusic.KeySignature(0, sharps, int(minor)))
    track: Any = symusic.Track(name, program=melody.program)
    track.notes = symusic.Note.from_numpy(
        time=melody.starts * _SCALE,
        duration=melody.durations * _SCALE,
        pitch=melody.pitches.astype(np.int8),
        velocity=velocities(melody).astype(np.int8),
    )
    score.tracks.append(track)
    data: bytes = score.dumps_midi()
    if data.endswith(_LATE_END):  # symusic's: one tick after the last note
        data = data.removesuffix(_LATE_END) + _END
    return data if text is None else with_text(data, text)


def velocities(melody: Melody) -> Ints:
    """Choose velocities, 1-127, by where in the bar each note begins: ``(notes,)``."""
    positions, meters = metric_positions(melody.starts, melody.meters)
    beats = np.array([meter.beat_ticks for meter in melody.meters])[meters]
    on_beat = np.where(positions % beats == 0, BEAT_VELOCITY, OFFBEAT_VELOCITY)
    return np.where(positions == 0, DOWNBEAT_VELOCITY, on_beat).astype(np.int32)


def write_midi(
    melody: Melody, path: str | Path, name: str = "melody", text: str | None = None
) -> None:
    """Write a melody as a MIDI file, whole or not at all.

    Args:
        melody: What to write.
        path: The file, which is replaced if it exists.
        name: The track's name.
        text: What the file says of itself, as in ``midi_bytes``.
    """
    write_bytes(Path(path), midi_bytes(melody, name, text))
