"""A suffix array of melodies, to find the runs of notes that another shares with them.

From each note a *step* leads to the next of its melody: the interval, and the wait, the
ticks from onset to onset. Two runs of notes are the same if their steps are: neither
the key nor how long notes are held matters. A run never leaves its melody.

A suffix array holds all places of all melodies in the order of the steps that follow
there (U. Manber and G. Myers, SIAM J. Computing 22(5), 1993). Look up where a given
melody would be in that order: the two places beside that slot share the longest run
with it. The slots of a melody are found from its end backwards, by one binary search
for each step (K. Sadakane, J. Algorithms 48(2), 2003).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from monody.music.melody_store import MelodyStore
from monody.music.meter import Ints
from monody.saved.arrays import map_array
from monody.saved.damage import require

Longs: TypeAlias = NDArray[np.int64]

MIN_RUN_NOTES = 8  # of a run that counts; a shorter one is a turn of phrase

END = -1  # instead of a step: the last note of a melody has none
UNHEARD = -2  # the number of a step that is in no melody
_INTERVALS = 256  # numbers for the intervals -127 to 127
_SAME_PITCH = _INTERVALS // 2  # the number of interval 0
_FIRST_BLOCK = 8  # steps that are compared at once, at first


def note_steps(notes: Ints) -> Longs:
    """Return the step from each note to the next, as one number.

    Args:
        notes: ``(notes, 3)``: pitch, start tick, duration in ticks, in order.

    Returns:
        ``(notes - 1,)``, each above 0; of one note or none ``(0,)``.

    Example:
        >>> import numpy as np
        >>> from monody.corpus.suffix_array import note_steps
        >>> c_d = np.array([[60, 0, 24], [62, 24, 24]])
        >>> g_a = np.array([[67, 96, 12], [69, 120, 12]])
        >>> note_steps(c_d) == note_steps(g_a)
        array([ True])
    """
    moves = notes[1:].astype(np.int64) - notes[:-1]
    steps: Longs = moves[:, 1] * _INTERVALS + moves[:, 0] + _SAME_PITCH
    return steps


def repeats(steps: Longs) -> Longs:
    """Count the notes that only repeat their pitch in equal waits, from each step on.

    Args:
        steps: ``(steps,)``.

    Returns:
        ``(steps,)``: how many steps from here on are equal to this one, if it leads to
        the same pitch; else 0.

    Example:
        >>> import numpy as np
        >>> from monody.corpus.suffix_array import note_steps, repeats
        >>> pitches = (60, 60, 60, 62)
        >>> notes = np.array([(p, 24 * i, 24) for i, p in enumerate(pitches)])
        >>> repeats(note_steps(notes)).tolist()
        [2, 1, 0]
    """
    ends = np.append(np.flatnonzero(np.diff(steps)) + 1, len(steps))
    places = np.arange(len(steps))
    going_on = ends[np.searchsorted(ends, places, side="right")] - places
    return np.where(steps % _INTERVALS == _SAME_PITCH, going_on, 0)


class LongestRuns(NamedTuple):
    """The longest run from each place of a melody on that is found in others."""

    lengths: Longs  # (steps,): in steps, 0 and more; notes are one more
    slots: Longs  # (steps,): of a place where each is found


@dataclass(frozen=True, eq=False)
class SuffixArray:
    """All runs of notes of a set of melodies, in order. Made by ``of``.

    A place is the index of a note among all notes of all melodies. A slot is an index
    into the order of places.

    Args:
        alphabet: ``(kinds,)`` int64: the different steps, in order.
        first_slots: ``(kinds + 1,)`` int32: where places with each step begin in the
            order, and its end. The last notes of melodies come before all.
        text: ``(notes,)`` int32: number of each note's step in the alphabet, or
            ``END``.
        order: ``(notes,)`` int32: the places, by the steps that follow there, and then
            by place.
        onward: ``(notes,)`` int32: for each slot, the slot of the next note's place.
        groups: ``(groups + 1,)`` int32: the first slot of each group of places where
            the same run of ``MIN_RUN_NOTES`` begins, and the end of the order.

    Example:
        >>> from monody.corpus.suffix_array import SuffixArray, note_steps
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> scale = Melody.from_notes([(60 + i, 24 * i, 24) for i in range(9)])
        >>> runs = SuffixArray.of(MelodyStore.of([scale]))
        >>> higher = Melody.from_notes([(72 + i, 24 * i, 12) for i in range(5)])
        >>> runs.longest(note_steps(higher.notes)).lengths.tolist()
        [4, 3, 2, 1]
    """

    alphabet: Longs
    first_slots: Ints
    text: Ints
    order: Ints
    onward: Ints
    groups: Ints

    @classmethod
    def of(cls, melodies: MelodyStore) -> SuffixArray:
        """Put all runs of these melodies in order."""
        ends = np.cumsum(melodies.info["note_count"], dtype=np.int64)
        last = np.zeros(len(melodies.notes), bool)
        last[ends[melodies.info["note_count"] > 0] - 1] = True
        steps = np.append(note_steps(melodies.notes), END)[: len(last)]
        steps[last] = END
        alphabet = _distinct(steps[~last])
        text = np.searchsorted(alphabet, steps).astype(np.int32)
        text[last] = END
        counts = np.bincount(text[~last], minlength=len(alphabet))
        first_slots = last.sum() + np.append(0, np.cumsum(counts))
        order = _ordered(text, last)
        return cls(
            alphabet,
            first_slots.astype(np.int32),
            text,
            order.astype(np.int32),
            _slots_onward(order).astype(np.int32),
            _groups(text, order).astype(np.int32),
        )

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder, as ``.npy`` files."""
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def load(cls, folder: Path) -> SuffixArray:
        """Open the arrays that ``save`` wrote, memory-mapped.

        Raises:
            DamagedError: If they are damaged, or not of one set of melodies.
            OSError: If one is not there, or cannot be read.
        """
        paths = {field.name: folder / f"{field.name}.npy" for field in fields(cls)}
        made = cls(
            **{
                name: map_array(path, np.int64 if name == "alphabet" else np.int32)
                for name, path in paths.items()
            }
        )
        made._check()
        return made

    def _check(self) -> None:
        """Make sure that no array points out of another."""
        notes, kinds = len(self.text), len(self.alphabet)
        for array, least, most in (
            (self.text, END, kinds - 1),
            (self.order, 0, notes - 1),
            (self.onward, 0, notes - 1),
            (self.first_slots, 0, notes),
            (self.groups, 0, notes),
        ):
            within = not len(array) or (array.min() >= least and array.max() <= most)
            require(bool(within), "an index of melodies points out of them")
        require(len(self.order) == len(self.onward) == notes, "an index is cut")
        require(len(self.first_slots) == kinds + 1, "an index has other steps")
        require(not notes or self.text[-1] == END, "an index has no end")
        for rising in (self.first_slots, self.groups):
            require(bool(np.all(np.diff(rising) >= 0)), "an index is not in order")

    def longest(self, steps: Longs) -> LongestRuns:
        """Find the longest run from each place of a melody on that is found here.

        Args:
            steps: ``(steps,)`` of ``note_steps``.
        """
        if not len(steps) or not len(self.order):
            return LongestRuns(np.zeros_like(steps), np.zeros_like(steps))
        numbers = np.searchsorted(self.alphabet, steps)
        known = np.append(self.alphabet, END)[numbers] == steps
        numbers = np.append(np.where(known, numbers, UNHEARD), UNHEARD)
        slots = np.array(self._slots(steps, 0), np.int64)
        before, after = self._alike(numbers, slots - 1), self._alike(numbers, slots)
        return LongestRuns(np.maximum(before, after), slots - (before > after))

    def first(self, steps: Longs) -> int:
        """Return the first place of a run that is found here.

        Args:
            steps: ``(steps,)``: those of the run.
        """
        begin, end = (self._slots(steps, slot)[0] for slot in (0, len(self.order)))
        return int(self.order[begin:end].min())

    def closest(self, starts: Longs, slots: Longs) -> tuple[int, int]:
        """Find the melody that holds the most notes of a given one in runs that count.

        Args:
            starts: ``(runs,)``: where in the given melody runs of ``MIN_RUN_NOTES``
                begin, in order.
            slots: ``(runs,)``: of a place where each is found.

        Returns:
            How many notes it holds, and a place in it; of several, the first melody.
        """
        if not len(starts):
            return 0, 0
        ends = self.order[: self.first_slots[0]]  # of all melodies, in their order
        melodies, places = self._holders(starts, slots, ends)
        by_melody = np.argsort(melodies, kind="stable")
        melodies, places = melodies[by_melody], places[by_melody]
        new = np.minimum(np.diff(places), MIN_RUN_NOTES)  # notes up to the next run
        new[np.diff(melodies) > 0] = MIN_RUN_NOTES
        held = np.bincount(melodies, np.append(new, MIN_RUN_NOTES))
        most = int(held.argmax())
        return int(held[most]), int(ends[most])

    def _holders(self, starts: Longs, slots: Longs, ends: Ints) -> tuple[Longs, Longs]:
        """Return each melody that holds a run, and the start of the run.

        Returns:
            Indices of melodies and starts, ``(pairs,)``, each pair once.
        """
        groups, kinds = np.unique(
            np.searchsorted(self.groups, slots, side="right") - 1, return_inverse=True
        )
        sizes = self.groups[groups + 1] - self.groups[groups]
        places = self.order[_ranges(self.groups[groups], sizes)]
        owners = np.repeat(np.arange(len(groups)), sizes) * len(ends)
        owners = _distinct(owners + np.searchsorted(ends, places))
        begins = np.searchsorted(owners, np.arange(len(groups) + 1) * len(ends))
        counts = np.diff(begins)[kinds]
        melodies = owners[_ranges(begins[kinds], counts)] % len(ends)
        return melodies, np.repeat(starts, counts)

    def _slots(self, steps: Longs, slot: int) -> list[int]:
        """Return the slot that the rest of a melody from each step on would have.

        Args:
            steps: ``(steps,)``.
            slot: The slot of the end of the melody: 0 if it is less than everything,
                the number of notes if it is more.
        """
        low = self.first_slots[np.searchsorted(self.alphabet, steps)].tolist()
        high = self.first_slots[np.searchsorted(self.alphabet, steps, "right")].tolist()
        onward = self.onward.data  # its items are plain integers, at once
        slots = []
        for begin, end in zip(reversed(low), reversed(high), strict=True):
            slot = bisect_left(onward, slot, begin, end)
            slots.append(slot)
        return slots[::-1]

    def _alike(self, numbers: Longs, slots: Longs) -> Longs:
        """Count the steps that a melody and the places in some slots have in common.

        Args:
            numbers: ``(steps + 1,)``: the melody's steps, and ``UNHEARD``.
            slots: ``(steps,)``: the slot that the rest of the melody from each step on
                is compared with; one outside of the order has nothing in common.

        Returns:
            ``(steps,)``.
        """
        last = len(self.text) - 1  # an END, which nothing equals
        inside = (slots >= 0) & (slots <= last)
        places = np.where(inside, self.order[np.clip(slots, 0, last)], last)
        # Where the next step is compared with the next place, it need not be counted
        # twice. Without this a copy takes the square of its length.
        goes_on = (numbers[:-1] == self.text[places])[:-1] & (np.diff(places) == 1)
        heads = np.append(np.flatnonzero(~goes_on), len(slots) - 1)
        counted = self._count(numbers, heads, places[heads])
        here = np.arange(len(slots))
        head = np.searchsorted(heads, here)
        alike: Longs = counted[head] + heads[head] - here
        return alike

    def _count(self, numbers: Longs, heads: Longs, places: Longs) -> Longs:
        """Count the steps that are alike from ``heads`` and from ``places`` on."""
        counted: Longs = np.zeros_like(heads)
        open_ = np.arange(len(heads))
        block = _FIRST_BLOCK
        while len(open_):
            ahead = counted[open_, None] + np.arange(block)
            ours = np.minimum(heads[open_, None] + ahead, len(numbers) - 1)
            theirs = np.minimum(places[open_, None] + ahead, len(self.text) - 1)
            differs = numbers[ours] != self.text[theirs]
            ended = differs.any(axis=1)
            counted[open_] += np.where(ended, differs.argmax(axis=1), block)
            open_ = open_[~ended]
            block *= 2
        return counted


def _distinct(values: Longs) -> Longs:
    """Return the different values, in order; ``np.unique`` is much slower."""
    values = np.sort(values)
    distinct: Longs = values[np.append(True, np.diff(values) > 0)[: len(values)]]
    return distinct


def _ordered(text: Ints, last: NDArray[np.bool_]) -> Longs:
    """Order all places by the numbers that follow there up to the end of the melody.

    Places are ranked by their number, then by 2, 4, 8 … numbers, each time by two of
    the earlier ranks. Places that share their rank with no other are done (N. Larsson
    and K. Sadakane, Theoretical Computer Science 387(3), 2007).

    Args:
        text: ``(notes,)``.
        last: ``(notes,)``: where melodies end. Each end differs from all others, and an
            earlier one is less.

    Returns:
        ``(notes,)``: the places.
    """
    count = len(text)
    ranks = np.where(last, np.cumsum(last) - 1, text.astype(np.int64) + last.sum())
    order = np.argsort(ranks, kind="stable")
    slots = np.arange(count)  # of places that share their rank with others
    keys, known = ranks[order], 1
    while len(slots):
        places = order[slots]
        new = np.append(True, np.diff(keys) > 0)
        # The rank of a place is the first slot of all that are equal to it so far.
        ranks[places] = slots[np.flatnonzero(new)[np.cumsum(new) - 1]]
        together = ~(new & np.append(new[1:], True))
        slots, places = slots[together], places[together]
        keys = ranks[places] * count + ranks[places + known]
        known *= 2
        by_key = np.argsort(keys, kind="stable")
        order[slots], keys = places[by_key], keys[by_key]
    return order


def _groups(text: Ints, order: Longs) -> Longs:
    """Return the first slot of each group of places where the same run begins.

    Runs have ``MIN_RUN_NOTES``. A place near the end of its melody, where none begins,
    is a group of its own.

    Returns:
        ``(groups + 1,)``; the last is the end of the order.
    """
    same = np.ones(max(len(order) - 1, 0), bool)
    for ahead in range(MIN_RUN_NOTES - 1):
        numbers = text[np.minimum(order + ahead, len(text) - 1)]
        same &= (numbers[1:] == numbers[:-1]) & (numbers[1:] != END)
    first = np.append(True, ~same)[: len(order)]
    return np.append(np.flatnonzero(first), len(order))


def _ranges(begins: Longs | Ints, counts: Longs | Ints) -> Longs:
    """Return ``counts`` indices from each beginning on, one range after another."""
    shifts = begins - np.cumsum(counts, dtype=np.int64) + counts
    return np.repeat(shifts, counts) + np.arange(counts.sum())


def _slots_onward(order: Longs) -> Longs:
    """Return for each slot the slot of the next note's place; for the last note, 0."""
    slots = np.zeros(len(order) + 1, np.int64)
    slots[order] = np.arange(len(order))
    slots[-1:] = 0
    return slots[order + 1]
