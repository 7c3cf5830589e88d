"""The programs in ``examples/`` run, are short, and need nothing but monody."""

from __future__ import annotations

import ast
import importlib.util
import io
import runpy
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import monody
from monody.experiments import base, base_tunes
from monody.experiments.base import pack_base
from monody.experiments.experiment import Experiment

EXAMPLES = Path(__file__).parent.parent / "examples"
PROGRAMS = sorted(EXAMPLES.glob("*.py"))
MAX_LINES = 80


@pytest.fixture
def in_a_folder(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder to work in, a tiny base model, and few public tunes."""
    some = base_tunes.tunes_of_collection("airdsAirs")[:24]
    monkeypatch.setattr(base_tunes, "tunes_of_collection", lambda _: some)
    monkeypatch.setattr(base_tunes, "known_collections", lambda: {"airdsAirs": 24})
    pack_base(trained, tmp_path / "packed")
    monkeypatch.setattr(base, "PACKED", tmp_path / "packed")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def run(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
) -> str:
    """Run a program as ``python examples/NAME.py``; return what it said."""
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *arguments])
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return capsys.readouterr().out


def loaded(name: str) -> Any:
    """Load a program, to make something of it smaller before it runs."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def test_there_are_five_and_the_readme_names_each() -> None:
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    assert len(PROGRAMS) == 5
    for path in PROGRAMS:
        assert f"]({path.name})" in readme
        assert f"python examples/{path.name}" in readme


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_is_short_documented_and_needs_monody_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    tree = ast.parse(text)
    assert f"python examples/{path.name}" in (ast.get_docstring(tree) or "")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name[0] != "_":
            assert ast.get_docstring(node), node.name
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
            assert names <= {*sys.stdlib_module_names, "monody"}
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] in sys.stdlib_module_names
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert node.value.id != "monody" or node.attr in monody.__all__


def test_melodies_by_wish(
    in_a_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = loaded("melodies_by_wish")
    program.EACH = 1
    program.WISHES["jig"] |= {"form": "AB", "bars": 4}
    program.WISHES["nothing"] = {"key": "C", "range": "C#4..C#4"}
    program.main(Path("batches"))
    said = capsys.readouterr().out
    assert "nothing: no note of the key lies in the range" in said
    for name in ("jig", "lament", "flute-study"):
        assert f"{name}: 1 melodies" in said
        assert (in_a_folder / "batches" / name / "index.html").is_file()
    jig = monody.read_melody(in_a_folder / "batches" / "jig" / "1.mid")
    assert str(jig.meters[0]) == "6/8"


@pytest.mark.usefixtures("in_a_folder")
def test_continue_phrase(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run("continue_phrase", monkeypatch, capsys, "C4", "E4:2", "Bb4")
    assert said.count(":") >= 1
    monkeypatch.setattr(sys, "stdin", io.StringIO("C4 D4\nH4\n"))
    first, second = run("continue_phrase", monkeypatch, capsys).splitlines()
    assert ":" in first
    assert second == "? a note is such as C4, F#5 or Bb3:2, not 'H4'"


def test_judge_generator(in_a_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = loaded("judge_generator")
    program.EACH = 12
    program.main(Path("mine"))
    said = capsys.readouterr().out
    assert said.count("features overlap by") == 2
    assert "bits for a note" in said
    assert len(list((in_a_folder / "mine").iterdir())) == 12


def test_melody_over_chords(
    in_a_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = run("melody_over_chords", monkeypatch, capsys, "C", "G7")
    assert said.count("kept every rule") == 3
    for path in (in_a_folder / "generated").glob("*.mid"):
        for note in monody.read_melody(path):
            bar, tick = divmod(note.start, 96)
            chord = ((0, 4, 7), (7, 11, 2, 5))[bar % 2]
            assert tick or note.pitch % 12 in chord


def test_read_my_format(
    in_a_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Its network is as small as that of the other tests, so it is compiled already.
    train = monody.train

    def quickly(corpus: monody.Corpus, settings: monody.TrainSettings) -> Experiment:
        brief = replace(settings, num_epochs=1, base="none")
        return train(corpus, brief, model=monody.ModelSettings(rnn_size=12))

    monkeypatch.setattr(monody, "train", quickly)
    said = run("read_my_format", monkeypatch, capsys)
    assert "dropped    broken.csv  line 2 is no note: ['hello']" in said
    assert (in_a_folder / "experiments" / "01" / "generated" / "3.mid").is_file()
