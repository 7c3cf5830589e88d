"""Sections that return: what is copied where, while melodies are written.

A section that returns exactly is copied event by event. One that returns varied is
copied until its last bars, in which it closes in another way. No event goes over the
edge of a section, so that each begins where its source did.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Bools, Integers
from monody.music.form_text import NamedForm

VARIED_PART = 4  # a varied section differs in a quarter of its bars, the last ones
NOTHING = -1


class Sections(NamedTuple):
    """Of each bar of a melody: what it is copied from, and up to where events go."""

    back: tuple[int, ...]  # ticks back to what the bar is copied from; 0 for none
    edge: tuple[int, ...]  # tick that no event of the bar goes over
    closing: int  # tick at which the last section, or its source, ends

    @classmethod
    def of(cls, named: NamedForm, bars: int, bar_ticks: int) -> Sections:
        """Lay out a form bar by bar.

        Example:
            >>> from monody.generation.decoding.sections import Sections
            >>> from monody.music.form_text import parse_form
            >>> Sections.of(parse_form("A A'"), bars=8, bar_ticks=96)
            Sections(back=(0, 0, 0, 0, 384, 384, 384, 0), edge=(384, 384, 384, 384, \
672, 672, 672, 768), closing=768)
        """
        back: list[int] = []
        edge: list[int] = []
        spans, sources = named.spans(bars), named.sources
        for (first, end), source, section in zip(
            spans, sources, named.sections, strict=True
        ):
            length = end - first
            free = length
            if source is not None:
                free = max(length // VARIED_PART, 1) if section.varied else 0
                away = (first - spans[source][0]) * bar_ticks
                back += [away] * (length - free)
                edge += [(end - free) * bar_ticks] * (length - free)
            back += [0] * free
            edge += [end * bar_ticks] * free
        last = sources[-1]
        exact = last is not None and not named.sections[-1].varied
        closing = spans[last][1] if exact and last is not None else bars
        return cls(tuple(back), tuple(edge), closing * bar_ticks)


class CopyTables(NamedTuple):
    """The sections of melodies side by side, and what was written of each so far."""

    back: Integers  # (rows, bars) ticks; 0 where nothing is copied
    edge: Integers  # (rows, bars) ticks
    pitch: Integers  # (rows, ticks) symbol of the event that begins there, or NOTHING
    duration: Integers  # (rows, ticks) its duration symbol

    def take(self, rows: NDArray[np.integer]) -> CopyTables:
        """Return some of the rows."""
        return CopyTables(*(each[rows] for each in self))

    def source(self, tick: Integers, bar: Integers) -> tuple[Integers, Integers]:
        """Return the event to copy, ``(rows,)`` each: its pitch and duration symbols.

        Args:
            tick: ``(rows,)`` from where writing began.
            bar: ``(rows,)`` likewise.

        Returns:
            ``NOTHING`` where nothing is copied.
        """
        rows, bar = np.arange(len(tick)), np.minimum(bar, self.back.shape[1] - 1)
        back = self.back[rows, bar]
        there = np.maximum(tick - back, 0)
        copied = back > 0
        pitch = np.where(copied, self.pitch[rows, there], NOTHING)
        return pitch, self.duration[rows, there]

    def left(self, tick: Integers, bar: Integers) -> Integers:
        """Return the ticks to the next edge, ``(rows,)``."""
        rows, bar = np.arange(len(tick)), np.minimum(bar, self.edge.shape[1] - 1)
        return self.edge[rows, bar] - tick

    def begins(self, tick: Integers, bar: Integers) -> Bools:
        """Say where a section, or what is free of it, begins, ``(rows,)``."""
        rows = np.arange(len(tick))
        before = np.clip(bar - 1, 0, self.edge.shape[1] - 1)
        begun: Bools = self.edge[rows, before] == tick
        return begun

    def write(
        self, tick: Integers, pitch: Integers, duration: Integers, rows: Integers
    ) -> None:
        """Remember an event that begins at a tick, for some of the rows."""
        self.pitch[rows, tick[rows]] = pitch[rows]
        self.duration[rows, tick[rows]] = duration[rows]


def copy_tables(sections: Sequence[Sections | None]) -> CopyTables | None:
    """Make the tables of melodies; ``None`` where none has sections."""
    named = [each for each in sections if each is not None]
    if not named:
        return None
    bars = max(len(each.back) for each in named)
    ticks = max(each.edge[-1] for each in named)
    rows = len(sections)
    back = np.zeros((rows, bars), np.int64)
    edge = np.full((rows, bars), np.iinfo(np.int32).max, np.int64)
    for row, each in enumerate(sections):
        if each is not None:
            back[row, : len(each.back)] = each.back
            edge[row, : len(each.edge)] = each.edge
    blank = np.full((rows, ticks + 1), NOTHING, np.int64)
    return CopyTables(back, edge, blank, np.zeros_like(blank))
