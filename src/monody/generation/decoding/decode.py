"""From starts to melodies: what the network hears first, and what was written.

Melodies are written together, a group at a time; a melody does not depend on how many
others are asked for. What may come next is decided in ``constraints.rules``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody import seeds
from monody.generation.constraints.arrays import Integers
from monody.generation.constraints.endings import ANY
from monody.generation.constraints.repetition import Repeats, repeats_of
from monody.generation.constraints.rules import Rules
from monody.generation.constraints.spec import MelodySpec, Span
from monody.generation.constraints.tables import make_rules
from monody.generation.decoding.loop import (
    GroupEvents,
    Progress,
    RowInputs,
    Samplers,
    bars_left,
    write_group,
)
from monody.generation.decoding.sections import Sections, copy_tables
from monody.generation.decoding.told_forms import TOLD as TOLD_OF_FORM
from monody.generation.decoding.told_forms import told_forms
from monody.models.decoder_state import EventInputs
from monody.models.events import END, REST, START, UNKNOWN, Events, Vocabulary
from monody.models.inference_layers import one_thread
from monody.models.outline import Outline
from monody.models.passages import Passage, read_passages
from monody.models.saved_model import TrainedModel
from monody.music.form import Form
from monody.music.pitch import MIDDLE_C, PITCH_CLASSES

ROWS = 64  # melodies written together, at most
ALL_PITCHES = 0, 127
MAX_READ = 512  # events of a primer that are read, the last ones


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
    form: Form | None = None  # from the bar line at or before where writing begins
    heard: Outline | None = None  # of the primer's events
    key: int = UNKNOWN  # symbol of the tonic that the network is told
    style: int = UNKNOWN  # symbol of the style that it is told
    sections: Sections | None = None  # that return, if any are asked for
    pitches: tuple[int, int] = ALL_PITCHES  # its lowest and highest note
    bars_before: int = 0  # of its melody, where this is a later part of one


@dataclass(frozen=True)
class DecodedMelody:
    """One melody as it was written, and how surprising the network finds it."""

    events: Events  # without an end
    bits: float  # its surprisal (information content)
    cost_bits: dict[str, float]  # of each rule asked: -log2 of the share that it left


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
    spans = list(dict.fromkeys(map(_span_of, starts)))
    rules = make_rules(model.vocabulary, model.record.style, spec, spans)
    melodies: list[DecodedMelody] = []
    with one_thread():
        for first in range(0, len(starts), ROWS):
            group = starts[first : first + ROWS]
            melodies += _write(model, group, spans, spec, rules, samplers, seed)
    return melodies


def _write(
    model: TrainedModel,
    group: Sequence[Start],
    spans: Sequence[Span],
    spec: MelodySpec,
    rules: Rules,
    samplers: Samplers,
    seed: int,
) -> list[DecodedMelody]:
    """Write a group of melodies side by side."""
    free = spec.free_bars is not None
    reads = [tuple(reads_of(start, model.vocabulary, free)) for start in group]
    # Many melodies may continue one primer: it is read once.
    place = {read: index for index, read in enumerate(dict.fromkeys(reads))}
    heard = read_passages(model.parts, [passage_of(read) for read in place])
    last = np.array([read[-1] for read in reads])  # (rows, fields)
    written = write_group(
        heard.take(np.array([place[read] for read in reads])),
        _inputs_of(group, spans, free),
        _beginning(group, EventInputs(*last.T), model.vocabulary),
        rules,
        samplers,
        [seeds.events(seed, *start.draw) for start in group],
    )
    return _trim(written, group, model.vocabulary, free=free)


def passage_of(reads: Sequence[EventInputs[int]]) -> Passage:
    """Return what is read before the last event of a primer, which writing begins with.

    Args:
        reads: From ``reads_of``.
    """
    columns = np.array(reads).T  # (fields, events)
    inputs = EventInputs(*columns[:, :-1])
    following = EventInputs(*columns[:, 1:])
    return Passage(inputs, following.pitch_in, following.duration_in)


def _inputs_of(rows: Sequence[Start], spans: Sequence[Span], free: bool) -> RowInputs:
    """Lay out what differs between the melodies of a group."""
    ends = [_end_of(start, free) for start in rows]
    told = told_forms([start.form for start in rows])
    at = [spans.index(_span_of(start)) for start in rows]
    return RowInputs(
        row=np.arange(len(rows)),
        bar_ticks=np.array([start.bar_ticks for start in rows]),
        span=np.array(at),
        end_bar=np.array([bar for bar, _ in ends]),
        end_position=np.array([position for _, position in ends]),
        first_bar=np.array([start.bars for start in rows]),
        tonic=np.array([start.tonic for start in rows]),
        told=told,
        key=np.array([start.key for start in rows]),
        style=np.array([start.style for start in rows]),
        lowest=np.array([start.pitches[0] for start in rows]),
        highest=np.array([start.pitches[1] for start in rows]),
        bars_before=np.array([start.bars_before for start in rows]),
        sections=copy_tables([start.sections for start in rows]),
        closing=np.array([_closes_before(start) for start in rows]),
    )


def _closes_before(start: Start) -> int:
    """Return how long before the end of a melody its closing note ends.

    Where the last section is a copy, the section that it is copied from has to close.
    """
    if start.sections is None:
        return 0
    return start.length_ticks - start.sections.closing


def _beginning(
    rows: Sequence[Start], inputs: EventInputs[Integers], vocabulary: Vocabulary
) -> Progress:
    """Return where melodies are before anything is written.

    Args:
        rows: The melodies.
        inputs: What the network reads next, ``(rows,)`` each.
        vocabulary: The symbols.
    """
    repeats = [repeats_of(_notes_of(start.primer)) for start in rows]
    blank = np.zeros(len(rows), np.int64)
    return Progress(
        inputs=inputs,
        left=np.array([start.length_ticks for start in rows]),
        class_ticks=np.array([_class_ticks(start, vocabulary) for start in rows]),
        repeats=Repeats(
            latest=np.array([each.latest for each in repeats]),
            runs=np.array([each.runs for each in repeats]),
        ),
        sounding=np.zeros(len(rows), np.bool_),
        notes=blank,
        begun=blank,
        in_bar=blank,
    )


def _span_of(start: Start) -> Span:
    return Span(start.length_ticks, start.bar_ticks, start.position)


def _class_ticks(start: Start, vocabulary: Vocabulary) -> NDArray[np.float64]:
    """Return the ticks that a primer spends on each pitch class, ``(12,)``."""
    spent = np.zeros(PITCH_CLASSES)
    if start.primer is not None:
        notes = start.primer.pitch < REST
        ticks = np.array(vocabulary.durations)[start.primer.duration[notes]]
        np.add.at(spent, start.primer.pitch[notes] % PITCH_CLASSES, ticks)
    return spent


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


def reads_of(
    start: Start, vocabulary: Vocabulary, free: bool = False
) -> list[EventInputs[int]]:
    """List what the network reads of one primer, with where the next event begins.

    First comes the start symbol. A primer from the middle of a melody leaves it out. Of
    a long one only the last events are read.

    Args:
        start: Where the melody starts.
        vocabulary: The symbols.
        free: Whether the network is to end it, and so is not told where.
    """
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
    left = bars_left(
        np.array(end_bar),
        np.array([bar for _, bar, _ in places]),
        np.array(end_position),
    )
    outlines = _outlines_of(start, len(places))
    reads = []
    for (pitch, duration), place, bars, outline in zip(
        symbols, places, left.tolist(), outlines, strict=True
    ):
        told = (bars, end_position, *outline, start.key, start.style)
        reads.append(EventInputs(pitch, before, duration, *place, *told))
        before = pitch if pitch < REST else before
    return reads[-MAX_READ:]


def _outlines_of(start: Start, places: int) -> list[list[int]]:
    """List what the network is told of the form at each place that it reads.

    Args:
        start: Where the melody starts.
        places: Events of the primer that are read, and the place where writing begins.
    """
    told = [[UNKNOWN] * len(TOLD_OF_FORM)] * (places - 1)
    if start.heard is not None:
        heard = np.stack([getattr(start.heard, name) for name in TOLD_OF_FORM], axis=1)
        told = heard[len(heard) - len(told) :].tolist()
    zero = np.zeros(1, np.int64)
    place = (zero, zero + start.position, zero)
    first = told_forms([start.form]).at(*place)
    return [*told, [int(each[0]) for each in first]]


def _trim(
    written: GroupEvents, group: Sequence[Start], vocabulary: Vocabulary, *, free: bool
) -> list[DecodedMelody]:
    """Cut each melody of a group where it ends.

    Raises:
        RuntimeError: If one is not as long as was asked: a fault of the rules.
    """
    ticks = np.array(vocabulary.durations)
    melodies = []
    for row, start in enumerate(group):
        pitch, duration = written.pitch[:, row], written.duration[:, row]
        own = np.logical_and.accumulate(pitch != END)  # (events,)
        if not free and ticks[duration[own]].sum() != start.length_ticks:
            raise RuntimeError("a melody was written that is not as long as asked")
        costs = {name: float(each[row]) for name, each in written.costs.items()}
        events = _without_places(pitch[own], duration[own])
        melodies.append(DecodedMelody(events, float(written.bits[row]), costs))
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
