from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.corpus import (
    find_midi_files,
    read_corpus,
    require_melodies,
    split_corpus,
)
from monody.duplicates import duplicate_groups
from monody.errors import MonodyError
from monody.settings import ReadSettings
from tests.broken_files import broken_files, disk_oddities
from tests.midi_files import midi_file, store_of, tune, write_tunes


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
    said = {verdict.path: str(verdict) for verdict in corpus.verdicts}
    assert len(corpus.melodies) == 4
    assert said.keys() == {
        *(f"good/deeper/tune-00{i}.mid" for i in range(3)),
        "page.mid", "empty.MID", "cut.midi", "short.midi", "large.kar", "fifo.mid",
        "nowhere.mid",
    }  # fmt: skip
    assert said["good/deeper/tune-000.mid"].startswith("kept with 1 melody, ")
    assert said["page.mid"] == "skipped because: a web page, not MIDI"
    assert said["empty.MID"] == "skipped because: empty file"
    assert said["cut.midi"].startswith("kept with 1 melody, ")
    assert "(repaired: wrong chunk length of track 2 put right" in said["cut.midi"]
    assert said["short.midi"] == "skipped because: corrupt MIDI: no track can be read"
    assert said["large.kar"] == "skipped because: larger than 1 MB"
    assert said["fifo.mid"] == "skipped because: not a regular file"
    assert said["nowhere.mid"].startswith("skipped because: cannot be opened")


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
    said = {verdict.path: str(verdict) for verdict in corpus.verdicts}
    assert {f"{name}.mid" for name in kinds} < said.keys()
    for path, text in said.items():
        assert "died" not in text, (path, text)
        assert len(text) > len("skipped because: ")
    assert all(said[f"tune-00{i}.mid"].startswith("kept") for i in range(3))


def test_melodies_know_their_file(tmp_path: Path) -> None:
    write_tunes(tmp_path, 4)
    (tmp_path / "tune-001.mid").write_bytes(b"")
    corpus = read_corpus(tmp_path)
    assert [melody.source for melody in corpus.melodies] == [
        "tune-000.mid", "tune-002.mid", "tune-003.mid",
    ]  # fmt: skip
    assert corpus.melodies[1].pitches.tolist() == tune(2).pitches.tolist()
    assert [verdict.path for verdict in corpus.skipped] == ["tune-001.mid"]


def test_links_are_followed_once(tmp_path: Path) -> None:
    write_tunes(tmp_path / "a", 2)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    assert len(list(find_midi_files(tmp_path))) == 2


def test_no_folder_no_file_no_melody_each_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="no folder .*--data_dir"):
        read_corpus(tmp_path / "missing")
    with pytest.raises(MonodyError, match=r"no MIDI file in .*\.mid"):
        read_corpus(tmp_path)
    (tmp_path / "empty.mid").write_bytes(b"")
    with pytest.raises(MonodyError, match="no usable melody .*empty file"):
        require_melodies(read_corpus(tmp_path))


@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.integers(-5, 5)), min_size=5, max_size=60
    ),
    st.integers(0, 100),
)
def test_no_duplicate_stands_on_two_sides(
    made: list[tuple[int, int]], seed: int
) -> None:
    store = store_of([tune(which, bars=2).transposed(up) for which, up in made])
    groups = duplicate_groups(store)
    split = split_corpus(store, seed)
    sides = [split.train, split.validation, split.test]
    assert sorted(sum(sides, ())) == list(range(len(store)))
    held = [set(groups[list(side)].tolist()) for side in sides]
    assert not held[0] & held[1]
    assert not held[0] & held[2]
    assert not held[1] & held[2]
    assert split.train


def test_four_fifths_are_trained_on_and_a_fifth_is_held_out() -> None:
    store = store_of([tune(seed, bars=3) for seed in range(100)])
    split = split_corpus(store, seed=1)
    assert [len(split.train), len(split.validation), len(split.test)] == [80, 10, 10]
    assert split == split_corpus(store, seed=1)
    assert split != split_corpus(store, seed=2)


@pytest.mark.parametrize(("count", "held_out"), [(1, 0), (2, 1), (3, 1), (8, 2)])
def test_a_handful_of_melodies_is_split_as_far_as_it_goes(
    count: int, held_out: int
) -> None:
    split = split_corpus(store_of([tune(seed) for seed in range(count)]), seed=0)
    assert len(split.train) == count - held_out
    assert len(split.held_out) == held_out


def test_reading_twice_gives_the_same(tunes: Path) -> None:
    first = read_corpus(tunes, ReadSettings(n_jobs=1))
    second = read_corpus(tunes, ReadSettings(n_jobs=3, max_files_in_ram=5))
    assert first.verdicts == second.verdicts
    assert np.array_equal(first.melodies.notes, second.melodies.notes)
