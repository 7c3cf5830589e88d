"""Bars for MIDI files that have none: a signature such as 1/4 is a beat, no meter.

Programs that know the beat and not the bar write 1/4. Such beats are regrouped by the
accents of the music (``accents``). A few of them, less than two bars, are a pickup or
an extra beat, and stay; so does whatever written music says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from monody.music.meter import TICKS_PER_QUARTER, Meter
from monody.reading.extraction.accents import heard_bars
from monody.reading.note_table import MAX_QUARTERS, Longs
from monody.reading.raw_score import RawScore, RawTrack
from monody.translation import marked

MIN_QUARTERS = 8  # of beats in a row; fewer are a pickup or an extra beat


def with_heard_meters(scores: Sequence[RawScore]) -> list[RawScore]:
    """Give files that count single beats the bars that are heard.

    Args:
        scores: As read.

    Returns:
        The same, those changed that needed it; each says so among its repairs. Their
        notes may begin later, by as much as the first bar is longer than its music.

    Example:
        >>> import numpy as np
        >>> from monody.music.meter import Meter
        >>> from monody.reading.extraction.heard_meters import with_heard_meters
        >>> from monody.reading.raw_score import RawScore, RawTrack
        >>> start = np.array([0, 24, 48, 72, 96, 168, 192, 216, 240, 264])
        >>> track = RawTrack(60 + start % 7, start, start * 0 + 24, 0, False, 0)
        >>> beats = RawScore(24, (track,), (), (Meter(0, 1, 4),), ())
        >>> [score] = with_heard_meters([beats])
        >>> str(score.meters[0]), score.repairs
        ('4/4', ('1/4 read as 4/4, by the accents',))
    """
    return [
        score if score.is_written or not _counts_beats(score.meters) else _heard(score)
        for score in scores
    ]


def _counts_beats(meters: Sequence[Meter]) -> bool:
    return any(map(_is_beat, meters))


def _is_beat(meter: Meter) -> bool:
    return meter.numerator == 1


@dataclass(frozen=True)
class _Music:
    """The notes of a file that make sense, without drums. Arrays are ``(notes,)``."""

    start: Longs  # grid ticks
    pitch: Longs
    line: Longs  # the track of each
    per_tick: float  # file ticks in one of the grid

    def between(self, start: float, end: float) -> _Music:
        """Return the notes that begin between two grid ticks, counted from the first.

        What was rounded to the tick before is on it.
        """
        own = (self.start >= start - 0.5) & (self.start < end - 0.5)
        since = np.maximum(self.start[own] - round(start), 0)
        return replace(self, start=since, pitch=self.pitch[own], line=self.line[own])


def _heard(score: RawScore) -> RawScore:
    """Regroup the beats of a file."""
    music = _music(score)
    runs = [list(run) for _, run in groupby(score.meters, _is_beat)]
    starts = [run[0].tick / music.per_tick for run in runs]
    ends = [*starts[1:], float(music.start.max(initial=0) + 1)]
    meters: list[Meter] = []
    texts: list[str] = []
    for run, start, end in zip(runs, starts, ends, strict=True):
        if not _is_beat(run[0]) or end - start < MIN_QUARTERS * TICKS_PER_QUARTER:
            meters += run
            continue
        found = _grouped(run, music.between(start, end))
        meters += found
        names = ", ".join(dict.fromkeys(map(str, run)))
        texts.append(marked(f"{names} read as {found[-1]}, by the accents"))
    if not texts:
        return score
    repairs = (*score.repairs, *dict.fromkeys(texts))
    heard = replace(score, repairs=repairs, meters_are_heard=True)
    return _later(replace(heard, meters=tuple(meters)), -min(meters[0].tick, 0))


def _grouped(run: Sequence[Meter], music: _Music) -> list[Meter]:
    """Return the meter that beats are heard in, at file ticks.

    Beats before the first bar line are part of a bar that begins before the file does.
    In the middle of a file they stay beats.
    """
    beat = min(run, key=lambda meter: meter.bar_ticks)
    bars = heard_bars(music.start, music.pitch, music.line, beat.bar_ticks)
    begin, phase = run[0].tick, round(bars.phase * music.per_tick)
    if not phase:
        return [bars.meter._replace(tick=begin)]
    if begin:
        return [run[0], bars.meter._replace(tick=begin + phase)]
    return [
        bars.meter._replace(tick=phase - round(bars.meter.bar_ticks * music.per_tick))
    ]


def _music(score: RawScore) -> _Music:
    tracks = [track for track in score.tracks if not track.is_drum]
    none = [np.zeros(0, np.int64)]
    pitch = np.concatenate(none + [track.pitch for track in tracks]).astype(np.int64)
    ticks = np.concatenate(none + [track.start for track in tracks]).astype(np.int64)
    line = np.repeat(np.arange(len(tracks)), [len(track.pitch) for track in tracks])
    good = (ticks >= 0) & (ticks < MAX_QUARTERS * score.ticks_per_quarter)
    good &= (pitch >= 0) & (pitch <= 127)
    per_tick = score.ticks_per_quarter / TICKS_PER_QUARTER
    start = np.rint(ticks[good] / per_tick).astype(np.int64)
    return _Music(start, pitch[good], line[good], per_tick)


def _later(score: RawScore, ticks: int) -> RawScore:
    """Move all of a file later; what holds from the beginning still does."""
    if not ticks:
        return score

    def moved(track: RawTrack) -> RawTrack:
        return replace(track, start=track.start.astype(np.int64) + ticks)

    return replace(
        score,
        tracks=tuple(map(moved, score.tracks)),
        tempos=tuple((tick + ticks * (tick > 0), bpm) for tick, bpm in score.tempos),
        meters=tuple(meter._replace(tick=meter.tick + ticks) for meter in score.meters),
        keys=tuple((tick + ticks * (tick > 0), key) for tick, key in score.keys),
    )
