"""The forms of melodies that are written side by side, as the network is told them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Integers
from monody.models.events import UNKNOWN
from monody.models.outline import EXACT, FRESH, VARIED, phrase_symbol
from monody.music.form import Form

NEVER = np.iinfo(np.int32).max  # where there is no further phrase


class ToldForms(NamedTuple):
    """Tables of the forms; a row for each melody."""

    phrase_ends: Integers  # (rows, phrases) ticks from the form's first bar line
    returns: Integers  # (rows, bars) symbols
    bars_back: Integers  # (rows, bars)
    bar_ticks: Integers  # (rows,); 0 where nothing is told

    def take(self, rows: NDArray[np.integer]) -> ToldForms:
        """Return some of the rows."""
        return ToldForms(*(each[rows] for each in self))

    def at(self, bar: Integers, position: Integers) -> tuple[Integers, ...]:
        """Return what is told of the place where an event begins.

        Args:
            bar: ``(rows,)`` from the form's first.
            position: ``(rows,)`` ticks from its bar line.

        Returns:
            ``phrase_left``, ``returns`` and ``bars_back``, ``(rows,)`` symbols each.
        """
        rows = np.arange(len(bar))
        known = self.bar_ticks > 0
        tick = bar * self.bar_ticks + position
        later = self.phrase_ends > tick[:, None]  # (rows, phrases)
        ends = self.phrase_ends[rows, np.argmax(later, axis=1)]
        left = np.where(np.any(later, axis=1), ends - tick, 0)
        index = np.minimum(bar, self.returns.shape[1] - 1)
        return (
            np.where(known, phrase_symbol(left), UNKNOWN),
            self.returns[rows, index],
            self.bars_back[rows, index],
        )


def told_forms(forms: Sequence[Form | None]) -> ToldForms:
    """Lay out forms side by side.

    Args:
        forms: Of each melody; ``None`` where nothing is told.

    Example:
        >>> import numpy as np
        >>> from monody.generation.decoding.told_forms import told_forms
        >>> from monody.music.form import Form
        >>> form = Form(96, 0, (96, 192), (0, 1), (False, True))
        >>> told = told_forms([form, None])
        >>> told.at(np.array([1, 1]), np.array([48, 48]))  # EXACT, one bar back
        (array([9, 0]), array([3, 0]), array([1, 0]))
    """
    phrases = max((len(form.phrase_ends) for form in forms if form), default=1)
    bars = max((form.bars for form in forms if form), default=1) + 1
    ends = np.full((len(forms), phrases), NEVER, np.int64)
    returns = np.zeros((len(forms), bars), np.int64)
    back = np.zeros_like(returns)
    ticks = np.zeros(len(forms), np.int64)
    for row, form in enumerate(forms):
        if form is None:
            continue
        ticks[row] = form.bar_ticks
        ends[row, : len(form.phrase_ends)] = form.phrase_ends
        returns[row] = FRESH
        back[row, : form.bars] = form.back
        kinds = np.where(form.exact, EXACT, VARIED)
        returns[row, : form.bars] = np.where(np.array(form.back) > 0, kinds, FRESH)
    return ToldForms(ends, returns, back, ticks)
