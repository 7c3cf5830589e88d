"""Whole commands over files with names that nobody would choose."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from monody.cli.main import main
from monody.cli.progress import progress_bar
from monody.experiments.experiment import Experiment
from monody.file_names import MAX_STEM_BYTES, portable_stem
from monody.files import write_json, write_text
from monody.pages.page import write_html
from tests.builders.midi_files import midi_file, tune

ODD = {
    "not UTF-8": os.fsdecode(b"caf\xe9 \xff.\xfe"),
    "escapes": "\x1b[31mred\x1b]0;owned\x07\x9b2J",
    "lines": "one\ntwo\rthree\u2028\x85",
    "bidi": "abc\u202egpj\u202c\u2066x",
    "no characters": "a\ufffe\uffff",
    "markup": "<b>&amp;\"']]>--",
    "rich": "[red]x[bold",
    "long": "x" * 251,
    "long and wide": "é" * 125,
    "device": "con",
    "dots": "a. ..",
}
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems do not take such names"
)


@pytest.fixture(params=list(ODD.values()), ids=list(ODD))
def odd(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A tune with an odd name, in the folder ``in``, and in an archive beside it."""
    monkeypatch.chdir(tmp_path)
    name = str(request.param)
    path = Path("in", f"{name}.mid")
    path.parent.mkdir()
    path.write_bytes(midi_file([list(tune(3, bars=4))], ticks_per_quarter=24))
    member = os.fsencode(name).decode("latin-1")
    with zipfile.ZipFile("in/book.zip", "w") as book:
        data = midi_file([list(tune(4, bars=4))], ticks_per_quarter=24)
        book.writestr(f"{member}.mid", data)
    return path


def _said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that works; return what it says, which commands no terminal."""
    main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert (out + err).replace("\n", "").isprintable()
    return out


def test_a_folder_with_it_is_inspected(
    odd: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _said(capsys, "inspect", "in")
    _said(capsys, "inspect", odd)
    report = json.loads(_said(capsys, "inspect", "in", "--json"))
    assert odd.name in {file["path"] for file in report["files"]}
    _said(capsys, "inspect", "in", "--html", "report.html")
    assert Path("report.html").read_text("utf-8").replace("\n", "").isprintable()


def test_it_is_rendered_into_sound_pictures_and_scores(
    odd: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _said(capsys, "render", odd, "--to", "wav,svg,musicxml,abc", "--save_dir", "out")
    stem = portable_stem(odd.stem)
    assert {path.name for path in Path("out").iterdir()} == {
        f"{stem}.{form}" for form in ("wav", "svg", "musicxml", "abc")
    }
    for form in ("svg", "musicxml"):
        ET.parse(f"out/{stem}.{form}")
    assert Path(f"out/{stem}.abc").read_text("utf-8").replace("\n", "").isprintable()
    _said(capsys, "render", odd, "--to", "svg")  # beside it


def test_it_is_continued_varied_and_made_again(
    odd: Path, trained: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    model = ("--experiment_dir", trained.folder, "--seed", 1)
    short = ("--num_files", 1, "--bars", 4)
    _said(capsys, "sample", *model, *short, "--prime_file", odd, "--save_dir", "a")
    _said(capsys, "vary", odd, *model, "--keep", "rhythm", "--save_dir", "b")
    [varied] = Path("b").glob("*.mid")
    named = varied.rename(odd.with_name(f"{odd.stem[:100]}2.mid"))
    _said(capsys, "again", named, *model[:2], "--save_dir", "c")
    for folder in ("a", "b", "c"):
        json.loads(Path(folder, "manifest.json").read_text("utf-8"))
        [page] = Path(folder).glob("*.html")
        assert page.read_text("utf-8")
        assert all(path.name.isprintable() for path in Path(folder).iterdir())


def test_it_is_the_name_of_an_experiment_and_of_a_file_to_write(
    odd: Path, trained: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path("experiments", odd.stem)
    folder.parent.mkdir()
    folder.symlink_to(trained.folder)
    _said(capsys, "runs")
    json.loads(_said(capsys, "runs", "--json"))
    short = ("--num_files", 1, "--bars", 4, "--seed", 1)
    saved = Path("out", odd.stem)
    _said(capsys, "sample", *short, "--experiment_dir", folder, "--save_dir", saved)
    page = (saved / "index.html").read_text("utf-8")
    assert all(line.isprintable() or line[:1] == "." for line in page.splitlines()[:5])
    out = Path(f"{odd.stem[:90]}2.mid")
    _said(capsys, "again", saved / "1.mid", "--experiment_dir", folder, "--out", out)
    assert out.is_file()
    picture = Path(f"{odd.stem}.svg")
    more = ("--data_dir", "in", "--melody", 1, "--plot", picture)
    _said(capsys, "evaluate", folder, *more)
    ET.parse(picture)


def test_a_bar_that_moves_says_it_harmlessly() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, color_system=None)
    with progress_bar(console) as bar:
        bar.add_task("reading \x1b]0;owned\x07 [red]", total=1)
    assert "\\x1b]0;owned\\x07 [red]" in shown.getvalue()
    assert "\x1b]0;" not in shown.getvalue()


def test_texts_and_json_of_any_name_can_be_read_back(tmp_path: Path) -> None:
    odd = list(ODD.values())
    write_json(tmp_path / "names.json", odd)
    assert json.loads((tmp_path / "names.json").read_text("utf-8")) == odd
    write_text(tmp_path / "note.txt", "caf\udce9")
    assert (tmp_path / "note.txt").read_text("utf-8") == "caf\\udce9"


def test_a_page_spells_out_what_does_not_show(tmp_path: Path) -> None:
    context = {"title": "\x1b\u202e\udce9<b>", "about": ["a\nb\x07"], "cards": []}
    write_html("melodies.html", context, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<h1>\\x1b\\u202e\\xe9&lt;b&gt;</h1>" in page
    assert "<p>a\nb\\x07</p>" in page


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("my air", "my air"),
        ("Mädchenlied", "Mädchenlied"),
        ("a:b|c*d", "a-b-c-d"),
        ("aux", "_aux"),
        ("COM¹.x", "_COM¹.x"),
        ("nul .x", "_nul .x"),
        ("console", "console"),
        ("x" * 251, "x" * MAX_STEM_BYTES),
        ("é" * 125, "é" * (MAX_STEM_BYTES // 2)),
        ("\udce9\x1b", "melody"),
        (" .. ", "melody"),
    ],
)
def test_written_names_are_such_as_every_file_system_takes(
    name: str, stem: str
) -> None:
    assert portable_stem(name) == stem
