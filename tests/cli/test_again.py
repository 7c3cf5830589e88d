from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import monody
from monody.cli.main import main
from monody.corpus.read_melody import read_melody
from monody.experiments.experiment import Experiment
from monody.generation.provenance import read_provenance
from monody.music.midi_file import write_midi
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import tune


@pytest.fixture
def output(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A melody of an experiment in the folder in which somebody works."""
    work = tmp_path / "work"
    shutil.copytree(trained.folder, work / "experiments" / "01")
    monkeypatch.chdir(work)
    settings = SampleSettings(num_files=1, bars=4, seed=5)
    experiment = Experiment("experiments/01")
    [path] = monody.generate(experiment, settings).save(tmp_path / "out")
    return path


def _run(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[str]:
    """Run a command that works; return the lines that it says."""
    main([str(argument) for argument in arguments])
    return capsys.readouterr().out.splitlines()


def _fails(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that fails; return the one line that it says."""
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    assert stopped.value.code == 2
    [line] = capsys.readouterr().err.strip().splitlines()
    return line


def test_again_writes_beside_the_file_and_says_that_it_is_the_same(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _run(capsys, "again", output)
    written = output.with_name("1-again.mid")
    assert lines == [
        f"written: {written}",
        f"the same bytes as {output}",
        f"page: {written.with_suffix('.html')}",
    ]
    assert written.read_bytes() == output.read_bytes()


def test_again_says_that_a_file_was_edited(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tmp_path / "edited.mid"
    provenance = read_provenance(output)
    write_midi(tune(9, bars=4), edited, text=provenance.text())
    more = ("--out", tmp_path / "new.mid", "--no_page")
    lines = _run(capsys, "again", edited, *more)
    assert lines[1].startswith(f"not the same bytes as {edited}: it was edited")
    assert (tmp_path / "new.mid").read_bytes() == output.read_bytes()


def test_vary_changes_one_setting(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "varied"
    lines = _run(capsys, "vary", output, "--temperature", 0.5, "--save_dir", folder)
    written = folder / "1-temperature-0.5.mid"
    assert "1 melody of 4 bars, seed 5, temperature 0.5" in lines[0]
    assert lines[-2:] == [
        f"written: {written}",
        f"page: {written.with_suffix('.html')}",
    ]
    settings = read_provenance(written).settings
    assert (settings.temperature, settings.bars, settings.seed) == (0.5, 4, 5)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (
            ("--keep", "rhythm", "--num_files", 2),
            ["mine-keep-rhythm-1", "mine-keep-rhythm-2"],
        ),
        (("--replace", "2-3"), ["mine-replace-2-3"]),
        (
            ("--keep", "pitches", "--to_meter", "3/4"),
            ["mine-keep-pitches-to_meter-3-4"],
        ),
        (("--to_key", "D minor"), ["mine-to_key-D-minor"]),
    ],
)
def test_vary_rewrites_any_midi_file_beside_it(
    trained: Experiment,
    tmp_path: Path,
    asked: tuple[object, ...],
    names: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    mine = tmp_path / "mine.mid"
    write_midi(tune(4, bars=4), mine)
    before = mine.read_bytes()
    more = ("--experiment_dir", trained.folder, "--no_page", "--seed", 3)
    lines = _run(capsys, "vary", mine, *asked, *more)
    assert lines[-1].startswith(f"written: {tmp_path / names[0]}.mid")
    assert {path.name for path in tmp_path.iterdir()} == {
        "mine.mid", "manifest.json", *(f"{name}.mid" for name in names),
    }  # fmt: skip
    assert all(len(read_melody(tmp_path / f"{name}.mid")) for name in names)
    assert mine.read_bytes() == before


def test_a_page_has_the_source_first_and_leaves_other_files_alone(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = output.parent
    for name in ("index.html", "1.wav", "1.abc", "1-temperature-0.5.musicxml"):
        (folder / name).write_text("mine")
    kept = {path: path.read_bytes() for path in folder.iterdir()}
    lines = _run(capsys, "vary", output, "--temperature", 0.5)
    page = folder / "1-temperature-0.5-2.html"
    assert lines[-1] == f"page: {page}"
    cards = page.read_text("utf-8").split("<article")[1:]
    assert [re.findall(r"<h2[^>]*>(.*?)</h2>", card) for card in cards] == [
        ["1.mid"], ["1-temperature-0.5-2.mid"],
    ]  # fmt: skip
    assert ["label source" in card for card in cards] == [True, False]
    for card in cards:
        [sound] = re.findall(r'<audio[^>]* src="(.*?)"', card)
        assert (folder / sound).read_bytes()[:4] == b"RIFF"
    manifest = folder / "manifest.json"
    assert all(p.read_bytes() == kept[p] for p in kept if p != manifest)
    runs = json.loads(manifest.read_text())
    assert [len(run["melodies"]) for run in runs] == [1, 1]
    assert runs[1]["made_of"] == "out/1.mid"


def test_the_page_of_several_rewrites_has_their_common_name(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--keep", "rhythm", "--num_files", 2, "--seed", 1)
    page = output.with_name("1-keep-rhythm.html")
    assert _run(capsys, "vary", output, *asked)[-1] == f"page: {page}"
    assert page.read_text("utf-8").count("<article") == 3


def test_a_file_that_was_emptied_is_made_again_and_the_page_says_so(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emptied = output.with_name("emptied.mid")
    text = read_provenance(output).text().encode()
    track = b"\0\xff\x01" + _length(len(text)) + text + b"\0\xff\x2f\0"
    head = b"MThd\0\0\0\6\0\0\0\1\0\x18MTrk"
    emptied.write_bytes(head + len(track).to_bytes(4, "big") + track)
    lines = _run(capsys, "again", emptied)
    assert "emptied.mid has no melody to show" in lines
    assert emptied.with_name("emptied-again.mid").read_bytes() == output.read_bytes()


def _length(number: int) -> bytes:
    """Write a number as MIDI does: seven bits a byte, all but the last marked."""
    low = bytes([number & 127])
    while number := number >> 7:
        low = bytes([number & 127 | 128]) + low
    return low


def test_mistakes_are_one_line(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.mid"
    write_midi(tune(4, bars=4), mine)
    for arguments, said in {
        ("again", mine): "does not say how",
        ("again", tmp_path / "none.mid"): "no file",
        ("vary", mine, "--temperature", 0.5): "does not say how",
        ("vary", output): "nothing is to change",
        ("vary", output, "--best_of", 5): "best_of is for `monody sample`",
        ("vary", output, "--prime_bars", "1-4"): "prime_bars is for",
        ("vary", output, "--num_files", 3, "--bpm", 90): "num_files must be 1",
        ("vary", output, "--keep", "melody"): "--keep",
        ("vary", output, "--replace", "8-5"): "replace must be such as 5 or 5-8",
        ("vary", output, "--replace", "3-9"): "bars 3-9 are not all there",
        ("vary", output, "--to_meter", "6/7"): "to_meter must be such as 6/8",
        ("vary", output, "--to_key", "J moll"): "key must be such as",
        ("vary", output, "--keep", "rhythm", "--to_meter", "6/8"): "leave --keep",
        ("vary", output, "--keep", "rhythm", "--replace", "2"): "two rewrites",
        ("vary", output, "--keep", "rhythm", "--bars", 8): "bars is for melodies",
        ("again", output, "--experiment_dir", tmp_path / "none"): "none",
        ("again", output, "--out", output): "is there already",
        ("again", output, "--out", tmp_path / "a.wav"): "end it in .mid",
        ("again", output, "--out", tmp_path / "no/a.mid"): "no folder",
        ("again", output, "--out", "a.mid", "--save_dir", tmp_path): "name one",
        ("again", tmp_path): "is a folder: name a MIDI file",
    }.items():
        assert said in _fails(capsys, *arguments)
