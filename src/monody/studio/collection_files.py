"""What is in the files of a collection: the report, file by file, and the melodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from monody import (
    GENERAL_MIDI,
    Corpus,
    Melody,
    MelodyStore,
    MonodyError,
    Verdict,
    all_lines,
    choose_files,
    verdict_in_words,
)
from monody.errors import printable
from monody.sentences import translated
from monody.studio.on_page import names_option
from monody.studio.words import _

MAX_HEARD = 12  # melodies of a file


@dataclass(frozen=True)
class Choices:
    """What was chosen by hand: files left out, and the one line of a file."""

    left_out: tuple[str, ...] = ()
    lines: Mapping[str, int] | None = None  # from 1, by file

    def of(self, corpus: Corpus) -> Corpus:
        """Return what is left of a corpus; files that are gone do not matter."""
        if not self.left_out and not self.lines:
            return corpus
        there = {report.name for report in corpus.verdicts.reports}
        lines = {
            name: line for name, line in (self.lines or {}).items() if name in there
        }
        left_out = [name for name in self.left_out if name in there]
        return choose_files(corpus, leave_out=left_out, tracks=lines)


@dataclass(frozen=True)
class CollectionReading:
    """A collection that was read.

    Args:
        corpus: All of it.
        choices: What was chosen of it.
        chosen: What is left by that.
        every_line: With each track of each file as a line; ``None`` until it was read.
    """

    corpus: Corpus
    choices: Choices
    chosen: Corpus
    every_line: Corpus | None = None

    @classmethod
    def of(
        cls, corpus: Corpus, choices: Choices, every_line: Corpus | None = None
    ) -> CollectionReading:
        """Choose among the files of a corpus.

        Raises:
            MonodyError: If a line that was chosen is not there any more.
        """
        return cls(corpus, choices, choices.of(corpus), every_line)

    def with_lines(self) -> CollectionReading:
        """Read it once more, for the lines that could be chosen."""
        return CollectionReading(
            self.corpus, self.choices, self.chosen, all_lines(self.corpus)
        )

    def counts(self) -> dict[str, int]:
        """Return the figures of the whole collection."""
        chosen, left_out = self.chosen, len(self._left_out())
        files = Counter(verdict.verdict for verdict in chosen.verdicts)
        used = chosen.melodies.take(chosen.used)
        return {
            "files": files.total(),
            "usable": files["kept"] + files["recovered"],
            "dropped": files["dropped"] - left_out,
            "duplicates": files["duplicate"],
            "left_out": left_out,
            "melodies": len(used),
            "notes": len(used.notes),
            "bars": int(bars_of(used).sum()),
        }

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield what became of each file, and why, in the order of their names."""
        left_out = self._left_out()
        bars, all_bars = _by_file(self.chosen), _by_file(self.corpus)
        lines = _lines_of(self.every_line) if self.every_line else {}
        for file, verdict in enumerate(self.chosen.verdicts):
            out = verdict.path in left_out
            told = self.corpus.verdicts[file] if out else verdict  # as if it were in
            row = verdict_in_words(told)
            yield {
                "source": told.path,
                "name": row.path,
                "verdict": told.verdict,
                "reason": row.finding,
                "advice": _advice(told),
                "melodies": told.melodies,
                "notes": told.notes,
                "bars": (all_bars if out else bars)[file],
                "meter": row.meter,
                "key": row.key,
                "left_out": out,
                "line": (self.choices.lines or {}).get(told.path),
                "lines": lines.get(file, []),
            }

    def melodies(self, source: str, line: int | None = None) -> list[Melody]:
        """Return the melodies of a file, those that are left out, too.

        Args:
            source: The file, as in ``rows``.
            line: One of its lines, from 1; by default as it is chosen.

        Raises:
            MonodyError: If there is no such file, or no melody in it.
        """
        corpora = (self.chosen, self.corpus, self.every_line)
        for corpus in corpora:
            store = corpus.melodies if corpus else MelodyStore.of([])
            of_file = [source == name for name in store.sources]
            mine = np.isin(store.info["file"], np.flatnonzero(of_file))
            if line is not None:
                mine &= store.info["track"] == line - 1
            found = np.flatnonzero(mine)[:MAX_HEARD]
            if len(found):
                return [store[int(index)] for index in found]
        raise MonodyError(_("There is no melody in this file to be heard."))

    def _left_out(self) -> set[str]:
        names = {report.name for report in self.corpus.verdicts.reports}
        return names & set(self.choices.left_out)


def bars_of(melodies: MelodyStore) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return how many bars each melody has, those begun included: ``(melodies,)``.

    Example:
        >>> from monody import Melody, MelodyStore
        >>> from monody.studio.collection_files import bars_of
        >>> bars_of(MelodyStore.of([Melody.from_notes([(60, 0, 96), (62, 96, 24)])]))
        array([2])
    """
    return np.array([melody.bars for melody in melodies], np.int64)


def _by_file(corpus: Corpus) -> list[int]:
    """Return the bars of each file."""
    melodies = corpus.melodies
    sums = np.zeros(len(corpus.verdicts), np.int64)
    np.add.at(sums, melodies.info["file"], bars_of(melodies))
    return [int(bars) for bars in sums]


def _lines_of(corpus: Corpus) -> dict[int, list[dict[str, Any]]]:
    """Return the lines of each file that has several."""
    notes: dict[tuple[int, int], int] = {}
    programs: dict[tuple[int, int], int] = {}
    for one in corpus.melodies.info:
        key = int(one["file"]), int(one["track"])
        notes[key] = notes.get(key, 0) + int(one["note_count"])
        programs.setdefault(key, int(one["program"]))
    lines: dict[int, list[dict[str, Any]]] = {}
    for (file, track), count in sorted(notes.items()):
        name = _(GENERAL_MIDI[programs[file, track] % len(GENERAL_MIDI)])
        line = {"line": track + 1, "name": name, "notes": count}
        lines.setdefault(file, []).append(line)
    return {file: found for file, found in lines.items() if len(found) > 1}


def _advice(verdict: Verdict) -> str:
    """Return what can be done about a file on the page."""
    if verdict.verdict != "dropped":
        return ""
    if names_option(verdict.advice):
        return _(
            "nothing can be done about it here: change it in a notation program, and "
            "drop it again"
        )
    return printable(translated(verdict.advice))
