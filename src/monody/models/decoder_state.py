"""The network read event by event.

Training looks back at whole sequences (``copy_attention.look_back``). Here the same
past grows by one slot for each event, in a ring: when it is full the oldest event is
forgotten (``decoder_memory``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from monody.models import numpy_ops
from monody.models.copy_attention import (
    RUN_LENGTHS,
    Past,
    Slots,
    alike,
    interval_symbol,
    likeness,
)
from monody.models.copy_mixture import pitch_shares
from monody.models.decoder_memory import (
    Floats,
    Integers,
    Memory,
    empty_memory,
    joined,
)
from monody.models.network import (
    Hidden,
    hear_pitch,
    predict_duration,
    predict_pitch,
    read_events,
)
from monody.models.parts import Parts
from monody.models.tonality import count_notes, latest_note

MAX_SLOTS = 512  # events that are remembered: as many as a training sequence has

# How many of ``RUN_LENGTHS`` a run of 0, 1, 2, … events reaches.
_RUN_CODES = np.searchsorted(RUN_LENGTHS, np.arange(RUN_LENGTHS[-1] + 1), side="right")

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
    phrase_left: Value  # of the `Outline` where the next event begins, as all below
    returns: Value
    bars_back: Value
    cadence_left: Value
    notes_left: Value
    cadence_degree: Value
    tonic: Value
    style: Value  # symbol of the melody's style


def as_sequence(inputs: EventInputs[Integers]) -> dict[str, Integers]:
    """Return the inputs as the network reads sequences, of one event: ``(rows, 1)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.decoder_state import EventInputs, as_sequence
        >>> inputs = EventInputs(*[np.zeros(32, int)] * 16)
        >>> as_sequence(inputs)["pitch_in"].shape
        (32, 1)
    """
    return {name: field[:, None] for name, field in inputs._asdict().items()}


class Mark(NamedTuple):
    """A moment to go back to."""

    memory: Memory
    slot: list[Any]  # what the next event is written over, of each array of the ring


class DecoderState:
    """What a network remembers of melodies that it reads side by side.

    For each event: ``read`` it, ask for ``pitches``, ``choose`` one of them, ask for
    ``durations``.

    Args:
        parts: The network, with ``numpy_ops``.
        memory: What it remembers.
        max_slots: Events that are remembered at most, a multiple of ``SLOT_UNIT``.
    """

    def __init__(
        self, parts: Parts, memory: Memory, max_slots: int = MAX_SLOTS
    ) -> None:
        self._parts = parts
        self._memory = memory
        self._max_slots = max_slots
        self._inputs: EventInputs[Integers]  # of the event read last
        self._sequence: dict[str, Integers]  # the same, ``(rows, 1)``
        self._hidden: Hidden
        self._given: Floats  # (rows, 1, units): what a duration is predicted from
        self._chosen: Integers  # (rows, 1) pitch symbol of the next event
        self._past: Past | None = None  # made when it is first looked back at

    @classmethod
    def new(cls, parts: Parts, rows: int, max_slots: int = MAX_SLOTS) -> DecoderState:
        """Begin with melodies of which nothing was read.

        Args:
            parts: The network, with ``numpy_ops``.
            rows: Melodies.
            max_slots: Events that are remembered at most.
        """
        return cls(parts, empty_memory(parts, rows), max_slots)

    def __len__(self) -> int:
        return len(self._memory.events)

    def read(self, inputs: EventInputs[Integers]) -> None:
        """Read one event of each melody.

        Args:
            inputs: ``(rows,)`` each.
        """
        self._inputs, self._sequence = inputs, as_sequence(inputs)
        self._remember(inputs)
        memory = self._memory
        states = [[layer[:, 0], layer[:, 1]] for layer in _layers(memory.states)]
        self._hidden = read_events(
            self._parts, self._sequence, memory.notes[:, None], states
        )
        after = np.stack([np.stack(each, axis=1) for each in self._hidden.states], 1)
        self._memory = memory._replace(states=after)
        self._past = None

    def pitches(self) -> Floats:
        """Return the log-probabilities of the next pitch symbol, ``(rows, 131)``."""
        logs: Floats = predict_pitch(
            self._parts,
            self._hidden.memory,
            self._memory.pitch_keys,
            self._look_back(),
            self._sequence,
        )
        return logs[:, 0]

    def copied(self) -> Floats:
        """Return how likely each event is copied next, ``(rows, slots)``.

        Its pitch, or its interval. Slots are in the order of the events as long as none
        is forgotten; what is left of 1 is for something fresh.
        """
        latest = latest_note(
            numpy_ops, self._sequence["pitch_in"], self._sequence["note_before"]
        )
        _, (as_pitch, as_interval) = pitch_shares(
            self._parts,
            self._hidden.memory,
            self._memory.pitch_keys,
            self._look_back(),
            latest,
        )
        shares: Floats = (as_pitch + as_interval)[:, 0]
        return shares

    @property
    def lstm(self) -> Floats:
        """The output and the cell of each LSTM layer, ``(rows, layers, 2, units)``."""
        return self._memory.states

    def choose(self, pitch: Integers) -> None:
        """Take in the next pitch symbol, before its duration is predicted.

        Args:
            pitch: ``(rows,)``.
        """
        parts, hidden = self._parts, self._hidden
        self._chosen = pitch[:, None]
        self._given = hear_pitch(parts, hidden, self._sequence, self._chosen)
        self._memory = self._memory._replace(
            next_known=np.ones(len(self), np.bool_),
            next_pitch_key=parts["pitch_key"](hidden.memory)[:, 0],
            next_duration_key=parts["duration_key"](self._given)[:, 0],
            next_position=self._inputs.position,
            next_bar=self._inputs.bar,
        )

    def durations(self) -> Floats:
        """Return the log-probabilities of its duration symbol, ``(rows, durations)``.

        ``choose`` has to be called first.
        """
        logs: Floats = predict_duration(
            self._parts,
            self._given,
            self._memory.duration_keys,
            self._look_back(),
            self._sequence,
            self._chosen,
        )
        return logs[:, 0]

    def mark(self) -> Mark:
        """Remember this moment, to go back to it after the next event was read."""
        self._make_room()
        at = self._next_slots()
        return Mark(self._memory, [field[at] for field in self._memory.ring])

    def go_back(self, mark: Mark) -> None:
        """Forget the latest event, as if it had not been read.

        Args:
            mark: Made before it was read.
        """
        self._memory = mark.memory.with_ring(self._memory)
        at = self._next_slots()
        for field, value in zip(self._memory.ring, mark.slot, strict=True):
            field[at] = value

    def take(self, rows: Integers) -> DecoderState:
        """Return a copy with some of the melodies, each as often as it is named.

        Args:
            rows: ``(rows taken,)`` indices. An event was chosen for each.
        """
        return DecoderState(self._parts, self._memory.take(rows), self._max_slots)

    @classmethod
    def joined(cls, states: Sequence[DecoderState]) -> DecoderState:
        """Put the melodies of several states side by side.

        Args:
            states: One at least, of one network. An event was chosen for each melody.
        """
        first = states[0]
        memory = joined([state._memory for state in states])
        return cls(first._parts, memory, first._max_slots)

    def _look_back(self) -> Past:
        """Return the past that the network looks back at, from the event read last."""
        if self._past is None:
            memory = self._memory
            codes = _RUN_CODES[np.minimum(memory.runs, RUN_LENGTHS[-1])]
            self._past = Past(
                slots=memory.slots,
                known=memory.filled[:, None],  # (rows, 1, slots)
                likeness=likeness(
                    self._parts, codes[:, :, None], memory.slots, self._sequence
                ),
            )
        return self._past

    def _make_room(self) -> None:
        """Add slots, if an event has none left and there may be more."""
        memory = self._memory
        if memory.events.max(initial=0) >= memory.width < self._max_slots:
            self._memory = memory.grown()

    def _next_slots(self) -> tuple[Integers, Integers]:
        """Return where the next event of each melody goes: its row and its slot.

        It depends on a melody's own past only: so does the rounding.
        """
        memory = self._memory
        return np.arange(len(self)), memory.events % memory.width

    def _remember(self, inputs: EventInputs[Integers]) -> None:
        """Put an event into the next slot of the ring."""
        self._make_room()
        memory = self._memory
        event = Slots(
            pitch=inputs.pitch_in,
            interval=interval_symbol(numpy_ops, inputs.pitch_in, inputs.note_before),
            duration=inputs.duration_in,
            position=memory.next_position,
            bar=memory.next_bar,
        )
        runs = _longer_runs(memory, event)
        known = memory.next_known, memory.next_pitch_key, memory.next_duration_key
        at = self._next_slots()
        for field, value in zip(memory.ring, (*event, *known), strict=True):
            field[at] = value
        self._memory = memory._replace(
            events=memory.events + 1,
            notes=memory.notes + count_notes(numpy_ops, inputs.pitch_in),
            runs=runs,
        )


def _layers(states: Floats) -> list[Floats]:
    """Return the state of each LSTM layer, ``(rows, 2, units)``."""
    return [states[:, index] for index in range(states.shape[1])]


def _longer_runs(memory: Memory, event: Slots) -> Integers:
    """Lengthen the runs of events alike by an event, or end them: ``(rows, 3, slots)``.

    What led to a slot ends with the event in the slot before it. The slot before the
    first is the last: it is empty until the ring is full.
    """
    now = Slots(*(field[:, None] for field in event))  # (rows, 1) each
    same = alike(numpy_ops, now, memory.slots)  # (rows, 3, 1, slots)
    length = (memory.runs + 1) * same[:, :, 0]
    longer = np.empty_like(memory.runs)
    longer[..., 1:], longer[..., 0] = length[..., :-1], length[..., -1]
    return longer
