"""What a reader of notation found, in quarter notes, as tests like to see it."""

from __future__ import annotations

from fractions import Fraction

from monody.reading.raw_score import RawScore
from tests.builders import written_music
from tests.builders.written_music import Sound


def sounds(pitch: int, start: str, quarters: str) -> Sound:
    """Describe a note: pitch, start and duration in quarters, such as "1/3"."""
    return pitch, Fraction(start), Fraction(quarters)


def lines(score: RawScore) -> list[list[Sound]]:
    """Return the notes of all tracks."""
    return [written_music.sounds(score, track) for track in range(len(score.tracks))]


def pitches(score: RawScore) -> list[list[int]]:
    """Return the pitches of all tracks, in the order of time."""
    return [[pitch for pitch, _, _ in line] for line in lines(score)]


def starts(score: RawScore) -> list[list[float]]:
    """Return where the notes of all tracks begin, in quarters."""
    return [[float(start) for _, start, _ in line] for line in lines(score)]


def bar_lines(score: RawScore) -> list[tuple[float, str]]:
    """Return the time signatures, with where they begin, in quarters."""
    return [
        (meter.tick / score.ticks_per_quarter, str(meter)) for meter in score.meters
    ]
