from __future__ import annotations

import os
from pathlib import Path

import pytest

from monody.ours import MARK, MARK_FILE, claim, files_in, is_ours, mark, remove, use
from tests.builders.left_behind import at_work


def test_a_folder_is_ours_if_we_made_it_or_found_it_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("new/one", "empty"):
        assert claim(tmp_path / name)
        assert claim(tmp_path / name)
        assert is_ours(tmp_path / name)
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "notes.txt").touch()
    assert not claim(theirs)
    assert [path.name for path in theirs.iterdir()] == ["notes.txt"]


def test_a_mark_that_a_full_disk_left_empty_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / MARK_FILE).touch()
    assert claim(folder)
    assert is_ours(folder)


@pytest.mark.parametrize("found", [b"", MARK[:43], MARK + b"x", b"Signature: 1"])
def test_the_mark_of_another_is_not_ours(tmp_path: Path, found: bytes) -> None:
    (tmp_path / MARK_FILE).write_bytes(found)
    assert not is_ours(tmp_path)
    remove(tmp_path)
    assert (tmp_path / MARK_FILE).read_bytes() == found
    assert list(files_in(tmp_path)) == []


def test_the_mark_goes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ours"
    (folder / "below").mkdir(parents=True)
    (folder / "file").touch()
    mark(folder)

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", stopped)
        with pytest.raises(KeyboardInterrupt):
            remove(folder)
    assert is_ours(folder)
    remove(folder)
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows links for administrators only")
def test_a_link_to_a_mark_is_no_mark_and_is_not_written_through(tmp_path: Path) -> None:
    for content in (MARK, b""):
        theirs, folder = tmp_path / f"file{len(content)}", tmp_path / f"{len(content)}"
        theirs.write_bytes(content)
        folder.mkdir()
        (folder / MARK_FILE).symlink_to(theirs)
        assert not is_ours(folder)
        assert not claim(folder)
        remove(folder)
        assert (folder / MARK_FILE).is_symlink()
        assert theirs.read_bytes() == content


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_in_place_of_a_mark_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / MARK_FILE)
    assert not claim(tmp_path)
    assert not is_ours(tmp_path)


USES = """
from pathlib import Path
from monody.ours import use
assert use(Path("laid-out"))
print("at work", flush=True)
input()
"""


def test_what_another_process_uses_stays_until_that_ends(tmp_path: Path) -> None:
    folder = tmp_path / "laid-out"
    claim(folder)
    (folder / "model.keras").write_bytes(b"whole")
    with at_work(USES, tmp_path):
        assert use(folder)  # two may use it
        remove(folder)
        assert (folder / "model.keras").exists()
    remove(folder)
    assert not folder.exists()


def test_a_folder_that_was_removed_is_used_by_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "laid-out"
    assert not use(folder)
    claim(folder)
    assert use(folder)
    remove(folder)
    assert not use(folder)
