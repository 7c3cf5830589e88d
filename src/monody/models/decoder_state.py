"""The network read event by event: what is remembered of each melody.

Training looks back at whole sequences (``copy_attention.look_back``). Here the same
past grows by one slot for each event, in a ring: when it is full the oldest event is
forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from monody.models import numpy_ops
from monody.models.copy_attention import (
    KEY_SIZE,
    LIKENESSES,
    RUN_LENGTHS,
    Past,
    Slots,
    alike,
    interval_symbol,
    likeness,
)
from monody.models.network import (
    Hidden,
    hear_pitch,
    lstm_layers,
    predict_duration,
    predict_pitch,
    read_events,
)
from monody.models.parts import Parts
from monody.models.tonality import COUNTS, count_notes

MAX_SLOTS = 512  # events that are remembered: as many as a training sequence has
# Slots are added so many at a time. Products over them are then never rounded in
# another way because another melody beside is longer.
SLOT_UNIT = 64
NOTHING = -1  # in an empty slot; no event is like it

# How many of ``RUN_LENGTHS`` a run of 0, 1, 2, … events reaches.
_RUN_CODES = np.searchsorted(RUN_LENGTHS, np.arange(RUN_LENGTHS[-1] + 1), side="right")

Floats = NDArray[np.float32]
Integers = NDArray[Any]
Value = TypeVar("Value")


class EventInputs(NamedTuple, Generic[Value]):
    """What the network reads of one event, and of where the next one begins.

    Arrays ``(rows,)`` of several melodies; numbers where the events of one are listed.
    """

    pitch_in: Value  # pitch symbol of the event
    note_before: Value  # MIDI number of the latest note before it
    duration_in: Value  # duration symbol of the event
    position: Value  # ticks from the bar line to where the next event begins
    bar: Value  # index of the bar in which it begins
    meter: Value  # index into METERS
    bars_left: Value  # symbol of how many bars are left from there
    end_position: Value  # symbol of where in its bar the melody ends


def as_sequence(inputs: EventInputs[Integers]) -> dict[str, Integers]:
    """Return the inputs as the network reads sequences, of one event: ``(rows, 1)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.decoder_state import EventInputs, as_sequence
        >>> inputs = EventInputs(*[np.zeros(32, int)] * 8)
        >>> as_sequence(inputs)["pitch_in"].shape
        (32, 1)
    """
    return {name: field[:, None] for name, field in inputs._asdict().items()}


@dataclass
class _NextSlot:
    """What is known of an event before it is read; ``(rows,)`` unless said."""

    known: NDArray[np.bool_]  # whether anything is: not of the first event
    pitch_key: Floats  # (rows, 2 * KEY_SIZE)
    duration_key: Floats  # (rows, KEY_SIZE)
    position: Integers  # ticks from the bar line
    bar: Integers


@dataclass
class _Ring:
    """The slots of the past; ``(rows, slots)`` unless said. They are written into."""

    slots: Slots
    filled: NDArray[np.bool_]
    pitch_keys: Floats  # (rows, slots, 2 * KEY_SIZE)
    duration_keys: Floats  # (rows, slots, KEY_SIZE)

    @property
    def fields(self) -> list[Any]:
        """All of its arrays."""
        return [*self.slots, self.filled, self.pitch_keys, self.duration_keys]


class Mark(NamedTuple):
    """A moment to go back to: all that reading an event changes."""

    events: Integers  # read so far
    states: list[list[Floats]]
    notes: Floats
    runs: Integers
    next: _NextSlot
    ring: list[Any] | None  # the slot that it takes; None of one that is yet to come


class DecoderState:
    """What a network remembers of melodies that it reads side by side.

    For each event: ``read`` it, ask for ``pitches``, ``choose`` one of them, ask for
    ``durations``.

    Args:
        parts: The network, with ``numpy_ops``.
        rows: Melodies.
        max_slots: Events that are remembered, a multiple of ``SLOT_UNIT``.
    """

    def __init__(self, parts: Parts, rows: int, max_slots: int = MAX_SLOTS) -> None:
        self._parts = parts
        self._max_slots = max_slots
        self._count: Integers = np.zeros(rows, np.int64)  # (rows,) events read
        self._states = [
            [np.zeros((rows, lstm.units), np.float32)] * 2  # type: ignore[attr-defined]
            for lstm in lstm_layers(parts)
        ]
        self._notes = np.zeros((rows, COUNTS), np.float32)  # see `tonality`
        # For each likeness: events alike in a row up to a slot, (rows, 3, slots).
        self._runs = np.zeros((rows, len(LIKENESSES), 0), np.int32)
        self._ring = _empty_ring(rows, 0)
        self._next = _NextSlot(
            known=np.zeros(rows, np.bool_),
            pitch_key=np.zeros((rows, 2 * KEY_SIZE), np.float32),
            duration_key=np.zeros((rows, KEY_SIZE), np.float32),
            position=np.zeros(rows, np.int32),
            bar=np.zeros(rows, np.int32),
        )
        self._inputs: EventInputs[Integers]  # of the event read last
        self._sequence: dict[str, Integers]  # the same, ``(rows, 1)``
        self._hidden: Hidden
        self._given: Floats  # (rows, 1, units): what a duration is predicted from
        self._chosen: Integers  # (rows, 1) pitch symbol of the next event
        self._past: Past | None = None  # made when it is first looked back at

    def __len__(self) -> int:
        return len(self._count)

    def read(self, inputs: EventInputs[Integers]) -> None:
        """Read one event of each melody.

        Args:
            inputs: ``(rows,)`` each.
        """
        self._inputs, self._sequence = inputs, as_sequence(inputs)
        self._remember(inputs)
        self._hidden = read_events(
            self._parts, self._sequence, self._notes[:, None], self._states
        )
        self._states = self._hidden.states
        self._past = None

    def pitches(self) -> Floats:
        """Return the log-probabilities of the next pitch symbol, ``(rows, 131)``."""
        logs: Floats = predict_pitch(
            self._parts,
            self._hidden,
            self._ring.pitch_keys,
            self._look_back(),
            self._sequence,
        )
        return logs[:, 0]

    def choose(self, pitch: Integers) -> None:
        """Take in the next pitch symbol, before its duration is predicted.

        Args:
            pitch: ``(rows,)``.
        """
        parts, hidden = self._parts, self._hidden
        self._chosen = pitch[:, None]
        self._given = hear_pitch(parts, hidden, self._sequence, self._chosen)
        self._next = _NextSlot(
            known=np.ones(len(self), np.bool_),
            pitch_key=parts["pitch_key"](hidden.memory)[:, 0],
            duration_key=parts["duration_key"](self._given)[:, 0],
            position=self._inputs.position,
            bar=self._inputs.bar,
        )

    def durations(self) -> Floats:
        """Return the log-probabilities of its duration symbol, ``(rows, durations)``.

        ``choose`` has to be called first.
        """
        logs: Floats = predict_duration(
            self._parts,
            self._given,
            self._ring.duration_keys,
            self._look_back(),
            self._sequence,
            self._chosen,
        )
        return logs[:, 0]

    def mark(self) -> Mark:
        """Remember this moment, to go back to it after the next event was read."""
        at, empty = self._count % max(self._width, 1), self._count >= self._width
        grows = bool(np.any(empty)) and self._width < self._max_slots
        rows = np.arange(len(self))
        ring = None if grows else [field[rows, at] for field in self._ring.fields]
        return Mark(
            self._count, self._states, self._notes, self._runs, self._next, ring
        )

    def go_back(self, mark: Mark) -> None:
        """Forget the latest event, as if it had not been read.

        Args:
            mark: Made before it was read.
        """
        at = np.arange(len(self)), mark.events % self._width
        ring = mark.ring or [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, False, 0, 0]
        for field, value in zip(self._ring.fields, ring, strict=True):
            field[at] = value
        missing = self._width - mark.runs.shape[2]  # slots that were added since
        self._runs = np.pad(mark.runs, ((0, 0), (0, 0), (0, missing)))
        self._count, self._states = mark.events, mark.states
        self._notes, self._next = mark.notes, mark.next

    def take(self, rows: Integers) -> DecoderState:
        """Return a copy with some of the melodies, each as often as it is named.

        Args:
            rows: ``(rows taken,)`` indices. An event was chosen for each.
        """
        taken = DecoderState(self._parts, 0, self._max_slots)
        taken._count = self._count[rows]
        taken._states = [[each[rows] for each in state] for state in self._states]
        taken._notes = self._notes[rows]
        taken._runs = self._runs[rows]
        ring = self._ring
        taken._ring = _Ring(
            slots=Slots(*(field[rows] for field in ring.slots)),
            filled=ring.filled[rows],
            pitch_keys=ring.pitch_keys[rows],
            duration_keys=ring.duration_keys[rows],
        )
        known = {name: field[rows] for name, field in vars(self._next).items()}
        taken._next = _NextSlot(**known)
        return taken

    @classmethod
    def joined(cls, states: Sequence[DecoderState]) -> DecoderState:
        """Put the melodies of several states side by side.

        Args:
            states: One at least, of one network. An event was chosen for each melody.
        """
        together = cls(states[0]._parts, 0, states[0]._max_slots)
        width = max(state._width for state in states)
        for state in states:
            while state._width < width:
                state._grow()
        rings = [state._ring for state in states]
        together._count = _stacked([state._count for state in states])
        layers = zip(*(state._states for state in states), strict=True)
        together._states = [
            [_stacked(each) for each in zip(*layer, strict=True)] for layer in layers
        ]
        together._notes = _stacked([state._notes for state in states])
        together._runs = _stacked([state._runs for state in states])
        slots = zip(*(ring.slots for ring in rings), strict=True)
        together._ring = _Ring(
            slots=Slots(*map(_stacked, slots)),
            filled=_stacked([ring.filled for ring in rings]),
            pitch_keys=_stacked([ring.pitch_keys for ring in rings]),
            duration_keys=_stacked([ring.duration_keys for ring in rings]),
        )
        together._next = _NextSlot(
            **{
                name: _stacked([getattr(state._next, name) for state in states])
                for name in vars(states[0]._next)
            }
        )
        return together

    def _look_back(self) -> Past:
        """Return the past that the network looks back at, from the event read last."""
        if self._past is None:
            codes = _RUN_CODES[np.minimum(self._runs, RUN_LENGTHS[-1])]
            ring = self._ring
            self._past = Past(
                slots=ring.slots,
                known=ring.filled[:, None],  # (rows, 1, slots)
                likeness=likeness(
                    self._parts, codes[:, :, None], ring.slots, self._sequence
                ),
            )
        return self._past

    def _remember(self, inputs: EventInputs[Integers]) -> None:
        """Put an event into the next slot of the ring."""
        rows = len(self)
        if self._count.max(initial=0) >= self._width < self._max_slots:
            self._grow()
        known = self._next
        event = Slots(
            pitch=inputs.pitch_in,
            interval=interval_symbol(numpy_ops, inputs.pitch_in, inputs.note_before),
            duration=inputs.duration_in,
            position=known.position,
            bar=known.bar,
        )
        self._lengthen_runs(event)
        # Where they lie depends on a melody's own past only: so does the rounding.
        ring, at = self._ring, (np.arange(rows), self._count % self._width)
        for slots, field in zip(ring.slots, event, strict=True):
            slots[at] = field
        ring.filled[at] = known.known
        ring.pitch_keys[at] = known.pitch_key
        ring.duration_keys[at] = known.duration_key
        self._notes = self._notes + count_notes(numpy_ops, inputs.pitch_in)
        self._count = self._count + 1

    @property
    def _width(self) -> int:
        """Slots that there are."""
        return int(self._ring.filled.shape[1])

    def _grow(self) -> None:
        """Add empty slots."""
        old, more = self._ring, _empty_ring(len(self), SLOT_UNIT)
        self._ring = _Ring(
            slots=Slots(*map(_beside, old.slots, more.slots)),
            filled=_beside(old.filled, more.filled),
            pitch_keys=_beside(old.pitch_keys, more.pitch_keys),
            duration_keys=_beside(old.duration_keys, more.duration_keys),
        )
        self._runs = np.pad(self._runs, ((0, 0), (0, 0), (0, SLOT_UNIT)))

    def _lengthen_runs(self, event: Slots) -> None:
        """Lengthen the runs of events alike by an event, or end them.

        What led to a slot ends with the event in the slot before it. The slot before
        the first is the last: it is empty until the ring is full.
        """
        now = Slots(*(field[:, None] for field in event))  # (rows, 1) each
        same = alike(numpy_ops, now, self._ring.slots)  # (rows, 3, 1, slots)
        length = (self._runs + 1) * same[:, :, 0]
        longer = np.empty_like(self._runs)
        longer[..., 1:], longer[..., 0] = length[..., :-1], length[..., -1]
        self._runs = longer


def _empty_ring(rows: int, width: int) -> _Ring:
    return _Ring(
        slots=Slots(
            *(np.full((rows, width), NOTHING, np.int32) for _ in Slots._fields)
        ),
        filled=np.zeros((rows, width), np.bool_),
        pitch_keys=np.zeros((rows, width, 2 * KEY_SIZE), np.float32),
        duration_keys=np.zeros((rows, width, KEY_SIZE), np.float32),
    )


def _stacked(some: Sequence[Any]) -> Any:
    """Put rows below others."""
    return np.concatenate(some)


def _beside(some: Any, more: Any) -> Any:
    """Lay slots after others, along the second axis."""
    return np.concatenate([some, more], axis=1)
