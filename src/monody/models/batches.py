"""From encoded melodies to the batches that the network is trained and judged on.

Sequences are cut from melodies, never across two. They are padded on the right to one
of a few lengths, because each length is compiled once. Every event of every melody is a
target exactly once an epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.models.encoded_set import MelodySet
from monody.models.events import END, REST, UNKNOWN
from monody.models.network import TOLD
from monody.models.outline import Outline
from monody.music.pitch import MIDDLE_C, OCTAVE, PITCH_CLASSES

MAX_LENGTHS = 4  # different sequence lengths in one data set, each compiled once
LENGTH_UNIT = 16  # lengths are multiples of it
# Of padding in an epoch, that a further length must save: compiling it takes seconds.
MIN_SAVED_EVENTS = 5000
MAX_PAIRS = 1 << 20  # pairs of events of a sequence, in a batch: bounds the memory
MAX_SHIFT = 6  # semitones; 6 either way reaches every key
# Share of the training sequences that are told anything of what is to come; and of
# these, the share that is told each part of it.
TOLD_SHARE, TOLD_PART = 0.5, 0.85
TOLD_STYLE = 0.8  # share of all training sequences
TOLD_PARTS = (  # inputs that are told together or not at all
    ("bars_left", "end_position"),
    ("phrase_left", "returns", "bars_back"),
    ("cadence_left",),
    ("notes_left",),
    ("tonic", "cadence_degree"),
)
# Inputs that are known only where `EncodedSet.find_outlines` was asked for them.
OUTLINED = tuple(name for name in Outline._fields if name != "tonic")


def cut_windows(encoded: MelodySet, window_size: int) -> NDArray[np.int64]:
    """Cut melodies into sequences of at most ``window_size`` events, about equal.

    Returns:
        ``(sequences, 3)``: first event, event after the last, index of the melody.

    Example:
        >>> from monody.models.batches import cut_windows
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.music.melody import Melody
        >>> scale = Melody.from_notes([(60 + i, 24 * i, 24) for i in range(6)])
        >>> encoded = encode_set([scale, scale], Vocabulary("notes"))  # 7 events each
        >>> cut_windows(encoded, window_size=4).tolist()
        [[0, 3, 0], [3, 7, 0], [7, 10, 1], [10, 14, 1]]
    """
    starts = encoded.starts
    events = encoded.ends - starts
    parts = -(-events // window_size)  # of each melody, (melodies,)
    melody = np.repeat(np.arange(len(encoded)), parts)  # (sequences,)
    part = np.arange(len(melody)) - (np.cumsum(parts) - parts)[melody]
    cuts = [
        starts[melody] + number * events[melody] // parts[melody]
        for number in (part, part + 1)
    ]
    return np.stack([*cuts, melody], axis=1)


def padded_lengths(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Choose the few lengths that sequences are padded to.

    It starts with every length in use. One by one it gives up the length whose
    sequences need the least padding to reach the next, while there are too many or that
    padding is little.

    Args:
        lengths: ``(sequences,)`` events of each.

    Returns:
        ``(sequences,)``: the length that each is padded to; at most ``MAX_LENGTHS``
        different ones, all multiples of ``LENGTH_UNIT``.

    Example:
        >>> import numpy as np
        >>> from monody.models.batches import padded_lengths
        >>> padded_lengths(np.array([3, 20, 33, 60, 90])).tolist()
        [96, 96, 96, 96, 96]
        >>> lengths = np.repeat([3, 20, 33, 60, 90], 500)
        >>> padded_lengths(lengths)[::500].tolist()
        [32, 32, 48, 64, 96]
    """
    units = -(-lengths // LENGTH_UNIT)  # rounded up
    sizes, counts = (array.tolist() for array in np.unique(units, return_counts=True))
    while len(sizes) > 1:
        costs = [counts[i] * (sizes[i + 1] - sizes[i]) for i in range(len(sizes) - 1)]
        cheapest = costs.index(min(costs))
        saved = costs[cheapest] * LENGTH_UNIT
        if len(sizes) <= MAX_LENGTHS and saved >= MIN_SAVED_EVENTS:
            break
        counts[cheapest + 1] += counts[cheapest]
        del sizes[cheapest], counts[cheapest]
    limits = np.array(sizes, np.int64)
    return limits[np.searchsorted(limits, units)] * LENGTH_UNIT


def random_shifts(
    encoded: MelodySet, rng: np.random.Generator, octaves: int = 0
) -> NDArray[np.int64]:
    """Draw a transposition for each melody, in semitones.

    Every shift of up to ``MAX_SHIFT`` that keeps the melody within the range of the
    whole set is as likely as any other.

    Args:
        encoded: The melodies.
        rng: Decides.
        octaves: Further octaves that a melody may move either way, few likelier than
            many. It moves by none of them if they would lead out of the MIDI pitches.

    Returns:
        ``(melodies,)``.
    """
    lows, highs = encoded.pitch_bounds()
    down = np.maximum(lows.min() - lows, -MAX_SHIFT)
    up = np.minimum(highs.max() - highs, MAX_SHIFT)
    shifts: NDArray[np.int64] = rng.integers(
        np.minimum(down, 0), np.maximum(up, 0), endpoint=True
    )
    if octaves:
        ways = rng.integers(0, octaves, (2, len(encoded)), endpoint=True)
        far = shifts + OCTAVE * (ways[0] - ways[1])
        shifts = np.where((lows + far >= 0) & (highs + far < REST), far, shifts)
    return shifts


def told_parts(
    sequences: int, rng: np.random.Generator
) -> dict[str, NDArray[np.bool_]]:
    """Draw what each training sequence is told of what is to come.

    Args:
        sequences: How many there are.
        rng: Decides.

    Returns:
        ``(sequences,)`` for each input of ``TOLD``.
    """
    anything = rng.random(sequences) < TOLD_SHARE
    told = {"style": rng.random(sequences) < TOLD_STYLE}
    for part in TOLD_PARTS:
        this = anything & (rng.random(sequences) < TOLD_PART)
        told |= dict.fromkeys(part, this)
    return told


def _moved_tonic(
    symbols: NDArray[np.uint8], shift: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Move the tonics among symbols ``(batch, time)`` by shifts ``(batch, 1)``."""
    mode, tonic = np.divmod(symbols.astype(np.int64) - 1, PITCH_CLASSES)
    moved = 1 + mode * PITCH_CLASSES + (tonic + shift) % PITCH_CLASSES
    return np.where(symbols == UNKNOWN, UNKNOWN, moved).astype(np.int32)


@dataclass(frozen=True)
class Batch:
    """Sequences of one padded length. All arrays are ``(batch, time)``."""

    pitch_in: NDArray[np.int32]
    note_before: NDArray[np.int32]
    duration_in: NDArray[np.int32]
    position: NDArray[np.int32]
    bar: NDArray[np.int32]
    meter: NDArray[np.int32]
    bars_left: NDArray[np.int32]
    end_position: NDArray[np.int32]
    phrase_left: NDArray[np.int32]
    returns: NDArray[np.int32]
    bars_back: NDArray[np.int32]
    cadence_left: NDArray[np.int32]
    notes_left: NDArray[np.int32]
    cadence_degree: NDArray[np.int32]
    tonic: NDArray[np.int32]
    style: NDArray[np.int32]
    pitch: NDArray[np.int32]
    duration: NDArray[np.int32]
    pitch_counts: NDArray[np.bool_]  # False on padding
    duration_counts: NDArray[np.bool_]  # False on padding and where a melody ends

    @property
    def note_count(self) -> int:
        """Notes that begin in the batch."""
        return int(np.count_nonzero((self.pitch < REST) & self.pitch_counts))


def _transposed(
    symbols: NDArray[np.uint8], shift: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Move the notes among pitch symbols ``(batch, time)`` by shifts ``(batch, 1)``."""
    return np.where(symbols < REST, symbols + shift, symbols).astype(np.int32)


def known_note(note_before: NDArray[np.int32]) -> NDArray[np.int32]:
    """Put middle C where a melody has no note yet, so that its interval is its pitch.

    Example:
        >>> import numpy as np
        >>> from monody.models.batches import known_note
        >>> from monody.models.events import REST
        >>> known_note(np.array([REST, 64])).tolist()
        [60, 64]
    """
    return np.where(note_before < REST, note_before, MIDDLE_C).astype(np.int32)


@dataclass(frozen=True)
class Part:
    """The part of each batch that a process makes, where several train together.

    Args:
        index: Which of them it is, from 0.
        count: How many there are.
        devices: How many devices they have together: each gets as many sequences.
    """

    index: int
    count: int
    devices: int


WHOLE = Part(index=0, count=1, devices=1)


class Batches:
    """The batches of one pass over a set of melodies.

    Args:
        encoded: The melodies.
        batch_size: Sequences in a batch, fewer where they are long (``max_pairs``); a
            batch that is not full is padded, so that shapes never change.
        window_size: Events in a sequence, at most.
        max_pairs: Pairs of events of a sequence, in a batch.
        part: The part of each batch to make. What the batches hold, in which order,
            does not depend on it.

    Example:
        >>> from monody.models.batches import Batches
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.music.melody import Melody
        >>> scale = Melody.from_notes([(60 + i, 24 * i, 24) for i in range(8)])
        >>> encoded = encode_set([scale] * 5, Vocabulary("notes"))
        >>> batches = Batches(encoded, batch_size=2, window_size=128)
        >>> len(batches), batches[0].pitch.shape, batches[0].note_count
        (3, (2, 16), 16)
    """

    def __init__(
        self,
        encoded: MelodySet,
        batch_size: int,
        window_size: int,
        *,
        max_pairs: int = MAX_PAIRS,
        part: Part = WHOLE,
    ) -> None:
        self._encoded = encoded
        self._batch_size = batch_size
        self._max_pairs = max_pairs
        self._part = part
        self._windows = cut_windows(encoded, window_size)
        self._padded = padded_lengths(self._windows[:, 1] - self._windows[:, 0])
        self._shifts = np.zeros(len(encoded), np.int64)
        self._told = {name: np.zeros(len(self._windows), np.bool_) for name in TOLD}
        self._notes = encoded.notes_in(self._windows)  # (windows,)
        self._plan: list[NDArray[np.int64]] = []  # indices of each batch's windows
        self._draw(lambda rows: rows)

    def __len__(self) -> int:
        return len(self._plan)

    def shuffle(
        self, rng: np.random.Generator, transpose: float, octaves: int = 0
    ) -> None:
        """Draw order, transpositions and what is told, before each epoch of training.

        Args:
            rng: Decides.
            transpose: Share of the melodies that may move to another key.
            octaves: Further octaves that these may move either way.
        """
        moves = rng.random(len(self._encoded)) < transpose
        self._shifts = random_shifts(self._encoded, rng, octaves) * moves
        self._told = told_parts(len(self._windows), rng)
        self._draw(rng.permutation)
        self._plan = [self._plan[index] for index in rng.permutation(len(self._plan))]

    def _rows(self, length: int) -> int:
        """Return how many sequences a batch of this padded length holds."""
        there = int(np.count_nonzero(self._padded == length))
        return max(1, min(self._batch_size, there, self._max_pairs // length**2))

    def _of_part(self, index: int) -> tuple[NDArray[np.int64], int]:
        """Return the windows of our part of a batch, and the rows it is to have."""
        rows = self._plan[index]
        each = -(-self._rows(int(self._padded[rows[0]])) // self._part.devices)
        size = each * self._part.devices // self._part.count
        first = self._part.index * size
        return rows[first : first + size], size

    def notes_in(self, index: int) -> int:
        """Return the notes of a batch, all parts of it together."""
        return int(self._notes[self._plan[index]].sum())

    def _draw(self, order: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> None:
        """Divide the windows of each padded length into batches."""
        self._plan = []
        for length in np.unique(self._padded):
            rows = order(np.flatnonzero(self._padded == length))
            size = self._rows(int(length))
            stops = range(size, len(rows), size)
            self._plan += np.split(rows, list(stops))

    def events_of(self, index: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Tell which event of the set is at each place of a batch.

        Returns:
            Indices into the set's arrays ``(batch, time)``, and whether they mean
            something ``(batch, time)``: not on padding.
        """
        rows, size = self._of_part(index)
        return _laid_out(self._windows[rows], size, self._length(index))

    def _length(self, index: int) -> int:
        """Return the events of each sequence of a batch, padding included."""
        return int(self._padded[self._plan[index][0]])

    def __getitem__(self, index: int) -> Batch:
        """Gather the events of one batch."""
        rows, size = self._of_part(index)
        encoded, windows = self._encoded.holding(self._windows[rows])
        source, real = _laid_out(windows, size, self._length(index))
        shift = np.zeros((size, 1), np.int64)
        shift[: len(rows), 0] = self._shifts[self._windows[rows, 2]]
        outlined = np.any([self._told[name][rows] for name in OUTLINED], axis=0)
        encoded.find_outlines(windows[outlined, 2])
        told = {}
        for name in TOLD:
            known = np.zeros((len(source), 1), np.int32)
            known[: len(rows), 0] = self._told[name][rows]
            told[name] = getattr(encoded, name)[source] * known
        told["tonic"] = _moved_tonic(told["tonic"], shift)
        pitch = encoded.pitch[source]
        return Batch(
            pitch_in=_transposed(encoded.pitch_in[source], shift),
            note_before=known_note(_transposed(encoded.note_before[source], shift)),
            duration_in=encoded.duration_in[source].astype(np.int32),
            position=encoded.position[source].astype(np.int32),
            bar=encoded.bar[source],
            meter=encoded.meter[source].astype(np.int32),
            **told,
            pitch=_transposed(pitch, shift),
            duration=encoded.duration[source].astype(np.int32),
            pitch_counts=real,
            duration_counts=real & (pitch != END),
        )


def _laid_out(
    windows: NDArray[np.int64], rows: int, length: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Tell which event is at each place of a batch: see ``Batches.events_of``.

    Args:
        windows: ``(sequences, 3)``: as ``cut_windows`` returns them.
        rows: Of the batch; those after the sequences are padding.
        length: Of each row.
    """
    time = windows[:, :1] + np.arange(length)  # (sequences, time)
    real = np.zeros((rows, length), bool)
    real[: len(windows)] = time < windows[:, 1:2]
    source = np.zeros(real.shape, np.int64)
    source[: len(windows)] = np.minimum(time, windows[:, 1:2] - 1)
    return source, real
