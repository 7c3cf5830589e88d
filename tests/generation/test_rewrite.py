from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.generation import rewrite
from monody.generation.decoding.decode import DecodedMelody, Start, decode_events
from monody.generation.infill import Gap, gap_of
from monody.generation.parts import Task
from monody.generation.rescoring import rescore
from monody.generation.rewrite import FILLINGS, Rewrite, Rewriter, RewriteRecord
from monody.generation.writer import Draft
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody, lines_around
from monody.music.meter import COMMON_TIME, Meter
from monody.music.scale import parse_scale
from monody.settings.sampling import SampleSettings
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples

FEW = settings(max_examples=examples(12))
MODELS = pytest.mark.parametrize("fixture", ["trained", "trained_steps"])
SCALE = [(60 + step, 12 * step, 12) for step in range(16)]


def _short(melody: Melody) -> Melody:
    """Put a scale before a few notes and long ones after: few shapes to compile."""
    few = [note for note in melody if note.end <= 660][:14]
    notes = SCALE + [(pitch, 192 + start, ticks) for pitch, start, ticks in few]
    _, start, ticks = notes[-1]
    begins = range(start + ticks, 640, 48)
    notes += [(72 - index, begin, 48) for index, begin in enumerate(begins)]
    return Melody.from_notes(notes, melody.meters, melody.bpm)


def _melodies(fixture: str) -> st.SearchStrategy[Melody]:
    """Melodies that a model can hear: 16ths only, if it is one of 16ths."""
    unit = 1 if fixture == "trained" else 6
    short = melodies(unit=unit, longest=24).map(_short)
    if fixture == "trained":
        return short
    return short.map(lambda melody: replace(melody, meters=(COMMON_TIME,)))


def _in_bars(fixture: str) -> st.SearchStrategy[Melody]:
    """Melodies whose bars a model can fill with the note values that it knows."""
    if fixture == "trained_steps":
        return _melodies(fixture)
    values = st.tuples(st.integers(0, 127), st.sampled_from([12, 24]))
    return st.lists(values, min_size=12, max_size=16).map(_whole_bars)


def _whole_bars(notes: list[tuple[int, int]]) -> Melody:
    """Set notes behind three scales, up to a bar line: all are of one shape."""
    melody: list[tuple[int, int, int]] = []
    end = 0
    for pitch, ticks in [*((step[0], 12) for step in 3 * SCALE), *notes]:
        melody.append((pitch, end, ticks))
        end += ticks
    fill = range(end, end - end % -96, 12)
    return Melody.from_notes([*melody, *((60, begin, 12) for begin in fill)])


def _model(fixture: str, request: pytest.FixtureRequest) -> TrainedModel:
    experiment: Experiment = request.getfixturevalue(fixture)
    return experiment.load()


def _rewritten(
    model: TrainedModel, melody: Melody, how: Rewrite, tasks: int = 2, **asked: Any
) -> list[Draft]:
    settings = SampleSettings(**{"seed": 1, **asked})
    rewriter = Rewriter(model, settings, RewriteRecord(how, melody))
    return rewriter.write([Task(index, 0, None) for index in range(tasks)])


@MODELS
def test_kept_rhythm_stays_tick_for_tick(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    model = _model(fixture, request)

    @FEW
    @given(_melodies(fixture))
    def check(melody: Melody) -> None:
        for draft in _rewritten(model, melody, Rewrite(keep="rhythm")):
            assert draft.melody.notes[:, 1:].tolist() == melody.notes[:, 1:].tolist()
            assert replace(draft.melody, notes=melody.notes) == melody
            low, high = model.record.style.pitch_range
            assert low <= draft.melody.pitches.min()
            assert draft.melody.pitches.max() <= high

    check()


@MODELS
def test_kept_pitches_stay_in_order_and_the_length_is_exact(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    model = _model(fixture, request)

    @FEW
    @given(_in_bars(fixture))
    def check(melody: Melody) -> None:
        for draft in _rewritten(model, melody, Rewrite(keep="pitches")):
            assert draft.melody.pitches.tolist() == melody.pitches.tolist()
            assert draft.melody.end == melody.end
            assert _bars(draft.melody) == _bars(melody)
            assert replace(draft.melody, notes=melody.notes) == melody

    check()


@MODELS
@pytest.mark.parametrize("meter", [(6, 8), (3, 4)])
def test_another_meter_keeps_the_pitches_and_fills_its_bars(
    fixture: str, meter: tuple[int, int], request: pytest.FixtureRequest
) -> None:
    model = _model(fixture, request)

    @settings(max_examples=examples(6))
    @given(_in_bars(fixture))
    def check(melody: Melody) -> None:
        for draft in _rewritten(model, melody, Rewrite(to_meter=meter)):
            assert draft.melody.pitches.tolist() == melody.pitches.tolist()
            assert draft.melody.meters == (Meter(0, *meter),)
            bars = -(-melody.end // COMMON_TIME.bar_ticks)
            assert draft.melody.end == bars * Meter(0, *meter).bar_ticks
            assert _bars(draft.melody) == _bars(melody)

    check()


def _bars(melody: Melody) -> list[int]:
    """Return the bar in which each note begins."""
    [meter] = melody.meters
    bars: list[int] = (melody.starts // meter.bar_ticks).tolist()
    return bars


@MODELS
def test_replaced_bars_leave_all_other_notes_and_fill_their_gap(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    model = _model(fixture, request)

    @FEW
    @given(_melodies(fixture), st.data())
    def check(melody: Melody, data: st.DataObject) -> None:
        first = data.draw(st.integers(1, 6))
        last = data.draw(st.integers(first, 7))
        try:
            gap = gap_of(melody, first, last)
        except MonodyError:
            assume(False)
        for draft in _rewritten(model, melody, Rewrite(replace=(first, last))):
            # That no two notes overlap is checked by Melody itself.
            new = draft.melody
            assert _outside(new, gap) == _outside(melody, gap)
            inside = [note for note in new if note not in _outside(new, gap)]
            assert gap.start <= inside[0].start
            assert inside[-1].end == gap.end + gap.held
            lines = lines_around(melody)
            assert lines[first - 1] <= inside[0].start
            assert inside[-1].start < lines[last]
            assert new.end == melody.end
            assert replace(new, notes=melody.notes) == melody

    check()


def _outside(melody: Melody, gap: Gap) -> list[Any]:
    return [n for n in melody if n.start < gap.start or n.start >= gap.end]


@FEW
@given(
    melodies(longest=24),
    st.sampled_from(["D minor", "F# lydian", "Bb pentatonic", "C,D,E,G,A", "Gm"]),
)
def test_another_key_keeps_rhythm_and_contour(melody: Melody, key: str) -> None:
    try:
        moved = rewrite.in_key(melody, key)
    except MonodyError:
        assert melody.pitches.min() < 8 or melody.pitches.max() > 119
        return
    assert moved.notes[:, 1:].tolist() == melody.notes[:, 1:].tolist()
    scale = parse_scale(key)
    assert {pitch % 12 for pitch in moved.pitches.tolist()} <= scale.pitch_classes
    assert replace(moved, notes=melody.notes, key=melody.key) == melody
    assert moved.key == scale.signature
    for (old, new), (old_next, new_next) in pairwise(
        zip(melody.pitches.tolist(), moved.pitches.tolist(), strict=True)
    ):
        # A step between two degrees may become a repeated note, and no more.
        assert (new_next - new) * (old_next - old) >= 0
        assert (new == new_next) or old != old_next


def test_a_melody_in_its_key_moves_by_degrees(trained: Experiment) -> None:
    notes = [(60, 0, 24), (64, 24, 24), (67, 48, 24), (71, 72, 24)]
    how = Rewrite(to_key="D minor", from_key="C major")
    for draft in _rewritten(trained.load(), Melody.from_notes(notes), how):
        assert draft.melody.pitches.tolist() == [62, 65, 69, 72]
        assert draft.melody.key == "D minor"
        assert draft.bits_per_note > 0
        assert set(draft.cost_bits.values()) == {0.0}


def test_a_key_and_new_bars_are_one_rewrite(trained: Experiment) -> None:
    melody = tune(4, bars=8)
    how = Rewrite(replace=(3, 4), to_key="D major")
    moved = rewrite.in_key(melody, "D major")
    for draft in _rewritten(trained.load(), melody, how):
        bars = Gap(192, 384)
        assert _outside(draft.melody, bars) == _outside(moved, bars)


def test_what_is_asked_holds_for_new_notes(trained: Experiment) -> None:
    asked: dict[str, Any] = {"key": "G major", "range": "C4..C5", "end": "tonic"}
    model, melody = trained.load(), tune(4, bars=8)
    for draft in _rewritten(model, melody, Rewrite(keep="rhythm"), **asked):
        pitches = draft.melody.pitches.tolist()
        assert {pitch % 12 for pitch in pitches} <= {7, 9, 11, 0, 2, 4, 6}
        assert 60 <= min(pitches) <= max(pitches) <= 72
        assert pitches[-1] % 12 == 7
    asked["durations"] = "only 1/8"
    for draft in _rewritten(model, melody, Rewrite(replace=(8, 8)), **asked):
        new = draft.melody.notes[draft.melody.starts >= 672]
        assert set(new[:, 2].tolist()) == {12}
        assert new[-1, 0] % 12 == 7


def test_tasks_differ_and_do_not_depend_on_each_other(trained: Experiment) -> None:
    model, melody = trained.load(), tune(4, bars=8)
    for how in (Rewrite(keep="rhythm"), Rewrite(replace=(3, 4))):
        three = _rewritten(model, melody, how, tasks=3)
        [one] = _rewritten(model, melody, how, tasks=1)
        assert one.melody == three[0].melody
        assert len({str(draft.melody.notes) for draft in three}) == 3


@pytest.mark.parametrize(
    "how", [Rewrite(keep="rhythm"), Rewrite(keep="pitches"), Rewrite(to_meter=(3, 4))]
)
def test_the_network_is_told_the_form_that_it_keeps(
    trained: Experiment, how: Rewrite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Untold, it wrote long notes first, and crammed the others in before the line."""
    told: list[Start] = []

    def spy(model: Any, starts: list[Start], *rest: Any) -> list[DecodedMelody]:
        told.extend(starts)
        return decode_events(model, starts, *rest)

    monkeypatch.setattr(rewrite, "decode_events", spy)
    bar = [(60, 24), (64, 24), (67, 48)]
    pitches, ticks = zip(*(4 * bar), strict=True)
    begins = np.cumsum(ticks) - ticks
    melody = Melody.from_notes(list(zip(pitches, begins.tolist(), ticks, strict=True)))
    _rewritten(trained.load(), melody, how, tasks=1)
    [start] = told
    assert start.form is not None
    assert start.form.exact == (False, True, True, True)
    assert start.form.notes == (3, 3, 3, 3)
    assert start.form.bar_ticks == start.bar_ticks
    assert start.key == 1  # C major


def test_off_the_grid_a_model_of_16ths_keeps_what_it_can_hear(
    trained_steps: Experiment,
) -> None:
    model = trained_steps.load()
    late = Melody.from_notes([(60 + i, 1 + 12 * i, 11) for i in range(20)])
    [draft] = _rewritten(model, late, Rewrite(keep="rhythm"), tasks=1)
    assert draft.melody.notes[:, 1:].tolist() == late.notes[:, 1:].tolist()
    fast = Melody.from_notes([(60 + i, 3 * i, 3) for i in range(20)])
    with pytest.raises(MonodyError, match="hears 16ths, and the melody has finer"):
        _rewritten(model, fast, Rewrite(keep="rhythm"))


def test_a_long_silence_is_kept(trained: Experiment) -> None:
    # 575 ticks are no duration of the alphabet: a rest that holds lengthen.
    melody = Melody.from_notes([(60, 0, 1), *((p, 576 + s, t) for p, s, t in SCALE)])
    for draft in _rewritten(trained.load(), melody, Rewrite(keep="rhythm")):
        assert draft.melody.notes[:, 1:].tolist() == melody.notes[:, 1:].tolist()


@pytest.mark.parametrize(
    "how",
    [
        Rewrite(keep="rhythm"),
        Rewrite(replace=(5, 8), to_key="D dorian"),
        Rewrite(keep="pitches", to_meter=(6, 8)),
    ],
)
def test_a_rewrite_comes_back_from_json(how: Rewrite) -> None:
    assert Rewrite.from_json(how.to_json()) == how


# --- leading into what follows


def test_the_filling_is_drawn_by_how_likely_it_makes_what_follows(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Melody] = []

    def prefer_the_seventh(_: Any, filled: list[Melody], from_tick: int = 0) -> Any:
        if len(filled) == FILLINGS:
            assert from_tick == 384
            heard[:] = filled
        return [0.0 if index == 7 else 60.0 for index in range(len(filled))]

    monkeypatch.setattr(rewrite, "rescore", prefer_the_seventh)
    how = Rewrite(replace=(3, 4))
    [draft] = _rewritten(trained.load(), tune(4, bars=8), how, tasks=1)
    assert len(heard) == FILLINGS
    assert draft.melody is heard[7]


def test_two_bits_less_are_drawn_four_times_as_often(trained: Experiment) -> None:
    record = RewriteRecord(Rewrite(replace=(3, 4)), tune(4))
    rewriter = Rewriter(trained.load(), SampleSettings(seed=1), record)
    rng = np.random.default_rng(1)
    drawn = [rewriter._drawn([3.0, 1.0], [], rng) for _ in range(2000)]
    assert np.mean(drawn) == pytest.approx(0.8, abs=0.03)


def test_new_bars_lead_on_better_than_others_that_were_written(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_all, of_drawn = [], []

    def listen(model: TrainedModel, heard: list[Melody], from_tick: int = 0) -> Any:
        bits = rescore(model, heard, from_tick)
        if from_tick:
            of_all.append((heard, bits))
        return bits

    monkeypatch.setattr(rewrite, "rescore", listen)
    melody = tune(4, bars=8)
    drafts = _rewritten(trained.load(), melody, Rewrite(replace=(3, 4)), tasks=8)
    for draft, (heard, bits) in zip(drafts, of_all, strict=True):
        of_drawn.append(bits[heard.index(draft.melody)])
    assert np.mean(of_drawn) < np.mean([bits for _, bits in of_all]) - 1


def test_pitches_are_kept_over_thousands_of_ticks(trained: Experiment) -> None:
    far = Melody.from_notes([(60, 0, 24), (62, 3_000, 24)])
    [draft] = _rewritten(trained.load(), far, Rewrite(keep="pitches"), tasks=1)
    assert draft.melody.pitches.tolist() == [60, 62]
    assert draft.melody.end == far.end
