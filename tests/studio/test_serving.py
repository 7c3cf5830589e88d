"""The server: where it says that it is, one on each folder, and its end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import click
import pytest

from monody.cli.main import main
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.studio.composing import Composer
from monody.studio.folder import StudioFolder, TakenError
from monody.studio.key import StudioKey, cookie_of
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


def test_a_folder_of_the_users_is_left_alone(tmp_path: Path) -> None:
    """It would be closed to others, and lose what a studio may remove of its own."""
    music = tmp_path / "music"
    for name in ("sounds/rain.wav", "deleted/instrumental/a.mid", "airs.mid"):
        (music / name).parent.mkdir(parents=True, exist_ok=True)
        (music / name).touch()
    rights = music.stat().st_mode
    with (
        pytest.raises(MonodyError, match=r"files of its own, such as 'airs\.mid'"),
        StudioFolder(music).alone(),
    ):
        pass
    assert music.stat().st_mode == rights
    (music / "airs.mid").unlink()  # what is left might be a studio's
    (music / "sounds" / f"{'a' * 12}-{'0' * 16}.wav").touch()
    (music / "sounds" / "voice-0-60.wav").touch()
    with StudioFolder(music).alone():
        StudioFolder(music).clear_sounds()
    assert [path.name for path in (music / "sounds").iterdir()] == ["rain.wav"]


def test_it_answers_where_it_says_and_says_nothing_afterwards(tmp_path: Path) -> None:
    folder = StudioFolder(tmp_path / "studio")
    with _open(folder) as address:
        assert folder.address() == address.partition("?")[0]
        with _asked(folder, "api/state") as answer:
            assert json.load(answer)["cards"] == []
    assert folder.address() is None
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address)


def _asked(folder: StudioFolder, path: str) -> Any:
    """Ask a server, with the key of its folder."""
    address = folder.address() or ""
    cookie = cookie_of(urlsplit(address).port or 0)
    key = StudioKey.of(folder.path).secret
    request = urllib.request.Request(f"{address}{path}")
    request.add_header("Cookie", f"{cookie}={key}")
    return urllib.request.urlopen(request)


def _followed(address: str) -> tuple[str, Any]:
    """Open an address as a browser does: return the page, and the cookies."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(address) as answer:
        first = answer.read().decode()
    assert 'http-equiv="refresh"' in first
    with opener.open(address.partition("?")[0]) as answer:
        return answer.read().decode(), list(jar)


def test_its_address_opens_the_page_in_one_browser_and_the_next(tmp_path: Path) -> None:
    with _open(StudioFolder(tmp_path / "studio")) as address:
        for _ in range(2):
            page, [cookie] = _followed(address)
            assert "monody studio" in page
            assert cookie.has_nonstandard_attr("HttpOnly")
            assert cookie.get_nonstandard_attr("SameSite") == "strict"


def test_without_its_key_a_page_says_in_a_sentence_what_to_do(tmp_path: Path) -> None:
    with _open(StudioFolder(tmp_path / "studio")) as address:
        page = address.partition("?")[0]
        for asked in (page, f"{page}?key=", f"{page}?key=%C3%A9", f"{address}0",
                      f"{page}api/state", f"{page}static/main.js"):  # fmt: skip
            with pytest.raises(HTTPError) as refused:
                urllib.request.urlopen(asked)
            assert refused.value.code == 403
            assert b"start monody studio once more" in refused.value.read()


def test_a_key_outlives_its_server(tmp_path: Path) -> None:
    folder = StudioFolder(tmp_path / "studio")
    with _open(folder) as first:
        pass
    with _open(folder) as second:
        assert first.partition("?")[2] == second.partition("?")[2]


@pytest.mark.skipif(os.name == "nt", reason="there folders of a user are closed anyway")
def test_its_folder_with_its_key_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "studio").mkdir(mode=0o755)
    folder = StudioFolder(tmp_path / "studio")
    with _open(folder):
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_closed_is_used_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")  # as on a USB stick

    monkeypatch.setattr(Path, "chmod", refused)
    StudioFolder(tmp_path / "studio").make()
    assert (tmp_path / "studio" / "melodies").is_dir()


@pytest.mark.parametrize("text", ["", "short", "g" * 64, "0" * 65])
def test_a_damaged_key_is_made_once_more(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    made = StudioKey.of(tmp_path).secret
    assert made == StudioKey.of(tmp_path).secret == (tmp_path / "key").read_text()
    assert re.fullmatch("[0-9a-f]{64}", made)


def test_what_a_browser_is_started_with_opens_once_and_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, another = StudioKey("a" * 64), StudioKey("b" * 64)
    passing, late = key.passing(), key.passing()
    assert not another.opens(passing)
    assert [key.opens(passing), key.opens(passing)] == [True, False]
    until, number, signed = late.split(".")
    longer = f"{int(until) + 1}.{number}.{signed}"
    assert not key.opens(longer)
    monkeypatch.setattr(time, "time", lambda: int(until))
    assert not key.opens(late)
    assert key.opens("a" * 64)


def test_an_answer_does_not_wait_for_its_head_to_be_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[socket.socket] = []
    create = socket.create_server

    def noted(*arguments: Any, **options: Any) -> socket.socket:
        made.append(create(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(socket, "create_server", noted)
    with _open(StudioFolder(tmp_path / "studio")):
        assert made[-1].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_second_one_on_the_folder_opens_the_page_of_the_first(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = StudioFolder(tmp_path)
    with _open(folder) as address:
        main(["studio", "--studio_dir", str(tmp_path)])
        [page] = opened
        assert address.partition("?")[2] not in page  # others see it: it opens once
        assert "monody studio" in _followed(page)[0]
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


def test_what_a_killed_server_was_writing_goes_when_the_studio_opens(
    tmp_path: Path,
) -> None:
    folder = StudioFolder(tmp_path)
    folder.make()
    half = [
        place / ".monody-0123456789abcdef"
        for place in (tmp_path, folder.collections, folder.melodies)
    ]
    for path in half:
        path.mkdir()
    with folder.alone():
        assert not any(path.exists() for path in half)


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


@pytest.mark.parametrize("port", ["0", "-1", "65536"])
def test_a_port_that_is_none_is_a_sentence_in_each_language(
    port: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, said in (("en", "must be from 1 to"), ("es", "debe ser de 1 a")):
        monkeypatch.setenv("MONODY_LANG", language)
        with pytest.raises(SystemExit):
            main(["studio", "--port", port])
        assert f"--port {said} 65535, " in capsys.readouterr().err


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
        folder = StudioFolder(tmp_path)
        address = StudioKey.of(tmp_path).address(folder.address() or "")
        assert line == f"monody studio: {address} (Ctrl-C ends it)\n"
        with _asked(folder, "api/events") as events:
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
