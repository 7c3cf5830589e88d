"""Writing whole melodies: their parts, their meter, and what the rules are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monody import seeds
from monody.generation.collapse import collapse_of
from monody.generation.constraints.endings import ANY, HEARD
from monody.generation.constraints.own_rules import NoteRule, keeps_rules
from monody.generation.constraints.spec import MelodySpec
from monody.generation.decoding.decode import (
    ALL_PITCHES,
    DecodedMelody,
    Start,
    decode_events,
)
from monody.generation.decoding.sampling import SamplingSettings
from monody.generation.decoding.sections import Sections
from monody.generation.fidelity import misfit
from monody.generation.outlines import (
    draw_outline,
    usual_meter,
)
from monody.generation.parts import Part, Task, parts_of
from monody.generation.primers import Primer
from monody.models.events import UNKNOWN, decode, encode, meter_symbol
from monody.models.outline import heard_outline, silent_outline
from monody.models.saved_model import TrainedModel
from monody.music.form_check import keeps_form
from monody.music.general_midi import program_of
from monody.music.melody import Melody, shifted
from monody.music.meter import TICKS_PER_STEP, Meter
from monody.music.pitch import PITCH_CLASSES
from monody.settings.base import required
from monody.settings.sampling import MAX_TAKES, SampleSettings
from monody.translation import marked

OPENING_BARS = 4  # of its first part, that the other parts of a melody continue
NOT_IN_FORM = marked("not in the form")
AGAINST_A_RULE = marked("against a rule of the program")


def choices_of(settings: SampleSettings) -> tuple[SamplingSettings, SamplingSettings]:
    """Return how pitch symbols are drawn, and how duration symbols."""
    short = settings.top_k, settings.top_p, settings.min_p
    pitch, rhythm = settings.temperatures
    return SamplingSettings(pitch, *short), SamplingSettings(rhythm, *short)


@dataclass(frozen=True)
class Draft:
    """A melody as it was written."""

    task: Task
    melody: Melody  # what is new; tick 0 is the bar line at or before its beginning
    length_ticks: int  # until when it was to last
    bits_per_note: float  # how surprising the model finds it
    cost_bits: dict[str, float]  # of each rule, per note
    failure: str | None = None  # why it should not be kept, as its writer judges


class Writer:
    """Writes melodies with one model and one set of settings.

    Args:
        model: The trained network.
        settings: What is asked for; the seed is named.
        rules: Of a program's own.
    """

    def __init__(
        self,
        model: TrainedModel,
        settings: SampleSettings,
        rules: Sequence[NoteRule] = (),
    ) -> None:
        if settings.seed is None:
            raise ValueError("a Writer needs a seed")
        self._model = model
        self._seed = settings.seed
        self._settings = settings
        self._rules = tuple(rules)
        self._style = model.record.style
        self._program = program_of(settings.midi_instrument)

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """Write one melody for each task. A melody depends on its task only.

        Of its takes, the one is kept that keeps best to its outline. The parts of a
        take continue its primer, each in another way. Without one the others continue
        the opening of the first.

        Raises:
            MonodyError: If no melody can be all that is asked for.
        """
        plan = {task: self._takes(task) for task in tasks}
        takes = [parts for each in plan.values() for parts in each]
        at_once = [
            (part, self._start(part, part.task.primer))
            for parts in takes
            for part in (parts if parts[0].task.primer else parts[:1])
        ]
        written = self._decode(at_once)
        later = [
            (part, self._continued(part, parts[0], written[parts[0]]))
            for parts in takes
            for part in parts
            if part not in written
        ]
        written |= self._decode(later)
        return [self._best(takes, written) for takes in plan.values()]

    def _best(
        self, takes: Sequence[list[Part]], written: Mapping[Part, DecodedMelody]
    ) -> Draft:
        """Return the take that keeps best to its outline, the earliest of several."""
        drafts, misfits = [], []
        for parts in takes:
            music = [self._music(written[part], part) for part in parts]
            draft = self._draft(parts, music, [written[part] for part in parts])
            if len(takes) == 1:
                return draft
            drafts.append(draft)
            misfits.append(_misfit(draft, parts, music))
        return drafts[misfits.index(min(misfits))]

    def _takes(self, task: Task) -> list[list[Part]]:
        """Return the parts of each take of a melody; all takes follow one outline."""
        parts = self._parts(task)
        asked = self._settings.takes
        # Without chance all takes are alike; without an outline none is the best.
        choice = any(self._settings.temperatures) and not self._settings.free
        takes = range(asked if choice else 1)
        return [[part._replace(take=take) for part in parts] for take in takes]

    @property
    def memory_bytes(self) -> int:
        """Return what its model takes."""
        return self._model.memory_bytes

    @property
    def can_travel(self) -> bool:
        """Whether other processes can write, too: they know no rule of a program's."""
        return not self._rules

    @property
    def usual_ticks(self) -> int:
        """About how long a melody is."""
        if self._settings.bars is None:
            return int(required(self._settings.file_length)) * TICKS_PER_STEP
        signature = self._settings.signature
        meter = Meter(0, *signature) if signature else usual_meter(self._model.record)
        return self._settings.bars * meter.bar_ticks

    def _wanted(self) -> MelodySpec:
        settings = self._settings
        scale = settings.scale
        tonic = None
        if scale is not None and settings.end == "tonic":
            tonic = frozenset({scale.tonic})
        return MelodySpec(
            pitches=settings.pitches,
            pitch_classes=scale.pitch_classes if scale else None,
            note_ticks=settings.note_ticks,
            notes_per_bar=settings.notes_per_bar,
            last_classes=tonic,
            free_bars=settings.least_bars if settings.free else None,
            has_sections=settings.named_form is not None,
            own=self._rules,
        )

    def _tonic(self, key: int) -> int:
        """Return the pitch class that a melody has to end on.

        Args:
            key: The symbol of its tonic.
        """
        if self._settings.end != "tonic":
            return ANY
        return (key - 1) % PITCH_CLASSES if key != UNKNOWN else HEARD

    def _decode(self, parts: Sequence[tuple[Part, Start]]) -> dict[Part, DecodedMelody]:
        if not parts:
            return {}
        starts = [start for _, start in parts]
        written = decode_events(
            self._model, starts, self._wanted(), choices_of(self._settings), self._seed
        )
        return dict(zip((part for part, _ in parts), written, strict=True))

    def _parts(self, task: Task) -> list[Part]:
        rng = seeds.outline(self._seed, task.index, task.attempt)
        outline = draw_outline(self._model.record, self._settings, task.primer, rng)
        return parts_of(task, outline, self._settings, self._style)

    def _start(self, part: Part, primer: Primer | None) -> Start:
        """Encode a primer; one that is too short for a single event is none."""
        outline, told = part.outline, part.form
        if told is not None and outline.notes_per_bar is None:
            # How many notes each bar has is its own: told that, many melodies that
            # follow one precedent would be alike.
            told = replace(told, notes=())
        vocabulary = self._model.vocabulary
        events, heard, bars, from_beginning = None, None, 0, True
        if primer is not None:
            events = encode(primer.music, vocabulary, until=primer.ticks) or None
            if events is not None:
                bars, from_beginning = primer.bars, primer.first_bar == 0
                heard = heard_outline(primer.music, events, vocabulary, outline.key)
        elif outline.position:  # a pickup follows a silence
            silence = Melody.from_notes([], meters=(outline.meter,))
            events = encode(silence, vocabulary, until=outline.position)
            heard = silent_outline(told, events, vocabulary, outline.key)
        return Start(
            primer=events,
            from_beginning=from_beginning,
            meter=meter_symbol(outline.meter),
            bar_ticks=outline.meter.bar_ticks,
            bars=bars,
            length_ticks=part.ticks,
            draw=seeds.event_draw(
                part.task.index,
                part.task.attempt,
                part.number * MAX_TAKES + part.take,
                seeds.MAX_PARTS * MAX_TAKES,
            ),
            position=outline.position,
            tonic=self._tonic(outline.key),
            form=told,
            heard=heard,
            key=outline.key,
            style=outline.style,
            sections=self._sections(outline.meter),
            pitches=outline.pitches or ALL_PITCHES,
            bars_before=part.begins // outline.meter.bar_ticks,
        )

    def _sections(self, meter: Meter) -> Sections | None:
        """Return the sections that are to return, if any are asked for."""
        named, bars = self._settings.named_form, self._settings.bars
        if named is None or bars is None or not named.has_letters:
            return None
        return Sections.of(named, bars, meter.bar_ticks)

    def _opening(self, written: DecodedMelody, first: Part, position: int) -> Primer:
        """Return the opening bars of a melody.

        Args:
            written: Its first part.
            first: How that was laid out.
            position: Ticks from the bar line to where the opening is continued.
        """
        outline = first.outline
        bar = outline.meter.bar_ticks
        bars = min(OPENING_BARS, max(first.ticks // bar, 1))
        if outline.has_pickup and not position:
            bars += 1  # that of the pickup
        ticks = position + bars * bar
        music = self._music(written, first).between(0, ticks)
        return Primer(music, "", 0, 0, bars, ticks, key=outline.key)

    def _continued(self, part: Part, first: Part, written: DecodedMelody) -> Start:
        """Encode the opening of a melody, for a later part."""
        opening = self._opening(written, first, part.outline.position)
        return self._start(part, opening)

    def _music(self, written: DecodedMelody, part: Part) -> Melody:
        """Return what was written, from the bar line at or before its beginning."""
        music = decode(
            written.events, self._model.vocabulary, meters=(part.outline.meter,)
        )
        return replace(music, notes=shifted(music.notes, part.outline.position))

    def _draft(
        self,
        parts: Sequence[Part],
        music: Sequence[Melody],
        written: Sequence[DecodedMelody],
    ) -> Draft:
        """Put the parts of a melody together."""
        task = parts[0].task
        bpm = task.primer.music.bpm if task.primer else self._style.bpm
        notes = [
            shifted(each.notes, part.begins)
            for each, part in zip(music, parts, strict=True)
        ]
        scale = self._settings.scale
        melody = Melody(
            notes=np.concatenate(notes),
            meters=(parts[0].outline.meter,),
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
        last = parts[-1]
        asked = last.outline.position + last.begins + last.ticks
        failure = self._failure(melody, asked, task.primer)
        return Draft(task, melody, asked, bits, costs, failure)

    def _failure(self, melody: Melody, asked: int, primer: Primer | None) -> str | None:
        """Say why a melody should not be kept, if it should not.

        Args:
            melody: All of it.
            asked: Ticks until when it was to last.
            primer: What it continues.
        """
        settings = self._settings
        length = None if settings.free else asked
        latest = int(primer.music.pitches[-1]) if primer and primer.music else None
        if not keeps_rules(melody, self._rules, latest):
            return AGAINST_A_RULE
        collapse = collapse_of(melody, length_ticks=length)
        named, bars = settings.named_form, settings.bars
        if collapse is not None or named is None or bars is None:
            return collapse
        return None if keeps_form(melody, named, bars) else NOT_IN_FORM


def _misfit(draft: Draft, parts: Sequence[Part], music: Sequence[Melody]) -> float:
    """Measure how far the parts of a take are from what they were to follow."""
    if len(parts) == 1:
        failures = [draft.failure]
    else:
        failures = [collapse_of(one) for one in music]
    return sum(
        misfit(one, part.outline, part.form, failure)
        for one, part, failure in zip(music, parts, failures, strict=True)
    )


def with_primer(draft: Draft) -> Melody:
    """Return a melody with its primer before it."""
    primer, melody = draft.task.primer, draft.melody
    if primer is None:
        return melody
    new = shifted(melody.notes, primer.ticks - primer.position)
    meter = melody.meters[0]._replace(tick=primer.ticks - primer.position)
    before = primer.music.meters
    same = before[-1][1:] == meter[1:]
    return replace(
        melody,
        notes=np.concatenate([primer.music.notes, new]),
        meters=before if same else (*before, meter),
    )
