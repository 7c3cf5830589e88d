"""Writing events one after the other: the compiled loop.

All melodies are written together, ``ROWS`` at a time; a melody does not depend on how
many others are asked for. The state of the network is carried from event to event; what
may come next (``rules``) is a table look-up inside the loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.endings import ANY
from monody.generation.constraints.reachable import Integers, power_of_two
from monody.generation.constraints.repetition import Repeats, repeats_of
from monody.generation.constraints.spec import MelodySpec, Span
from monody.generation.constraints.tables import make_rules
from monody.generation.decoding.loop import COSTS, RowInputs, bars_left, write_group
from monody.generation.decoding.sampling import SamplingSettings
from monody.generation.decoding.state import Heard
from monody.models.batches import MIDDLE_C
from monody.models.events import END, REST, START, UNKNOWN, Events, Vocabulary
from monody.models.saved_model import TrainedModel
from monody.music.pitch import PITCH_CLASSES

ROWS = 32  # melodies written together, always: one compilation, and the same rounding
MAX_READ = 512  # events of a primer that are read, the last ones
MIN_EVENTS = 1024  # that there is room for: few compilations


@dataclass(frozen=True)
class Start:
    """Where one melody starts, and how long it is."""

    primer: Events | None  # what was heard before; None for a melody from nothing
    from_beginning: bool  # whether the primer begins where its melody does
    meter: int  # index into METERS, in force throughout
    bar_ticks: int
    bars: int  # that the primer fills
    length_ticks: int  # of what is written
    draw: tuple[int, int]  # tells its random draws from those of other melodies
    position: int = 0  # ticks from the bar line to where what is written begins
    ticks_after: int = 0  # from the end of what is written to that of the melody
    judged_from: int = 0  # the primer's event from which on it is judged, too
    tonic: int = ANY  # pitch class to end on, or endings.HEARD


@dataclass(frozen=True)
class DecodedMelody:
    """One melody as it was written, and what the network made of it."""

    events: Events  # without an end
    bits: float  # its information content: how surprising the network finds it
    primer_bits: float  # that of the primer, from where it is judged
    cost_bits: dict[str, float]  # of each of `COSTS`: -log2 of the share that it left


def decode_events(
    model: TrainedModel,
    starts: Sequence[Start],
    wanted: MelodySpec,
    choices: tuple[SamplingSettings, SamplingSettings],
    seed: int,
) -> list[DecodedMelody]:
    """Write one melody for each start, exactly as long as it says.

    Args:
        model: The trained network.
        starts: Where each melody starts.
        wanted: What the melodies must be.
        choices: How pitch symbols are drawn, and how duration symbols.
        seed: A melody depends on the seed and its start, on nothing else.

    Returns:
        The melodies. Their durations add up to the length, and the last event is a note
        or lengthens one; where the network ends them they may be shorter.

    Raises:
        MonodyError: If no melody can be all that is wanted.
    """
    alike = dict.fromkeys(Span(s.length_ticks, s.bar_ticks) for s in starts)
    clocks = {clock: index for index, clock in enumerate(alike)}
    rules, shortest = make_rules(
        model.vocabulary, model.passport["seen"], wanted, list(clocks)
    )
    longest = max(clocks).length_ticks
    most_events = power_of_two(longest // shortest + wanted.free, MIN_EVENTS)
    written: list[DecodedMelody] = []
    for first in range(0, len(starts), ROWS):
        group = _in_rows(starts[first : first + ROWS])
        rows = _rows_of(group, clocks, wanted, model.vocabulary, seed)
        loop = write_group(model.layers, most_events, rules, choices, rows)
        written += _trim(loop, starts[first : first + ROWS], model.vocabulary)
    return written


def _in_rows(starts: Sequence[Start]) -> list[Start]:
    """Fill up to ``ROWS`` with the last one; what those rows write is dropped."""
    start = starts[-1]
    return [*starts, *[start] * (ROWS - len(starts))]


def _rows_of(
    group: Sequence[Start],
    clocks: dict[Span, int],
    wanted: MelodySpec,
    vocabulary: Vocabulary,
    seed: int,
) -> RowInputs:
    """Lay out the melodies of a group."""
    ends = [_end_of(start, wanted.free) for start in group]
    times = [Span(start.length_ticks, start.bar_ticks) for start in group]
    reads, counts = _primer_reads(group, vocabulary, wanted.free)
    heard = [repeats_of(_notes_of(start.primer)) for start in group]
    return RowInputs(
        seed=np.uint32(seed),
        draws=np.array([start.draw for start in group], np.uint32),
        reads=reads,
        reads_count=counts,
        length=np.array([time.length_ticks for time in times]),
        bar_ticks=np.array([time.bar_ticks for time in times]),
        clock=np.array([clocks[time] for time in times]),
        end_bar=np.array([bar for bar, _ in ends]),
        end_position=np.array([position for _, position in ends]),
        first_bar=np.array([start.bars for start in group]),
        tonic=np.array([start.tonic for start in group]),
        class_ticks=np.array([_class_ticks(start, vocabulary) for start in group]),
        judged=np.array([_judged_reads(start) for start in group]),
        repeats=Repeats(*(np.array(field) for field in zip(*heard, strict=True))),
    )


def _class_ticks(start: Start, vocabulary: Vocabulary) -> NDArray[np.float32]:
    """Return the time that a primer spends on each pitch class, ``(12,)``."""
    spent = np.zeros(PITCH_CLASSES, np.float32)
    if start.primer is not None:
        notes = start.primer.pitch < REST
        ticks = np.array(vocabulary.durations)[start.primer.duration[notes]]
        np.add.at(spent, start.primer.pitch[notes] % PITCH_CLASSES, ticks)
    return spent


def _judged_reads(start: Start) -> int:
    """Return how many of a primer's events, the last ones, are judged."""
    return len(start.primer) - start.judged_from if start.primer is not None else 0


def _notes_of(primer: Events | None) -> NDArray[np.integer]:
    return (
        np.zeros(0, np.int64) if primer is None else primer.pitch[primer.pitch < REST]
    )


def _end_of(start: Start, free: bool) -> tuple[int, int]:
    """Return the bar in which a melody ends, and the symbol of where in it."""
    ticks = start.position + start.length_ticks + start.ticks_after
    bars, position = divmod(ticks, start.bar_ticks)
    return start.bars + bars, UNKNOWN if free else position + 1


def _primer_reads(
    starts: Sequence[Start], vocabulary: Vocabulary, free: bool
) -> tuple[Heard, Integers]:
    """Lay out what the network reads before it writes, ``(rows, reads)``, and how much.

    First comes the start symbol, then the primer's events, the last of them in the last
    column. A primer from the middle of a melody leaves the start out.
    """
    columns = [_reads_of(start, vocabulary, free)[-MAX_READ:] for start in starts]
    counts = np.array([len(reads) for reads in columns])
    padded = [[reads[0]] * (MAX_READ - len(reads)) + reads for reads in columns]
    table = np.array(padded, np.int32)  # (rows, reads, fields)
    fields = range(len(Heard._fields))
    return Heard(*(np.array(table[..., field]) for field in fields)), counts


def _reads_of(start: Start, vocabulary: Vocabulary, free: bool) -> list[Heard]:
    """List what the network reads of one primer, with where the next event begins."""
    symbols = [(START, vocabulary.start_duration)]
    places: list[tuple[int, int, int]] = []
    if start.primer is not None:
        events = start.primer
        symbols += zip(events.pitch.tolist(), events.duration.tolist(), strict=True)
        fields = (events.position, events.bar, events.meter)
        places = list(zip(*(field.tolist() for field in fields), strict=True))
        if not start.from_beginning:
            symbols, places = symbols[1:], places[1:]
    places.append((start.position, start.bars, start.meter))
    # In the middle of a melody its own first note stands for the one before.
    inside = start.primer is not None and not start.from_beginning
    notes = [pitch for pitch, _ in symbols if pitch < REST]
    before = notes[0] if inside and notes else MIDDLE_C
    end_bar, end_position = _end_of(start, free)
    reads = []
    for (pitch, duration), place in zip(symbols, places, strict=True):
        left = int(bars_left(np.int64(end_bar), place[1], end_position))
        reads.append(Heard(pitch, before, duration, *place, left, end_position))
        before = pitch if pitch < REST else before
    return reads


def _trim(
    loop: tuple[Any, ...], group: Sequence[Start], vocabulary: Vocabulary
) -> list[DecodedMelody]:
    """Cut each melody of a group where it ends.

    Raises:
        RuntimeError: If one is not as long as was asked: a fault of the rules.
    """
    count, *arrays = map(np.asarray, loop)
    pitches, durations, bits, primer_bits, costs = arrays
    ticks = np.array(vocabulary.durations)
    written = []
    for row, start in enumerate(group):
        pitch, duration = pitches[:count, row], durations[:count, row]
        begins = np.cumsum(ticks[duration]) - ticks[duration]
        inside = begins < start.length_ticks
        goes_on = np.logical_and.accumulate(pitch != END)
        kept = inside & goes_on
        if goes_on[inside].all() and ticks[duration[kept]].sum() != start.length_ticks:
            raise RuntimeError("a melody was written that is not as long as asked")
        written.append(
            DecodedMelody(
                events=_without_places(pitch[kept], duration[kept]),
                bits=float(bits[row]),
                primer_bits=float(primer_bits[row]),
                cost_bits=dict(zip(COSTS, costs[row].tolist(), strict=True)),
            )
        )
    return written


def _without_places(pitch: NDArray[np.uint8], duration: NDArray[np.uint8]) -> Events:
    blank = np.zeros(len(pitch), np.int16)
    return Events(
        pitch=pitch,
        duration=duration,
        position=blank,
        bar=blank.astype(np.int32),
        meter=blank.astype(np.uint8),
    )
