from __future__ import annotations

import math
import re
import shutil
from pathlib import Path

import pytest

from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.files import copy_file
from monody.generation.provenance import read_provenance
from monody.pages.training import epochs_to_hear, write_training_page
from monody.render.curves import Curves, curves_svg


@pytest.fixture(scope="module")
def shown(trained: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A training of two epochs with its page."""
    folder = tmp_path_factory.mktemp("page") / "01"
    shutil.copytree(trained.folder, folder)
    steps: list[tuple[int, int]] = []
    page = write_training_page(
        Experiment(folder), progress=lambda *now: steps.append(now)
    )
    assert page.page == folder / "index.html"
    assert page.left_out == ()
    assert [done for done, _ in steps] == list(range(steps[-1][1] + 1))
    return Experiment(folder)


def test_the_page_has_melodies_curves_scorecard_and_histograms(
    shown: Experiment,
) -> None:
    text = (shown.folder / "index.html").read_text("utf-8")
    headings = re.findall(r"<h[23][^>]*>([^<]+)<", text)
    assert headings == [
        "What it wrote on its way", "Best: epoch 2", "Epoch 1", "Curves",
        "Scorecard", "The music",
    ]  # fmt: skip
    assert "a note to self" in text
    assert "Melodies: 16 train, 2 validation, 2 test" in text
    assert 'class="curves"' in text
    models = re.findall(r'<tr(?: class="ours")?><th scope="row">([a-z ]+)</th>', text)
    assert models[0] == "network"
    assert set(models[1:5]) == {"variable order", "bigram", "unigram", "uniform"}
    assert "Notes by note value" in text


def test_all_that_it_plays_lies_below_it(shown: Experiment) -> None:
    text = (shown.folder / "index.html").read_text("utf-8")
    named = set(re.findall(r'(?:src|href)="(samples/[^"]+)"', text))
    there = {
        path.relative_to(shown.folder).as_posix()
        for path in shown.samples.rglob("*.*")
        if path.suffix == ".wav"
    }
    assert named == there
    assert len(there) == 2 * 3
    offered = re.findall(r'download="([^"]+)"', text)
    assert len(offered) == 4 * len(there)
    for folder in ("epoch-0001", "model"):
        assert len(read_melody(shown.samples / folder / "1.mid"))


def test_the_epochs_differ_in_their_weights_alone(shown: Experiment) -> None:
    first, best = (
        read_provenance(shown.samples / folder / "2.mid")
        for folder in ("epoch-0001", "model")
    )
    assert (first.settings, first.primer) == (best.settings, best.primer)
    assert first.settings.seed == 3  # that of the training
    assert first.model == Experiment(shown.epoch_path(1)).load().fingerprint
    assert best.model == shown.load().fingerprint != first.model


def test_a_page_that_is_written_again_leaves_nothing_of_the_first(
    shown: Experiment,
) -> None:
    before = {path.name for path in shown.samples.rglob("*")}
    (shown.samples / "epoch-0064").mkdir()
    write_training_page(shown)
    assert {path.name for path in shown.samples.rglob("*")} == before


def test_a_page_of_another_program_is_left_alone(
    trained: Experiment, tmp_path: Path
) -> None:
    folder = tmp_path / "01"
    shutil.copytree(trained.folder, folder)
    (folder / "index.html").write_text("<p>my diary</p>")
    with pytest.raises(MonodyError, match="is not a page of monody: name another"):
        write_training_page(Experiment(folder))
    assert (folder / "index.html").read_text() == "<p>my diary</p>"
    assert not (folder / "samples").exists()


@pytest.mark.parametrize(
    ("best", "heard"),
    [
        ([], ["The base alone: no epoch was better"]),
        ([1], ["Best: epoch 1"]),
        ([1, 2], ["Best: epoch 2", "Epoch 1"]),
        ([1, 3], ["Best: epoch 3", "Epoch 2", "Epoch 1"]),
        ([1, 2, 8], ["Best: epoch 8", "Epoch 4", "Epoch 1"]),
        ([2, 11], ["Best: epoch 11", "Epoch 4", "Epoch 1"]),
        ([15], ["Best: epoch 15", "Epoch 8", "Epoch 1"]),
    ],
)
def test_the_first_a_middle_and_the_best_epoch_are_heard(
    best: list[int], heard: list[str], tmp_path: Path
) -> None:
    experiment = Experiment(tmp_path)
    rows = [f"{epoch},3.0,{float(epoch in best)},1.0" for epoch in range(1, 21)]
    head = "epoch,bits_per_note,best,seconds"
    (tmp_path / "history.csv").write_text("\n".join([head, *rows, ""]))
    for epoch in (1, 2, 4, 8, 16):
        experiment.epoch_path(epoch).touch()
    assert [title for title, _ in epochs_to_hear(experiment)] == heard


def test_epochs_that_double_are_kept(trained: Experiment, tmp_path: Path) -> None:
    assert trained.epoch_path(2).read_bytes() == trained.last_path.read_bytes()
    assert trained.epoch_path(1).read_bytes() != trained.last_path.read_bytes()
    copy_file(trained.epoch_path(1), tmp_path / "alone.keras")
    assert Experiment(tmp_path / "alone.keras").load().vocabulary.encoding == "notes"


def _points(svg: str, name: str) -> list[tuple[float, float]]:
    [path] = re.findall(rf'class="{name}" d="M([^"]*)"', svg)
    return [(float(x), float(y)) for x, y in (p.split() for p in path.split("L"))]


def test_curves_stand_where_their_figures_say() -> None:
    train, held_out = [4.0, 3.0, 2.0], [4.5, 3.5, 3.75]
    svg = curves_svg(Curves(train, held_out, best=2), "Learning")
    ours, theirs = _points(svg, "train"), _points(svg, "held-out")
    assert [x for x, _ in ours] == [x for x, _ in theirs]
    lines = re.findall(r'y1="([\d.]+)" [^>]*class="grid"', svg)
    labels = re.findall(r'text-anchor="end">([\d.]+)<', svg)
    scale = {float(label): float(y) for label, y in zip(labels, lines, strict=True)}
    low, high = min(scale), max(scale)
    per_bit = (scale[low] - scale[high]) / (high - low)
    for bits, (_, y) in zip(train + held_out, ours + theirs, strict=True):
        assert y == pytest.approx(scale[low] - (bits - low) * per_bit, abs=0.01)
    [dot] = re.findall(r'class="best" cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert tuple(map(float, dot)) == pytest.approx(theirs[1], abs=0.01)
    assert "Held-out bits per note: 4.50 after epoch 1, 3.75 after epoch 3" in svg
    assert "best 3.50, after epoch 2" in svg


@pytest.mark.parametrize(
    ("train", "held_out", "best"),
    [([3.0], [], 1), ([2.0] * 7, [2.0] * 7, None), ([1e-6, 0.0], [900.0, 12.0], 2)],
)
def test_odd_curves_can_be_drawn(
    train: list[float], held_out: list[float], best: int | None
) -> None:
    svg = curves_svg(Curves(train, held_out, best), "Learning")
    for name in ["train", *(["held-out"] if held_out else [])]:
        points = _points(svg, name)
        assert len(points) == len(train)
        assert all(math.isfinite(x + y) and y >= 0 for x, y in points)
    assert ("no epoch was better" in svg) == (best is None)
    with pytest.raises(ValueError, match="at least one epoch"):
        curves_svg(Curves([], [], None), "Learning")
