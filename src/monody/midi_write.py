"""From a melody to the bytes of a MIDI file."""

from __future__ import annotations

from pathlib import Path

import symusic

from monody.files import write_bytes
from monody.melody import TICKS_PER_QUARTER, Melody, Note, metric_positions

FILE_TICKS_PER_QUARTER = 480  # what most sequencers use
_SCALE = FILE_TICKS_PER_QUARTER // TICKS_PER_QUARTER

DOWNBEAT_VELOCITY, BEAT_VELOCITY, OFFBEAT_VELOCITY = 100, 88, 76


def midi_bytes(melody: Melody, name: str = "melody") -> bytes:
    """Return a MIDI file with tempo, meter, program and a track name.

    Args:
        melody: What to write. Velocities follow the meter: a note on the bar line is
            the loudest, one on a beat louder than one between beats.
        name: The track's name.
    """
    score = symusic.Score(FILE_TICKS_PER_QUARTER)
    score.tempos.append(symusic.Tempo(0, melody.bpm))
    for meter in melody.meters:
        score.time_signatures.append(
            symusic.TimeSignature(
                meter.tick * _SCALE, meter.numerator, meter.denominator
            )
        )
    track = symusic.Track(name, program=melody.program)
    for note, velocity in zip(melody, velocities(melody), strict=True):
        track.notes.append(_file_note(note, velocity))
    score.tracks.append(track)
    data: bytes = score.dumps_midi()
    return data


def _file_note(note: Note, velocity: int) -> symusic.types.Note:
    start, duration = note.start * _SCALE, note.duration * _SCALE
    return symusic.Note(start, duration, note.pitch, velocity)


def velocities(melody: Melody) -> list[int]:
    """Choose a velocity, 1-127, for each note by where in the bar it begins."""
    positions, meters = metric_positions(melody.starts, melody.meters)
    beats = [melody.meters[index].beat_ticks for index in meters.tolist()]
    return [
        DOWNBEAT_VELOCITY
        if position == 0
        else BEAT_VELOCITY if position % beat == 0 else OFFBEAT_VELOCITY
        for position, beat in zip(positions.tolist(), beats, strict=True)
    ]


def write_midi(melody: Melody, path: str | Path, name: str = "melody") -> None:
    """Write a melody as a MIDI file, whole or not at all.

    Args:
        melody: What to write.
        path: The file, which is replaced if it exists.
        name: The track's name.
    """
    write_bytes(Path(path), midi_bytes(melody, name))
