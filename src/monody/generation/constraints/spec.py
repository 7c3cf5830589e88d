"""What melodies must be, as the rules are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Kept:
    """What a rewrite leaves as it is; the rest is written anew.

    Either the rhythm, event by event; or the pitches, note by note, and how many notes
    each bar has.
    """

    kinds: tuple[int, ...] = ()  # pitch symbols: 0 for a note, REST or HOLD
    durations: tuple[int, ...] = ()  # duration symbols
    pitches: tuple[int, ...] = ()  # of the notes
    notes_in_bars: tuple[int, ...] = ()  # that begin in each; one for each bar


@dataclass(frozen=True)
class MelodySpec:
    """What melodies must be. By default anything that the training melodies are."""

    pitches: tuple[int, int] | None = None  # lowest and highest
    pitch_classes: frozenset[int] | None = None
    note_ticks: frozenset[int] | None = None  # lengths of notes and rests
    notes_per_bar: tuple[int, int] | None = None  # fewest and most
    last_classes: frozenset[int] | None = None  # pitch classes of the last note
    last_ticks: int = 0  # of the last note, at least, where the time can be filled so
    free: bool = False  # the network ends the melody, at the length asked at the latest
    kept: Kept = Kept()


class Span(NamedTuple):
    """The time that a melody fills; melodies that are alike share their tables."""

    length_ticks: int
    bar_ticks: int
