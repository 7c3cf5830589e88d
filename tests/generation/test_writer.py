from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pretty_midi
import pytest

from monody.experiments.experiment import Experiment
from monody.generation.decoding.decode import reads_of
from monody.generation.decoding.sampling import SamplingSettings
from monody.generation.decoding.told_forms import TOLD as TOLD_OF_FORM
from monody.generation.parts import Task
from monody.generation.primers import Primer, named_bars
from monody.generation.writer import Writer, choices_of, with_primer
from monody.models.outline import pitch_class_of, tonic_symbols
from monody.models.record import Precedent
from monody.music.form import Form
from monody.music.key_finding import heard_scale
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_STEP, Meter
from monody.music.midi_file import write_midi
from monody.settings.sampling import SampleSettings
from tests.builders.encoded import outlined_set
from tests.builders.midi_files import Triple, read_back, tune

# What is read of each event and its place.
EVENT = ("pitch_in", "duration_in", "position", "bar", "meter", "bars_left", "tonic")
# Bars of each meter, so that all are nearly as long.
METERS = {"2/4": 8, "3/4": 6, "4/4": 4, "6/8": 6, "9/8": 4, "5/4": 4, "7/8": 6}
ASKED: list[dict[str, Any]] = [
    {"key": "D dorian", "range": "C4..A5", "end": "tonic"},
    {"key": "C,D,E,G,A", "range": "flute", "durations": "8ths"},
    {"key": "Bb minor", "end": "tonic", "durations": "1/8,1/4,3/8,1/2"},
    {"range": "C3..G3", "end": "tonic"},
    {"durations": "only 16ths", "key": "F#", "rhythm_temperature": 0.5},
    {"density": "2..5"},
    {"density": "4..5", "key": "E phrygian", "range": "viola", "end": "tonic"},
    {"density": "0..4", "durations": "8ths", "end": "tonic"},
]


def _tasks(count: int, *, primed: bool) -> list[Task]:
    return [
        Task(index, 0, named_bars(tune(index), 1, 4) if primed else None)
        for index in range(count)
    ]


def _writer(experiment: Experiment, **asked: Any) -> Writer:
    return Writer(experiment.load(), SampleSettings(seed=3, **asked))


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("number", range(len(ASKED)))
def test_what_is_asked_for_holds_in_every_file(
    trained: Experiment, tmp_path: Path, meter: str, number: int
) -> None:
    bars = METERS[meter]
    settings = SampleSettings(seed=3, meter=meter, bars=bars, bpm=90, **ASKED[number])
    tasks = _tasks(3, primed=number % 2 == 0)
    for draft in Writer(trained.load(), settings).write(tasks):
        path = tmp_path / f"{draft.task.index}.mid"
        write_midi(draft.melody, path)
        notes, end = read_back(path)
        bar_ticks = Meter(0, *map(int, meter.split("/"))).bar_ticks
        assert notes[-1][1] + notes[-1][2] == end
        assert (bars - 1) * bar_ticks < end <= bars * bar_ticks
        for (_, start, duration), (_, following, _) in pairwise(notes):
            assert start + duration <= following
        _check_pitches(notes, settings)
        _check_times(notes, settings, bar_ticks)
        file = pretty_midi.PrettyMIDI(str(path))
        [sign] = file.time_signature_changes
        assert f"{sign.numerator}/{sign.denominator}" == meter
        assert file.get_tempo_changes()[1].tolist() == pytest.approx([90], rel=1e-4)
        assert len(file.instruments[0].notes) == len(notes)


def _check_pitches(notes: list[Triple], settings: SampleSettings) -> None:
    pitches = [pitch for pitch, _, _ in notes]
    low, high = settings.pitches or (60, 72)  # those of the tunes
    assert low <= min(pitches) <= max(pitches) <= high
    scale = settings.scale
    if scale is not None:
        assert {pitch % 12 for pitch in pitches} <= scale.pitch_classes
    if settings.end == "tonic" and scale is not None:
        assert pitches[-1] % 12 == scale.tonic


def _check_times(notes: list[Triple], settings: SampleSettings, bar_ticks: int) -> None:
    if settings.note_ticks is not None:
        assert {ticks for _, _, ticks in notes} <= settings.note_ticks
        unit = np.gcd.reduce(list(settings.note_ticks))
        assert all(start % unit == 0 for _, start, _ in notes)  # rests, too
    if settings.notes_per_bar is not None:
        fewest, most = settings.notes_per_bar
        begun = np.bincount([start // bar_ticks for _, start, _ in notes])
        assert fewest <= begun.min() <= begun.max() <= most
        assert len(begun) == settings.bars or fewest == 0


@pytest.mark.parametrize("primed", [False, True])
def test_without_a_key_the_end_is_the_tonic_that_was_heard(
    trained: Experiment, primed: bool
) -> None:
    tasks = _tasks(12, primed=primed)
    writer = _writer(trained, bars=8, end="tonic")
    ends = writer.write(tasks)
    assert [draft.task for draft in ends] == tasks
    for draft in ends:
        before = draft.melody.notes[:-1]  # heard when the last note is chosen
        if draft.task.primer is None:  # in the key of the melody that it follows
            key = writer._parts(draft.task)[0].outline.key
            assert draft.melody.pitches[-1] % 12 == pitch_class_of(key)
            continue
        before = np.concatenate([draft.task.primer.music.notes, before])
        tonic = heard_scale(before[:, 0].tolist(), before[:, 2].tolist()).tonic
        assert draft.melody.pitches[-1] % 12 == tonic


def test_a_melody_longer_than_the_corpus_is_made_of_parts_and_is_exact(
    trained: Experiment,
) -> None:
    assert trained.load().record.style.max_bars == 8
    writer = _writer(trained, file_length=1000)
    for primed in (False, True):
        tasks = _tasks(2, primed=primed)
        parts = writer._parts(tasks[0])
        assert len(parts) >= 62 / 8
        assert sum(part.ticks for part in parts) == 1000 * TICKS_PER_STEP
        assert all(part.ticks % (4 * 96) == 0 for part in parts[:-1])
        assert all(0 < part.ticks <= 12 * 96 for part in parts)
        for draft in writer.write(tasks):
            assert draft.melody.end == 1000 * TICKS_PER_STEP
            cuts = np.cumsum([part.ticks for part in parts])
            assert set(cuts) <= set(draft.melody.ends)  # each ends with a note
            bits = draft.bits_per_note
            assert 0 < bits < 30
    again = writer.write(tasks)
    assert again[0].melody == writer.write(tasks[:1])[0].melody


@pytest.mark.parametrize("bars", [*range(1, 22), 40, 100])
def test_parts_have_as_many_bars_as_are_asked_for(
    trained: Experiment, bars: int
) -> None:
    parts = _writer(trained, bars=bars)._parts(Task(0, 0, None))
    last = parts[-1]
    position = last.outline.position
    end = position + last.begins + last.ticks
    pickup = position >= 48
    assert bars - 1 + pickup < end / 96 <= bars + pickup


@pytest.mark.parametrize("length", [1, 5, 16, 17, 127, 128, 129, 200, 1001])
@pytest.mark.parametrize("primer_bars", [None, 1, 8])
def test_parts_fill_the_length(
    trained: Experiment, length: int, primer_bars: int | None
) -> None:
    primer = named_bars(tune(1), 1, primer_bars) if primer_bars else None
    writer = _writer(trained, file_length=length)
    parts = writer._parts(Task(0, 0, primer))
    assert sum(part.ticks for part in parts) == length * TICKS_PER_STEP
    assert all(part.ticks > 0 for part in parts)
    assert [part.number for part in parts] == list(range(len(parts)))
    assert len(parts) == 1 or length > 8 * 16 - 16 * (primer_bars or 0)


def test_a_melody_does_not_depend_on_what_else_is_written(trained: Experiment) -> None:
    writer = _writer(trained, bars=20)
    tasks = [*_tasks(3, primed=True), *[Task(9, 0, None), Task(9, 1, None)]]
    together = writer.write(tasks)
    assert [draft.task for draft in together] == tasks
    for task, draft in zip(tasks, together, strict=True):
        [alone] = writer.write([task])
        assert alone.melody == draft.melody
        assert alone.bits_per_note == draft.bits_per_note
    assert together[3].melody != together[4].melody


def _three_four(bars: int) -> Primer:
    return named_bars(tune(2, meter=(3, 4)), 1, bars)


def test_a_primer_gives_its_meter_and_its_length_counts_bars(
    trained: Experiment,
) -> None:
    primed = Task(0, 0, _three_four(2))
    for asked, signs, bar in (
        ({}, (3, 4), 72),
        ({"meter": "7/8"}, (7, 8), 84),
        ({"meter": "4/4"}, (4, 4), 96),
    ):
        writer = _writer(trained, bars=5, **asked)
        [draft] = writer.write([primed])
        assert draft.melody.meters == (Meter(0, *signs),)
        assert 4 * bar < draft.melody.end <= 5 * bar
        # The length is that of the corpus's meter, unless another is asked for.
        assert writer.usual_ticks == 5 * (bar if asked else 96)
    [alone] = _writer(trained, bars=5).write([Task(0, 0, None)])
    assert alone.melody.meters == (Meter(0, 4, 4),)


def test_a_primer_that_ends_before_a_pickup_is_joined_in_the_same_bar(
    trained: Experiment,
) -> None:
    primer = replace(_three_four(3), bars=2, ticks=2 * 72 + 48, position=48)
    music = primer.music.between(0, primer.ticks)
    primer = replace(primer, music=music)
    for draft in _writer(trained, bars=4).write(
        [Task(0, 0, primer), Task(1, 0, primer)]
    ):
        # Bar 1 comes after the pickup; bar lines stay where they are.
        assert draft.melody.starts[0] >= 48
        assert 4 * 72 < draft.melody.end <= 5 * 72
        whole = with_primer(draft)
        heard = len(music)
        assert np.array_equal(whole.notes[:heard], music.notes)
        later = whole.notes[heard:] - draft.melody.notes
        assert set(map(tuple, later.tolist())) == {(0, 2 * 72, 0)}
        assert whole.meters == (Meter(0, 3, 4),)


def test_a_density_holds_after_a_pickup(trained: Experiment) -> None:
    primer = replace(_three_four(3), bars=2, ticks=2 * 72 + 48, position=48)
    primer = replace(primer, music=primer.music.between(0, primer.ticks))
    asked: list[dict[str, Any]] = [
        {"bars": 4, "density": "4..6"},
        {"bars": 20, "density": "2..3"},  # in parts
        {"file_length": 120, "density": "5", "pickup": True},
    ]
    for settings in asked:
        writer = _writer(trained, **settings)
        fewest, most = writer._settings.notes_per_bar or (0, 0)
        for draft in writer.write([Task(index, 0, primer) for index in range(3)]):
            melody = draft.melody
            assert melody.starts[0] >= 48
            begun = np.bincount(melody.starts // 72, minlength=melody.end // 72)
            assert begun.max() <= most
            assert all(begun[1 : melody.end // 72] >= fewest)


@pytest.mark.parametrize("meter", [None, "3/4", "6/8"])
def test_the_primer_comes_first_tick_for_tick(
    trained: Experiment, meter: str | None
) -> None:
    primer = _from_bar_3(2)
    [draft] = _writer(trained, bars=4, meter=meter).write([Task(0, 0, primer)])
    whole = with_primer(draft)
    heard = len(primer.music)
    assert np.array_equal(whole.notes[:heard], primer.music.notes)
    assert np.array_equal(
        whole.notes[heard:] - np.array([0, primer.ticks, 0]), draft.melody.notes
    )
    signs = [(0, 3, 4)] if meter != "6/8" else [(0, 3, 4), (primer.ticks, 6, 8)]
    assert [tuple(sign) for sign in whole.meters] == signs
    assert whole.bpm == draft.melody.bpm
    [alone] = _writer(trained, bars=4).write([Task(0, 0, None)])
    assert with_primer(alone) is alone.melody


def _from_bar_3(bars: int) -> Primer:
    """Return bars of a waltz that do not begin it."""
    return named_bars(tune(2, meter=(3, 4)), 3, 2 + bars)


def test_temperature_0_is_the_same_whatever_the_seed(trained: Experiment) -> None:
    model = copy.copy(trained.load())
    style = model.record.style
    style = replace(style, precedents=style.precedents[:1])  # else it is drawn
    model.record = replace(model.record, style=style)
    task = _tasks(2, primed=False)
    written = [
        draft.melody
        for seed in (1, 2)
        for draft in Writer(
            model, SampleSettings(seed=seed, bars=8, temperature=0.0)
        ).write(task)
    ]
    assert all(melody == written[0] for melody in written)


def test_costs_say_which_rule_fights_the_model(trained: Experiment) -> None:
    tasks = _tasks(4, primed=True)
    for draft in _writer(trained, bars=4).write(tasks):
        # Those not asked for have none.
        always = {"corpus", "grid", "length", "end", "repeats", "rests"}
        always |= {"register", "all"}
        assert draft.cost_bits.keys() == always
    cheap, dear = (
        np.mean([d.cost_bits["key"] for d in _writer(trained, **a).write(tasks)])
        for a in ({"bars": 4, "key": "C"}, {"bars": 4, "key": "Db,Eb,Gb,Ab,Bb"})
    )
    assert dear > cheap > 0


def test_both_temperatures_and_the_lists_arrive() -> None:
    asked = SampleSettings(
        temperature=0.7, pitch_temperature=1.5, top_k=3, top_p=0.9, min_p=0.1
    )
    assert choices_of(asked) == (
        SamplingSettings(1.5, 3, 0.9, 0.1),
        SamplingSettings(0.7, 3, 0.9, 0.1),
    )
    assert choices_of(SampleSettings()) == (
        SamplingSettings(1.0),
        SamplingSettings(1.0),
    )


def test_a_seed_is_needed(trained: Experiment) -> None:
    with pytest.raises(ValueError, match="seed"):
        Writer(trained.load(), SampleSettings())


def test_the_silence_before_a_pickup_is_read_as_in_training(
    trained: Experiment,
) -> None:
    own = tune(1, bars=8, meter=(3, 4))
    waltz = replace(own, notes=own.notes[own.starts >= 48])
    tonic = tonic_symbols(MelodyStore.of([waltz]))[0]
    form = Form.of(waltz, pitch_class_of(tonic))
    followed = Precedent(form, "3/4", tonic, (48, 84))
    model = copy.copy(trained.load())
    style = replace(model.record.style, precedents=(followed,))
    model.record = replace(model.record, style=style)
    writer = Writer(model, SampleSettings(seed=1, bars=form.whole_bars))
    part = writer._parts(Task(0, 0, None))[0]
    reads = reads_of(writer._start(part, None), model.vocabulary)
    assert part.outline.position == waltz.starts[0]

    encoded = outlined_set([waltz], model.vocabulary)
    assert len(reads) == 2  # the silence, and the place where the pickup begins
    for event, read in enumerate(reads):
        for name in (*EVENT, *TOLD_OF_FORM):
            if name != "notes_left":  # how many notes a bar has is not told
                assert getattr(read, name) == getattr(encoded, name)[event], name
