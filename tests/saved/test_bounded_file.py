from __future__ import annotations

import os
from pathlib import Path

import pytest

from monody.cli import checks
from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.reading.worker import Reader
from monody.render.audio import soundfont
from monody.saved.bounded_file import read_bounded, read_named
from monody.saved.damage import DamagedError
from monody.settings.reading import ReadSettings


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe that nobody writes to: who opens it as a file waits for ever."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes")
    os.mkfifo(tmp_path / "pipe.mid")
    return tmp_path / "pipe.mid"


def _hole(path: Path, size: int, begins: bytes = b"") -> Path:
    """Make a file of a size that takes no place on the disk."""
    with path.open("wb") as file:
        file.write(begins)
        file.truncate(size)
    return path


def test_a_small_file_takes_little_room_whatever_it_might_have(tmp_path: Path) -> None:
    path = tmp_path / "tune.mid"
    path.write_bytes(b"MThd")
    assert read_bounded(path, 2**62) == b"MThd"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/stdin"])
def test_a_device_is_no_file(device: str) -> None:
    if not Path(device).exists():
        pytest.skip(f"no {device}")
    with pytest.raises(DamagedError, match=f"'{device}' is a device"):
        read_bounded(Path(device), 1000)
    with pytest.raises(MonodyError, match=f"'{device}' is a device.*: name another"):
        read_named(Path(device), 1000, "name another")


def test_a_pipe_is_no_file_and_nobody_waits_for_it(pipe: Path) -> None:
    with pytest.raises(DamagedError, match=r"pipe\.mid' is a device, a pipe or the"):
        read_bounded(pipe, 1000)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="is a folder, and no file"):
        read_bounded(tmp_path, 1000)


def test_a_file_of_a_terabyte_is_not_read(tmp_path: Path) -> None:
    huge = _hole(tmp_path / "huge.mid", 2**40)
    with pytest.raises(MonodyError, match="larger than 16 MB: name a MIDI file"):
        read_melody(huge)


def test_a_file_that_grows_is_read_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grows.mid"
    path.write_bytes(b"MThd" * 100)
    small = os.stat_result((0o100644, 0, 0, 1, 0, 0, 4, 0, 0, 0))
    monkeypatch.setattr(os, "fstat", lambda _: small)
    with pytest.raises(DamagedError, match="larger than 0.0001 MB"):
        read_bounded(path, 100)


def test_a_sound_bank_without_end_is_one_sentence(
    tmp_path: Path, pipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("midirenderer")
    huge = _hole(tmp_path / "huge.sf2", 2**40, begins=b"RIFF")
    for bank in (huge, pipe, Path("/dev/zero")):
        with pytest.raises(MonodyError, match="name another, or none for monody's own"):
            checks.require_sound_bank(str(bank))
    monkeypatch.setattr(soundfont, "MAX_BANK_BYTES", 3)
    (tmp_path / "small.sf2").write_bytes(b"RIFF")
    with pytest.raises(MonodyError, match="larger than"):
        checks.require_sound_bank(str(tmp_path / "small.sf2"))


def test_an_archive_that_is_a_pipe_has_its_verdict_at_once(pipe: Path) -> None:
    from monody.reading.pool import ReadPool, Source

    archive = pipe.rename(pipe.with_name("book.zip"))
    with ReadPool(ReadSettings(n_jobs=1, max_seconds_per_file=300)) as pool:
        assert pool.members(str(archive)) == []
        [(_, read)] = pool.read([Source("book.zip", str(archive))])
    assert read.reports[0].left_out_text == "1 × not a regular file"


def test_a_file_that_grows_while_it_is_read_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grows.mid"
    path.write_bytes(b"MThd")
    before = path.stat()
    path.write_bytes(b"MThd" * 2)
    monkeypatch.setattr(os, "stat", lambda *_, **__: before)
    read = Reader(ReadSettings()).read([(str(path), -1)])
    assert read.reports[0].left_out_text == "1 × changed while it was read"
    assert read.keys == [None]
