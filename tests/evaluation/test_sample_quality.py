from __future__ import annotations

import json

import numpy as np
import pytest

from monody.evaluation.features import bars_of
from monody.evaluation.real_melodies import RealMelodies, own_melodies
from monody.evaluation.sample_quality import Resemblance, compare, sample_quality
from monody.experiments.experiment import Experiment
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter


def random_tune(rng: np.random.Generator, bars: int = 12, ticks: int = 12) -> Melody:
    """Make a random walk on C major, in notes of so many ticks and twice as many."""
    scale, clock, place = [0, 2, 4, 5, 7, 9, 11], 0, 7
    notes = []
    while clock < bars * 72:
        length = int(ticks * rng.integers(1, 3))
        place = int(np.clip(place + rng.integers(-2, 3), 0, 13))
        notes.append((60 + 12 * (place // 7) + scale[place % 7], clock, length))
        clock += length
    return Melody.from_notes(notes, meters=[Meter(0, 3, 4)])


def tunes(count: int, seed: int, bars: int = 12, ticks: int = 12) -> MelodyStore:
    rng = np.random.default_rng(seed)
    return MelodyStore.of([random_tune(rng, bars, ticks) for _ in range(count)])


def test_two_halves_of_one_set_resemble_each_other() -> None:
    found = compare(tunes(60, 1), tunes(60, 2))
    assert found.overlap is not None
    assert found.classifier_accuracy == pytest.approx(0.5, abs=0.12)
    assert found.classifier_interval_95 is not None
    assert found.classifier_interval_95[0] < 0.5 < found.classifier_interval_95[1]
    assert min(found.overlap.values()) > 0.75
    assert found.generated_in_key_share == pytest.approx(1, abs=0.1)
    assert (found.generated_melodies, found.real_melodies) == (60, 60)


def test_twice_the_density_is_told() -> None:
    found = compare(tunes(40, 1, ticks=6), tunes(60, 2, ticks=12))
    assert found.overlap is not None
    assert found.classifier_accuracy is not None
    assert found.classifier_accuracy > 0.9
    assert found.overlap["notes_per_quarter"] < 0.3
    assert found.overlap["duration_shares"] < found.overlap["pitch_class_shares"]


def test_length_alone_is_not_told() -> None:
    found = compare(tunes(60, 1, bars=64), tunes(60, 2, bars=20))
    assert found.classifier_accuracy == pytest.approx(0.5, abs=0.12)
    told = compare(tunes(60, 1, bars=64), tunes(60, 2, bars=20), excerpt_bars=64)
    assert told.classifier_accuracy is not None
    assert told.classifier_accuracy > 0.7


@pytest.mark.parametrize(("generated", "real"), [(2, 2), (1, 1), (7, 50), (50, 7)])
def test_too_few_melodies_have_no_figure(generated: int, real: int) -> None:
    found = compare(tunes(generated, 1), tunes(real, 2))
    assert found.overlap is None
    assert found.classifier_accuracy is None
    assert found.classifier_interval_95 is None
    assert found.generated_in_key_share is not None


def test_eight_melodies_are_enough() -> None:
    found = compare(tunes(8, 1), tunes(8, 2))
    assert found.overlap is not None
    assert found.classifier_accuracy is not None


@pytest.mark.parametrize("count", [0, 1, 2, 10])
def test_json_has_no_nan(count: int) -> None:
    saved = compare(tunes(count, 1), tunes(10, 2)).to_json()
    again = json.loads(json.dumps(saved, allow_nan=False))
    assert again == saved
    assert (again["generated_in_key_share"] is None) == (count == 0)


def test_melodies_that_are_all_the_same_have_figures() -> None:
    same = MelodyStore.of([random_tune(np.random.default_rng(1))] * 10)
    found = compare(same, same)
    assert found.overlap is not None
    assert set(found.overlap.values()) == {1.0}
    assert found.classifier_accuracy == 0.5
    silent = MelodyStore.of([Melody.from_notes([])] * 10)
    told = compare(silent, same)
    assert told.overlap is not None
    assert told.overlap["range_semitones"] == 0.0
    assert told.classifier_accuracy == 1.0
    assert told.generated_in_key_share == 0.0


def test_a_declared_key_does_not_count() -> None:
    plain = tunes(10, 1)
    declared = MelodyStore.of(
        [Melody(m.notes, m.meters, key="F# major") for m in plain]
    )
    assert compare(declared, plain) == compare(plain, plain)


def test_a_seed_draws_from_large_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monody.evaluation.sample_quality.MAX_MELODIES", 20)
    generated, real = tunes(30, 1), tunes(40, 2)
    found = compare(generated, real, seed=1)
    assert (found.generated_melodies, found.real_melodies) == (20, 20)
    assert found == compare(generated, real, seed=1)
    assert found != compare(generated, real, seed=2)


@pytest.fixture
def few_written(monkeypatch: pytest.MonkeyPatch) -> int:
    """Write few melodies: the time of a test."""
    monkeypatch.setattr("monody.evaluation.sample_quality.WRITTEN", 12)
    return 12


def test_generated_melodies_are_compared_with_the_real_ones(
    trained: Experiment, few_written: int
) -> None:
    steps: list[int] = []
    real = own_melodies(trained)
    music = sample_quality(trained, real, progress=lambda done, _: steps.append(done))
    assert music.generated.generated_melodies == few_written
    assert music.generated.real_melodies == len(real.melodies)
    assert music.generated.classifier_interval_95 is not None
    assert steps == [0, 1, 2, 3]
    assert sample_quality(trained, real) == music


def test_as_many_are_written_however_few_are_real(
    trained: Experiment, few_written: int
) -> None:
    music = sample_quality(trained, RealMelodies(tunes(9, 1), "airs"))
    assert music.generated.generated_melodies == few_written
    assert music.generated.real_melodies == 9


@pytest.mark.parametrize(("real", "enough"), [(19, False), (20, True)])
@pytest.mark.usefixtures("few_written")
def test_real_melodies_are_compared_with_each_other_where_there_are_enough(
    trained: Experiment, real: int, enough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monody.evaluation.sample_quality.MIN_HALF", 10)
    music = sample_quality(trained, RealMelodies(tunes(real, 1), "airs"))
    assert (music.ceiling is not None) == enough
    assert len(music.sides) == 1 + enough
    if music.ceiling:
        halves = (music.ceiling.generated_melodies, music.ceiling.real_melodies)
        assert halves == (10, 10)


@pytest.mark.usefixtures("few_written")
def test_generated_melodies_are_as_long_as_real_ones(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[MelodyStore] = []

    def noted(generated: MelodyStore, real: MelodyStore, seed: int) -> Resemblance:
        compared.append(generated)
        return compare(generated, real, seed)

    monkeypatch.setattr("monody.evaluation.sample_quality.compare", noted)
    real = MelodyStore.of([*tunes(5, 1, bars=3), *tunes(5, 2, bars=7)])
    lengths = {bars_of(melody) for melody in real}
    sample_quality(trained, RealMelodies(real, "airs"))
    assert {bars_of(melody) for melody in compared[0]} <= lengths


@pytest.mark.usefixtures("few_written")
def test_the_json_says_what_was_compared_with(trained: Experiment) -> None:
    music = sample_quality(trained, RealMelodies(tunes(9, 1), "airs", left_out=3))
    saved = music.to_json()
    assert json.loads(json.dumps(saved, allow_nan=False)) == saved
    assert saved["real"] == {
        "data": "airs", "held_out": 0, "training": 0, "left_out": 3
    }  # fmt: skip
    assert saved["ceiling"] is None
