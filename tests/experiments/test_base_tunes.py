"""The package's own tunes, written as MIDI files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monody.cli.main import main
from monody.corpus.public_domain import BOOKS, COLLECTIONS, style_of
from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.experiments import base_tunes
from monody.experiments.base import base_experiment
from monody.experiments.base_tunes import (
    known_collections,
    tunes_of_collection,
    write_collection,
)
from monody.experiments.experiment import SIDES


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first tunes of each collection: all of them take seconds."""
    monkeypatch.setattr(
        base_tunes, "tunes_of_collection", lambda name: tunes_of_collection(name)[:5]
    )


def test_the_collections_are_all_that_the_base_model_knows() -> None:
    known = known_collections()
    assert {*BOOKS} <= {*known} <= {*COLLECTIONS}
    for name, count in known.items():
        tunes = tunes_of_collection(name)
        assert 0 < len(tunes) == count <= COLLECTIONS[name].tunes
        assert {style_of(tune.source) for tune in tunes} == {COLLECTIONS[name].style}
    sides = (base_experiment().side(side) for side in SIDES)
    assert sum(known.values()) == sum(map(len, sides))


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


def test_the_melodies_of_one_file_become_files_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first, second, other] = tunes_of_collection("airdsAirs")[:3]
    both = [first, replace(second, source=first.source), other]
    monkeypatch.setattr(base_tunes, "tunes_of_collection", lambda _: both)
    assert write_collection("airdsAirs", tmp_path).written == 3
    stem = Path(first.source).stem
    for name, tune in zip((stem, f"{stem}-part2"), both, strict=False):
        assert read_melody(tmp_path / f"{name}.mid") == tune
    assert len([*tmp_path.iterdir()]) == 3


def test_corpus_alone_lists_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["corpus"])
    lines = capsys.readouterr().out.splitlines()
    known = known_collections()
    text = " ".join(" ".join(lines).split())
    for name, count in known.items():
        one = COLLECTIONS[name]
        told = f"{name} {count:,} tunes {one.style} {one.title}, {one.years}"
        assert told in text
    total = sum(known.values())
    copies = sum(COLLECTIONS[name].tunes for name in known) - total
    assert f"{total:,} tunes, without {copies:,} copies among them" in lines[-2]
    assert not [*tmp_path.iterdir()]


def test_a_collection_that_the_base_model_does_not_know_is_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(base_tunes, "known_collections", lambda: {"airdsAirs": 1072})
    main(["corpus"])
    assert "lieder" not in capsys.readouterr().out
    with pytest.raises(MonodyError, match="'lieder': expected one of airdsAirs, or"):
        write_collection("lieder", tmp_path)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["AIRDSAIRS"], 5),
        (["airdsAirs", "airdsAirs", "oneills1850"], 10),
        (["all"], None),
        ([], None),
    ],
)
def test_corpus_works_without_music21(
    names: list[str],
    files: int | None,  # of all collections where it is none
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    main(["corpus", *names, "--out", str(tmp_path / "tunes")])
    files = 5 * len(known_collections()) if files is None else files
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


@pytest.mark.usefixtures("few")
def test_files_that_are_there_already_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_collection("airdsAirs", tmp_path)
    edited, *others = sorted(tmp_path.iterdir())
    edited.write_bytes(b"my arrangement")
    before = {path: path.stat().st_ino for path in others}
    report = write_collection("airdsAirs", tmp_path)
    assert (report.written, report.kept) == (4, 1)
    assert edited.read_bytes() == b"my arrangement"
    assert {path: path.stat().st_ino for path in others} == before
    main(["corpus", "airdsAirs", "--out", str(tmp_path)])
    assert "1 file of the same name with other contents" in capsys.readouterr().out
