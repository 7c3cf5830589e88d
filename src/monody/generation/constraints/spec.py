"""What is asked of melodies, as the rules are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from monody.generation.constraints.own_rules import NoteRule


@dataclass(frozen=True)
class Kept:
    """What a rewrite keeps of a melody; the rest is written again.

    Either the rhythm, event by event; or the pitches, note by note, and how many notes
    each bar has.
    """

    kinds: tuple[int, ...] = ()  # (events,) pitch symbols: 0 for a note, REST or HOLD
    durations: tuple[int, ...] = ()  # (events,) duration symbols
    pitches: tuple[int, ...] = ()  # (notes,) MIDI numbers
    notes_in_bars: tuple[int, ...] = ()  # (bars,) notes that begin in each


@dataclass(frozen=True)
class MelodySpec:
    """What melodies must be. By default anything that the training melodies are.

    Example:
        >>> from monody.generation.constraints.spec import MelodySpec
        >>> c_major = frozenset({0, 2, 4, 5, 7, 9, 11})
        >>> spec = MelodySpec(pitches=(60, 72), pitch_classes=c_major)
        >>> spec.note_ticks is None  # any note values
        True
    """

    pitches: tuple[int, int] | None = None  # lowest and highest MIDI number
    pitch_classes: frozenset[int] | None = None
    note_ticks: frozenset[int] | None = None  # lengths of notes and rests
    notes_per_bar: tuple[int, int] | None = None  # fewest and most
    last_classes: frozenset[int] | None = None  # pitch classes of the last note
    free_bars: int | None = None  # after as many or more the network ends the melody
    has_sections: bool = False  # whether any section is to return
    kept: Kept = Kept()
    own: tuple[NoteRule, ...] = ()  # rules of a program's own


class Span(NamedTuple):
    """The time that a melody fills; melodies of equal spans share their tables.

    Example:
        >>> from monody.generation.constraints.spec import Span
        >>> span = Span(length_ticks=288, bar_ticks=96)
        >>> span.length_ticks // span.bar_ticks  # bars of 4/4
        3
    """

    length_ticks: int
    bar_ticks: int
    position: int = 0  # ticks from the bar line to where it begins

    @property
    def whole_bars(self) -> range:
        """Which of its bars it fills from line to line, counted from its first.

        Example:
            Three beats of a pickup, two bars of 4/4 and a beat:

            >>> from monody.generation.constraints.spec import Span
            >>> Span(length_ticks=288, bar_ticks=96, position=24).whole_bars
            range(1, 3)
        """
        end = self.position + self.length_ticks
        return range(int(self.position > 0), end // self.bar_ticks)
