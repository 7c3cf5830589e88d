from __future__ import annotations

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
def output(trained: Experiment, tmp_path: Path) -> Path:
    settings = SampleSettings(num_files=1, bars=4, seed=5)
    [path] = monody.generate(trained, settings).save(tmp_path / "out")
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
    assert lines == [f"written: {written}", f"the same bytes as {output}"]
    assert written.read_bytes() == output.read_bytes()


def test_again_says_that_a_file_was_edited(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = tmp_path / "edited.mid"
    provenance = read_provenance(output)
    write_midi(tune(9, bars=4), edited, text=provenance.text())
    lines = _run(capsys, "again", edited, "--out", tmp_path / "new.mid")
    assert lines[1].startswith(f"not the same bytes as {edited}: it was edited")
    assert (tmp_path / "new.mid").read_bytes() == output.read_bytes()


def test_vary_changes_one_setting(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "varied"
    lines = _run(capsys, "vary", output, "--temperature", 0.5, "--save_dir", folder)
    assert "1 melody of 4 bars, seed 5, temperature 0.5" in lines[0]
    assert lines[-1] == f"written: {folder / '1.mid'}"
    settings = read_provenance(folder / "1.mid").settings
    assert (settings.temperature, settings.bars, settings.seed) == (0.5, 4, 5)


@pytest.mark.parametrize(
    "asked",
    [
        ("--keep", "rhythm", "--num_files", 2),
        ("--replace", "2-3"),
        ("--keep", "pitches", "--to_meter", "3/4"),
        ("--to_key", "D minor"),
    ],
)
def test_vary_rewrites_any_midi_file(
    trained: Experiment,
    tmp_path: Path,
    asked: tuple[object, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    mine, folder = tmp_path / "mine.mid", tmp_path / "varied"
    write_midi(tune(4, bars=4), mine)
    more = ("--experiment_dir", trained.folder, "--save_dir", folder)
    lines = _run(capsys, "vary", mine, *asked, *more, "--seed", 3)
    assert lines[-1].startswith(f"written: {folder / '1.mid'}")
    assert len(read_melody(folder / "1.mid"))
    assert len([*folder.glob("*.mid")]) == (2 if "--num_files" in asked else 1)


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
        ("vary", output, "--to_key", "H moll"): "key must be such as",
        ("vary", output, "--keep", "rhythm", "--to_meter", "6/8"): "leave --keep",
        ("vary", output, "--keep", "rhythm", "--replace", "2"): "two rewrites",
        ("vary", output, "--keep", "rhythm", "--bars", 8): "bars is for melodies",
        ("again", output, "--experiment_dir", tmp_path / "none"): "none",
    }.items():
        assert said in _fails(capsys, *arguments)
