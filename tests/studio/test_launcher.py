"""The entry in the menu of programs: of each system, whole, and only ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import monody
from monody.cli.main import main
from monody.studio.launcher import add_launcher, launcher_of

ODD = ["/opt/my $tools/py`thon", "-m", 'a "quoted" \\ part', "100%"]
SYSTEMS = {
    "linux": ".local/share/applications/monody-studio.desktop",
    "darwin": "Applications/monody studio.command",
    "win32": "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/monody studio.cmd",
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_system_has_it_in_its_place_and_again(tmp_path: Path, system: str) -> None:
    launcher = launcher_of(["python"], system, tmp_path, {})
    path = add_launcher(launcher)
    assert path == tmp_path / SYSTEMS[system]
    assert add_launcher(launcher) == path  # our own is replaced
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    if os.name != "nt":
        assert os.access(path, os.X_OK)


def test_systems_may_name_other_folders(tmp_path: Path) -> None:
    named = {"XDG_DATA_HOME": str(tmp_path / "d"), "APPDATA": str(tmp_path / "a")}
    for system in ("linux", "win32"):
        path = launcher_of(["python"], system, Path("home"), named).path
        assert path.is_relative_to(tmp_path)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_of_another_program_stays(tmp_path: Path, system: str) -> None:
    launcher = launcher_of(["python"], system, tmp_path, {})
    launcher.path.parent.mkdir(parents=True)
    launcher.path.write_text("mine")
    with pytest.raises(monody.MonodyError, match="move it away"):
        add_launcher(launcher)
    assert launcher.path.read_text() == "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="others take no such names")
def test_a_path_that_is_no_utf8_is_written_as_it_is(tmp_path: Path) -> None:
    command = ["monody", "--studio_dir", os.fsdecode(b"caf\xe9")]
    path = add_launcher(launcher_of(command, "linux", tmp_path, {}))
    assert b'"caf\xe9"' in path.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="quotes of a shell")
def test_linux_runs_just_what_was_meant(tmp_path: Path) -> None:
    text = launcher_of(ODD, "linux", tmp_path, {}).text
    [line] = [line for line in text.split("\n") if line.startswith("Exec=")]
    # As the specification reads it: the file's escapes, the fields, and quotes that are
    # those of a shell.
    value = line.removeprefix("Exec=").replace("\\\\", "\\").replace("%%", "%")
    show = ["sh", "-c", f"printf '%s\\n' {value}"]
    done = subprocess.run(show, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ODD
    assert "Terminal=true" in text  # a window to end it with


@pytest.mark.skipif(os.name == "nt", reason="a script for sh")
def test_macos_runs_just_what_was_meant(tmp_path: Path) -> None:
    show = [sys.executable, "-c", "import sys; print(sys.argv[1:])", *ODD]
    path = add_launcher(launcher_of(show, "darwin", tmp_path, {}))
    done = subprocess.run([path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(ODD)


def test_windows_runs_just_what_was_meant(tmp_path: Path) -> None:
    text = launcher_of([r"C:\Müller\100%\python.exe", "-m"], "win32", tmp_path, {}).text
    lines = text.split("\r\n")
    assert lines[-2] == r'"C:\Müller\100%%\python.exe" "-m"'
    assert lines[2] == "chcp 65001 >nul"  # before the first letter that is not ASCII
    assert "\n" not in text.replace("\r\n", "")


def test_a_path_that_no_launcher_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(monody.MonodyError):
        launcher_of(["two\nlines"], "linux", tmp_path, {})


def test_the_command_writes_one_that_opens_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for name in ("XDG_DATA_HOME", "APPDATA", "MONODY_STUDIO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    main(["studio", "--add_launcher", "--studio_dir", "my studio"])
    [path] = [path for path in home.rglob("monody*") if path.is_file()]
    assert str(path) in capsys.readouterr().out.replace("\n", "")
    text = path.read_text("utf-8")
    assert "--studio_dir" in text
    assert "my studio" in text
