"""The form of a melody: which bars return, exactly or varied, and where phrases end.

A form can be taken from a melody, kept with a model, and told to a network that writes
another melody in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from monody.music.melody import Melody
from monody.music.phrases import phrase_ends
from monody.music.returns import Returns


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

    @classmethod
    def of(cls, melody: Melody) -> Self:
        """Find the form of a melody.

        Args:
            melody: With one note at least; its first meter counts.
        """
        returns = Returns.of(melody)
        return cls(
            bar_ticks=melody.meters[0].bar_ticks,
            begins=int(melody.starts[0]),
            phrase_ends=tuple(phrase_ends(melody, returns)),
            back=tuple(returns.back.tolist()),
            exact=tuple(returns.exact.tolist()),
        )

    def to_json(self) -> list[Any]:
        """Return it as JSON values, short: models carry many."""
        exact = [bar for bar, same in enumerate(self.exact) if same]
        back = [[bar, each] for bar, each in enumerate(self.back) if each]
        ends = list(self.phrase_ends)
        return [self.bar_ticks, self.begins, self.bars, ends, back, exact]

    @classmethod
    def from_json(cls, saved: Sequence[Any]) -> Self:
        """Rebuild what ``to_json`` returned.

        Raises:
            ValueError, TypeError: If it is damaged.

        Example:
            >>> from monody.music.form import Form
            >>> form = Form(96, 0, (192, 384), (0, 0, 2, 2), (False, False, True, False))
            >>> Form.from_json(form.to_json()) == form
            True
        """
        bar_ticks, begins, bars, ends, back, exact = saved
        returns = dict(back)
        return cls(
            bar_ticks=int(bar_ticks),
            begins=int(begins),
            phrase_ends=tuple(map(int, ends)),
            back=tuple(int(returns.get(bar, 0)) for bar in range(bars)),
            exact=tuple(bar in exact for bar in range(bars)),
        )

    @property
    def bars(self) -> int:
        """Bars, the last one whole or not."""
        return len(self.back)

    @property
    def has_pickup(self) -> bool:
        """Whether it begins in the second half of a bar: that one is a pickup."""
        return 2 * self.begins >= self.bar_ticks

    def ending_at(self, tick: int) -> Self:
        """Return it with another end; phrases that would end later end there, too."""
        ends = [each for each in self.phrase_ends[:-1] if each < tick]
        return replace(self, phrase_ends=(*ends, tick))

    @property
    def end(self) -> int:
        """Tick at which the melody ends."""
        return self.phrase_ends[-1]
