"""The forms of melodies that are written side by side, as the network is told them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Bools, Integers
from monody.models.events import UNKNOWN
from monody.models.outline import (
    EXACT,
    FRESH,
    MAX_BAR_NOTES,
    PAST,
    VARIED,
    phrase_symbol,
)
from monody.music.form import UNKNOWN_APPROACH, Form

NEVER = np.iinfo(np.int32).max  # where there is no further phrase

# What the network is told of a form, in the order of `EventInputs`.
TOLD = ("phrase_left", "returns", "bars_back", "cadence_left", "notes_left",
        "cadence_degree")  # fmt: skip


class ToldForms(NamedTuple):
    """Tables of the forms; a row for each melody."""

    bar_ticks: Integers  # (rows,); 0 where nothing is told
    phrase_ends: Integers  # (rows, phrases) ticks from the form's first bar line
    cadences: Integers  # (rows, phrases) ticks where the last note of each begins
    degrees: Integers  # (rows, phrases) symbols of these notes
    approaches: Integers  # (rows, phrases) how they are reached, see `form.approach`
    returns: Integers  # (rows, bars) symbols
    bars_back: Integers  # (rows, bars)
    notes: Integers  # (rows, bars)
    tells_cadences: Bools  # (rows,)
    tells_notes: Bools  # (rows,)

    def take(self, rows: NDArray[np.integer]) -> ToldForms:
        """Return some of the rows."""
        return ToldForms(*(each[rows] for each in self))

    def at(self, bar: Integers, position: Integers, begun: Integers) -> list[Integers]:
        """Return what is told of the place where an event begins.

        Args:
            bar: ``(rows,)`` from the form's first.
            position: ``(rows,)`` ticks from its bar line.
            begun: ``(rows,)`` notes that began in that bar.

        Returns:
            The symbols of ``TOLD``, ``(rows,)`` each.
        """
        rows = np.arange(len(bar))
        tick = bar * self.bar_ticks + position
        phrase, ahead = self._phrase(tick)
        left = np.where(ahead, self.phrase_ends[rows, phrase] - tick, 0)
        closes = self.cadences[rows, phrase] - tick
        past = (closes < 0) | ~ahead
        cadence = np.where(past, PAST, phrase_symbol(np.maximum(closes, 0)))
        index = np.minimum(bar, self.returns.shape[1] - 1)
        notes = (self.notes[rows, index] - begun).clip(0, MAX_BAR_NOTES) + 1
        told = [
            np.where(self.bar_ticks > 0, phrase_symbol(left), UNKNOWN),
            self.returns[rows, index],
            self.bars_back[rows, index],
            np.where(self.tells_cadences, cadence, UNKNOWN),
            np.where(self.tells_notes, notes, UNKNOWN),
            self.degrees[rows, phrase],
        ]
        return [each.astype(np.int64) for each in told]

    def goal(
        self, bar: Integers, position: Integers
    ) -> tuple[Integers, Integers, Integers]:
        """Return where the phrase closes, ``(rows,)`` each.

        Args:
            bar: ``(rows,)`` from the form's first.
            position: ``(rows,)`` ticks from its bar line.

        Returns:
            The ticks until its last note begins; the symbol of that note's degree, 0
            where none is told; and how it is reached.
        """
        rows = np.arange(len(bar))
        tick = bar * self.bar_ticks + position
        phrase, ahead = self._phrase(tick)
        degree = np.where(ahead & self.tells_cadences, self.degrees[rows, phrase], 0)
        left = self.cadences[rows, phrase] - tick
        return left, degree, self.approaches[rows, phrase]

    def _phrase(self, tick: Integers) -> tuple[Integers, Bools]:
        """Return the phrase that a tick lies in, and whether there is one."""
        later = self.phrase_ends > tick[:, None]  # (rows, phrases)
        return np.argmax(later, axis=1), np.any(later, axis=1)


def told_forms(forms: Sequence[Form | None]) -> ToldForms:
    """Lay out forms side by side.

    Args:
        forms: Of each melody; ``None`` where nothing is told.

    Example:
        >>> import numpy as np
        >>> from monody.generation.decoding.told_forms import told_forms
        >>> from monody.music.form import UNKNOWN_APPROACH, Form
        >>> form = Form(96, 0, (96, 192), (0, 1), (False, True))
        >>> told = told_forms([form, None])
        >>> place = [np.array([each, each]) for each in (1, 48, 0)]
        >>> [each.tolist() for each in told.at(*place)[:3]]  # EXACT, one bar back
        [[9, 0], [3, 0], [1, 0]]
    """
    phrases = max((len(form.phrase_ends) for form in forms if form), default=1)
    bars = max((form.bars for form in forms if form), default=1) + 1
    count = len(forms)
    told = ToldForms(
        bar_ticks=np.zeros(count, np.int64),
        phrase_ends=np.full((count, phrases), NEVER, np.int64),
        cadences=np.full((count, phrases), NEVER, np.int64),
        degrees=np.zeros((count, phrases), np.int64),
        approaches=np.full((count, phrases), UNKNOWN_APPROACH, np.int64),
        returns=np.zeros((count, bars), np.int64),
        bars_back=np.zeros((count, bars), np.int64),
        notes=np.zeros((count, bars), np.int64),
        tells_cadences=np.zeros(count, np.bool_),
        tells_notes=np.zeros(count, np.bool_),
    )
    for row, form in enumerate(forms):
        if form is not None:
            _lay_out(told, row, form)
    return told


def _lay_out(told: ToldForms, row: int, form: Form) -> None:
    """Write a form into a row of the tables."""
    told.bar_ticks[row] = form.bar_ticks
    told.phrase_ends[row, : len(form.phrase_ends)] = form.phrase_ends
    told.bars_back[row, : form.bars] = form.back
    kinds = np.where(form.exact, EXACT, VARIED)
    told.returns[row] = FRESH
    told.returns[row, : form.bars] = np.where(np.array(form.back) > 0, kinds, FRESH)
    told.tells_cadences[row] = bool(form.cadences)
    for phrase, cadence in enumerate(form.cadences):
        told.cadences[row, phrase] = cadence.tick
        told.degrees[row, phrase] = cadence.degree + 1
        told.approaches[row, phrase] = cadence.approach
    told.tells_notes[row] = bool(form.notes)
    told.notes[row, : len(form.notes)] = form.notes
