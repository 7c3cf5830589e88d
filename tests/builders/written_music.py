"""What sounds of written music, in quarter notes."""

from __future__ import annotations

from fractions import Fraction

from monody.music.meter import TICKS_PER_QUARTER, bar_lines
from monody.reading.abc.parse import read_abc
from monody.reading.raw_score import RawScore

Sound = tuple[int, Fraction | int, Fraction | int]  # pitch, start, length


def sounds(score: RawScore, track: int = 0) -> list[Sound]:
    """The notes of a track, in order of time and pitch."""
    raw, quarter = score.tracks[track], score.ticks_per_quarter
    columns = (raw.pitch.tolist(), raw.start.tolist(), raw.duration.tolist())
    return sorted(
        ((pitch, Fraction(start, quarter), Fraction(length, quarter))
         for pitch, start, length in zip(*columns, strict=True)),
        key=lambda one: (one[1], one[0]),
    )  # fmt: skip


def pitches(score: RawScore, track: int = 0) -> list[int]:
    """The pitches of a track, in order of time."""
    return [pitch for pitch, _, _ in sounds(score, track)]


def lengths(score: RawScore, track: int = 0) -> list[float]:
    """The lengths of a track's notes, in order of time."""
    return [float(length) for _, _, length in sounds(score, track)]


def starts(score: RawScore, track: int = 0) -> list[float]:
    """Where a track's notes begin, in order of time."""
    return [float(start) for _, start, _ in sounds(score, track)]


def bars(score: RawScore, quarters: int) -> list[float]:
    """The bar lines of the first quarter notes of a score."""
    scale = TICKS_PER_QUARTER / score.ticks_per_quarter
    meters = [meter._replace(tick=round(meter.tick * scale)) for meter in score.meters]
    lines = bar_lines(meters, quarters * TICKS_PER_QUARTER)
    return [tick / TICKS_PER_QUARTER for tick in lines.tolist()]


def abc(music: str, meter: str = "4/4", unit: str = "1/4", key: str = "C") -> RawScore:
    """A tune of some music."""
    return read_abc(f"X:1\nM:{meter}\nL:{unit}\nK:{key}\n{music}\n")
