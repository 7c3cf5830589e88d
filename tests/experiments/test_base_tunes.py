"""The package's own tunes, written as MIDI files."""

from __future__ import annotations

from pathlib import Path

import pytest

from monody.cli.main import main
from monody.corpus.public_domain import COLLECTIONS
from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.experiments import base_tunes
from monody.experiments.base import base_experiment
from monody.experiments.base_tunes import tunes_of_collection, write_collection
from monody.experiments.experiment import SIDES


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first tunes of each collection: all of them take seconds."""
    monkeypatch.setattr(
        base_tunes, "tunes_of_collection", lambda name: tunes_of_collection(name)[:5]
    )


def test_the_collections_are_all_that_the_base_model_knows() -> None:
    counts = [len(tunes_of_collection(name)) for name in COLLECTIONS]
    assert counts == [1550, 1072, 733]
    sides = (base_experiment().side(side) for side in SIDES)
    assert sum(counts) == sum(map(len, sides))


@pytest.mark.usefixtures("few")
def test_a_collection_becomes_midi_files_with_the_same_music(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = write_collection("RyansMammoth", tmp_path, lambda *now: seen.append(now))
    assert (report.name, report.written) == ("ryansMammoth", 5)
    assert report.left_out == 1059 - 5
    assert seen == [(done, 5) for done in range(1, 6)]
    tunes = tunes_of_collection("ryansMammoth")[:5]
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        tune.source for tune in tunes
    ]
    for tune in tunes:
        assert read_melody(tmp_path / tune.source) == tune


def test_corpus_alone_lists_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["corpus"])
    said = capsys.readouterr().out
    for name in COLLECTIONS:
        assert name in said
    assert "3,355 tunes, without 893 copies among them" in said
    assert not [*tmp_path.iterdir()]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["AIRDSAIRS"], 5),
        (["airdsAirs", "airdsAirs", "oneills1850"], 10),
        (["all"], 15),
        ([], 15),
    ],
)
def test_corpus_works_without_music21(
    names: list[str],
    files: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    main(["corpus", *names, "--out", str(tmp_path / "tunes")])
    assert len([*(tmp_path / "tunes").glob("*.mid")]) == files
    said = capsys.readouterr().out
    assert f"airdsAirs: 5 tunes in {tmp_path / 'tunes'}" in said
    assert "1175 others are left out: copies of these" in said


def test_a_name_is_checked_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="expected one of oneills1850, airdsAirs"):
        write_collection("beatles", tmp_path)
    with pytest.raises(SystemExit):
        main(["corpus", "airdsAirs", "beatles", "--out", str(tmp_path / "tunes")])
    assert not [*tmp_path.iterdir()]
