from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from monody.cli.evaluate import evaluate as command
from monody.errors import MonodyError
from monody.evaluation.evaluate import REFERENCES, evaluate
from monody.evaluation.scorecard import Scorecard
from monody.experiments import base
from monody.experiments.experiment import Experiment
from monody.memory import limited_to
from monody.models.encoded_set import encode_set
from monody.models.keras_likelihood import Evaluator
from monody.models.surprisal import Saving, Score
from monody.music.meter import TICKS_PER_STEP
from tests.builders.midi_files import write_tunes

FIGURES = {
    "melodies", "notes", "bits_per_note", "pitch_bits_per_note",
    "duration_bits_per_note", "pitch_bits_given_note", "pitch_accuracy",
    "duration_accuracy", "interval_95", "seconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def card(trained: Experiment) -> Scorecard:
    return evaluate(trained)


@pytest.fixture
def alone(trained: Experiment, tmp_path: Path) -> Path:
    """A model file with nothing beside it."""
    return Path(shutil.copy(trained.model_path, tmp_path / "model.keras"))


def test_the_test_melodies_are_judged_unless_others_are_named(
    trained: Experiment, card: Scorecard
) -> None:
    test, validation = trained.side("test"), trained.side("validation")
    assert card.part == "test"
    assert card.score.melodies == len(test)
    assert card.score.notes == len(test.notes)
    assert evaluate(trained, part="validation").score.notes == len(validation.notes)
    both = evaluate(trained, part="both")
    assert both.score.melodies == len(test) + len(validation)
    assert both.score.notes == len(test.notes) + len(validation.notes)


def test_the_figures_are_those_of_the_network_and_the_references(
    trained: Experiment, card: Scorecard
) -> None:
    judged = card.judged
    in_keras = Evaluator(judged.encoded).score(trained.load().network)
    assert card.score.bits_per_note == pytest.approx(in_keras.bits_per_note, abs=1e-5)
    assert card.score.pitch_accuracy == in_keras.pitch_accuracy
    assert list(card.references) == ["uniform", "unigram", "bigram", "variable_order"]
    train = encode_set(trained.side("train"), judged.vocabulary)
    for name, comparison in card.references.items():
        theirs = REFERENCES[name](train, judged.encoded, judged.vocabulary)
        assert comparison.score == Score.of(theirs, judged.encoded)
        assert comparison.saving == Saving.of(judged.surprisal, theirs, judged.encoded)


def test_the_json_holds_every_figure_of_every_model(card: Scorecard) -> None:
    found = json.loads(json.dumps(card.to_json(), allow_nan=False))
    about = {"model", "encoding", "data", "part", "like_training", "references"}
    assert set(found) == FIGURES | about
    assert set(found["references"]) == set(REFERENCES)
    for name, reference in found["references"].items():
        assert set(reference) == FIGURES | {"saving", "saving_95"}, name
        share = 1 - found["bits_per_note"] / reference["bits_per_note"]
        assert reference["saving"] == pytest.approx(share)
        assert reference["notes"] == found["notes"]


def test_other_melodies_are_judged_and_known_ones_counted(
    trained: Experiment, tunes: Path, tmp_path: Path
) -> None:
    card = evaluate(trained, tunes)
    assert card.part is None
    assert card.data == str(tunes)
    assert card.like_training is not None
    assert card.like_training >= len(trained.side("train"))
    write_tunes(tmp_path / "new", 3, first_seed=500)
    card = evaluate(trained, tmp_path / "new")
    assert (card.score.melodies, card.like_training) == (3, 0)
    assert set(card.references) == set(REFERENCES)


def test_a_model_file_alone_needs_melodies_and_has_no_references(
    alone: Path, tunes: Path
) -> None:
    with pytest.raises(MonodyError, match=r"no held-out melodies .* --data_dir"):
        evaluate(Experiment.open(alone))
    card = evaluate(Experiment.open(alone), tunes)
    assert (card.references, card.like_training) == ({}, None)
    assert card.score.bits_per_note > 0


def test_a_part_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="part must be one of test, validation, both"):
        evaluate(Experiment("anything"), part="train")


def test_progress_names_what_is_done(trained: Experiment) -> None:
    told: list[tuple[str, int, int]] = []
    evaluate(trained, progress=lambda *step: told.append(step))
    assert [what for what, done, total in told if done == total] == [
        "network",
        "references",
    ]


def test_notes_have_their_bits(trained_steps: Experiment) -> None:
    judged = evaluate(trained_steps, part="both").judged
    bits = judged.surprisal.bits
    for index in range(len(judged.melodies)):
        melody = judged.as_read(index)
        notes = judged.bits_of_notes(index)
        assert len(notes) == len(melody)
        assert not np.any(melody.notes[:, 1:] % TICKS_PER_STEP)
        assert melody.source == judged.melodies[index].source
        start, end = judged.encoded.starts[index], judged.encoded.ends[index]
        total = notes.sum() + judged.bits_of_end(index)
        assert total == pytest.approx(bits[start:end].sum())
        assert total / len(melody) == pytest.approx(judged.bits_per_note()[index])


def test_the_median_melody_has_as_many_above_as_below(trained: Experiment) -> None:
    judged = evaluate(trained, part="both").judged
    figures = judged.bits_per_note()
    middle = figures[judged.median()]
    assert abs(np.sum(figures < middle) - np.sum(figures > middle)) <= 1


def test_a_picture_has_the_melody_named(card: Scorecard) -> None:
    image = ElementTree.fromstring(card.picture(0))
    assert card.judged.melodies[0].source in "".join(image.itertext())
    assert card.picture() == card.picture(card.judged.median())


@pytest.fixture
def opened(trained: Experiment, monkeypatch: pytest.MonkeyPatch) -> Experiment:
    """An experiment that the command finds open, with all compiled."""
    monkeypatch.setattr(base, "open_experiment", lambda _: trained)
    return trained


@pytest.mark.usefixtures("opened")
def test_the_command_prints_a_table_that_fits() -> None:
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert all(len(line) <= 80 or "model.keras" in line for line in lines)
    assert lines[0] == "judging the latest network ..."
    assert lines[1].startswith("Asked for the next note")
    for model in ("network", "variable order", "bigram", "unigram", "uniform"):
        assert sum(line.startswith(f"{model} ") for line in lines) == 1
    assert "test melod" in result.stdout
    assert "as unsure as if it chose among" in " ".join(result.stdout.split())


@pytest.fixture
def few_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write few melodies: the time of a test."""
    monkeypatch.setattr("monody.evaluation.sample_quality.WRITTEN", 12)


@pytest.mark.usefixtures("few_written")
def test_generated_melodies_are_compared_with_those_of_the_folder(
    trained: Experiment, alone: Path, tunes: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    write_tunes(new, 9, first_seed=500)
    music = evaluate(trained, new, music=True).music
    assert music is not None
    assert music.real.to_json() == {
        "data": str(new), "held_out": 0, "training": 0, "left_out": 0
    }  # fmt: skip
    assert music.generated.real_melodies == 9
    card = evaluate(trained, tunes, music=True)
    assert card.music is not None
    assert card.music.real.left_out == card.like_training
    music = evaluate(Experiment.open(alone), new, music=True).music
    assert music is not None
    assert music.generated.real_melodies == 9


@pytest.mark.usefixtures("few_written")
def test_generated_melodies_are_compared_with_all_the_experiment_s_own(
    trained: Experiment,
) -> None:
    card = evaluate(trained, music=True)
    assert card.music is not None
    sides = ("validation", "test", "train")
    every = sum(len(trained.side(side)) for side in sides)
    assert card.music.generated.real_melodies == every
    found = json.loads(json.dumps(card.to_json(), allow_nan=False))
    assert found["music"]["generated"]["classifier_interval_95"]


@pytest.mark.usefixtures("opened", "few_written")
@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_report_fits_any_terminal(columns: int) -> None:
    given = {"COLUMNS": str(columns)}
    lines = CliRunner().invoke(command, ["--music"], env=given).stdout.splitlines()
    assert all(len(line) <= columns or "model.keras" in line for line in lines)
    told = [line for line in lines if line.startswith("told apart")]
    assert re.search(r" \d+% \(\d+\.\.\d+\)$", told[0].rstrip())
    table = [line.split() for line in lines if line.startswith("bigram ")]
    assert re.fullmatch(r"\d+\.\d+", table[0][1])
    assert re.fullmatch(r"-?\d+%", table[0][-2])  # of the bits saved
    assert len(table[0]) == 5 + 4 * (columns >= 80) + (columns == 60)


@pytest.mark.usefixtures("opened")
def test_the_command_prints_nothing_but_json_if_so_asked(tmp_path: Path) -> None:
    plot = tmp_path / "surprise.svg"
    given = ["--json", "--plot", str(plot), "--melody", "1"]
    result = CliRunner().invoke(command, given)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["part"] == "test"
    assert "melody 1 of" in result.stderr
    ElementTree.parse(plot)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--melody", "3"], "add --plot"),
        (["--plot", "x.png"], r"SVG image, not 'x.png': .* x\.svg"),
        (["--plot", "nowhere/x.svg"], "no folder 'nowhere'"),
        (["--data_dir", "airs", "--part", "both"], "leave it out"),
        (["--plot", "x.svg", "--melody", "99"], "from 1 to .*, not 99"),
    ],
)
@pytest.mark.usefixtures("opened")
def test_mistakes_are_said_in_one_line(
    given: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, given)
    with pytest.raises(MonodyError, match=message):
        raise result.exception or AssertionError
    assert not Path("x.svg").exists()


def test_references_that_cannot_fit_are_told_before_anything_is_judged(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("monody.evaluation.evaluate.NOTE_BYTES", 10**9)
    with (
        limited_to(10**9),
        pytest.raises(MonodyError, match="counting the reference models needs about"),
    ):
        evaluate(trained, progress=lambda what, *_: told.append(what))
    assert told == []
