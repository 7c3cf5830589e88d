"""Measures and lines from the rows of a **kern table.

Time comes from the lengths of the notes in each spine. A row begins where the notes
before it end. Bar lines put all spines together again, so a slip in one of them does
not last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from monody.reading.kern.instruments import instrument_of
from monody.reading.kern.interpretations import (
    expansion_in,
    key_in,
    meter_in,
    part_in,
    signature_in,
    tempo_in,
)
from monody.reading.kern.spines import Spine, Table
from monody.reading.kern.tokens import KernNote, Token, parse_token
from monody.reading.notation.written_score import (
    Line,
    WrittenMeasure,
    WrittenNote,
    WrittenScore,
)
from monody.reading.raw_score import MAX_NAME
from monody.translation import marked

NULL = "."
_CLOSES = re.compile(r":[|!]")
_OPENS = re.compile(r"[|!]:")


class RowReader:
    """Reads the rows of a table, in order; `score` gives what they made.

    Example:
        >>> from monody.reading.kern.rows import RowReader
        >>> from monody.reading.kern.spines import Table
        >>> table = Table()
        >>> table.name(["**kern"])
        >>> reader = RowReader(table)
        >>> for token in ("4c", "4d"):
        ...     reader.read_notes([token])
        >>> reader.read_bar_line(["=="])
        >>> [note.pitch for note in reader.score().measures[0].notes]
        [60, 62]
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._measures: list[WrittenMeasure] = []
        self._measure = WrittenMeasure()
        self._start = 0  # of the measure, in written ticks
        self._at_bar = True  # no music has come since the last bar line
        self._row = -1  # where the last row with music began
        self._end = 0  # of all music
        self.now = 0  # where the next row begins
        self._lines: dict[tuple[int, int], int] = {}  # by part and voice
        self._players: dict[int, Line] = {}  # by part
        self._ties: dict[tuple[int, int], tuple[int, int]] = {}  # by part and pitch
        self._parts: tuple[str, ...] = ()
        self._key_named_at = -1
        self._left_out: Counter[str] = Counter()

    def read_notes(self, tokens: Sequence[str]) -> None:
        """Read a row of notes."""
        timed: list[tuple[Spine, Token]] = []
        for spine, text in zip(self._table.columns, tokens, strict=True):
            if not spine.is_kern or text == NULL:
                continue
            token = parse_token(text)
            if token.problem:
                self._left_out[token.problem] += 1
            if token.ticks:
                timed.append((spine, token))
        if not timed:
            return
        if self._at_bar:
            self._begin_measure([spine for spine, _ in timed])
        starts = [self._begin(spine, token) for spine, token in timed]
        self._row = min(starts)
        ends = [spine.end for spine in self._table.columns if spine.is_kern]
        self.now = min((end for end in ends if end > self._row), default=self._row)

    def _begin_measure(self, spines: Sequence[Spine]) -> None:
        """Put the bar line where the longest of the spines has come to.

        Args:
            spines: Those in which a note begins.
        """
        start = max((s.end for s in spines if s.end > self._row), default=self.now)
        for spine in spines:
            spine.end = start
        if self._measures:
            self._measures[-1].ticks = start - self._start
        self._start = self.now = start
        self._row = start - 1
        self._at_bar = False

    def _begin(self, spine: Spine, token: Token) -> int:
        """Let the notes of a token begin, and return where."""
        # Where a spine has been empty for a while, the others tell the time.
        start = spine.end if spine.end > self._row else self.now
        for note in token.notes:
            line = self._line_of(spine, note, start)
            self._measure.notes.append(
                WrittenNote(
                    line, note.pitch, start - self._start, note.ticks, note.tied
                )
            )
        spine.end = start + token.ticks
        self._end = max(self._end, spine.end)
        return start

    def _line_of(self, spine: Spine, note: KernNote, start: int) -> int:
        """Return the line of a note: that of the note which is tied to it, if any."""
        line = self._lines.setdefault((spine.part, spine.voice), len(self._lines))
        place = spine.part, note.pitch
        if note.continues:
            before, end = self._ties.pop(place, (line, start))
            line = before if end == start else line
        if note.tied:
            self._ties[place] = line, start + note.ticks
        return line

    def read_bar_line(self, tokens: Sequence[str]) -> None:
        """Read a row of bar lines; the first **kern spine is right."""
        columns = zip(self._table.columns, tokens, strict=True)
        sign = next((text for spine, text in columns if spine.is_kern), "")
        self._close_measure()
        if _OPENS.search(sign):
            self._measure.opens_repeat = True
        if self._measures:
            closed = self._measures[-1]
            closed.plays = 2 if _CLOSES.search(sign) else closed.plays
            is_double = sign.startswith("==") or "||" in sign
            closed.double_bar = closed.double_bar or is_double

    def _close_measure(self) -> None:
        """End the measure, if there is music in it."""
        if not self._at_bar:
            self._measures.append(self._measure)
            self._measure = WrittenMeasure()
            self._at_bar = True

    def read_interpretations(self, tokens: Sequence[str]) -> None:
        """Read a row of interpretations; for signs the first **kern spine is right."""
        texts = [
            (spine.part, text)
            for spine, text in zip(self._table.columns, tokens, strict=True)
            if spine.is_kern and len(text) > 1
        ]
        for part, text in texts:
            if text.startswith("*I"):
                self._read_instrument(part, text[2:])
        words = list(dict.fromkeys(text for _, text in texts))
        self._parts = next(filter(None, map(expansion_in, words)), self._parts)
        name = next(filter(None, map(part_in, words)), None)
        if name is not None:
            self._close_measure()
            self._measure.part = name
        self._read_signs(words)

    def _read_signs(self, words: Sequence[str]) -> None:
        """Read meter, key and tempo."""
        tick = 0 if self._at_bar else max(self.now - self._start, 0)
        meter = next(filter(None, map(meter_in, words)), None)
        if meter is not None:
            self._measure.meters.append((tick, *meter))
        tempo = next(filter(None, map(tempo_in, words)), None)
        if tempo is not None:
            self._measure.tempos.append((tick, tempo))
        key = next(filter(None, map(key_in, words)), None)
        signature = next(filter(None, map(signature_in, words)), None)
        if key is not None:
            self._key_named_at = self.now
            self._measure.keys.append((tick, key))
        elif signature is not None and self._key_named_at != self.now:
            self._measure.keys.append((tick, signature))

    def _read_instrument(self, part: int, text: str) -> None:
        """Read the code or the name of an instrument."""
        known = self._players.get(part, Line(staff=part))
        instrument = instrument_of(text)
        name = known.name
        if text.startswith('"'):
            name = text[1:].strip()[:MAX_NAME]
        program, is_drum = instrument or (known.program, known.is_drum)
        self._players[part] = Line(part, program, is_drum, name)

    def score(self) -> WrittenScore:
        """Return the written music."""
        if not self._at_bar:
            self._close_measure()
        if self._measures:
            self._measures[-1].ticks = max(self._end - self._start, 0)
        order = sorted(self._lines, key=lambda place: (-place[0], place[1]))
        number = {self._lines[place]: index for index, place in enumerate(order)}
        for measure in self._measures:
            measure.notes = [n._replace(line=number[n.line]) for n in measure.notes]
        lines = [self._players.get(part, Line(staff=part)) for part, _ in order]
        self._forget_repeats()
        repairs = [
            marked(f"left out: {n} × {what}") for what, n in self._left_out.items()
        ]
        return WrittenScore(lines, self._measures, self._parts, repairs)

    def _forget_repeats(self) -> None:
        """Leave repeats to the order of the parts, where there is one."""
        if {measure.part for measure in self._measures}.isdisjoint(self._parts):
            return
        for measure in self._measures:
            measure.plays, measure.opens_repeat = 0, False
