"""A melody that is heard note by note, and what a network expects next.

It is meant for playing along: a note takes less than a thousandth of a second.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.models.decoder_memory import Integers
from monody.models.decoder_state import MAX_SLOTS, DecoderState, EventInputs, Mark
from monody.models.events import (
    REST,
    START,
    UNKNOWN,
    Vocabulary,
    bars_left_symbol,
    encode,
    meter_symbol,
)
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_STEP, Meter
from monody.music.note_values import parse_meter
from monody.music.pitch import MIDDLE_C

Shares = NDArray[np.float64]


class _Read(NamedTuple):
    """An event that was read."""

    mark: Mark  # the state before it
    inputs: EventInputs[Integers]  # ``(1,)`` each


class Listener:
    """Hears a melody, and says what the network expects next.

    Args:
        model: The trained network.
        meter: Time signature, such as ``"6/8"``.
        bars: In how many bars the melody is to end; by default the network is not told.

    Raises:
        SettingError: If the meter is none.

    Example:
        >>> from pathlib import Path
        >>> import monody
        >>> model = monody.TrainedModel(Path("experiments/01/model.keras"))
        >>> listener = monody.Listener(model, meter="3/4")
        >>> listener.hear(60, ticks=24)  # a quarter
        >>> listener.hear(64, ticks=24)
        >>> listener.take_back()
        >>> listener.melody.pitches.tolist()
        [60]
        >>> expected = listener.pitches()  # of each pitch symbol
        >>> expected.shape, round(float(expected.sum()), 3)
        ((131,), 1.0)
        >>> listener.durations(pitch=62).shape  # of D, if it is the next
        (104,)
        >>> listener.looks_back().shape, listener.lstm.shape  # the start and a note
        ((2,), (2, 2, 12))
    """

    def __init__(
        self, model: TrainedModel, meter: str = "4/4", bars: int | None = None
    ) -> None:
        self._model = model
        self._meter = Meter(0, *parse_meter(meter, "meter"))
        self._bars = bars
        self._heard: list[tuple[int, int]] = []  # pitch symbol and ticks
        self._tick, self._latest = 0, MIDDLE_C
        self._state = DecoderState.new(model.parts, 1)
        start = START, self.vocabulary.start_duration
        self._reads = [[self._read(*start)]]  # of the start, then of each event heard

    @property
    def vocabulary(self) -> Vocabulary:
        """What the symbols mean: 0-127 are notes, then rest, hold and end."""
        return self._model.vocabulary

    @property
    def melody(self) -> Melody:
        """What was heard so far."""
        notes, tick = [], 0
        for pitch, ticks in self._heard:
            if pitch < REST:
                notes.append((pitch, tick, ticks))
            tick += ticks
        return Melody.from_notes(notes, meters=[self._meter])

    def hear(self, pitch: int, ticks: int) -> None:
        """Hear a note.

        Args:
            pitch: MIDI number.
            ticks: Its length, 1/24 of a quarter each.

        Raises:
            ValueError: If there is no such note.
        """
        if not 0 <= pitch < REST:
            raise ValueError(f"pitch must be from 0 to {REST - 1}, not {pitch}")
        self._hear(pitch, ticks)

    def rest(self, ticks: int) -> None:
        """Hear a silence, all of it at once: the network knows no rest after a rest.

        Args:
            ticks: Its length, 1/24 of a quarter each.

        Raises:
            ValueError: If it has none.
        """
        self._hear(REST, ticks)

    def take_back(self, events: int = 1) -> None:
        """Forget the latest notes and silences, as if they had not been heard.

        Args:
            events: How many.

        Raises:
            ValueError: If fewer were heard.
        """
        if not 0 <= events <= len(self._heard):
            raise ValueError(
                f"events must be from 0 to {len(self._heard)}, as many as were heard, "
                f"not {events}"
            )
        for _ in range(events):
            self._tick -= self._heard.pop()[1]
            for read in reversed(self._reads.pop()):
                self._state.go_back(read.mark)
        # The network answers for the event that it read last: so it reads it again.
        *_, last = self._reads[-1]
        self._state.go_back(last.mark)
        self._state.read(last.inputs)
        pitch, before = last.inputs.pitch_in, last.inputs.note_before
        self._latest = int(pitch[0] if pitch[0] < REST else before[0])

    def pitches(self) -> Shares:
        """Return the probability of each next pitch symbol, ``(131,)``."""
        shares: Shares = np.exp(self._state.pitches()[0].astype(np.float64))
        return shares

    def durations(self, pitch: int) -> Shares:
        """Return the probability of each duration symbol of the next event.

        Args:
            pitch: The pitch symbol that it would have.

        Returns:
            ``(durations,)``, in the order of ``vocabulary.durations``.
        """
        self._state.choose(np.array([pitch]))
        shares: Shares = np.exp(self._state.durations()[0].astype(np.float64))
        return shares

    def looks_back(self) -> Shares:
        """Return from which events the next pitch is copied, ``(events read,)``.

        Returns:
            For each event how likely the next one takes its pitch, or its interval from
            the note before. The first is the start; a long note or silence may be
            several events. What is left of 1 is for something fresh.

        Raises:
            ValueError: If more was heard than a network remembers, 512 events.
        """
        events = sum(map(len, self._reads))
        if events > MAX_SLOTS:
            raise ValueError(f"a network looks back at {MAX_SLOTS} events at most")
        shares: Shares = self._state.copied()[0, :events].astype(np.float64)
        return shares

    @property
    def lstm(self) -> NDArray[np.floating]:
        """The state of the LSTM: ``(layers, 2, units)``, of each output and cell."""
        return np.array(self._state.lstm[0])

    def _hear(self, pitch: int, ticks: int) -> None:
        """Hear an event, which may take several of the vocabulary's."""
        if ticks < 1:
            raise ValueError(f"ticks must be 1 or more, not {ticks}")
        reads = []
        for symbol, duration in self._events(pitch, ticks):
            self._state.choose(np.array([symbol]))
            self._tick += self.vocabulary.durations[duration]
            reads.append(self._read(symbol, duration))
        self._heard.append((pitch, ticks))
        self._reads.append(reads)

    def _events(self, pitch: int, ticks: int) -> list[tuple[int, int]]:
        """Return the pitch and the duration symbols of a note or a silence."""
        in_steps = self.vocabulary.encoding == "steps"
        if in_steps and ticks % TICKS_PER_STEP:
            raise ValueError(
                f"ticks must be whole 16ths of {TICKS_PER_STEP} for a network of "
                f"--encoding steps, not {ticks}"
            )
        note = Melody.from_notes([(min(pitch, REST - 1), 0, ticks)])
        events = encode(note, self.vocabulary, until=ticks)
        symbols = events.pitch.tolist()
        if pitch == REST:
            symbols = [REST] * len(symbols) if in_steps else [REST, *symbols[1:]]
        return list(zip(symbols, events.duration.tolist(), strict=True))

    def _read(self, symbol: int, duration: int) -> _Read:
        """Let the network read an event that ends at the present tick."""
        bar, position = divmod(self._tick, self._meter.bar_ticks)
        left, end = UNKNOWN, UNKNOWN
        if self._bars is not None:
            left, end = int(bars_left_symbol(np.array(self._bars - bar))), 1
        before = self._latest
        self._latest = symbol if symbol < REST else before
        event = (symbol, before, duration, position, bar, meter_symbol(self._meter))
        untold = [UNKNOWN] * (len(EventInputs._fields) - len(event) - 2)
        inputs = EventInputs(
            *(np.array([each]) for each in (*event, left, end, *untold))
        )
        read = _Read(self._state.mark(), inputs)
        self._state.read(inputs)
        return read
