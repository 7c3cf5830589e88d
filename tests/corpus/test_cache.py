from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from monody.cli.main import main
from monody.corpus import corpus as corpus_module
from monody.corpus.cache import Cache, cache_bytes, clear_cache
from monody.corpus.corpus import Corpus, read_corpus
from monody.music.melody_store import MelodyStore
from monody.music.store_files import StoreWriter
from monody.ours import claim
from monody.reading.cache import DATABASE, CacheRow, ReadCache
from monody.reading.pool import ReadPool, Source
from monody.reading.protocol import FilesRead
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import midi_file, tune, write_tunes

LONG_AGO = 1_000_000_000  # seconds since 1970: 2001


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MONODY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def music(tmp_path: Path) -> Path:
    write_tunes(tmp_path / "music", 12)
    _age(tmp_path / "music")
    return tmp_path / "music"


def _age(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were just made count as settled: no test can set change times."""
    monkeypatch.setattr(corpus_module, "SETTLED_SECONDS", -3600.0)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts of the files that were sent to be read and of those parsed, per run."""
    counts: list[int] = []
    add = Cache.add

    def counting(self: Cache, rows: Iterable[CacheRow]) -> None:
        listed = list(rows)
        counts.append(len(listed))
        add(self, listed)

    monkeypatch.setattr(Cache, "add", counting)
    return counts


def _same(one: Corpus, other: Corpus) -> bool:
    return (
        list(one.verdicts) == list(other.verdicts)
        and list(one.melodies) == list(other.melodies)
        and np.array_equal(one.groups, other.groups)
        and np.array_equal(one.copy_of, other.copy_of)
    )


@pytest.mark.usefixtures("cache")
def test_a_file_is_parsed_once_wherever_it_lies(
    music: Path, tmp_path: Path, parsed: list[int]
) -> None:
    fresh = read_corpus(music, ReadSettings(cache=False))
    assert _same(read_corpus(music), fresh)
    assert sum(parsed) == 12
    parsed.clear()
    music.rename(tmp_path / "moved")
    (tmp_path / "moved" / "tune-003.mid").rename(tmp_path / "moved" / "zzz.mid")
    moved = read_corpus(tmp_path / "moved")
    assert sum(parsed) == 0
    assert moved.verdicts[-1].path == "zzz.mid"
    assert moved.melodies[-1] == tune(3)


@pytest.mark.usefixtures("cache")
def test_what_changed_is_read_again_and_nothing_else(
    music: Path, parsed: list[int]
) -> None:
    read_corpus(music)
    parsed.clear()
    data = midi_file([list(tune(50))], ticks_per_quarter=24)
    path = music / "tune-005.mid"
    path.write_bytes(data)
    os.utime(path, (LONG_AGO, LONG_AGO))  # as `cp -p` or a careless tool leaves it
    again = read_corpus(music)
    assert sum(parsed) == 1
    assert again.melodies[5] == tune(50)
    parsed.clear()
    read_corpus(music, ReadSettings(min_notes=3))  # another setting, another reading
    assert sum(parsed) == 12


@pytest.mark.usefixtures("cache", "_later")
def test_an_unchanged_folder_is_not_opened_at_all(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read_corpus(music)

    def no_pool(*_: object) -> None:
        raise AssertionError("a file is read again")

    monkeypatch.setattr(ReadPool, "__enter__", no_pool)
    assert _same(read_corpus(music), first)
    # Copies are kept or left out after reading.
    both = read_corpus(music, ReadSettings(deduplicate=False))
    assert len(both.used) == len(both.melodies)


@pytest.mark.usefixtures("_later")
@pytest.mark.parametrize("damage", ["cut", "flip", "remove"])
def test_a_damaged_corpus_is_made_anew(music: Path, cache: Path, damage: str) -> None:
    first = read_corpus(music, ReadSettings(cache=False))
    read_corpus(music)
    [kept] = [path for path in (cache / "corpora").iterdir() if path.is_dir()]
    notes = kept / "notes.npy"
    data = bytearray(notes.read_bytes())
    if damage == "cut":
        notes.write_bytes(data[:-5])
    elif damage == "flip":
        data[-9] ^= 4
        notes.write_bytes(data)
    else:
        notes.unlink()
    assert _same(read_corpus(music), first)
    assert _same(read_corpus(music), first)


def test_a_damaged_database_is_begun_anew(
    music: Path, cache: Path, parsed: list[int]
) -> None:
    first = read_corpus(music)
    for damage in (b"not a database", (cache / DATABASE).read_bytes()[:6000]):
        (cache / DATABASE).write_bytes(damage)
        parsed.clear()
        assert _same(read_corpus(music), first)
        parsed.clear()
        assert _same(read_corpus(music), first)
        assert sum(parsed) == 0


def test_a_damaged_row_is_read_anew(
    music: Path, cache: Path, parsed: list[int]
) -> None:
    first = read_corpus(music)
    with sqlite3.connect(cache / DATABASE) as database:
        database.execute("update readings set notes = zeroblob(12)")
    database.close()
    parsed.clear()
    assert _same(read_corpus(music), first)
    assert sum(parsed) == 12


def test_a_row_that_says_it_is_larger_than_the_memory_is_read_again(
    music: Path, cache: Path, parsed: list[int]
) -> None:
    first = read_corpus(music)
    with sqlite3.connect(cache / DATABASE) as database:
        database.execute("pragma wal_checkpoint(truncate)")
        keys = [key for (key,) in database.execute("select key from readings")]
    database.close()
    data = bytearray((cache / DATABASE).read_bytes())
    for key in keys:  # the lengths of a row lie before its key
        place = data.index(key.encode())
        data[place - 10 : place - 2] = b"\xff" * 8
    (cache / DATABASE).write_bytes(data)
    for _ in range(2):
        assert _same(read_corpus(music), first)
    parsed.clear()
    read_corpus(music)
    assert sum(parsed) == 0


@pytest.mark.usefixtures("cache")
def test_two_at_once_do_not_disturb_each_other(music: Path) -> None:
    program = "import sys, monody; print(len(monody.read_corpus(sys.argv[1]).melodies))"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(music)], stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    assert [run.communicate()[0].strip() for run in runs] == [b"12"] * 3
    results: list[Corpus] = []
    threads = [
        threading.Thread(target=lambda: results.append(read_corpus(music)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3
    assert all(_same(result, results[0]) for result in results)


@pytest.mark.usefixtures("cache")
def test_what_may_turn_out_otherwise_is_not_remembered(
    music: Path, parsed: list[int]
) -> None:
    (music / "locked.mid").symlink_to(music / "missing")
    (music / "empty.mid").write_bytes(b"")
    read_corpus(music)
    assert sum(parsed) == 13  # the empty file is, the one that is not there is not


@pytest.mark.usefixtures("cache", "_later")
def test_a_verdict_that_may_change_is_asked_for_again(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = ReadPool.read

    def impatient(
        pool: ReadPool, sources: Iterable[Source]
    ) -> Iterator[tuple[Sequence[Source], FilesRead]]:
        for some, chunk in hidden(pool, sources):
            chunk.keys[0] = None
            yield some, chunk

    with monkeypatch.context() as patch:
        patch.setattr(ReadPool, "read", impatient)
        read_corpus(music)
    opened: list[object] = []
    enter = ReadPool.__enter__

    def counted(pool: ReadPool) -> ReadPool:
        opened.append(pool)
        return enter(pool)

    monkeypatch.setattr(ReadPool, "__enter__", counted)
    read_corpus(music)
    assert len(opened) == 1  # what was not certain was read again
    read_corpus(music)
    assert len(opened) == 1  # and is certain now


@pytest.mark.usefixtures("_later")
def test_links_and_odd_files_do_not_keep_a_corpus_from_being_kept(
    music: Path, cache: Path
) -> None:
    (music / "nowhere.mid").symlink_to(music / "missing")
    (music / "texts.zip").write_bytes(b"PK\5\6" + bytes(18))
    os.mkfifo(music / "fifo.mid")
    read_corpus(music)
    assert len(list((cache / "corpora").iterdir())) == 1


def test_a_disk_that_is_full_costs_the_cache_and_not_the_run(
    music: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = StoreWriter.append

    def full(writer: StoreWriter, melodies: MelodyStore) -> None:
        if (cache / "corpora").exists() and any((cache / "corpora").iterdir()):
            raise OSError(errno.ENOSPC, "No space left on device")
        keep(writer, melodies)

    monkeypatch.setattr(StoreWriter, "append", full)
    corpus = read_corpus(music)
    assert len(corpus.melodies) == 12
    assert "no space left for" in corpus.remarks[0]
    assert ".monody-" not in corpus.remarks[0]


def _theirs(folder: Path) -> list[Path]:
    """Put files of another's into folders of the names that ours have, and alike."""
    named = ("base-line", "base-0123456789abcdef", "compiled", "compilations",
             "corpora/mine", "corpora/making-0123", "readings")  # fmt: skip
    files = []
    for name in named:
        (folder / name).mkdir(parents=True)
        for file in ("notes.txt", "sums.json", "readings.sqlite", "CACHEDIR.TAG"):
            (folder / name / file).write_text(f"{name} is not monody's")
            files.append(folder / name / file)
    (folder / "readings.sqlite").write_text("nor this")
    return [*files, folder / "readings.sqlite"]


@pytest.mark.usefixtures("_later")
def test_only_what_is_ours_is_removed(music: Path, cache: Path) -> None:
    theirs = _theirs(cache)
    _age(cache)
    [remark] = read_corpus(music).remarks
    assert "a folder that is not monody's" in remark
    clear_cache()
    assert all(path.read_text().endswith(("monody's", "this")) for path in theirs)
    assert cache_bytes() == 0
    for path in (cache / "readings").iterdir():
        path.unlink()
    assert read_corpus(music).remarks == ()
    assert cache_bytes() > 0
    clear_cache()
    assert not (cache / "readings").exists()
    theirs = [path for path in theirs if path.parent.name != "readings"]
    assert {path for path in cache.rglob("*") if path.is_file()} == set(theirs)


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_link_to_what_is_ours_is_left_alone(music: Path, cache: Path) -> None:
    read_corpus(music)
    ours = cache.rename(cache.with_name("elsewhere"))
    cache.mkdir()
    (cache / "readings").symlink_to(ours / "readings")
    clear_cache()
    assert (ours / DATABASE).exists()
    assert (cache / "readings").is_symlink()


def test_a_database_of_another_layout_is_begun_anew(
    music: Path, cache: Path, parsed: list[int]
) -> None:
    assert claim((cache / DATABASE).parent)
    with sqlite3.connect(cache / DATABASE) as database:
        database.execute("create table readings (key text, value text)")
    database.close()
    assert read_corpus(music).remarks == ()
    parsed.clear()
    read_corpus(music)
    assert sum(parsed) == 0


@pytest.mark.parametrize(
    "harm",
    [
        # A column that is missing; a name in the database that is no UTF-8.
        "create table readings (key text); pragma user_version = 1",
        "create table readings (\x80 text); pragma user_version = 1",
    ],
)
def test_a_database_with_damaged_tables_is_begun_again(
    harm: str, music: Path, cache: Path, parsed: list[int]
) -> None:
    assert claim((cache / DATABASE).parent)
    with sqlite3.connect(cache / DATABASE) as database:
        database.executescript(harm)
    database.close()
    data = (cache / DATABASE).read_bytes()
    (cache / DATABASE).write_bytes(data.replace("\x80".encode(), b"\x80\x80"))
    for _ in range(2):
        assert read_corpus(music).remarks == ()
    parsed.clear()
    read_corpus(music)
    assert sum(parsed) == 0


def test_no_cache_leaves_nothing_and_one_that_cannot_be_written_is_said(
    music: Path, cache: Path
) -> None:
    read_corpus(music, ReadSettings(cache=False))
    assert not cache.exists()
    cache.write_text("a file is in the way")
    corpus = read_corpus(music)
    assert len(corpus.melodies) == 12
    [remark] = corpus.remarks
    assert "not remembered" in remark


@pytest.mark.usefixtures("cache")
def test_one_command_removes_it(music: Path) -> None:
    read_corpus(music)
    assert cache_bytes() > 0
    clear_cache()
    assert cache_bytes() == 0
    assert len(read_corpus(music).melodies) == 12


def test_a_cache_that_is_removed_meanwhile_is_said_in_plain_words(
    music: Path, cache: Path
) -> None:
    def clear(*_: int) -> None:
        clear_cache()

    corpus = read_corpus(music, progress=clear)
    assert len(corpus.melodies) == 12
    assert not any("Errno" in remark for remark in corpus.remarks)

    def remove_all(*_: int) -> None:
        shutil.rmtree(cache, ignore_errors=True)

    corpus = read_corpus(music, ReadSettings(min_notes=3), progress=remove_all)
    assert len(corpus.melodies) == 12
    [remark] = corpus.remarks
    assert "another command removed the cache meanwhile" in remark


@pytest.mark.parametrize("code", ["SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY"])
def test_what_sqlite_says_of_a_full_disk_names_the_file_and_the_way_out(
    code: str, music: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = getattr(sqlite3, code)
        monkeypatch.setattr(Path, "write_bytes", full)
        raise error

    def full(path: Path, _: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(ReadCache, "add", failing)
    [remark] = read_corpus(music).remarks
    assert f"no space left for {str(cache / DATABASE)!r}: make room there" in remark
    assert "MONODY_CACHE" in remark


def test_a_command_that_fails_says_so_in_one_line(
    music: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "report.html")

    cache.write_text("a file is in the way")
    main(["inspect", str(music)])
    assert "what was read is not remembered" in capsys.readouterr().err
    monkeypatch.setattr("monody.pages.corpus.write_page", full)
    with pytest.raises(SystemExit):
        main(["inspect", str(music), "--html", str(music.parent / "report.html")])
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("monody: no space left for 'report.html'")


def test_ctrl_c_leaves_no_half_corpus(music: Path, cache: Path) -> None:
    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_corpus(music, progress=interrupt)
    assert list((cache / "corpora").iterdir()) == []
    assert len(read_corpus(music).melodies) == 12


class _Counted(sqlite3.Connection):
    """A connection that is missed if nobody closes it."""

    opened: ClassVar[set[int]] = set()

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.opened.add(id(self))

    def close(self) -> None:
        super().close()
        self.opened.discard(id(self))


@pytest.mark.parametrize("damage", [None, b"not a database", b"SQLite format 3\0" * 9])
def test_every_connection_is_closed(
    music: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes | None
) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", partial(connect, factory=_Counted))
    read_corpus(music)
    if damage is not None:
        (cache / DATABASE).write_bytes(damage)
        write_tunes(music, 12)
        read_corpus(music)
    with closing(connect(cache / DATABASE)) as other:
        other.execute("pragma user_version = 99")  # as of a version to come
    write_tunes(music, 13)
    read_corpus(music)
    assert not _Counted.opened


@pytest.mark.parametrize("place", ["", "corpora"])
@pytest.mark.parametrize("command", ["names", "cache"])
def test_what_a_killed_process_left_goes_with_any_command(
    cache: Path, place: str, command: str
) -> None:
    left = cache / place / ".monody-0123456789abcdef"
    left.mkdir(parents=True)
    (left / "notes.npy").write_bytes(b"half of it")
    (cache / ".monody-theirs").mkdir()
    main([command])
    assert not left.exists()
    assert (cache / ".monody-theirs").is_dir()


@pytest.mark.skipif(os.name == "nt", reason="Windows links for administrators only")
@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_database_that_a_link_leads_to_is_not_written_to(
    music: Path, cache: Path, tmp_path: Path, suffix: str
) -> None:
    read_corpus(music)
    mine = tmp_path / "mine.sqlite"
    with closing(sqlite3.connect(mine)) as own:
        own.execute("create table tunes (title text)")
        own.commit()
    before = mine.read_bytes()
    database = Path(f"{cache / DATABASE}{suffix}")
    database.unlink(missing_ok=True)
    database.symlink_to(mine)
    read_corpus(music, ReadSettings(min_notes=3))
    assert mine.read_bytes() == before
    assert not database.is_symlink()
