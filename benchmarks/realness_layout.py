"""A melody laid out in bars, as ``realness.py`` measures it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from monody.evaluation.features import MAJOR_SCALE, MINOR_SCALE
from monody.music.key_finding import MAJOR_PROFILE, MINOR_PROFILE, estimated_keys
from monody.music.keys import KEY_NAMES, key_signature, key_tonic
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_QUARTER, bar_lines, meter_at

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bar = tuple[tuple[int, int, int], ...]  # tick in the bar, pitch, duration of each note

_PROFILES = np.array(
    [
        np.roll(profile, tonic)
        for profile in (MAJOR_PROFILE, MINOR_PROFILE)
        for tonic in range(12)
    ]
)
_PROFILES -= _PROFILES.mean(axis=1, keepdims=True)
_PROFILES /= np.linalg.norm(_PROFILES, axis=1, keepdims=True)


@dataclass(frozen=True)
class Laid:
    """One melody with at least two notes, and where its notes are.

    Args:
        melody: The melody.
        key: Index of the key that it is heard in, of ``KEY_NAMES``; -1 for none.
    """

    melody: Melody
    key: int

    @cached_property
    def pitches(self) -> Ints:
        """MIDI pitches."""
        return self.melody.pitches.astype(np.int64)

    @cached_property
    def starts(self) -> Ints:
        """Start ticks."""
        return self.melody.starts.astype(np.int64)

    @cached_property
    def durations(self) -> Ints:
        """Durations in ticks."""
        return self.melody.durations.astype(np.int64)

    @cached_property
    def lines(self) -> Ints:
        """Bar lines up to the last note's start, then the one that closes its bar."""
        lines = bar_lines(self.melody.meters, int(self.starts[-1])).astype(np.int64)
        meter = meter_at(int(lines[-1]), self.melody.meters)
        return np.append(lines, lines[-1] + meter.bar_ticks)

    @cached_property
    def bars(self) -> Ints:
        """The bar in which each note begins, from 0; a pickup's bar is 0."""
        return np.searchsorted(self.lines, self.starts, side="right") - 1

    @cached_property
    def bar_count(self) -> int:
        """Bars in which notes may begin, a pickup's among them."""
        return len(self.lines) - 1

    @cached_property
    def bar_ticks(self) -> Ints:
        """Length of each note's bar."""
        return np.diff(self.lines)[self.bars]

    @cached_property
    def positions(self) -> Ints:
        """Ticks from the bar line to each note."""
        return self.starts - self.lines[self.bars]

    @cached_property
    def has_pickup(self) -> bool:
        """Whether the first note begins in the second half of its bar."""
        return bool(2 * self.positions[0] >= self.bar_ticks[0])

    @cached_property
    def numbers(self) -> Ints:
        """Number of each note's bar as a musician counts: a pickup's bar is 0."""
        return self.bars + (0 if self.has_pickup else 1)

    @cached_property
    def to_next(self) -> Ints:
        """Ticks from each onset to the next; the last note's own duration."""
        return np.append(np.diff(self.starts), self.durations[-1])

    @cached_property
    def intervals(self) -> Ints:
        """Semitones from each note to the next."""
        return np.diff(self.pitches)

    @cached_property
    def beat_ticks(self) -> int:
        """Length of a felt beat of the first meter."""
        return int(self.melody.meters[0].beat_ticks)

    @cached_property
    def is_minor(self) -> bool:
        """Whether a minor key is heard."""
        return self.key >= 0 and key_signature(KEY_NAMES[self.key])[1]

    @cached_property
    def degrees(self) -> Ints:
        """Semitones above the tonic that is heard, 0-11; of C where none is."""
        tonic = key_tonic(KEY_NAMES[self.key]) if self.key >= 0 else 0
        return (self.pitches - tonic) % 12

    @cached_property
    def scale(self) -> tuple[int, ...]:
        """Semitones above the tonic that belong to the key."""
        return MINOR_SCALE if self.is_minor else MAJOR_SCALE

    @cached_property
    def in_scale(self) -> NDArray[np.bool_]:
        """Whether each note belongs to the key."""
        return np.isin(self.degrees, self.scale)

    @cached_property
    def by_bar(self) -> list[Bar]:
        """The notes of each bar; an empty tuple where none begins."""
        bars: list[list[tuple[int, int, int]]] = [[] for _ in range(self.bar_count)]
        columns = (self.bars, self.positions, self.pitches, self.durations)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for bar, position, pitch, duration in rows:
            bars[bar].append((position, pitch, duration))
        return [tuple(bar) for bar in bars]

    @cached_property
    def last_of_bar(self) -> Ints:
        """Index of the last note that begins in each bar that has one."""
        return np.append(np.flatnonzero(np.diff(self.bars)), len(self.bars) - 1)

    @cached_property
    def key_fits(self) -> Floats:
        """How well each key fits each four bars: ``(parts, 24)`` correlations."""
        rows = []
        for part in range(0, self.bar_count, 4):
            inside = (self.bars >= part) & (self.bars < part + 4)
            ticks = np.bincount(
                self.pitches[inside] % 12, self.durations[inside], 12
            ).astype(float)
            ticks -= ticks.mean()
            rows.append(_PROFILES @ ticks / max(float(np.linalg.norm(ticks)), 1e-9))
        return np.array(rows)

    @property
    def end_beats(self) -> float:
        """The last note's duration in quarters."""
        return float(self.durations[-1]) / TICKS_PER_QUARTER


def laid_out(melodies: Iterable[Melody]) -> list[Laid]:
    """Lay out melodies of two notes or more, each in the key that it is heard in."""
    store = MelodyStore.of(melody for melody in melodies if len(melody) > 1)
    keys = estimated_keys(store).tolist()
    return [Laid(melody, key) for melody, key in zip(store, keys, strict=True)]
