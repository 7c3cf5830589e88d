"""The form of a melody: which bars return, exactly or varied, and where phrases end.

A form can be taken from a melody, kept with a model, and told to a network that writes
another melody in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from monody.music.melody import Melody, notes_in_bars
from monody.music.phrases import phrase_ends
from monody.music.pitch import PITCH_CLASSES
from monody.music.returns import Returns

UNKNOWN_DEGREE = UNKNOWN_APPROACH = -1
APPROACHES = (0, 2, 4)  # semitones, at most: the same note, a step, a third


class Cadence(NamedTuple):
    """How a phrase closes."""

    tick: int  # at which its last note begins, from the first bar line
    degree: int  # of that note, in semitones above the tonic; UNKNOWN_DEGREE
    approach: int = UNKNOWN_APPROACH  # how the note before leads there, see `approach`


@dataclass(frozen=True)
class Form:
    """The form of one melody; its bars are all of one length.

    Args:
        bar_ticks: Of each bar.
        begins: Tick of the first note, from the first bar line.
        phrase_ends: Tick at which each next phrase begins, rising; last the melody's
            end.
        back: For each bar, how many bars back the bar lies that it repeats; 0 for a
            fresh bar.
        exact: For each bar, whether it repeats it note for note.
        cadences: Of each phrase; none where nothing is said of them.
        notes: For each bar, how many notes begin in it; none where that is not said.

    Example:
        >>> from monody import Melody
        >>> from monody.music.form import Form
        >>> bar = [(60, 24), (62, 24), (64, 48)]
        >>> notes, tick = [], 0
        >>> for pitch, ticks in [*bar, (67, 96), *bar, (60, 96)]:
        ...     notes.append((pitch, tick, ticks))
        ...     tick += ticks
        >>> form = Form.of(Melody.from_notes(notes))
        >>> form.bars, form.back, form.exact
        (4, (0, 0, 2, 0), (False, False, True, False))
    """

    bar_ticks: int
    begins: int
    phrase_ends: tuple[int, ...]
    back: tuple[int, ...]
    exact: tuple[bool, ...]
    cadences: tuple[Cadence, ...] = ()
    notes: tuple[int, ...] = ()

    @classmethod
    def of(cls, melody: Melody, tonic: int | None = None) -> Self:
        """Find the form of a melody.

        Args:
            melody: With one note at least; its first meter counts.
            tonic: The pitch class of its tonic; ``None`` where it is not known.
        """
        returns = Returns.of(melody)
        ends = phrase_ends(melody, returns)
        return cls(
            bar_ticks=melody.meters[0].bar_ticks,
            begins=int(melody.starts[0]),
            phrase_ends=tuple(ends),
            back=tuple(returns.back.tolist()),
            exact=tuple(returns.exact.tolist()),
            cadences=tuple(cadences(melody, ends, tonic)),
            notes=notes_in_bars(melody, melody.meters),
        )

    def to_json(self) -> list[Any]:
        """Return it as JSON values, short: models carry many."""
        exact = [bar for bar, same in enumerate(self.exact) if same]
        back = [[bar, each] for bar, each in enumerate(self.back) if each]
        ends = list(self.phrase_ends)
        closes = [list(cadence) for cadence in self.cadences]
        own = [self.bar_ticks, self.begins, self.bars, ends, back, exact]
        return [*own, closes, list(self.notes)]

    @classmethod
    def from_json(cls, saved: Sequence[Any]) -> Self:
        """Rebuild what ``to_json`` returned.

        Raises:
            ValueError, TypeError: If it is damaged.

        Example:
            >>> from monody.music.form import Form
            >>> form = Form(96, 0, (192, 384), (0, 0, 2), (False, False, True))
            >>> Form.from_json(form.to_json()) == form
            True
        """
        bar_ticks, begins, bars, ends, back, exact, closes, notes = saved
        returns = dict(back)
        return cls(
            bar_ticks=int(bar_ticks),
            begins=int(begins),
            phrase_ends=tuple(map(int, ends)),
            back=tuple(int(returns.get(bar, 0)) for bar in range(bars)),
            exact=tuple(bar in exact for bar in range(bars)),
            cadences=tuple(Cadence(*map(int, cadence)) for cadence in closes),
            notes=tuple(map(int, notes)),
        )

    @property
    def bars(self) -> int:
        """Bars, the last one whole or not."""
        return len(self.back)

    @property
    def whole_bars(self) -> int:
        """Bars without that of a pickup."""
        return self.bars - self.has_pickup

    @property
    def has_pickup(self) -> bool:
        """Whether it begins in the second half of a bar: that one is a pickup."""
        return 2 * self.begins >= self.bar_ticks

    def ending_at(self, tick: int, last_phrase: float = 1) -> Self:
        """Return it with another end; phrases that would end later are left out.

        The phrase that ends there closes as it did, with a note as long.

        Args:
            tick: Where it ends.
            last_phrase: Ticks that the last phrase has at least.
        """
        latest = tick - last_phrase
        ends = [each for each in self.phrase_ends[:-1] if each <= latest]
        closes = self.cadences[: len(ends)]
        if self.cadences:
            last, end = self.cadences[len(ends)], self.phrase_ends[len(ends)]
            begins = max(tick - (end - last.tick), ends[-1] if ends else 0)
            closes = (*closes, last._replace(tick=min(begins, tick - 1)))
        return replace(self, phrase_ends=(*ends, tick), cadences=closes)

    @property
    def end(self) -> int:
        """Tick at which the melody ends."""
        return self.phrase_ends[-1]


def approach(semitones: NDArray[np.integer]) -> NDArray[np.int64]:
    """Say how notes reach the last note of a phrase.

    Args:
        semitones: Of any shape: how far each lies from it, octaves left aside.

    Returns:
        Of the same shape: 0 the same note, 1 a step away, 2 a third, 3 farther.

    Example:
        >>> import numpy as np
        >>> from monody.music.form import approach
        >>> approach(np.array([0, -1, 2, 4, -5, 7, 11, 12])).tolist()
        [0, 1, 1, 2, 3, 3, 1, 0]
    """
    up = np.mod(semitones, PITCH_CLASSES)
    kinds: NDArray[np.int64]
    kinds = np.searchsorted(APPROACHES, np.minimum(up, PITCH_CLASSES - up))
    return kinds


def cadences(
    melody: Melody, ends: Sequence[int], tonic: int | None = None
) -> list[Cadence]:
    """Find how the phrases of a melody close.

    Args:
        melody: With one note at least.
        ends: Where each next phrase begins, last the melody's end.
        tonic: The pitch class of its tonic; ``None`` where it is not known.

    Example:
        >>> from monody import Melody
        >>> from monody.music.form import cadences
        >>> melody = Melody.from_notes([(60, 0, 24), (67, 24, 72), (60, 96, 96)])
        >>> cadences(melody, [96, 192], tonic=0)  # on the fifth, then on the tonic
        [Cadence(tick=24, degree=7, approach=3), Cadence(tick=96, degree=0, approach=3)]
    """
    last = np.searchsorted(melody.starts, ends, side="left") - 1
    last = np.maximum(last, 0)
    pitches = melody.pitches[last]
    kinds = approach(melody.pitches[np.maximum(last - 1, 0)] - pitches)
    kinds = np.where(last > 0, kinds, UNKNOWN_APPROACH)
    degrees = np.full(len(last), UNKNOWN_DEGREE)
    if tonic is not None:
        degrees = (pitches - tonic) % PITCH_CLASSES
    columns = melody.starts[last].tolist(), degrees.tolist(), kinds.tolist()
    return list(map(Cadence, *columns))
