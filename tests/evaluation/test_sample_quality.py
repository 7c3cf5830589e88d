from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import monody
from monody.errors import MonodyError
from monody.evaluation.sample_quality import compare, sample_quality
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


def test_generated_melodies_stand_beside_held_out_ones_and_these_beside_training(
    trained: Experiment,
) -> None:
    steps: list[int] = []
    music = sample_quality(trained, progress=lambda done, _: steps.append(done))
    held_out = len(trained.side("validation")) + len(trained.side("test"))
    generated, ceiling = music.sides
    assert generated.generated_melodies == generated.real_melodies == held_out
    assert ceiling.generated_melodies == held_out
    assert ceiling.real_melodies == len(trained.side("train"))
    assert steps == [0, 1, 2, 3]
    assert json.loads(json.dumps(music.to_json()))["seed"] == music.seed
    assert sample_quality(trained) == music


def test_without_held_out_melodies_there_is_nothing_to_compare_with(
    trained: Experiment, tmp_path: Path
) -> None:
    alone = tmp_path / "model.keras"
    alone.write_bytes(trained.model_path.read_bytes())
    with pytest.raises(MonodyError):
        sample_quality(monody.Experiment(alone))
