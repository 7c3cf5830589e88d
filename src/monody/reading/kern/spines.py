"""The columns of a Humdrum table while it is read: spines that split, join and end.

    **kern   **text          a spine is a column of one kind
    *^       *               the first splits in two
    4c  8e   la              three columns now
    *v  *v   *               and joins again
    *-       *-              all end

The rules are those of "Spine paths" in the Humdrum reference manual.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from monody.reading.raw_score import UnreadableError
from monody.translation import marked

KERN = "**kern"
MAX_COLUMNS = 2000
MEND = marked("mend that line, or download the file again")
SPLIT, JOIN, EXCHANGE, ADD, END = "*^", "*v", "*x", "*+", "*-"
PATHS = frozenset((SPLIT, JOIN, EXCHANGE, ADD, END))


@dataclass(eq=False)
class Spine:
    """A column.

    Args:
        part: The number of the **kern spine that it is or came from; those of other
            kinds have numbers below 0.
        voice: Which of the part's columns it is, 0 for the first.
        end: Where its last note ends, in written ticks.
    """

    part: int = -1
    voice: int = 0
    end: int = 0

    @property
    def is_kern(self) -> bool:
        """Whether it holds notes."""
        return self.part >= 0


@dataclass
class Table:
    """The columns (spines) of a ``**kern`` file that are open where it is read.

    Example:
        >>> from monody.reading.kern.spines import Table
        >>> table = Table()
        >>> table.name(["**kern", "**text"])
        >>> table.rearrange(["*^", "*"], now=0, line=2)
        >>> [(spine.part, spine.voice) for spine in table.columns]
        [(0, 0), (0, 1), (-2, 0)]
    """

    columns: list[Spine] = field(default_factory=list)
    parts: int = 0  # **kern spines so far
    _spines: int = 0  # of any kind so far
    _free: dict[int, list[int]] = field(default_factory=dict)  # voices, by part
    _voices: dict[int, int] = field(default_factory=dict)  # how many, by part

    def name(self, kinds: Sequence[str]) -> None:
        """Open columns, or say of what kind those are that were added.

        Args:
            kinds: Such as ``**kern``, one for each column.
        """
        if not self.columns:
            self.columns = [self._opened(now=0) for _ in kinds]
        for spine, kind in zip(self.columns, kinds, strict=True):
            if kind == KERN and not spine.is_kern:
                spine.part = self.parts
                self._voices[spine.part] = 1
                self.parts += 1

    def check(self, tokens: Sequence[str], line: int) -> None:
        """Refuse a row that has not a token for each column.

        Args:
            tokens: Of the row.
            line: Its number in the file, from 1.

        Raises:
            UnreadableError: If it has more or fewer.
        """
        if len(tokens) != len(self.columns):
            raise UnreadableError(
                f"line {line}: {len(tokens)} columns in place of {len(self.columns)}",
                MEND,
            )

    def rearrange(self, tokens: Sequence[str], now: int, line: int) -> None:
        """Split, join, exchange, add and end columns.

        Args:
            tokens: Of a row of interpretations, one for each column.
            now: The time in written ticks, at which new columns begin.
            line: The number of the row in the file, from 1.

        Raises:
            UnreadableError: If there are too many columns.
        """
        if PATHS.isdisjoint(tokens):
            return
        pairs = list(zip(self.columns, tokens, strict=True))
        columns: list[Spine] = []
        for (part, token), group in groupby(pairs, key=lambda p: (p[0].part, p[1])):
            spines = [spine for spine, _ in group]
            if token == JOIN:
                columns.append(self._joined(part, spines))
            elif token != END:
                for spine in spines:
                    columns += self._after(spine, token, now)
        self.columns = _exchanged(columns, pairs)
        if len(self.columns) > MAX_COLUMNS:
            raise UnreadableError(f"line {line}: more than {MAX_COLUMNS} columns", MEND)

    def _joined(self, part: int, spines: Sequence[Spine]) -> Spine:
        """Join columns of one part; the first goes on."""
        first = min(spines, key=lambda spine: spine.voice)
        for spine in spines:
            if spine is not first:
                heapq.heappush(self._free.setdefault(part, []), spine.voice)
        return replace(first, end=max(spine.end for spine in spines))

    def _after(self, spine: Spine, token: str, now: int) -> list[Spine]:
        """Return what a column becomes."""
        if token == SPLIT:
            return [spine, replace(spine, voice=self._voice(spine.part), end=now)]
        return [spine, self._opened(now)] if token == ADD else [spine]

    def _opened(self, now: int) -> Spine:
        """Return a new column, of no kind yet."""
        self._spines += 1
        return Spine(part=-self._spines, end=now)

    def _voice(self, part: int) -> int:
        """Return the lowest number that no column of a part has."""
        free = self._free.get(part)
        if free:
            return heapq.heappop(free)
        number = self._voices.get(part, 1)
        self._voices[part] = number + 1
        return number


def _exchanged(columns: list[Spine], pairs: Sequence[tuple[Spine, str]]) -> list[Spine]:
    """Exchange the two columns that say so, where nothing else changes in the row."""
    places = [place for place, (_, token) in enumerate(pairs) if token == EXCHANGE]
    if len(places) == 2 and len(columns) == len(pairs):
        first, second = places
        columns[first], columns[second] = columns[second], columns[first]
    return columns
