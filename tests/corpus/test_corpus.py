from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from monody.corpus.corpus import Corpus, read_corpus, require_melodies
from monody.corpus.verdicts import (
    DROPPED,
    DUPLICATE,
    KEPT,
    RECOVERED,
    VERDICTS,
    Verdict,
)
from monody.errors import MonodyError
from monody.reading.find import find_files
from monody.settings.reading import ReadSettings
from tests.builders.broken_files import broken_files, disk_oddities, huge_files
from tests.builders.midi_files import midi_file, tune, write_tunes


def _verdicts(corpus: Corpus) -> dict[str, Verdict]:
    return {verdict.path: verdict for verdict in corpus.verdicts}


def test_every_file_gets_a_verdict_and_none_stops_the_run(tmp_path: Path) -> None:
    write_tunes(tmp_path / "good" / "deeper", 3)
    (tmp_path / "page.mid").write_text("<html>not found</html>")
    (tmp_path / "empty.MID").write_bytes(b"")
    whole = midi_file([list(tune(9))], ticks_per_quarter=24)
    (tmp_path / "cut.midi").write_bytes(whole[:-20])
    (tmp_path / "short.midi").write_bytes(whole[:20])
    (tmp_path / "large.kar").write_bytes(b"MThd" + bytes(2_000_000))
    os.mkfifo(tmp_path / "fifo.mid")
    (tmp_path / "nowhere.mid").symlink_to(tmp_path / "missing.mid")
    (tmp_path / "folder.mid").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / ".hidden.mid").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("no MIDI")

    corpus = read_corpus(tmp_path, ReadSettings(max_file_megabytes=1))
    said = _verdicts(corpus)
    assert len(corpus.melodies) == 4
    assert said.keys() == {
        *(f"good/deeper/tune-00{i}.mid" for i in range(3)),
        "page.mid", "empty.MID", "cut.midi", "short.midi", "large.kar", "fifo.mid",
        "nowhere.mid",
    }  # fmt: skip
    good = said["good/deeper/tune-000.mid"]
    assert (good.verdict, good.reason, good.melodies) == (KEPT, "", 1)
    assert good.notes == len(corpus.melodies[1])
    assert (good.meters, good.bpm, good.copies) == (("4/4",), (120.0,), 0)
    cut = said.pop("cut.midi")
    assert cut.verdict == RECOVERED
    assert cut.reason.startswith("wrong chunk length of track 2 put right; ")
    reasons = {
        "page.mid": "a web page, not MIDI",
        "empty.MID": "empty file",
        "short.midi": "corrupt MIDI: no track can be read",
        "large.kar": "larger than 1 MB",
        "fifo.mid": "not a regular file",
        "nowhere.mid": "a link that leads nowhere",
    }
    for path, reason in reasons.items():
        assert (said[path].verdict, said[path].reason) == (DROPPED, reason)
        assert said[path].advice


def test_every_kind_of_broken_file_gets_a_verdict_and_none_is_lost(
    tmp_path: Path,
) -> None:
    write_tunes(tmp_path, 3)
    kinds = broken_files()
    assert len(kinds) >= 100
    for name, data in kinds.items():
        (tmp_path / f"{name}.mid").write_bytes(data)
    oddities = tmp_path / "oddities"
    oddities.mkdir()
    disk_oddities(oddities)
    corpus = read_corpus(tmp_path, ReadSettings(min_notes=1, min_distinct_pitches=1))
    said = _verdicts(corpus)
    assert {f"{name}.mid" for name in kinds} < said.keys()
    for path, verdict in said.items():
        assert verdict.verdict in VERDICTS
        assert "died" not in verdict.reason, (path, verdict)
        assert (verdict.verdict == DROPPED) == bool(verdict.advice), (path, verdict)
        assert verdict.reason or verdict.verdict == KEPT, (path, verdict)
    assert all(said[f"tune-00{i}.mid"].verdict == KEPT for i in range(3))


@pytest.mark.thorough  # half a minute of parsing
def test_huge_files_cost_no_more_than_the_limits(tmp_path: Path) -> None:
    kinds = huge_files()
    for name, data in kinds.items():
        (tmp_path / f"{name}.mid").write_bytes(data)
    # A limit of the test's own: on a busy machine ten seconds may be too few.
    settings = ReadSettings(n_jobs=2, cache=False, max_seconds_per_file=300)
    said = _verdicts(read_corpus(tmp_path, settings))
    assert said.keys() == {f"{name}.mid" for name in kinds}
    for path, verdict in said.items():
        assert "died" not in verdict.reason, path
        assert "took longer" not in verdict.reason, path
    assert said["a-million-notes.mid"].verdict == RECOVERED
    assert said["megabytes-of-nuls-after-a-file.mid"].verdict == KEPT
    assert said["gzip-bomb.mid"].reason == "larger than 16 MB"


def test_melodies_know_their_file(tmp_path: Path) -> None:
    write_tunes(tmp_path, 4)
    (tmp_path / "tune-001.mid").write_bytes(b"")
    corpus = read_corpus(tmp_path)
    assert [melody.source for melody in corpus.melodies] == [
        "tune-000.mid", "tune-002.mid", "tune-003.mid",
    ]  # fmt: skip
    assert corpus.melodies[1].pitches.tolist() == tune(2).pitches.tolist()
    dropped = [item.path for item in corpus.verdicts if item.verdict == DROPPED]
    assert dropped == ["tune-001.mid"]


def test_links_are_followed_once(tmp_path: Path) -> None:
    write_tunes(tmp_path / "a", 2)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    assert find_files(tmp_path).names == ["a/tune-000.mid", "a/tune-001.mid"]


def test_no_folder_no_file_no_melody_each_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="no folder .*--data_dir"):
        read_corpus(tmp_path / "missing")
    with pytest.raises(MonodyError, match=r"no music file in .*\.mid"):
        read_corpus(tmp_path)
    (tmp_path / "empty.mid").write_bytes(b"")
    with pytest.raises(MonodyError, match="no usable melody .*empty file"):
        require_melodies(read_corpus(tmp_path))


def test_reading_twice_gives_the_same(tunes: Path) -> None:
    first = read_corpus(tunes, ReadSettings(n_jobs=1, cache=False))
    second = read_corpus(tunes, ReadSettings(n_jobs=3, max_files_in_ram=5, cache=False))
    assert list(first.verdicts) == list(second.verdicts)
    assert np.array_equal(first.melodies.notes, second.melodies.notes)


def test_copies_are_named_and_left_out(tmp_path: Path) -> None:
    write_tunes(tmp_path, 3)
    up = tune(1).transposed(3)
    (tmp_path / "up.mid").write_bytes(midi_file([list(up)], ticks_per_quarter=24))
    corpus = read_corpus(tmp_path)
    copy = _verdicts(corpus)["up.mid"]
    assert (copy.verdict, copy.duplicate_of) == (DUPLICATE, "tune-001.mid")
    assert copy.reason == "the same tune as tune-001.mid"
    assert corpus.used.tolist() == [0, 1, 2]
    everything = read_corpus(tmp_path, ReadSettings(deduplicate=False))
    assert everything.used.tolist() == [0, 1, 2, 3]
    assert _verdicts(everything)["up.mid"].verdict == KEPT
    assert _verdicts(everything)["up.mid"].duplicate_of == "tune-001.mid"
    assert everything.groups[1] == everything.groups[3]


def test_archives_packed_files_and_tune_books_are_read(tmp_path: Path) -> None:
    files = [midi_file([list(tune(seed))], ticks_per_quarter=24) for seed in range(4)]
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        archive.writestr("inner/one.mid", files[0])
        archive.writestr("two.KAR", files[1])
        archive.writestr("inner/more.zip", b"PK")
        archive.writestr("__MACOSX/._two.kar", b"")
        archive.writestr("read me.txt", "no music")
    with zipfile.ZipFile(tmp_path / "texts.zip", "w") as archive:
        archive.writestr("read me.txt", "no music")
    (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04 and no more")
    (tmp_path / "packed.mid.gz").write_bytes(gzip.compress(files[2]))
    (tmp_path / "named otherwise.mid").write_bytes(gzip.compress(files[3]))
    (tmp_path / "tunes.abc").write_text(
        "X:1\nM:3/4\nL:1/8\nK:G\nG2A2B2|c2d2e2|d2B2G2|A6|\n\n"
        "X:2\nM:6/8\nL:1/8\nK:D\nDFA dAF|GBd gdB|ABc def|d6|\n",
        encoding="utf-8",
    )
    corpus = read_corpus(tmp_path)
    said = _verdicts(corpus)
    assert {path: verdict.verdict for path, verdict in said.items()} == {
        "book.zip/inner/more.zip": DROPPED,
        "book.zip/inner/one.mid": KEPT,
        "book.zip/two.KAR": KEPT,
        "damaged.zip": DROPPED,
        "named otherwise.mid": RECOVERED,
        "packed.mid.gz": KEPT,
        "texts.zip": DROPPED,
        "tunes.abc": KEPT,
    }
    assert said["book.zip/inner/more.zip"].reason == "an archive inside an archive"
    assert said["damaged.zip"].reason == "damaged zip archive"
    assert said["texts.zip"].reason == "an archive without a music file"
    assert said["named otherwise.mid"].reason == "unpacked: it is a gzip file"
    assert said["tunes.abc"].meters == ("3/4", "6/8")
    book = corpus.melodies.info["file"] == list(said).index("tunes.abc")
    assert corpus.melodies.info["piece"][book].tolist() == [0, 1]
    assert len(set(corpus.groups[book].tolist())) == 2  # two tunes, not one file


def test_a_single_file_is_a_corpus(tmp_path: Path) -> None:
    write_tunes(tmp_path, 2)
    corpus = read_corpus(tmp_path / "tune-001.mid")
    assert [verdict.path for verdict in corpus.verdicts] == ["tune-001.mid"]
    assert corpus.melodies[0].source == "tune-001.mid"
