"""What a report holds, and what it leaves out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.cli.main import main
from monody.cli.report_text import report_text, without_names
from monody.experiments.experiment import Experiment


@pytest.fixture
def _at_work(
    tmp_path: Path, trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of one who is called Maribel, with an experiment."""
    folder = tmp_path / "Maribel" / "secret songs"
    folder.mkdir(parents=True)
    (folder / "experiments").symlink_to(trained.folder.parent)
    (folder / "my tune.v2.MID").write_bytes(b"MThd broken")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("USER", "maribel")
    monkeypatch.setenv("HOME", str(folder.parent))


@pytest.mark.usefixtures("_at_work")
def test_a_report_has_versions_system_settings_and_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["report"])
    shown = capsys.readouterr().out
    text = Path("monody-report.txt").read_text("utf-8")
    assert text.strip() in shown
    for part in ("monody ", "python ", "numpy ", " cores of ", "rnn_size ", "seed "):
        assert f"\n{part}" in text or part in text
    assert "nothing was sent" in shown
    assert "secret" not in text
    assert "maribel" not in text.lower()


@pytest.mark.usefixtures("_at_work")
def test_the_file_that_failed_goes_along_under_another_name() -> None:
    main(
        ["report", "--file", "my tune.v2.MID", "--said", "cannot use 'my tune.v2.MID'"]
    )
    with zipfile.ZipFile("monody-report.zip") as packed:
        assert packed.namelist() == ["report.txt", "failed.MID"]
        assert packed.read("failed.MID") == b"MThd broken"
        text = packed.read("report.txt").decode()
    assert "cannot use '….MID'" in text
    assert "tune" not in text


@pytest.mark.usefixtures("_at_work")
def test_a_file_that_is_too_large_does_not_go_along(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Path("large.mid").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(SystemExit) as ended:
        main(["report", "--file", "large.mid"])
    assert ended.value.code == 2
    assert (
        "'large.mid' is larger than 100 MB: name a smaller" in capsys.readouterr().err
    )
    assert not Path("monody-report.zip").exists()


@pytest.mark.usefixtures("_at_work")
def test_what_is_no_unicode_is_spelt_out() -> None:
    main(["report", "--said", "cannot read caf\udce9"])
    assert r"caf\udce9" in Path("monody-report.txt").read_text("utf-8")


@pytest.mark.usefixtures("_at_work")
def test_a_report_replaces_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("monody-report.txt").write_text("mine")
    main(["report", "-q"])
    assert capsys.readouterr().out == "monody-report-2.txt\n"
    assert Path("monody-report.txt").read_text() == "mine"


def test_without_an_experiment_the_report_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "(no " in report_text()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("no folder '/srv/a b/c'", "no folder '…'"),
        (r"C:\Users\Ana\x.mid: damaged", "….mid: damaged"),
        ("~/tunes/a.mid and ./b.abc", "….mid and ….abc"),
        ("--meter 6/8 of 3/4,6/8", "--meter 6/8 of 3/4,6/8"),
        ("key must be 'D dorian'", "key must be 'D dorian'"),
        ("with experiments/01", "with …"),
        ("file:///home/ana/x.html", "….html"),
    ],
)
def test_paths_are_left_out(text: str, left: str) -> None:
    assert without_names(text) == left


def test_a_name_of_several_words_is_left_out_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A path without quotes is taken to end at a space: what follows is a name, too."""
    monkeypatch.setenv("HOME", "/home/Eva Maria Lopez")
    text = "cannot use /home/Eva Maria Lopez/music/a.mid: damaged"
    assert "Maria" not in without_names(text)
    assert without_names(text).endswith("….mid: damaged")


@given(
    st.lists(st.text("abñ é.-", min_size=1).filter(str.strip), min_size=2, max_size=4),
    st.sampled_from(["/", "\\"]),
)
def test_no_quoted_path_is_left(parts: list[str], slash: str) -> None:
    path = slash.join(["", *parts, "secret"])
    assert "secret" not in without_names(f"cannot use {path!r}: damaged")
