"""Writing whole melodies: their parts, their meter, and what the rules are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from monody import seeds
from monody.generation.constraints.endings import ANY, HEARD
from monody.generation.constraints.spec import MelodySpec
from monody.generation.decoding.decode import DecodedMelody, Start, decode_events
from monody.generation.decoding.sampling import SamplingSettings
from monody.generation.primers import Primer
from monody.models.events import decode, encode, meter_symbol
from monody.models.saved_model import TrainedModel
from monody.music.general_midi import program_of
from monody.music.melody import Melody, shifted
from monody.music.meter import TICKS_PER_STEP, Meter, longest_meter
from monody.settings.base import required
from monody.settings.sampling import SampleSettings

OPENING_BARS = 4  # of its first part, that the other parts of a melody continue
PHRASE_BARS = 4  # parts are a multiple of it


def choices_of(settings: SampleSettings) -> tuple[SamplingSettings, SamplingSettings]:
    """Return how pitch symbols are drawn, and how duration symbols."""
    short = settings.top_k, settings.top_p, settings.min_p
    pitch, rhythm = settings.temperatures
    return SamplingSettings(pitch, *short), SamplingSettings(rhythm, *short)


@dataclass(frozen=True, eq=False)
class Task:
    """What tells one melody of a generation from the others."""

    index: int  # counted from 0
    attempt: int  # 0; more where a melody was tried again
    primer: Primer | None


@dataclass(frozen=True)
class Draft:
    """A melody as it was written."""

    task: Task
    melody: Melody  # what is new, from tick 0
    bits_per_note: float  # how surprising the model finds it
    cost_bits: dict[str, float]  # of each rule, per note


class _Part(NamedTuple):
    task: Task
    number: int
    ticks: int


class Writer:
    """Writes melodies with one model and one set of settings.

    Args:
        model: The trained network.
        settings: What is asked for; the seed is named.
    """

    def __init__(self, model: TrainedModel, settings: SampleSettings) -> None:
        if settings.seed is None:
            raise ValueError("a Writer needs a seed")
        self._model = model
        self._seed = settings.seed
        self._settings = settings
        self._style = model.record.style
        self._program = program_of(settings.midi_instrument)

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """Write one melody for each task. A melody depends on its task only.

        The parts of a melody continue its primer, each in another way. Without one the
        others continue the opening of the first.

        Raises:
            MonodyError: If no melody can be all that is asked for.
        """
        plan = {task: self._parts(task) for task in tasks}
        at_once = [
            (part, self._start(part, part.task.primer))
            for parts in plan.values()
            for part in (parts if parts[0].task.primer else parts[:1])
        ]
        written = self._decode(at_once)
        later = [
            (part, self._start(part, self._opening(written[parts[0]], parts[0])))
            for parts in plan.values()
            for part in parts
            if part not in written
        ]
        written |= self._decode(later)
        return [
            self._draft(task, parts, [written[part] for part in parts])
            for task, parts in plan.items()
        ]

    def meter(self, primer: Primer | None) -> Meter:
        """Return the meter asked for, else the primer's longest, else the usual one."""
        if self._settings.signature is not None:
            return Meter(0, *self._settings.signature)
        if primer is not None:
            longest = longest_meter(primer.music.meters, primer.ticks)
            return longest._replace(tick=0)
        return Meter(0, *map(int, self._style.meter.split("/")))

    def length_ticks(self, primer: Primer | None) -> int:
        """Return how long the new melody is."""
        if self._settings.bars is not None:
            return self._settings.bars * self.meter(primer).bar_ticks
        return int(required(self._settings.file_length)) * TICKS_PER_STEP

    def _wanted(self) -> MelodySpec:
        settings = self._settings
        scale = settings.scale
        tonic = None
        if scale is not None and settings.end == "tonic":
            tonic = frozenset({scale.tonic})
        # A grid of 16ths has no long notes: they are held.
        by_value = self._model.vocabulary.encoding == "notes"
        usual_end = settings.end != "any" and settings.note_ticks is None and by_value
        return MelodySpec(
            pitches=settings.pitches,
            pitch_classes=scale.pitch_classes if scale else None,
            note_ticks=settings.note_ticks,
            notes_per_bar=settings.notes_per_bar,
            last_classes=tonic,
            last_ticks=self._style.last_ticks if usual_end else 0,
            free_bars=settings.least_bars if settings.free else None,
        )

    def _tonic(self, task: Task) -> int:
        """Return the pitch class that a melody is to end on."""
        if self._settings.end == "usual":
            rng = seeds.ending(self._seed, task.index, task.attempt)
            if rng.random() >= self._style.tonic_share:
                return ANY
        elif self._settings.end == "any":
            return ANY
        return self._settings.scale.tonic if self._settings.scale else HEARD

    def _decode(
        self, parts: Sequence[tuple[_Part, Start]]
    ) -> dict[_Part, DecodedMelody]:
        if not parts:
            return {}
        starts = [start for _, start in parts]
        written = decode_events(
            self._model, starts, self._wanted(), choices_of(self._settings), self._seed
        )
        return dict(zip((part for part, _ in parts), written, strict=True))

    def _parts(self, task: Task) -> list[_Part]:
        """Divide a melody that is longer than nearly all of the corpus into parts.

        A network that has learnt tunes of 32 bars has nothing to say in bar 60.
        """
        primer = task.primer
        ticks, bar = self.length_ticks(primer), self.meter(primer).bar_ticks
        style = self._style
        most = max(style.max_bars - (primer.bars if primer else 0), style.bars)
        count = 1 if self._settings.free else -(-ticks // (bar * most))
        phrases = max(round(ticks / (count * bar * PHRASE_BARS)), 1)
        size = phrases * PHRASE_BARS * bar
        sizes = [size] * (count - 1)
        sizes.append(ticks - sum(sizes))
        if sizes[-1] <= 0:  # a few bars in all, of a corpus of shorter ones
            sizes = [ticks]
        return [_Part(task, number, each) for number, each in enumerate(sizes)]

    def _start(self, part: _Part, primer: Primer | None) -> Start:
        """Encode a primer; one that is too short for a single event is none."""
        meter = self.meter(part.task.primer)
        events = None
        if primer is not None:
            events = encode(primer.music, self._model.vocabulary, until=primer.ticks)
        if primer is None or not events:
            events, bars, from_beginning = None, 0, True
        else:
            bars, from_beginning = primer.bars, primer.first_bar == 0
        return Start(
            primer=events,
            from_beginning=from_beginning,
            meter=meter_symbol(meter),
            bar_ticks=meter.bar_ticks,
            bars=bars,
            length_ticks=part.ticks,
            draw=seeds.event_draw(
                part.task.index, part.task.attempt, part.number, seeds.MAX_PARTS
            ),
            tonic=self._tonic(part.task),
        )

    def _opening(self, written: DecodedMelody, part: _Part) -> Primer:
        """Return the opening bars of a first part."""
        meter = self.meter(None)
        bars = min(OPENING_BARS, max(part.ticks // meter.bar_ticks, 1))
        ticks = bars * meter.bar_ticks
        music = decode(written.events, self._model.vocabulary, meters=(meter,))
        return Primer(music.between(0, ticks), "", 0, 0, bars, ticks)

    def _draft(
        self, task: Task, parts: Sequence[_Part], written: Sequence[DecodedMelody]
    ) -> Draft:
        """Put the parts of a melody together."""
        meter = self.meter(task.primer)
        usual_bpm = self._style.bpm
        bpm = task.primer.music.bpm if task.primer else usual_bpm
        begins = [0, *accumulate(part.ticks for part in parts)]
        notes = [
            shifted(decode(each.events, self._model.vocabulary).notes, begin)
            for each, begin in zip(written, begins, strict=False)
        ]
        scale = self._settings.scale
        melody = Melody(
            notes=np.concatenate(notes),
            meters=(meter,),
            bpm=self._settings.bpm or bpm,
            key=scale.signature if scale else None,
            program=self._program,
            source="monody",
        )
        count = max(len(melody), 1)
        costs = {
            rule: sum(each.cost_bits[rule] for each in written) / count
            for rule in written[0].cost_bits
        }
        bits = sum(each.bits for each in written) / count
        return Draft(task, melody, bits, costs)


def with_primer(draft: Draft) -> Melody:
    """Return a melody with its primer before it."""
    primer, melody = draft.task.primer, draft.melody
    if primer is None:
        return melody
    new = shifted(melody.notes, primer.ticks)
    meter = melody.meters[0]._replace(tick=primer.ticks)
    before = primer.music.meters
    same = before[-1][1:] == meter[1:]
    return replace(
        melody,
        notes=np.concatenate([primer.music.notes, new]),
        meters=before if same else (*before, meter),
    )
