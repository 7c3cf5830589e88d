"""A day with an installed monody, in a place where little can be taken for given.

No home, no terminal, standard input closed, one core, ``LANG=C`` with ASCII for names
and output, a folder whose path has spaces and an accent. ``make test-everywhere`` runs
this in each environment of ``noxfile.py``: from a wheel, outside the checkout. It needs
nothing but monody and pytest, so that it sees what a user has.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

import monody
from monody.cli.commands import cli

pytestmark = pytest.mark.skipif(
    "site-packages" not in str(monody.__file__),
    reason="monody is not installed from a wheel: `make test-everywhere` does that",
)

FORMS = {"wav": b"RIFF", "svg": b"<svg", "musicxml": b"<?xml", "abc": b"%abc"}
SMALL = ["--base", "none", "--rnn_size", "12", "--batch_size", "8"]
# Python does not show these unless it is asked to: in a library they are its authors'.
HIDDEN = {
    "DeprecationWarning",
    "PendingDeprecationWarning",
    "ImportWarning",
    "EncodingWarning",
}
WARNING = re.compile(r"^(.*):\d+: (\w+Warning):.*", re.MULTILINE)


class Place:
    """A folder to work in, and how commands are run there.

    Args:
        folder: It is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.environment = {
            # What Python and Windows need to start.
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "LANG": "C",
            "LC_ALL": "C",
            "PYTHONUTF8": "0",  # else Python takes "C" for UTF-8
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONWARNINGS": "default",
            "PYTHONWARNDEFAULTENCODING": "1",
            "HOME": os.devnull,
            "USERPROFILE": os.devnull,
            "LOCALAPPDATA": os.devnull,
            "MONODY_CACHE": str(folder.parent / "cache"),
        }

    def run(self, *arguments: str, **environment: str) -> str:
        """Run a command of monody, and return what it printed.

        Args:
            arguments: Those of the command.
            environment: Variables that differ; those that are empty are left out.
        """
        variables = {**self.environment, **environment}
        done = subprocess.run(
            [*WITHOUT_INPUT, sys.executable, "-P", "-m", "monody", *arguments],
            cwd=self.folder,
            env={name: value for name, value in variables.items() if value},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,  # no terminal to ask, either
            check=False,
        )
        errors = done.stderr.decode("utf-8", "backslashreplace")
        assert done.returncode == 0, f"monody {' '.join(arguments)}: {errors}"
        assert not faults(errors), f"monody {' '.join(arguments)}: {errors}"
        return done.stdout.decode("utf-8", "backslashreplace")


KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
# Standard input is not empty, but closed: the next file that is opened gets its number.
WITHOUT_INPUT = ["sh", "-c", 'exec "$@" <&-', "sh"] if os.name == "posix" else []


def faults(errors: str) -> list[str]:
    """List what must not come on a command's error stream.

    Args:
        errors: What came there.
    """
    found = re.findall(r"^(?:Traceback|Exception ignored).*", errors, re.MULTILINE)
    for line in WARNING.finditer(errors):
        ours = f"monody{os.sep}" in line[1]
        if ours or line[2] not in HIDDEN:
            found.append(line[0])
    return found


@pytest.fixture(scope="module", autouse=True)
def one_core() -> Iterator[None]:
    """Let all that is started here have one core."""
    if not hasattr(os, "sched_getaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    yield
    os.sched_setaffinity(0, cores)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder with a few tunes."""
    place = Place(tmp_path_factory.mktemp("everywhere") / "una carpeta más")
    for number in range(16):
        write_tune(place.folder / "canción popular" / f"tonada nº {number}.mid", number)
    return place


def write_tune(path: Path, number: int) -> None:
    """Write a tune of 8 bars; each number another one."""
    path.parent.mkdir(exist_ok=True)
    steps = [(number * 5 + place * (number % 7 + 2)) % 8 for place in range(48)]
    scale = (60, 62, 64, 65, 67, 69, 71, 72)
    notes, tick = [], 0
    for place, step in enumerate(steps):
        ticks = 24 if place % 4 == 3 else 12
        notes.append((scale[step], tick, ticks))
        tick += ticks
    monody.write_midi(monody.Melody.from_notes(notes), path)


@pytest.fixture(scope="module")
def experiment(place: Place) -> str:
    """An experiment that was trained, and then trained on."""
    named = "experiments/ensayo 1º"
    told = place.run(
        *("train", "canción popular", "--experiment_dir", named),
        *("--num_epochs", "1", "--no_page", *SMALL),
    )
    assert "held-out" in told
    place.run("train", "--resume", "--experiment_dir", named, "--num_epochs", "2")
    assert (place.folder / named / "index.html").is_file()
    return named


@pytest.fixture(scope="module")
def melody(place: Place, experiment: str) -> str:
    """A melody of that experiment's model."""
    written = place.run(
        *("sample", "--experiment_dir", experiment, "--num_files", "2", "--bars", "4"),
        *("--save_dir", "melodías", "--seed", "1", "--quiet"),
    ).split("\n")
    assert len(written) > 2
    assert (place.folder / "melodías" / "index.html").is_file()
    return "melodías/1.mid"


def test_every_command_explains_itself(place: Place) -> None:
    for command in cli.commands:
        assert "Usage: monody" in place.run(command, "--help")


def test_a_folder_is_inspected_and_remembered(place: Place) -> None:
    said = ["inspect", "canción popular"]
    assert "16 files" in place.run(*said, "--html", "página.html")
    page = (place.folder / "página.html").read_text("utf-8")
    assert page.count("tonada n") >= 16
    assert place.run(*said) == place.run(*said)
    assert "cach" in place.run("cache")


def test_in_the_locale_c_names_are_what_they_are(place: Place) -> None:
    """Python takes the locale C for UTF-8, unless it is forbidden to."""
    place.run("inspect", "canción popular", "--html", "página 2.html", PYTHONUTF8="")
    page = (place.folder / "página 2.html").read_text("utf-8")
    assert page.count("tonada nº") >= 16


def test_an_experiment_is_listed_and_evaluated(place: Place, experiment: str) -> None:
    assert "ensayo" in place.run("runs")
    assert "network" in place.run("evaluate", experiment)
    assert "bits" in place.run("evaluate", experiment, "--json")


def test_a_melody_is_made_again_to_the_same_bytes(place: Place, melody: str) -> None:
    assert "the same bytes" in place.run("again", melody)


def test_a_melody_is_varied(place: Place, melody: str) -> None:
    place.run("vary", melody, "--keep", "rhythm", "--save_dir", "otras")
    place.run("vary", melody, "--to_key", "D minor", "--save_dir", "otras")
    assert len(list((place.folder / "otras").glob("*.mid"))) == 2


def test_a_melody_is_heard_seen_and_read(place: Place, melody: str) -> None:
    forms = dict(FORMS)
    if importlib.util.find_spec("resvg_py"):
        forms["png"] = b"\x89PNG"
    place.run("render", melody, "--to", ",".join(forms), "--save_dir", "cantos é")
    for form, beginning in forms.items():
        path = place.folder / "cantos é" / f"1.{form}"
        assert path.read_bytes().startswith(beginning)
    ET.parse(place.folder / "cantos é" / "1.musicxml")


def test_the_base_model_and_its_tunes_are_in_the_wheel(place: Place) -> None:
    place.run("corpus", "oneills1850", "--out", "irlandés")
    assert len(list((place.folder / "irlandés").glob("*.mid"))) > 100
    assert "A A B" in place.run("names", "forms")
    assert "monody" in place.run("completion", "bash")


def test_without_a_place_to_remember_melodies_are_written(place: Place) -> None:
    before = set(place.folder.iterdir())
    place.run(
        *("sample", "--experiment_dir", "base", "--num_files", "1", "--bars", "2"),
        *("--save_dir", "sin casa"),
        MONODY_CACHE="",
    )
    assert set(place.folder.iterdir()) - before == {place.folder / "sin casa"}


def test_what_is_remembered_is_removed(place: Place) -> None:
    assert "0.0 MB" in place.run("cache", "--clear")


def test_what_a_program_imports_is_there() -> None:
    assert monody.__version__
    for name in monody.__all__:
        assert getattr(monody, name)
