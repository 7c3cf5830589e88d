"""The server: where it says that it is, one on each folder, and its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from monody.cli.main import main
from monody.experiments.experiment import Experiment
from monody.studio.composing import Composer
from monody.studio.folder import StudioFolder, TakenError
from monody.studio.serving import serving

STUDIO = [sys.executable, "-m", "monody", "studio", "--no_browser"]


@pytest.fixture(autouse=True)
def small_model(trained: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Composer, "model", lambda *_: trained)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that were opened in a browser."""
    pages: list[str] = []
    monkeypatch.setattr(click, "launch", pages.append)
    monkeypatch.setenv("DISPLAY", ":0")
    return pages


@contextmanager
def _open(folder: StudioFolder) -> Iterator[str]:
    with folder.alone(), serving(folder) as server:
        yield server.address


def test_it_answers_where_it_says_and_says_nothing_afterwards(tmp_path: Path) -> None:
    folder = StudioFolder(tmp_path / "studio")
    with _open(folder) as address:
        assert folder.address() == address
        with urllib.request.urlopen(f"{address}api/state") as answer:
            assert json.load(answer)["cards"] == []
    assert folder.address() is None
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address)


def test_a_second_one_on_the_folder_opens_the_page_of_the_first(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = StudioFolder(tmp_path)
    with _open(folder) as address:
        main(["studio", "--studio_dir", str(tmp_path)])
    assert opened == [address]
    assert capsys.readouterr().out.count(address) == 1


@pytest.mark.parametrize(("system", "pages"), [("linux", 0), ("win32", 1)])
def test_without_a_screen_no_browser_is_opened(
    tmp_path: Path,
    opened: list[str],
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    pages: int,
) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with _open(StudioFolder(tmp_path)):
        pretended = SimpleNamespace(platform=system)
        monkeypatch.setattr("monody.cli.studio.sys", pretended)
        main(["studio", "--studio_dir", str(tmp_path)])
    assert len(opened) == pages


def test_one_that_does_not_say_where_it_is_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monody.cli.studio.SECONDS_FOR_OTHER", 0.0)
    folder = StudioFolder(tmp_path)
    with folder.alone():
        with pytest.raises(TakenError), StudioFolder(tmp_path).alone():
            pass
        with pytest.raises(SystemExit) as ended:
            main(["studio", "--studio_dir", str(tmp_path), "--no_browser"])
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"address": 3}', '{"address": "https://evil.example/"}',
     '{"address": "http://127.0.0.1:80/../"}'],
)  # fmt: skip
def test_an_address_from_elsewhere_is_not_opened(tmp_path: Path, text: str) -> None:
    (tmp_path / "studio.json").write_text(text)
    assert StudioFolder(tmp_path).address() is None


def test_what_a_killed_server_left_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "studio.json").write_text('{"address": "http://127.0.0.1:9/"}')
    folder = StudioFolder(tmp_path)
    with folder.alone():
        assert folder.address() is None


def test_a_port_that_is_taken_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with pytest.raises(SystemExit):
            main(["studio", "--studio_dir", str(tmp_path), "--port", port])
    error = capsys.readouterr().err
    assert f"cannot listen on port {port}" in error
    assert error.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no Ctrl-C to one process")
def test_ctrl_c_ends_it_in_one_line_while_a_page_listens(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*STUDIO, "--studio_dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = StudioFolder(tmp_path).address()
        assert address is not None
        assert line == f"monody studio: {address} (Ctrl-C ends it)\n"
        with urllib.request.urlopen(f"{address}api/events") as events:
            assert events.readline().startswith(b":")
            process.send_signal(signal.SIGINT)
            assert process.stdout.read() == "stopped by Ctrl-C\n"
        assert process.wait() == 130
    assert not (tmp_path / "studio.json").exists()


def test_without_its_libraries_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        main(["studio"])
    assert ended.value.code == 2
    assert "pip install 'monody[studio]'" in capsys.readouterr().err


def test_the_folder_is_the_one_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONODY_STUDIO", str(tmp_path / "mine"))
    assert StudioFolder.named().path == tmp_path / "mine"
    assert StudioFolder.named(tmp_path).path == tmp_path
    monkeypatch.delenv("MONODY_STUDIO")
    assert StudioFolder.named().path.name == "studio"
