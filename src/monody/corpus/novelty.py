"""Novelty: how much of a melody is also in the training set.

A run of notes is *shared* with a training melody if it is there with the same intervals
and the same waits, from onset to onset: in any key, however long its notes are held
(``suffix_array``). A run of one pitch in equal waits does not count: it is everywhere,
and nobody made it up.

The labels, by the runs of ``MIN_RUN_NOTES`` or more (or of the whole melody):

- copy: one shared run is half of the melody or more;
- near-copy: one shared run is a third of the melody or ``LONG_RUN_NOTES``, or more, or
  the runs shared with one training melody cover half of it or more;
- new: anything else.

Of 1,537 held-out tunes (nottingham, Essen and two printed books) 0.3 % are a copy by
this rule and 1.4 % a near-copy, though in 17 % the runs shared with any training melody
cover half: stock phrases. Training tunes in another key are copies, those with every
tenth note changed near-copies.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from monody.corpus.suffix_array import (
    MIN_RUN_NOTES,
    Longs,
    SuffixArray,
    note_steps,
    repeats,
)
from monody.errors import MonodyError
from monody.files import is_whole, laying_out, seal, write_text
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import bar_lines, metric_positions
from monody.saved.damage import DamagedError
from monody.saved.plain_json import read_json
from monody.translation import decimal, gettext, marked

NEW, NEAR_COPY, COPY = LABELS = marked(("new", "near-copy", "copy"))
COPY_SHARE = 1 / 2  # of the melody, in one run
NEAR_COPY_SHARE = 1 / 3  # likewise
LONG_RUN_NOTES = 32  # eight bars of quarters in 4/4; real tunes share 23 at most
NEAR_COPY_COVERED = 1 / 2  # by one training melody

MAX_RUNS = 8  # that are marked in one melody

INDEX_FILE = "index.json"
LAYOUT = 1  # version of the folder, to be raised when its files change


@dataclass(frozen=True)
class Novelty:
    """What a melody shares with a training set.

    If several runs are the longest, the first of the melody is named, and the first
    training melody that has it.

    Example:
        >>> from monody.corpus.novelty import Novelty
        >>> Novelty(notes=40, longest_notes=20).label
        'copy'
        >>> Novelty(notes=40, longest_notes=9).label
        'new'
    """

    notes: int  # of the melody
    longest_notes: int = 0  # the longest run shared with one training melody: 0, 2, …
    longest_bars: float = 0.0  # from its first onset to the end of its last note
    bar: int = 0  # of the melody, where that run begins, from 1
    source: str = ""  # the file of the training melody that has the run
    track: int = 0
    piece: int = 0
    source_bar: int = 0  # of the training melody, where the run begins, from 1
    covered: float = 0.0  # share of the notes in runs of MIN_RUN_NOTES or more, 0-1
    closest_covered: float = 0.0  # in those of just MIN_RUN_NOTES of one melody, 0-1
    closest: str = ""  # the source of that melody

    @property
    def label(self) -> str:
        """``"new"``, ``"near-copy"`` or ``"copy"``, by the rule of this module."""
        run = self.longest_notes
        if run < min(MIN_RUN_NOTES, max(self.notes, 1)):
            return NEW
        if run >= COPY_SHARE * self.notes:
            return COPY
        long = run >= LONG_RUN_NOTES or run >= NEAR_COPY_SHARE * self.notes
        return NEAR_COPY if long or self.closest_covered >= NEAR_COPY_COVERED else NEW

    @property
    def said(self) -> str:
        """A sentence on what it shares with which melodies; empty if nothing."""
        words = []
        if self.longest_notes:
            words.append(
                gettext(
                    "longest shared run {notes} notes ({bars} bars): bar {bar} as in "
                    "{source}, bar {source_bar}"
                ).format(
                    notes=self.longest_notes,
                    bars=decimal(self.longest_bars, ".1f"),
                    bar=self.bar,
                    source=self.source,
                    source_bar=self.source_bar,
                )
            )
        if self.label != NEW and self.closest:
            share = f"{self.closest_covered:.0%}"
            words.append(
                gettext("{share} of {source}").format(share=share, source=self.closest)
            )
        return "; ".join(words)

    def to_json(self) -> dict[str, object]:
        """Return the figures and the label as JSON values."""
        return {"label": self.label, **asdict(self)}


class SharedRun(NamedTuple):
    """A run of notes that a melody shares with a training melody."""

    first: int  # note of the melody, from 0
    notes: int
    source: Melody  # the training melody, whole
    source_first: int  # note of that melody


class NoveltyIndex:
    """Looks up what a melody shares with a training set.

    Args:
        melodies: The training set.
        runs: Its runs: ``SuffixArray.of(melodies)``.

    Example:
        >>> import monody
        >>> from monody.corpus.novelty import NoveltyIndex
        >>> from monody.corpus.suffix_array import SuffixArray
        >>> melodies = monody.read_corpus("data/midi").melodies
        >>> index = NoveltyIndex(melodies, SuffixArray.of(melodies))
        >>> novelty = index.look_up(melodies[3])
        >>> novelty.label, novelty.source, novelty.covered
        ('copy', 'tune-003.mid', 1.0)
    """

    def __init__(self, melodies: MelodyStore, runs: SuffixArray) -> None:
        self._melodies = melodies
        self._runs = runs
        self._ends = np.cumsum(melodies.info["note_count"], dtype=np.int64)

    @classmethod
    def build(cls, melodies: MelodyStore, folder: Path) -> NoveltyIndex:
        """Index a training set, and keep the index.

        Args:
            melodies: The training set.
            folder: Where the index is written, whole or not at all; an index that is
                there already is replaced. The parent folder must exist.

        Raises:
            MonodyError: If it cannot be written.
        """
        runs = SuffixArray.of(melodies)
        about = {"layout": LAYOUT, "fingerprint": melodies.fingerprint()}
        try:
            with laying_out(folder) as making:
                runs.save(making)
                write_text(making / INDEX_FILE, json.dumps(about))
                seal(making)
                _remove(folder, like=making)
        except OSError as error:
            raise MonodyError(
                f"cannot write the index of the training melodies to {str(folder)!r}: "
                f"{error.strerror}"
            ) from error
        return cls(melodies, runs)

    @classmethod
    def open(cls, melodies: MelodyStore, folder: Path) -> NoveltyIndex | None:
        """Open the index of a training set, memory-mapped.

        Args:
            melodies: The training set.
            folder: The folder that ``build`` wrote.

        Returns:
            The index; or ``None`` if there is none, or if it is damaged, of another
            layout or of other melodies. Then it must be built.
        """
        if not is_whole(folder):
            return None
        try:
            about = read_json(folder / INDEX_FILE)
            expected = {"layout": LAYOUT, "fingerprint": melodies.fingerprint()}
            return (
                cls(melodies, SuffixArray.load(folder)) if about == expected else None
            )
        except (OSError, DamagedError):
            return None

    def look_up(self, melody: Melody) -> Novelty:
        """Look up what a melody shares with the training set."""
        steps = note_steps(melody.notes)
        lengths, slots = self._runs.longest(steps)
        repeated = repeats(steps)
        lengths[lengths <= repeated] = 0
        enough = lengths >= MIN_RUN_NOTES - 1
        starts = np.flatnonzero(enough)
        # A run that begins with repeats proves nothing: others may hold only these.
        telling = np.flatnonzero(enough & (repeated < MIN_RUN_NOTES - 1))
        held, place = self._runs.closest(telling, slots[telling])
        return replace(
            self._longest(melody, steps, lengths),
            covered=_covered(starts, lengths[starts]) / max(len(melody), 1),
            closest_covered=held / max(len(melody), 1),
            closest=self._melodies[self._owner(place)].source if held else "",
        )

    def shared_runs(self, melody: Melody) -> list[SharedRun]:
        """Find the longest runs that a melody shares, no two of which overlap.

        Args:
            melody: Any melody.

        Returns:
            The longest first: the one that ``look_up`` tells of, and those of
            ``MIN_RUN_NOTES`` or more, ``MAX_RUNS`` at most.

        Example:
            >>> import monody
            >>> from monody.corpus.novelty import NoveltyIndex
            >>> from monody.corpus.suffix_array import SuffixArray
            >>> melodies = monody.read_corpus("data/midi").melodies
            >>> index = NoveltyIndex(melodies, SuffixArray.of(melodies))
            >>> [run] = index.shared_runs(melodies[3])
            >>> run.source.source, run.source_first, run.notes == len(melodies[3])
            ('tune-003.mid', 0, True)
        """
        steps = note_steps(melody.notes)
        lengths, _ = self._runs.longest(steps)
        lengths[lengths <= repeats(steps)] = 0
        places = np.arange(len(steps))
        runs: list[SharedRun] = []
        while len(runs) < MAX_RUNS and lengths.any():
            first, length = int(lengths.argmax()), int(lengths.max())
            if runs and length + 1 < MIN_RUN_NOTES:
                break
            source, note = self._first_with(steps[first : first + length])
            runs.append(SharedRun(first, length + 1, source, note))
            lengths[first : first + length + 1] = 0
            room = np.maximum(first - 1 - places[:first], 0)
            lengths[:first] = np.minimum(lengths[:first], room)
        return runs

    def _first_with(self, run: Longs) -> tuple[Melody, int]:
        """Return the first training melody with a run of steps, and the note in it."""
        place = self._runs.first(run)
        owner = self._owner(place)
        source = self._melodies[owner]
        return source, place - int(self._ends[owner]) + len(source)

    def _longest(self, melody: Melody, steps: Longs, lengths: Longs) -> Novelty:
        """Describe the longest shared run.

        Args:
            melody: The melody that is looked up.
            steps: ``(notes - 1,)``.
            lengths: ``(notes - 1,)``: of the shared run from each step on, in steps.
        """
        if not lengths.any():
            return Novelty(notes=len(melody))
        first, length = int(lengths.argmax()), int(lengths.max())
        source, note = self._first_with(steps[first : first + length])
        return Novelty(
            notes=len(melody),
            longest_notes=length + 1,
            longest_bars=_bars_between(melody, first, first + length),
            bar=_bar_of(melody, first),
            source=source.source,
            track=source.track,
            piece=source.piece,
            source_bar=_bar_of(source, note),
        )

    def _owner(self, place: int) -> int:
        """Return the index of the training melody that a note belongs to."""
        return int(np.searchsorted(self._ends, place, side="right"))


def _covered(starts: Longs, lengths: Longs) -> int:
    """Count the notes that are in runs, overlaps once.

    Args:
        starts: ``(runs,)``: the first note of each, in order.
        lengths: ``(runs,)``: in steps.
    """
    ends = np.maximum.accumulate(starts + lengths + 1)
    before = np.append(0, ends)[: len(starts)]
    return int(np.sum(ends - np.maximum(starts, before)))


def _bar_of(melody: Melody, note: int) -> int:
    """Return the bar that a note begins in, from 1."""
    return len(bar_lines(melody.meters, int(melody.starts[note])))


def _bars_between(melody: Melody, first: int, last: int) -> float:
    """Return the length of a run of notes in bars of the meter that it begins in."""
    begin = melody.starts[first : first + 1]
    meter = melody.meters[metric_positions(begin, melody.meters)[1][0]]
    return float((melody.ends[last] - begin[0]) / meter.bar_ticks)


def _remove(folder: Path, like: Path) -> None:
    """Remove an earlier index, whole or not: the files that ``like`` also has."""
    if folder.is_dir():
        for path in like.iterdir():
            (folder / path.name).unlink(missing_ok=True)
        folder.rmdir()  # fails if it holds anything else
