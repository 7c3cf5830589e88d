"""Letting a network read passages of melodies, and judging what it expected.

A passage is what is read before a melody is written, or all of one that is judged. The
events that follow are known; nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from monody.models.decoder_memory import Integers
from monody.models.decoder_state import MAX_SLOTS, DecoderState, EventInputs
from monody.models.inference_layers import whole_blocks
from monody.models.parts import Parts
from monody.models.surprisal import Surprisal

ROWS = 64  # passages read together, at most


@dataclass(frozen=True)
class Passage:
    """Events that a network reads, and the event that follows each."""

    inputs: EventInputs[Integers]  # (events,) each
    pitch: Integers  # (events,) pitch symbol of the event that follows
    duration: Integers  # (events,) its duration symbol
    judged: int = 0  # how many of those that follow, the last ones, are judged

    def __len__(self) -> int:
        return len(self.pitch)


def read_passages(
    parts: Parts, passages: Sequence[Passage], max_slots: int = MAX_SLOTS
) -> tuple[DecoderState, list[Surprisal]]:
    """Read passages side by side.

    Args:
        parts: The network, with ``numpy_ops``.
        passages: One at least. What comes of one does not depend on the others.
        max_slots: Events that are remembered, see `DecoderState`.

    Returns:
        The state after the passages, a row for each, and the surprisal of the events
        that are judged.
    """
    order = sorted(range(len(passages)), key=lambda index: -len(passages[index]))
    ordered = [passages[index] for index in order]
    states: list[DecoderState] = []
    found: list[Surprisal] = []
    for first in range(0, len(ordered), ROWS):
        state, surprisals = _read_together(
            parts, ordered[first : first + ROWS], max_slots
        )
        states.append(state)
        found += surprisals
    place = np.argsort(order)
    return DecoderState.joined(states).take(place), [found[at] for at in place]


def _read_together(
    parts: Parts, passages: Sequence[Passage], max_slots: int
) -> tuple[DecoderState, list[Surprisal]]:
    """Read passages, the longest first, each until it ends."""
    lengths = np.array([len(passage) for passage in passages])
    judged_from = lengths - [passage.judged for passage in passages]
    table = _table(passages)  # (fields, events, rows)
    figures = np.zeros((len(fields(Surprisal)), table.shape[1], table.shape[2]))
    state = DecoderState.new(parts, table.shape[2], max_slots)
    ended = [state.take(np.flatnonzero(lengths == 0))]
    for event in range(table.shape[1]):
        going = int(np.count_nonzero(lengths > event))
        rows = whole_blocks(going)
        if rows < len(state):
            state = state.take(np.arange(rows))
        *inputs, pitch, duration = table[:, event, :rows]
        state.read(EventInputs(*inputs))
        if np.any(judged_from[:going] <= event):
            pitches = state.pitches()
            state.choose(pitch)
            found = Surprisal.of(pitches, state.durations(), pitch, duration)
            figures[:, event, :rows] = found.figures
        else:
            state.choose(pitch)
        ending = np.flatnonzero(lengths == event + 1)
        if len(ending):
            ended.insert(0, state.take(ending))
    surprisals = [
        Surprisal.from_figures(figures[:, start:end, row])
        for row, (start, end) in enumerate(zip(judged_from, lengths, strict=True))
    ]
    return DecoderState.joined(ended), surprisals


def _table(passages: Sequence[Passage]) -> NDArray[np.int64]:
    """Lay passages side by side, ``(fields, events, rows)``: inputs and what follows.

    Rows are filled up to whole blocks.
    """
    names = (*EventInputs._fields, "pitch", "duration")
    rows = whole_blocks(len(passages))
    table = np.zeros((len(names), max(map(len, passages)), rows), np.int64)
    for row, passage in enumerate(passages):
        columns = (*passage.inputs, passage.pitch, passage.duration)
        table[:, : len(passage), row] = columns
    return table
