"""Files are whole or not there, replace only what was named, and errors name them."""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from monody.files import (
    creating,
    laying_out,
    replacing,
    told,
    write_beside,
    write_bytes,
    write_new,
)
from monody.music.melody_store import MelodyStore
from tests.builders.midi_files import tune


@pytest.fixture
def small_disk() -> Iterator[int]:
    """No file may be larger than some bytes, as on a disk that is nearly full."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    yield 1000
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_over_no_other(tmp_path: Path) -> None:
    write_new(tmp_path / "1.mid", b"first")
    with pytest.raises(FileExistsError) as caught:
        write_new(tmp_path / "1.mid", b"second")
    assert caught.value.filename == str(tmp_path / "1.mid")
    (tmp_path / "2.mid").symlink_to("nowhere.mid")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "2.mid", b"second")
    assert (tmp_path / "1.mid").read_bytes() == b"first"
    assert _names(tmp_path) == ["1.mid", "2.mid"]


@pytest.mark.parametrize("links", [True, False])
def test_of_many_that_create_a_file_at_once_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:  # as on sticks and some network disks

        def no_links(*_: object) -> None:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(Path, "hardlink_to", no_links)
    path = tmp_path / "1.mid"
    ready = threading.Barrier(8)
    won: list[bytes] = []

    def write(data: bytes) -> None:
        with creating(path) as temporary:
            temporary.write_bytes(data)
            ready.wait()
        won.append(data)

    def attempt(data: bytes) -> None:
        with suppress(FileExistsError):
            write(data)

    threads = [threading.Thread(target=attempt, args=(bytes([n]),)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.read_bytes()] == won
    assert _names(tmp_path) == ["1.mid"]


def test_what_is_rendered_at_once_is_all_there(tmp_path: Path) -> None:
    ready = threading.Barrier(6)

    def write(number: int) -> None:
        ready.wait()
        write_beside(tmp_path / "a.wav", bytes([number]))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(_names(tmp_path)) == 6
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {
        bytes([number]) for number in range(6)
    }


def test_replacing_a_link_leaves_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "soft").symlink_to("precious")
    (tmp_path / "hard").hardlink_to(tmp_path / "precious")
    for name in ("soft", "hard"):
        write_bytes(tmp_path / name, b"new")
        assert (tmp_path / name).read_bytes() == b"new"
    assert (tmp_path / "precious").read_bytes() == b"mine"


def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, small_disk: int
) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="too large") as caught:
        write_bytes(path, bytes(2 * small_disk))
    assert caught.value.filename == str(path)
    assert told(caught.value).startswith(f"no space left for {str(path)!r}: make room")
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["model.keras"]


def test_a_full_disk_leaves_nothing_of_a_store_of_melodies(
    tmp_path: Path, small_disk: int
) -> None:
    store = MelodyStore.of([tune(n) for n in range(small_disk // 10)])
    with pytest.raises(OSError, match="too large") as caught:
        store.save(tmp_path / "training")
    assert Path(caught.value.filename).suffix == ".npy"
    assert not told(caught.value).count(".monody")
    assert not list((tmp_path / "training").glob(".*"))


def test_a_full_disk_leaves_nothing_of_a_folder(
    tmp_path: Path, small_disk: int
) -> None:
    with (
        pytest.raises(OSError, match=r"large|space") as caught,
        laying_out(tmp_path / "novelty") as making,
    ):
        np.save(making / "runs.npy", np.zeros(10 * small_disk))
    assert told(caught.value).startswith("no space left for")
    assert not _names(tmp_path)


def test_errors_of_other_files_name_those(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, replacing(tmp_path / "copy"):
        (tmp_path / "original").read_bytes()
    assert caught.value.filename == str(tmp_path / "original")
    with pytest.raises(FileNotFoundError) as caught:
        write_bytes(tmp_path / "nowhere" / "1.mid", b"")
    assert caught.value.filename == str(tmp_path / "nowhere" / "1.mid")


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'x' * 251}.mid"
    write_bytes(path, b"old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_folder_that_is_there_by_then_stays(tmp_path: Path) -> None:
    with laying_out(tmp_path / "base") as making:
        (making / "model").write_bytes(b"second")
        (tmp_path / "base").mkdir()
        (tmp_path / "base" / "model").write_bytes(b"first")
    assert (tmp_path / "base" / "model").read_bytes() == b"first"
    assert _names(tmp_path) == ["base"]
