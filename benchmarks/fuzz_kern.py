"""Humdrum **kern files made by chance: one to four parts, with words between them.

Each has what makes its reading hard: columns that split and join, rows that begin in
some columns only, tuplets, ties, grace notes, chords, repeats, parts in an order.
"""

from __future__ import annotations

import random

METERS = ((2, 4), (3, 4), (4, 4), (6, 8), (5, 4), (3, 8))
# A **kern length, in 48ths of a whole note.
LENGTHS = ((48, "1"), (36, "2."), (24, "2"), (18, "4."), (12, "4"), (6, "8"), (3, "16"))
TRIPLET = (4, "12")
KEYS = ("[]", "[f#]", "[f#c#]", "[b-]", "[b-e-a-]")
PITCHES = ("D", "E", "F#", "G", "A", "B-", "c", "d", "e", "f", "g", "a", "b", "cc",
           "dd", "ee-", "ff#", "gg")  # fmt: skip
OTHERS = ("**text", "**dynam", "**silbe", "**mxhm")

Events = dict[int, str]  # tokens by their start in the measure, in 48ths


class KernWriter:
    """Writes one piece, line by line.

    Args:
        rng: Decides everything.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._kinds = ["**kern"] * rng.choice((1, 1, 2, 4))
        if rng.random() < 0.4:
            place = rng.randrange(len(self._kinds) + 1)
            self._kinds.insert(place, rng.choice(OTHERS))
        self._place = [rng.randrange(6, 12) for _ in self._kinds]
        self._tied = ["" for _ in self._kinds]  # the pitch that a tie leads to
        self._lines: list[str] = []

    def piece(self) -> str:
        """Write a piece of 4 to 40 measures."""
        rng = self._rng
        over, under = rng.choice(METERS)
        self._lines = [f"!!!COM: Somebody\n!!!OTL: Tune {rng.randrange(999)}"]
        self._row(self._kinds)
        self._all(f"*M{over}/{under}")
        self._all(f"*k{rng.choice(KEYS)}")
        if rng.random() < 0.5:
            self._all(f"*MM{rng.randrange(40, 200)}")
        names = rng.random() < 0.15
        if names:
            self._all(rng.choice(("*>[A,A,B]", "*>[A,B,A]", "*>[B,A]")))
            self._all("*>A")
        units = over * 48 // under
        count = rng.choice((4, 8, 16, 16, 40))
        for number in range(count):
            short = rng.random() < (0.4 if number == 0 else 0.03)
            self._measure(rng.randrange(1, units // 3 + 1) * 3 if short else units)
            self._all(self._bar(number + 1), sign="=")
            if names and number == count // 2:
                self._all("*>B")
            if rng.random() < 0.03:
                over, under = rng.choice(METERS)
                units = over * 48 // under
                self._all(f"*M{over}/{under}")
        self._all("==", sign="=")
        self._row(["*-"] * len(self._kinds))
        return "\n".join(self._lines) + "\n"

    def _bar(self, number: int) -> str:
        ending = self._rng.choice(("", "", "", "", "", "", ":|!", "!|:", ":|!|:", "||"))
        return f"={number}{ending}"

    def _row(self, tokens: list[str]) -> None:
        self._lines.append("\t".join(tokens))

    def _all(self, token: str, sign: str = "*") -> None:
        """Write a row that says the same in every **kern column."""
        own = [k == "**kern" or sign == "=" for k in self._kinds]
        self._row([token if is_own else sign for is_own in own])

    def _measure(self, units: int) -> None:
        """Write the rows of a measure, with a column split in two now and then."""
        rng = self._rng
        split = -1
        if rng.random() < 0.12:
            split = rng.choice(
                [i for i, kind in enumerate(self._kinds) if kind == "**kern"]
            )
            self._row(["*^" if i == split else "*" for i in range(len(self._kinds))])
        columns: list[Events] = []
        for place, kind in enumerate(self._kinds):
            music = self._music if kind == "**kern" else self._words
            columns.append(music(place, units))
            if place == split:
                columns.append(self._music(place, units))
        self._rows(columns)
        if split >= 0:
            joined = ["*" for _ in self._kinds]
            joined[split : split + 1] = ["*v", "*v"]
            self._row(joined)

    def _rows(self, columns: list[Events]) -> None:
        for start in sorted({start for events in columns for start in events}):
            if self._rng.random() < 0.03:
                self._row(["!" for _ in columns])
            self._row([events.get(start, ".") for events in columns])

    def _words(self, _: int, units: int) -> Events:
        return {0: self._rng.choice(("la", "f", "Herr, un-", "p"))} if units else {}

    def _music(self, column: int, units: int) -> Events:
        """Fill some 48ths with notes, rests and triplets."""
        rng = self._rng
        events: Events = {}
        at = 0
        while at < units:
            if units - at >= 12 and rng.random() < 0.1:
                chosen = [TRIPLET] * 3
            else:
                fits = [pair for pair in LENGTHS if pair[0] <= units - at]
                chosen = [rng.choice(fits)]
            for size, name in chosen:
                events[at] = self._token(column, name)
                at += size
        return events

    def _token(self, column: int, length: str) -> str:
        """Write a note a few steps from the last of its column, a chord or a rest."""
        rng = self._rng
        tied, self._tied[column] = self._tied[column], ""
        if tied:
            return f"{length}{tied}]"
        if rng.random() < 0.08:
            return f"{length}r"
        step = rng.choice((-3, -2, -1, -1, 0, 1, 1, 2, 3))
        place = min(max(self._place[column] + step, 0), len(PITCHES) - 1)
        self._place[column] = place
        note = f"{length}{PITCHES[place]}"
        if rng.random() < 0.05:
            self._tied[column] = PITCHES[place]
            return f"[{note}"
        if rng.random() < 0.04 and place >= 2:
            return f"{length}{PITCHES[place - 2]} {note}"
        return note + rng.choice(("", "", "", "L", "J", ";", "\\", "/", "T"))


def kern_file(rng: random.Random) -> bytes:
    """Write a piece, seldom a collection of several."""
    pieces = [KernWriter(rng).piece() for _ in range(rng.choice((1,) * 9 + (4,)))]
    return "".join(pieces).encode()
