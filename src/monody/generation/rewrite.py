"""Rewriting a melody: some of it is kept tick for tick, the model writes the rest.

- Keep the rhythm: every note begins and ends where it did, on another pitch.
- Keep the pitches: the same pitches in the same order, as many in each bar, in another
  rhythm or meter.
- Replace some bars: notes that begin elsewhere stay; the new bars lead into what
  follows. The model cannot look ahead, so it writes many fillings and they are drawn
  among by how likely each makes what follows: importance resampling.
- Move to another key: each note to the same degree of the other scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from monody import seeds
from monody.errors import MonodyError
from monody.generation.collapse import collapse_of
from monody.generation.constraints.spec import Kept, MelodySpec
from monody.generation.decoding.decode import DecodedMelody, Start, decode_events
from monody.generation.decoding.loop import ALL
from monody.generation.forms import fitted_form
from monody.generation.infill import Gap, before, filled, gap_of
from monody.generation.outlines import scale_symbol
from monody.generation.parts import Task
from monody.generation.rescoring import rescore
from monody.generation.saved_melody import read_saved_melody
from monody.generation.writer import Draft, choices_of
from monody.models.events import HOLD, REST, Events, decode, encode, meter_symbol
from monody.models.outline import pitch_class_of, tonic_symbols
from monody.models.saved_model import TrainedModel
from monody.music.form import Form
from monody.music.form_text import MAX_BARS
from monody.music.key_finding import heard_scale
from monody.music.keys import key_signature
from monody.music.melody import Melody, notes_in_bars
from monody.music.melody_store import MelodyStore
from monody.music.meter import (
    Ints,
    Meter,
    bar_line_before,
    bar_lines,
    is_meter,
    meter_at,
)
from monody.music.scale import Scale, move_to_scale, parse_scale
from monody.saved.damage import require
from monody.saved.values import SavedValues
from monody.settings.sampling import SampleSettings

KEPT = ("rhythm", "pitches")
MAX_PROGRAM = 127
FILLINGS = 32  # of replaced bars, that one is drawn from


@dataclass(frozen=True)
class Rewrite:
    """What to do with a melody.

    Args:
        keep: ``"rhythm"`` writes new pitches, ``"pitches"`` a new rhythm.
        replace: First and last bar to write again, counted from 1.
        to_meter: Numerator and denominator of another meter; the pitches are kept.
        to_key: The key to move to, such as ``"D minor"``.
        from_key: Its own key; by default the one that is heard.

    Raises:
        MonodyError: If two rewrites contradict each other, or one is none.

    Example:
        >>> from monody import Rewrite
        >>> Rewrite(replace=(5, 8)).to_json()
        {'replace': (5, 8)}
    """

    keep: str | None = None  # rhythm or pitches
    replace: tuple[int, int] | None = None  # first and last bar, counted from 1
    to_meter: tuple[int, int] | None = None  # keeps the pitches
    to_key: str | None = None
    from_key: str | None = None  # by default the key that is heard

    def __post_init__(self) -> None:
        self._require_known()
        asked = [self.keep is not None or self.to_meter is not None, self.replace]
        if self.keep == "rhythm" and self.to_meter is not None:
            raise MonodyError(
                "--to_meter writes a new rhythm: leave --keep rhythm out, or --to_meter"
            )
        if all(asked):
            raise MonodyError("--replace and --keep are two rewrites: name one of them")

    def _require_known(self) -> None:
        """Refuse what is no rewrite, no bars, no meter or no key."""
        if self.keep not in (None, *KEPT):
            raise MonodyError(f"keep must be {' or '.join(KEPT)}, not {self.keep!r}")
        if self.replace is not None and not _are_bars(self.replace):
            raise MonodyError(
                f"replace must be a first and a last bar, such as (5, 8), not "
                f"{self.replace!r}"
            )
        if self.to_meter is not None and not (
            _is_pair(self.to_meter) and is_meter(*self.to_meter)
        ):
            raise MonodyError(
                f"to_meter must be the two numbers of a meter, such as (6, 8), not "
                f"{self.to_meter!r}"
            )
        for name in ("to_key", "from_key"):
            key = getattr(self, name)
            if key is not None:
                parse_scale(key, name)

    def to_json(self) -> dict[str, Any]:
        """Return what is asked for, as JSON values."""
        return {name: value for name, value in vars(self).items() if value is not None}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Rewrite:
        """Rebuild what ``to_json`` wrote.

        Raises:
            TypeError, MonodyError: If it is no rewrite of monody's.
        """
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in saved.items()
        }
        return cls(**values)


@dataclass(frozen=True)
class RewriteRecord:
    """What was done to which melody."""

    how: Rewrite
    melody: Melody

    def to_json(self) -> dict[str, Any]:
        """Return both as JSON values."""
        melody = {
            "notes": self.melody.notes.tolist(),
            "meters": [list(meter) for meter in self.melody.meters],
            "bpm": self.melody.bpm,
            "key": self.melody.key,
            "program": self.melody.program,
        }
        return {"how": self.how.to_json(), "melody": melody}

    @classmethod
    def from_json(cls, saved: object) -> RewriteRecord:
        """Rebuild what ``to_json`` returned.

        Raises:
            ValueError, TypeError, MonodyError: If it is no rewrite of monody's.
        """
        values = SavedValues(saved)
        whole = values.part("melody")
        key = None if whole.any("key") is None else whole.text("key")
        if key is not None:
            key_signature(key)
        music = read_saved_melody(whole)
        require(len(music) > 0, "there is no note to rewrite")
        melody = replace(
            music,
            key=key,
            program=whole.whole("program", maximum=MAX_PROGRAM),
            source="monody",
        )
        return cls(Rewrite.from_json(values.settings("how")), melody)


class Rewriter:
    """Rewrites one melody with one model; it has what a ``Writer`` has.

    Args:
        model: The trained network.
        settings: What is asked of the new notes; the seed is named.
        rewrite: The melody, of one note or more, and what to do with it.

    Raises:
        MonodyError: If the melody does not have the bars that are to be replaced.
    """

    def __init__(
        self,
        model: TrainedModel,
        settings: SampleSettings,
        rewrite: RewriteRecord,
    ) -> None:
        how, melody = rewrite.how, rewrite.melody
        self._model = model
        self._settings = settings
        self._seed = settings.seed or 0
        self._how = how
        if how.to_key is not None:
            melody = in_key(melody, how.to_key, how.from_key)
        self._melody = melody
        self._gap = gap_of(self._melody, *how.replace) if how.replace else None

    @property
    def memory_bytes(self) -> int:
        """Return what its model takes."""
        return self._model.memory_bytes

    @property
    def can_travel(self) -> bool:
        """Whether other processes can write, too."""
        return True

    @property
    def usual_ticks(self) -> int:
        """Return how long the rewritten melody is."""
        if self._how.to_meter is None:
            return self._melody.end
        bars = len(bar_lines(self._melody.meters, self._melody.end - 1))
        return bars * Meter(0, *self._how.to_meter).bar_ticks

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """Rewrite the melody once for each task.

        Raises:
            MonodyError: If no melody can be all that is asked for.
        """
        drafts = self._rewritten(tasks)
        bits = rescore(self._model, [draft.melody for draft in drafts])
        return [
            replace(draft, bits_per_note=each / len(draft.melody), failure=failure)
            for draft, each in zip(drafts, bits, strict=True)
            for failure in [collapse_of(draft.melody, length_ticks=draft.length_ticks)]
        ]

    def _rewritten(self, tasks: Sequence[Task]) -> list[Draft]:
        if self._gap is not None:
            return [self._fill(task, self._gap) for task in tasks]
        if self._how.keep == "rhythm":
            return self._new_pitches(tasks)
        if self._how.keep == "pitches" or self._how.to_meter is not None:
            return self._new_rhythm(tasks)
        return [
            Draft(task, self._melody, self.usual_ticks, 0.0, {ALL: 0.0})
            for task in tasks
        ]

    def _new_pitches(self, tasks: Sequence[Task]) -> list[Draft]:
        events = encode(self._melody, self._model.vocabulary)
        durations = events.duration[:-1].tolist()
        if events.note_count != len(self._melody):
            raise MonodyError(
                "this model hears 16ths, and the melody has finer notes: use a model "
                "of --encoding notes"
            )
        kept = Kept(_kinds(events), tuple(durations))
        wanted = replace(self._wanted(), kept=kept)
        ticks = sum(self._model.vocabulary.durations[symbol] for symbol in durations)
        written = self._decode(tasks, wanted, ticks, self._melody.meters[0])
        return [
            self._draft(task, each, _with_pitches(self._melody, each.events))
            for task, each in zip(tasks, written, strict=True)
        ]

    def _new_rhythm(self, tasks: Sequence[Task]) -> list[Draft]:
        meter = self._melody.meters[0]
        if self._how.to_meter is not None:
            meter = Meter(0, *self._how.to_meter)
        pitches = tuple(self._melody.pitches.tolist())
        # New bars stand for the old ones; else the clock counts by the first meter.
        meters = self._melody.meters
        old = meters if self._how.to_meter is not None else meters[:1]
        kept = Kept(pitches=pitches, notes_in_bars=notes_in_bars(self._melody, old))
        wanted = MelodySpec(note_ticks=self._settings.note_ticks, kept=kept)
        written = self._decode(tasks, wanted, self.usual_ticks, meter)
        meters = (meter,) if self._how.to_meter is not None else meters
        drafts = []
        for task, each in zip(tasks, written, strict=True):
            music = decode(each.events, self._model.vocabulary)
            melody = replace(self._melody, notes=music.notes, meters=meters)
            drafts.append(self._draft(task, each, melody))
        return drafts

    def _decode(
        self, tasks: Sequence[Task], wanted: MelodySpec, ticks: int, meter: Meter
    ) -> list[DecodedMelody]:
        key = self._key()
        form = self._form(meter, pitch_class_of(key))
        starts = [
            Start(
                primer=None,
                from_beginning=True,
                meter=meter_symbol(meter),
                bar_ticks=meter.bar_ticks,
                bars=0,
                length_ticks=ticks,
                draw=seeds.event_draw(task.index, task.attempt),
                form=form,
                key=key,
            )
            for task in tasks
        ]
        return decode_events(
            self._model, starts, wanted, choices_of(self._settings), self._seed
        )

    def _key(self) -> int:
        """Return the symbol of the tonic: of the key that is asked for, or its own."""
        scale = self._settings.scale
        if scale is not None:
            return scale_symbol(scale)
        return tonic_symbols(MelodyStore.of([self._melody]))[0]

    def _form(self, meter: Meter, tonic: int | None) -> Form | None:
        """Return the form of the melody, which the network is told: it is kept, too.

        Args:
            meter: Of the new melody, which has as many bars.
            tonic: Its pitch class.

        Returns:
            The form; ``None`` where the meter changes within the melody.
        """
        if len(self._melody.meters) > 1:
            return None
        form = Form.of(self._melody, tonic)
        if form.bar_ticks == meter.bar_ticks:
            return form
        fitted = fitted_form(form, form.whole_bars, meter.bar_ticks, None)
        return replace(fitted, notes=form.notes) if fitted.bars == form.bars else None

    def _wanted(self) -> MelodySpec:
        """Return what is asked of new pitches."""
        scale = self._settings.scale
        last = None
        if self._settings.end == "tonic":
            last = frozenset({(scale or _heard(self._melody)).tonic})
        return MelodySpec(
            pitches=self._settings.pitches,
            pitch_classes=scale.pitch_classes if scale else None,
            last_classes=last,
        )

    def _draft(self, task: Task, written: DecodedMelody, melody: Melody) -> Draft:
        # The notes that are new: all of them, or those that replace others.
        count = max(written.events.note_count, 1)
        costs = {rule: bits / count for rule, bits in written.cost_bits.items()}
        return Draft(task, melody, self.usual_ticks, 0.0, costs)

    def _fill(self, task: Task, gap: Gap) -> Draft:
        """Write many fillings of a gap, and draw one by how well it leads on."""
        fillings = self._fillings(task, gap)
        melodies = [
            filled(self._melody, gap, decode(each.events, self._model.vocabulary))
            for each in fillings
        ]
        bits = rescore(self._model, melodies, gap.end)
        rng = seeds.rewrite(self._seed, task.index, task.attempt)
        chosen = self._drawn(bits, fillings, rng)
        return self._draft(task, fillings[chosen], melodies[chosen])

    def _drawn(
        self,
        bits: Sequence[float],
        fillings: Sequence[DecodedMelody],
        rng: np.random.Generator,
    ) -> int:
        """Draw a filling: the weight of each is the probability of what follows."""
        temperature = max(self._settings.temperatures)
        if temperature == 0:
            return int(np.argmin(np.add(bits, [each.bits for each in fillings])))
        weights = np.exp2(-(np.array(bits) - min(bits)))
        return int(rng.choice(len(weights), p=weights / weights.sum()))

    def _fillings(self, task: Task, gap: Gap) -> list[DecodedMelody]:
        melody = self._melody
        meter = meter_at(gap.start, melody.meters)
        heard = before(melody, gap.start)
        primer = None
        if len(heard):
            primer = encode(heard, self._model.vocabulary, until=gap.start)
        start = Start(
            primer=primer if primer is not None and len(primer) else None,
            from_beginning=True,
            meter=meter_symbol(meter),
            bar_ticks=meter.bar_ticks,
            bars=len(bar_lines(melody.meters, gap.start)) - 1,
            length_ticks=gap.end - gap.start,
            draw=seeds.event_draw(task.index, task.attempt, 0, FILLINGS),
            position=gap.start - bar_line_before(gap.start, melody.meters),
            ticks_after=melody.end - gap.end,
        )
        starts = [
            replace(
                start,
                draw=seeds.event_draw(task.index, task.attempt, proposal, FILLINGS),
            )
            for proposal in range(FILLINGS)
        ]
        wanted = replace(self._wanted(), note_ticks=self._settings.note_ticks)
        if gap.end < melody.end:
            wanted = replace(wanted, last_classes=None)
        return decode_events(
            self._model, starts, wanted, choices_of(self._settings), self._seed
        )


def in_key(melody: Melody, key: str, from_key: str | None = None) -> Melody:
    """Move a melody to another key, each note to its degree of the other scale.

    Args:
        melody: The melody.
        key: Where to.
        from_key: Its own key. By default the one that is heard: a signature tells a
            mode from its relatives no better, and many files have none that is meant.

    Raises:
        MonodyError: If a note would leave the range of MIDI.
    """
    target = parse_scale(key, "to_key")
    source = parse_scale(from_key, "from_key") if from_key else _heard(melody)
    pitches = np.array([move_to_scale(p, source, target) for p in melody.pitches])
    if pitches.min() < 0 or pitches.max() > 127:
        raise MonodyError(f"{key} takes the melody out of MIDI's range of pitches")
    notes = np.column_stack([pitches, melody.starts, melody.durations])
    return replace(melody, notes=notes.astype(np.int32), key=target.signature)


def _is_pair(value: object) -> bool:
    """Tell whether a value is two whole numbers."""
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    return all(isinstance(each, int) and each is not True for each in value)


def _are_bars(value: tuple[int, int]) -> bool:
    """Tell whether a value is a first and a last bar, counted from 1."""
    return _is_pair(value) and 1 <= value[0] <= value[1] <= MAX_BARS


def _kinds(events: Events) -> tuple[int, ...]:
    """Return pitch symbols with 0 for any note; what lengthens a rest is one, too."""
    kinds: list[int] = []
    for symbol in events.pitch[:-1].tolist():
        rests = symbol == HOLD and kinds[-1] == REST
        kinds.append(REST if rests else symbol if symbol >= REST else 0)
    return tuple(kinds)


def _with_pitches(melody: Melody, events: Events) -> Melody:
    """Give the notes of a melody the pitches of events."""
    notes: Ints = melody.notes.copy()
    notes[:, 0] = events.pitch[events.pitch < REST]
    return replace(melody, notes=notes, key=None)


def _heard(melody: Melody) -> Scale:
    return heard_scale(melody.pitches.tolist(), melody.durations.tolist())
