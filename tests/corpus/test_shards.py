from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import unicodedata
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.cli.commands import cli
from monody.corpus.corpus import read_corpus
from monody.corpus.report import make_report, report_json
from monody.corpus.saved_reports import NamedReport
from monody.corpus.shards import Shard, merge_shards, read_shard
from monody.errors import MonodyError
from monody.files import seal
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import midi_file, tune, write_tunes
from tests.builders.profile import examples

ALONE = ReadSettings(n_jobs=1)
BOOK = b"X:1\nK:D\nDEFGABAG|FEDEFGAF|\nX:2\nK:G\nGABcdedc|BAGABcBA|\n"


def _packed(seed: int) -> bytes:
    return midi_file([list(tune(seed))], ticks_per_quarter=24)


def _write(folder: Path, kinds: list[str]) -> None:
    """Write files of every kind: some hold what others hold, too."""
    folder.mkdir()
    for number, kind in enumerate(kinds):
        path = folder / f"{'ab'[number % 2]}{number}"
        data = _packed(number % 3)
        match kind:
            case "midi":
                path.with_suffix(".mid").write_bytes(data)
            case "gzip":
                path.with_suffix(".mid.gz").write_bytes(gzip.compress(data))
            case "book":
                path.with_suffix(".abc").write_bytes(BOOK)
            case "damaged":
                path.with_suffix(".mid").write_bytes(data[: 30 + 9 * number])
            case "zip":
                with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
                    archive.writestr("deep/x.mid", data)
                    archive.writestr("book.abc", BOOK)
                    archive.writestr("y.mid", b"MThd")
            case "no zip":
                path.with_suffix(".zip").write_bytes(b"PK\3\4 damaged")
    for path in folder.iterdir():
        os.utime(path, (1e9, 1e9))


def _files_of(folder: Path) -> dict[str, bytes]:
    """Return what a kept corpus is made of, whatever it is called."""
    [corpus] = (folder / "corpora").iterdir()
    return {path.name: path.read_bytes() for path in sorted(corpus.iterdir())}


def _readings_of(folder: Path) -> list[tuple[object, ...]]:
    database = folder / "readings" / "readings.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("select * from readings").fetchall()


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files that were written just now for old: what is young is not kept."""
    monkeypatch.setattr("monody.corpus.corpus.SETTLED_SECONDS", -1e9)


@settings(max_examples=examples(3))
@given(
    kinds=st.lists(
        st.sampled_from(["midi", "gzip", "book", "damaged", "zip", "no zip"]),
        min_size=1,
        max_size=7,
    ),
    of=st.integers(1, 4),
)
def test_shards_give_the_cache_and_the_report_of_one_run_to_the_byte(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[str], of: int
) -> None:
    tmp_path = tmp_path_factory.mktemp("shards")
    music, readings = tmp_path / "music", tmp_path / "readings"
    _write(music, kinds)
    found = []
    for name in ("one", "many"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MONODY_CACHE", str(tmp_path / name))
            if name == "one":
                corpus = read_corpus(music, ALONE)
            else:
                for number in range(of, 0, -1):
                    read_shard(str(music), Shard(number, of), readings, ALONE)
                corpus = merge_shards(str(music), readings, ALONE)
            report = make_report(
                str(music), corpus.verdicts, corpus.melodies, corpus.used
            )
            found.append("".join(report_json(report)))
    assert found[0] == found[1]
    assert _files_of(tmp_path / "one") == _files_of(tmp_path / "many")
    assert _readings_of(tmp_path / "one") == _readings_of(tmp_path / "many")


def test_names_that_one_system_spells_otherwise_belong_to_the_same_shards(
    tmp_path: Path,
) -> None:
    """Some disks of macOS keep a letter and its accent apart, and sort it elsewhere."""
    names = ["e.mid", "élan.mid", "f.mid", "Ñandú/é.mid", "Nz/a.mid", "Oz/a.mid"]
    for form in ("NFC", "NFD"):
        for number, name in enumerate(names):
            path = tmp_path / form / unicodedata.normalize(form, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_packed(number))
    for number in (1, 2, 3):
        read_shard(
            str(tmp_path / "NFD"), Shard(number, 3), tmp_path / "readings", ALONE
        )
    merged = merge_shards(str(tmp_path / "NFC"), tmp_path / "readings", ALONE)
    one = read_corpus(tmp_path / "NFC", ALONE)
    assert [*merged.melodies] == [*one.melodies]
    spelt = [unicodedata.normalize("NFC", each.path) for each in merged.verdicts]
    assert spelt == [each.path for each in one.verdicts]


def test_a_file_belongs_to_one_shard_whatever_the_machine() -> None:
    shards = [Shard(number, 5) for number in range(1, 6)]
    names = [f"folder/tune-{number}.mid" for number in range(200)]
    assert all(sum(shard.has(name) for shard in shards) == 1 for name in names)
    assert [name for name in names[:9] if Shard(2, 5).has(name)] == [
        "folder/tune-2.mid"
    ]


@pytest.mark.parametrize("typed", ["", "2", "0/3", "4/3", "1/0", "a/b", "1/2/3"])
def test_what_is_no_shard_is_told_what_one_is(typed: str) -> None:
    with pytest.raises(MonodyError, match="from 1/8 to 8/8"):
        Shard.named(typed)


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder, and beside it what was read of it in three shards."""
    folder = tmp_path_factory.mktemp("three")
    write_tunes(folder / "music", 6)
    for number in (1, 2, 3):
        read_shard(str(folder / "music"), Shard(number, 3), folder / "readings", ALONE)
    return folder


@pytest.fixture
def three(read_once: Path, tmp_path: Path) -> tuple[str, Path]:
    """A copy of these."""
    shutil.copytree(read_once, tmp_path / "three")
    return str(tmp_path / "three" / "music"), tmp_path / "three" / "readings"


def test_a_shard_that_is_missing_is_named(three: tuple[str, Path]) -> None:
    music, readings = three
    (readings / "shard-2-of-3").rename(readings.parent / "elsewhere")
    with pytest.raises(MonodyError, match="shard 2 of 3 is missing.*--shard 2/3"):
        merge_shards(music, readings, ALONE)


def test_a_shard_that_is_there_twice_is_named(three: tuple[str, Path]) -> None:
    music, readings = three
    shutil.copytree(readings / "shard-2-of-3", readings / "again")
    with pytest.raises(MonodyError, match="shard 2 of 3 is there twice"):
        merge_shards(music, readings, ALONE)


def test_shards_of_two_divisions_are_not_mixed(three: tuple[str, Path]) -> None:
    music, readings = three
    read_shard(music, Shard(1, 4), readings, ALONE)
    with pytest.raises(MonodyError, match="others are of"):
        merge_shards(music, readings, ALONE)


def test_a_shard_read_with_other_settings_is_named(three: tuple[str, Path]) -> None:
    music, readings = three
    with pytest.raises(MonodyError, match="another version of monody, or with other"):
        merge_shards(music, readings, ReadSettings(n_jobs=1, min_notes=3))


def test_a_shard_of_other_files_is_named(three: tuple[str, Path]) -> None:
    music, readings = three
    (Path(music) / "new.mid").write_bytes(_packed(9))
    with pytest.raises(MonodyError, match="read from other files"):
        merge_shards(music, readings, ALONE)


@pytest.mark.parametrize("name", ["notes.npy", "reports.jsonl", "shard.json"])
def test_a_damaged_shard_is_named(three: tuple[str, Path], name: str) -> None:
    music, readings = three
    path = readings / "shard-1-of-3" / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(MonodyError, match=r"shard-1-of-3' is damaged"):
        merge_shards(music, readings, ALONE)


def test_a_shard_is_not_read_over_another(three: tuple[str, Path]) -> None:
    music, readings = three
    with pytest.raises(MonodyError, match="there already: remove it"):
        read_shard(music, Shard(1, 3), readings, ALONE)


def test_no_shard_at_all_is_told(three: tuple[str, Path]) -> None:
    with pytest.raises(MonodyError, match="no shard in"):
        merge_shards(three[0], Path(three[0]), ALONE)
    with pytest.raises(MonodyError, match="no shard in"):  # before files are listed
        merge_shards("nowhere", Path(three[0]), ALONE)


def _array(change: Callable[[Any], Any]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        np.save(path, change(np.load(path)))

    return damage


def _field(name: str, value: float) -> Callable[[Path], None]:
    def change(info: Any) -> Any:
        info[name][0] = value
        return info

    return _array(change)


def _written(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _about(**values: object) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return damage


def _renamed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"tune-", b"song-"))


_NAMED = b'["tune-000.mid", [], []]\n'


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("counts.npy", _array(lambda counts: counts[:-1])),
        ("counts.npy", _array(lambda counts: counts[:0])),
        ("counts.npy", _array(lambda counts: counts * 0)),
        ("counts.npy", _array(lambda counts: counts + 1)),
        ("counts.npy", _array(lambda counts: -counts)),
        ("counts.npy", _array(lambda counts: counts.astype(float))),
        ("counts.npy", _array(lambda counts: counts[0])),
        ("counts.npy", _written(b"")),
        ("notes.npy", _array(lambda notes: notes[:-1])),
        ("notes.npy", _array(lambda notes: notes * 0)),
        ("meters.npy", _array(lambda meters: meters * 0)),
        ("info.npy", _array(lambda info: info[:0])),
        ("info.npy", _array(lambda info: info[::-1])),
        ("info.npy", _field("note_count", -1)),
        ("info.npy", _field("note_count", 2**31 - 1)),
        ("info.npy", _field("file", 9)),
        ("info.npy", _field("bpm", float("nan"))),
        ("info.npy", _field("key", 100)),
        ("reports.jsonl", _written(b"")),
        ("reports.jsonl", _written(b"[]\n")),
        ("reports.jsonl", _written(b"\n\n\n\n")),
        ("reports.jsonl", _written(_NAMED * 9)),
        ("reports.jsonl", _renamed),
        ("keys.jsonl", _written(b"")),
        ("keys.jsonl", _written(b"7\n" * 9)),
        ("keys.jsonl", _written(b"[" * 10**6)),
        ("shard.json", _written(b"[]")),
        ("shard.json", _about(of=10**12)),
        ("shard.json", _about(of=True, shard=True)),
        ("shard.json", _about(shard=0)),
        ("shard.json", _about(shard=9)),
    ],
)
def test_a_shard_whose_content_is_wrong_is_named(
    three: tuple[str, Path],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    damage: Callable[[Path], object],
) -> None:
    """Its checksums are right: it was written so, by a damaged program or by hand."""
    music, readings = three
    monkeypatch.setenv("MONODY_CACHE", str(readings.parent / "cache"))
    # The shard with the most files, so that there is an order to be wrong in.
    folder = max(
        readings.iterdir(),
        key=lambda path: len((path / "reports.jsonl").read_bytes()),
    )
    damage(folder / name)
    (folder / "sums.json").unlink()
    seal(folder)
    with pytest.raises(MonodyError, match=rf"{folder.name}' is damaged"):
        merge_shards(music, readings, ALONE)


@pytest.mark.parametrize(
    "line",
    [
        b"null",
        b"[]",
        b"[7, [], []]",
        b"[null, [], []]",
        b'["tune", 7, []]',
        b'["tune", [[7, 8]], []]',
        b'["tune", [[["why", "what"], "x"]], []]',
        b'["tune", [[["why"], 1]], []]',
        b'["tune", [[["why", "what"], NaN]], []]',
        b'["tune", [], [7]]',
        b'["tune", [], "text"]',
        b'["tune", [], []]' + b" " * 2**20,
    ],
)
def test_a_report_that_is_none_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        NamedReport.from_line(line)


def test_inspect_reads_shards_and_merges_them(tmp_path: Path) -> None:
    write_tunes(tmp_path / "music", 5)
    music, readings = str(tmp_path / "music"), str(tmp_path / "readings")
    run = CliRunner().invoke
    for shard in ("1/2", "2/2"):
        read = run(cli, ["inspect", music, "--shard", shard, "--readings", readings])
        assert read.exit_code == 0, read.output
        assert f"shard-{shard[0]}-of-2" in read.output
    merged = run(cli, ["inspect", music, "--merge", readings, "--json"])
    alone = run(cli, ["inspect", music, "--json", "--no_cache"])
    assert merged.stdout == alone.stdout
