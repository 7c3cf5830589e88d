"""From starts to melodies: rows for the compiled loop, and what it wrote of each.

Melodies are written together, ``ROWS`` at a time; a melody does not depend on how many
others are asked for. The state of the network is carried from event to event; what may
come next (``constraints.rules``) is a table look-up inside the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import jax
import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Integers, on_device, power_of_two
from monody.generation.constraints.endings import ANY
from monody.generation.constraints.repetition import Repeats, repeats_of
from monody.generation.constraints.spec import MelodySpec, Span
from monody.generation.constraints.tables import make_rules
from monody.generation.decoding.loop import (
    COSTS,
    GroupEvents,
    RowInputs,
    Samplers,
    bars_left,
    write_group,
)
from monody.generation.decoding.state import EventInputs
from monody.models.events import END, REST, START, UNKNOWN, Events, Vocabulary
from monody.models.saved_model import TrainedModel
from monody.music.pitch import MIDDLE_C, PITCH_CLASSES

ROWS = 32  # melodies written together, always: one compilation, and the same rounding
MAX_READ = 512  # events of a primer that are read, the last ones
MIN_EVENTS = 1024  # room for events, at least: few compilations


@dataclass(frozen=True)
class Start:
    """Where one melody starts, and how long it is."""

    primer: Events | None  # what is read before; None for a melody from nothing
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
    """One melody as it was written, and how surprising the network finds it."""

    events: Events  # without an end
    bits: float  # its surprisal (information content)
    primer_bits: float  # that of the primer, from where it is judged
    cost_bits: dict[str, float]  # of each of `COSTS`: -log2 of the share that it left


def decode_events(
    model: TrainedModel,
    starts: Sequence[Start],
    spec: MelodySpec,
    samplers: Samplers,
    seed: int,
) -> list[DecodedMelody]:
    """Write one melody for each start, exactly as long as it says.

    Args:
        model: The trained network.
        starts: Where each melody starts.
        spec: What the melodies must be.
        samplers: How pitch symbols are drawn, and how duration symbols.
        seed: Of the random draws. With the same model, spec and samplers, a melody
            depends on the seed and its start only, not on the other starts.

    Returns:
        The melodies. Their durations add up to the length, and the last event is a note
        or lengthens one; where the network ends them they may be shorter.

    Raises:
        MonodyError: If no melody can be all that is asked.
    """
    different = dict.fromkeys(Span(s.length_ticks, s.bar_ticks) for s in starts)
    spans = {span: index for index, span in enumerate(different)}
    style = model.record.style
    rules, shortest = make_rules(model.vocabulary, style, spec, list(spans))
    longest = max(spans).length_ticks
    max_events = power_of_two(longest // shortest + spec.free, MIN_EVENTS)
    melodies: list[DecodedMelody] = []
    for first in range(0, len(starts), ROWS):
        group = starts[first : first + ROWS]
        rows = _rows_of(_in_rows(group), spans, spec, model.vocabulary, seed)
        written = write_group(model.layers, max_events, rules, samplers, rows)
        melodies += _trim(written, group, model.vocabulary)
    return melodies


def _in_rows(starts: Sequence[Start]) -> list[Start]:
    """Fill up to ``ROWS`` with the last one; what those rows write is dropped."""
    start = starts[-1]
    return [*starts, *[start] * (ROWS - len(starts))]


def _rows_of(
    group: Sequence[Start],
    spans: dict[Span, int],
    spec: MelodySpec,
    vocabulary: Vocabulary,
    seed: int,
) -> RowInputs:
    """Lay out the melodies of a group as arrays of JAX."""
    ends = [_end_of(start, spec.free) for start in group]
    times = [Span(start.length_ticks, start.bar_ticks) for start in group]
    reads, counts = _primer_reads(group, vocabulary, spec.free)
    class_ticks = [_class_ticks(start, vocabulary) for start in group]
    repeats = [repeats_of(_notes_of(start.primer)) for start in group]
    return RowInputs(
        seed=on_device(np.uint32(seed)),
        draws=on_device(np.array([start.draw for start in group], np.uint32)),
        reads=EventInputs(*map(on_device, reads)),
        reads_count=on_device(counts),
        length=_column(time.length_ticks for time in times),
        bar_ticks=_column(time.bar_ticks for time in times),
        span=_column(spans[time] for time in times),
        end_bar=_column(bar for bar, _ in ends),
        end_position=_column(position for _, position in ends),
        first_bar=_column(start.bars for start in group),
        tonic=_column(start.tonic for start in group),
        class_ticks=on_device(np.array(class_ticks)),
        judged=_column(_judged_reads(start) for start in group),
        repeats=Repeats(
            latest=on_device(np.array([each.latest for each in repeats])),
            runs=on_device(np.array([each.runs for each in repeats])),
        ),
    )


def _column(numbers: Iterable[int]) -> jax.Array:
    """Return a number of each melody as an array, ``(rows,)``."""
    return on_device(np.array(list(numbers)))


def _class_ticks(start: Start, vocabulary: Vocabulary) -> NDArray[np.float32]:
    """Return the ticks that a primer spends on each pitch class, ``(12,)``."""
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
    """Return the MIDI numbers of a primer's notes, ``(notes,)``."""
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
) -> tuple[EventInputs[NDArray[np.int32]], Integers]:
    """Lay out what the network reads before it writes, ``(rows, reads)``, and how much.

    First comes the start symbol, then the primer's events, the last of them in the last
    column. A primer from the middle of a melody leaves the start out.
    """
    primers = [_reads_of(start, vocabulary, free)[-MAX_READ:] for start in starts]
    counts = np.array([len(reads) for reads in primers])
    padded = [[reads[0]] * (MAX_READ - len(reads)) + reads for reads in primers]
    table = np.array(padded, np.int32)  # (rows, reads, fields)
    return EventInputs(*np.moveaxis(table, -1, 0)), counts


def _reads_of(
    start: Start, vocabulary: Vocabulary, free: bool
) -> list[EventInputs[int]]:
    """List what the network reads of one primer, with where the next event begins."""
    symbols = [(START, vocabulary.start_duration)]
    places: list[tuple[int, int, int]] = []  # position, bar and meter
    if start.primer is not None:
        events = start.primer
        symbols += zip(events.pitch.tolist(), events.duration.tolist(), strict=True)
        fields = (events.position, events.bar, events.meter)
        places = list(zip(*(field.tolist() for field in fields), strict=True))
        if not start.from_beginning:
            symbols, places = symbols[1:], places[1:]
    places.append((start.position, start.bars, start.meter))
    # A primer from the middle of a melody has no note before it; its own first note
    # takes that place.
    inside = start.primer is not None and not start.from_beginning
    notes = [pitch for pitch, _ in symbols if pitch < REST]
    before = notes[0] if inside and notes else MIDDLE_C
    end_bar, end_position = _end_of(start, free)
    left = bars_left(end_bar, np.array([bar for _, bar, _ in places]), end_position)
    reads = []
    for (pitch, duration), place, bars in zip(
        symbols, places, left.tolist(), strict=True
    ):
        reads.append(EventInputs(pitch, before, duration, *place, bars, end_position))
        before = pitch if pitch < REST else before
    return reads


def _trim(
    written: GroupEvents, group: Sequence[Start], vocabulary: Vocabulary
) -> list[DecodedMelody]:
    """Cut each melody of a group where it ends.

    Raises:
        RuntimeError: If one is not as long as was asked: a fault of the rules.
    """
    pitches = np.asarray(written.pitch)[: int(written.events)]  # (events, rows)
    durations = np.asarray(written.duration)[: int(written.events)]
    bits, primer_bits = np.asarray(written.bits), np.asarray(written.primer_bits)
    costs = np.asarray(written.costs)  # (rows, rules + 1)
    ticks = np.array(vocabulary.durations)
    melodies = []
    for row, start in enumerate(group):
        pitch, duration = pitches[:, row], durations[:, row]
        begins = np.cumsum(ticks[duration]) - ticks[duration]
        inside = begins < start.length_ticks
        goes_on = np.logical_and.accumulate(pitch != END)
        own = inside & goes_on  # (events,)
        if goes_on[inside].all() and ticks[duration[own]].sum() != start.length_ticks:
            raise RuntimeError("a melody was written that is not as long as asked")
        melodies.append(
            DecodedMelody(
                events=_without_places(pitch[own], duration[own]),
                bits=float(bits[row]),
                primer_bits=float(primer_bits[row]),
                cost_bits=dict(zip(COSTS, costs[row].tolist(), strict=True)),
            )
        )
    return melodies


def _without_places(pitch: NDArray[np.uint8], duration: NDArray[np.uint8]) -> Events:
    """Make events of which only the symbols are known, not where they begin."""
    blank = np.zeros(len(pitch), np.int16)
    return Events(
        pitch=pitch,
        duration=duration,
        position=blank,
        bar=blank.astype(np.int32),
        meter=blank.astype(np.uint8),
    )
