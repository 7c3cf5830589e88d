"""Letting a network read passages of melodies, and judging what it expected.

A passage is what is read before a melody is written, or all of one that is judged. The
events that follow are known; nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from monody.cores import usable_cores
from monody.models.decoder_memory import Integers
from monody.models.decoder_state import DecoderState, EventInputs
from monody.models.network import Hidden, predict_read, read_sequences
from monody.models.parts import Parts
from monody.models.surprisal import Surprisal

ROWS = 64  # passages read together, at most
MIN_ROWS = 8  # passages that are worth a thread of their own
MAX_EVENTS = 4096  # of passages judged together: some 12 kB each
MAX_THREADS = 4
AT_ONCE = 256  # events of a passage that look back together: each at all before it


@dataclass(frozen=True)
class Passage:
    """Events that a network reads, and the event that follows each."""

    inputs: EventInputs[Integers]  # (events,) each
    pitch: Integers  # (events,) pitch symbol of the event that follows
    duration: Integers  # (events,) its duration symbol
    first: int = 0  # the event whose follower is judged first

    def __len__(self) -> int:
        return len(self.pitch)


def read_passages(parts: Parts, passages: Sequence[Passage]) -> DecoderState:
    """Read passages side by side, to go on from there.

    Args:
        parts: The network, with ``numpy_ops``.
        passages: One at least. What comes of one does not depend on the others.

    Returns:
        The state after the passages, a row for each.
    """
    order = _longest_first(passages)
    states = [
        _read_together(
            parts, [passages[index] for index in order[first : first + ROWS]]
        )
        for first in range(0, len(order), ROWS)
    ]
    return DecoderState.joined(states).take(np.argsort(order))


def _longest_first(passages: Sequence[Passage]) -> list[int]:
    return sorted(range(len(passages)), key=lambda index: -len(passages[index]))


def _read_together(parts: Parts, passages: Sequence[Passage]) -> DecoderState:
    """Read passages, the longest first, each until it ends."""
    lengths = np.array([len(passage) for passage in passages])
    table = _table(passages)  # (fields, rows, events)
    state = DecoderState.new(parts, len(passages))
    ended = [state.take(np.flatnonzero(lengths == 0))]
    for event in range(table.shape[2]):
        going = int(np.count_nonzero(lengths > event))
        if going < len(state):
            state = state.take(np.arange(going))
        *inputs, pitch, _duration = table[:, :going, event]
        state.read(EventInputs(*inputs))
        state.choose(pitch)
        ending = np.flatnonzero(lengths == event + 1)
        if len(ending):
            ended.insert(0, state.take(ending))
    return DecoderState.joined(ended)


def judge_passages(parts: Parts, passages: Sequence[Passage]) -> list[Surprisal]:
    """Tell how surprising a network finds the events that follow in passages.

    Args:
        parts: The network, with ``numpy_ops``.
        passages: What comes of one does not depend on the others.

    Returns:
        The surprisal of the events of each passage that are judged.
    """
    order = _longest_first(passages)
    groups = _groups([len(passages[index]) for index in order])
    together = [[passages[index] for index in order[group]] for group in groups]
    with ThreadPoolExecutor(_threads()) as threads:
        judged = threads.map(partial(_judge_together, parts), together)
        found = dict(zip(order, chain.from_iterable(judged), strict=True))
    return [found[index] for index in range(len(passages))]


def _threads() -> int:
    return min(usable_cores(), MAX_THREADS)


def _groups(lengths: Sequence[int]) -> list[slice]:
    """Divide passages, the longest first, into those that are read side by side.

    Each core gets some of them, and none too many for the memory.
    """
    rows = max(min(-(-len(lengths) // _threads()), ROWS), MIN_ROWS)
    groups, first = [], 0
    while first < len(lengths):
        room = MAX_EVENTS // max(lengths[first], 1)
        last = first + max(min(rows, room), 1)
        groups.append(slice(first, last))
        first = last
    return groups


def _judge_together(parts: Parts, passages: Sequence[Passage]) -> list[Surprisal]:
    """Judge passages: they are read side by side, and predicted one after the other."""
    table = _table(passages)  # (fields, rows, events)
    hidden = read_sequences(parts, EventInputs(*table[:-2])._asdict())
    return [_judge(parts, hidden, row, passage) for row, passage in enumerate(passages)]


def _judge(parts: Parts, hidden: Hidden, row: int, passage: Passage) -> Surprisal:
    """Judge a passage that was read in a row, some events at a time."""
    figures = [np.zeros((len(fields(Surprisal)), 0))]
    for first in range(passage.first, len(passage), AT_ONCE):
        end = min(first + AT_ONCE, len(passage))
        own = slice(row, row + 1), slice(end)
        logs = predict_read(
            parts,
            Hidden(hidden.memory[own], hidden.event[own], []),
            {name: each[None, :end] for name, each in passage.inputs._asdict().items()},
            passage.pitch[None, :end],
            first,
        )
        judged = slice(first, end)
        found = Surprisal.of(
            logs["pitch"][0],
            logs["duration"][0],
            passage.pitch[judged],
            passage.duration[judged],
        )
        figures.append(found.figures)
    return Surprisal.from_figures(np.concatenate(figures, axis=1))


def _table(passages: Sequence[Passage]) -> NDArray[np.int64]:
    """Lay passages side by side, ``(fields, rows, events)``, with what follows."""
    names = (*EventInputs._fields, "pitch", "duration")
    longest = max(map(len, passages), default=0)
    table = np.zeros((len(names), len(passages), longest), np.int64)
    for row, passage in enumerate(passages):
        columns = (*passage.inputs, passage.pitch, passage.duration)
        table[:, row, : len(passage)] = columns
    return table
