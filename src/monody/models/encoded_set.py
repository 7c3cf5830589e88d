"""Encoded melodies end to end: what batches are made of, and figures are counted on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from monody.models.events import (
    REST,
    START,
    Events,
    Vocabulary,
    bars_left_symbol,
    encode_all,
)
from monody.models.growing import GrowingArrays
from monody.models.later_outlines import LaterOutlines
from monody.models.outline import no_outline, tonic_symbols
from monody.music.melody import Melody
from monody.music.melody_store import MELODIES_AT_A_TIME, MelodyStore

MELODIES_AT_ONCE = 256  # encoded together: as many as fit the processor's cache
BLOCKS_KEPT = 256  # of melodies, whose mapped notes stay in memory


class MelodySet(Protocol):
    """Melodies that batches are made of: encoded already, or when a batch needs them.

    Their events are counted as if they lay end to end, in the order of the melodies.
    """

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each melody's events begin, ``(melodies,)``."""

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each melody's events end, ``(melodies,)``."""

    @property
    def note_count(self) -> int:
        """Notes in all melodies together."""

    def __len__(self) -> int: ...

    def pitch_bounds(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the lowest and the highest pitch of each melody, ``(melodies,)``."""

    def notes_in(self, windows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the notes that begin in each of all windows, ``(windows,)``.

        Args:
            windows: All that ``cut_windows`` returns.
        """

    def holding(
        self, windows: NDArray[np.int64]
    ) -> tuple[EncodedSet, NDArray[np.int64]]:
        """Return encoded melodies in which some windows lie, and where they lie there.

        Args:
            windows: Some that ``cut_windows`` returns.
        """

    def parts(self) -> Iterator[EncodedSet]:
        """Yield all melodies in their order, encoded, some of them at a time."""


@dataclass(frozen=True)
class EncodedSet:
    """Encoded melodies end to end. All event arrays are ``(all events,)``.

    At each event the network reads the event before it (the start, at a melody's
    beginning) and the metric position where the event begins. It predicts the event.
    """

    pitch_in: NDArray[np.uint8]
    note_before: NDArray[np.uint8]  # the latest note before pitch_in; REST if none
    duration_in: NDArray[np.uint8]
    position: NDArray[np.int16]
    bar: NDArray[np.int32]
    meter: NDArray[np.uint8]
    bars_left: NDArray[np.uint8]  # symbols, see `events.bars_left_symbol`
    end_position: NDArray[np.int16]  # symbols: 1 + ticks, see there
    phrase_left: NDArray[np.uint8]  # of the `Outline`, as those that follow
    returns: NDArray[np.uint8]
    bars_back: NDArray[np.uint8]
    cadence_left: NDArray[np.uint8]
    notes_left: NDArray[np.uint8]
    cadence_degree: NDArray[np.uint8]
    tonic: NDArray[np.uint8]
    style: NDArray[np.uint8]  # symbols; UNKNOWN for none
    pitch: NDArray[np.uint8]
    duration: NDArray[np.uint8]
    ends: NDArray[np.int64]  # (melodies,): where each melody's events end
    later: LaterOutlines | None = None  # finds what is still to be told of melodies

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each melody's events begin, ``(melodies,)``."""
        return np.concatenate([np.zeros(1, np.int64), self.ends[:-1]])

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {name: each for name, each in vars(self).items() if name != "later"}

    def melodies(self, first: int, stop: int) -> EncodedSet:
        """Return some of the melodies, without copying them, and without outlines.

        Args:
            first: The first of them.
            stop: The one after the last.
        """
        begin, end = int(self.starts[first]), int(self.ends[stop - 1])
        arrays = {name: each[begin:end] for name, each in self._arrays().items()}
        arrays["ends"] = self.ends[first:stop] - begin
        return EncodedSet(**arrays, later=None)

    @property
    def note_count(self) -> int:
        """Notes in all melodies together."""
        return int(np.count_nonzero(self.pitch < REST))

    def pitch_bounds(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the lowest and the highest pitch of each melody, ``(melodies,)``."""
        lows, highs = np.empty((2, len(self)), np.int64)
        starts = self.starts
        for first in range(0, len(self), MELODIES_AT_A_TIME):
            some = slice(first, first + MELODIES_AT_A_TIME)
            pitch = self.pitch[starts[first] : self.ends[some][-1]]
            begins = starts[some] - starts[first]
            # All that is no note has a symbol above those of notes.
            lows[some] = np.minimum.reduceat(pitch, begins)
            highs[some] = np.maximum.reduceat(np.where(pitch < REST, pitch, 0), begins)
        return np.minimum(lows, REST - 1), highs

    def notes_in(self, windows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the notes that begin in each of all windows, ``(windows,)``.

        Args:
            windows: All that ``cut_windows`` returns: one begins where the other ends.
        """
        notes: NDArray[np.int64] = np.add.reduceat(
            self.pitch < REST, windows[:, 0], dtype=np.int64
        )
        return notes

    def holding(
        self, windows: NDArray[np.int64]
    ) -> tuple[EncodedSet, NDArray[np.int64]]:
        """Return the set and the windows as they are: all is encoded.

        Args:
            windows: Some that ``cut_windows`` returns.
        """
        return self, windows

    def parts(self) -> Iterator[EncodedSet]:
        """Yield all melodies in their order, some of them at a time."""
        for first in range(0, len(self), MELODIES_AT_A_TIME):
            yield self.melodies(first, min(first + MELODIES_AT_A_TIME, len(self)))

    def find_outlines(self, which: NDArray[np.int64]) -> None:
        """Find what may be told of melodies, unless it is known or never told.

        Args:
            which: Their places in the set.
        """
        if self.later is not None:
            self.later.find(which, self.ends, vars(self))


def encode_set(
    melodies: MelodyStore | Iterable[Melody],
    vocabulary: Vocabulary,
    indices: Sequence[int] | None = None,
    *,
    outlined: bool = False,
    styles: Sequence[int] | None = None,
) -> EncodedSet:
    """Encode melodies, in their order. There must be at least one.

    Args:
        melodies: The melodies; quickest from a store.
        vocabulary: The encoding.
        indices: The melodies to encode, in this order. By default all.
        outlined: Whether the outline of each melody can be told, too. Only training
            needs it; it takes some milliseconds a melody, when a batch first has it.
        styles: The symbol of the style of each of ``melodies``; by default unknown.

    Example:
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.music.melody import Melody
        >>> first = Melody.from_notes([(60, 0, 24), (62, 24, 24)])
        >>> encoded = encode_set([first, first.transposed(7)], Vocabulary("notes"))
        >>> encoded.pitch_in.tolist()  # 131 is the start
        [131, 60, 62, 131, 67, 69]
        >>> encoded.pitch.tolist()  # 130 is the end
        [60, 62, 130, 67, 69, 130]
        >>> encoded.ends.tolist(), encoded.note_count
        ([3, 6], 4)
    """
    store = melodies if isinstance(melodies, MelodyStore) else MelodyStore.of(melodies)
    chosen = range(len(store)) if indices is None else indices
    growing = GrowingArrays()
    for first in range(0, len(chosen), MELODIES_AT_ONCE):
        block = chosen[first : first + MELODIES_AT_ONCE]
        if first % (MELODIES_AT_ONCE * BLOCKS_KEPT) == 0:
            store.let_go()
        some = store.take(block)
        events, ends = encode_all(some, vocabulary)
        sizes = np.diff(ends, prepend=0)
        part = _as_read(events, ends, vocabulary)
        if outlined:
            part |= {"tonic": np.repeat(np.array(tonic_symbols(some), np.uint8), sizes)}
        if styles is not None:
            each = np.array([styles[index] for index in block], np.uint8)
            part |= {"style": np.repeat(each, sizes)}
        growing.append(part | {"ends": sizes})
    later = LaterOutlines(store, chosen, vocabulary) if outlined else None
    return _joined(growing, later)


def concatenate(events: Sequence[Events], vocabulary: Vocabulary) -> EncodedSet:
    """Lay encoded melodies end to end, each read from the start symbol on.

    Example:
        >>> from monody.models.encoded_set import concatenate
        >>> from monody.models.events import Vocabulary, encode
        >>> from monody.music.melody import Melody
        >>> notes, melody = Vocabulary("notes"), Melody.from_notes([(60, 0, 24)])
        >>> concatenate([encode(melody, notes)] * 2, notes).pitch_in.tolist()
        [131, 60, 131, 60]
    """
    growing = GrowingArrays()
    for event in events:
        size = np.array([len(event)])
        growing.append(_as_read(event, size, vocabulary) | {"ends": size})
    return _joined(growing)


def _as_read(
    events: Events, ends: NDArray[np.int64], vocabulary: Vocabulary
) -> dict[str, NDArray[Any]]:
    """Return events of melodies, which end at ``ends``, and the inputs read at each."""
    pitch_in, duration_in = np.roll(events.pitch, 1), np.roll(events.duration, 1)
    first = np.append(0, ends[:-1])
    pitch_in[first] = START
    duration_in[first] = vocabulary.start_duration
    end = np.repeat(ends - 1, ends - first)  # the event that ends the melody
    return {
        "pitch_in": pitch_in,
        "note_before": _notes_before(pitch_in),
        "duration_in": duration_in,
        "position": events.position,
        "bar": events.bar,
        "meter": events.meter,
        "bars_left": bars_left_symbol(events.bar[end] - events.bar),
        "end_position": events.position[end] + np.int16(1),
        **no_outline(len(events))._asdict(),
        "style": np.zeros(len(events), np.uint8),
        "pitch": events.pitch,
        "duration": events.duration,
    }


def _joined(growing: GrowingArrays, later: LaterOutlines | None = None) -> EncodedSet:
    """Make a set of the arrays of encoded melodies; ``ends`` has the events of each."""
    arrays = growing.whole()
    arrays["ends"] = np.cumsum(arrays["ends"], dtype=np.int64)
    return EncodedSet(**arrays, later=later)


def _notes_before(pitch_in: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Find the latest note before each event read, within its melody; REST if none."""
    index = np.arange(len(pitch_in))
    marks = (pitch_in < REST) | (pitch_in == START)
    latest = np.maximum.accumulate(np.where(marks, index, 0))  # (all events,) indices
    before = pitch_in[np.roll(latest, 1)]
    none = (before == START) | (pitch_in == START)
    return np.where(none, np.uint8(REST), before)
