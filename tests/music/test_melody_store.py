from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.music.melody_blocks import melody_blocks, note_chunks
from monody.music.melody_store import MelodyStore
from monody.music.store_check import check_store
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune as made_tune


@given(st.lists(melodies(), max_size=6))
def test_melodies_come_back_from_flat_arrays(some: list[Melody]) -> None:
    store = MelodyStore.of(some)
    assert list(store) == some
    assert list(store[1:]) == some[1:]
    assert list(store.take(reversed(range(len(some))))) == some[::-1]


def test_a_saved_store_is_memory_mapped(tmp_path: Path) -> None:
    tune = Melody.from_notes([(60, 0, 10), (62, 10, 5)], bpm=90)
    tune = Melody(
        tune.notes, bpm=90, key="D minor", program=7, source="a/b.mid", track=3
    )
    MelodyStore.of([tune, tune.transposed(2)]).save(tmp_path)
    loaded = MelodyStore.load(tmp_path)
    assert list(loaded) == [tune, tune.transposed(2)]
    assert (loaded[0].source, loaded[0].track) == ("a/b.mid", 3)
    assert isinstance(loaded.notes.base, np.memmap)


def test_the_fingerprint_is_of_the_music() -> None:
    tune = Melody.from_notes([(60, 0, 10)])
    elsewhere = Melody(tune.notes, source="elsewhere")
    assert (
        MelodyStore.of([tune]).fingerprint()
        == MelodyStore.of([elsewhere]).fingerprint()
    )
    among_others = MelodyStore.of([tune.transposed(1), elsewhere]).take([1])
    assert among_others.fingerprint() == MelodyStore.of([tune]).fingerprint()
    other = MelodyStore.of([tune.transposed(1)])
    assert other.fingerprint() != MelodyStore.of([tune]).fingerprint()


def _resident(path: Path) -> int:
    """Return how many kilobytes of a mapped file count as this process's memory."""
    lines = Path("/proc/self/smaps").read_text("utf-8").splitlines()
    sizes = [
        int(lines[index + offset].split()[1])
        for index, line in enumerate(lines)
        if line.endswith(str(path))
        for offset in range(1, 12)
        if lines[index + offset].startswith("Rss:")
    ]
    assert sizes, "it is not mapped"
    return sum(sizes)


def _read_blocks(store: MelodyStore) -> None:
    for block in melody_blocks(store):
        for _, notes in note_chunks(store, block):
            notes.sum()


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="of Linux")
@pytest.mark.parametrize(
    "go_through",
    [
        _read_blocks,
        check_store,
        MelodyStore.fingerprint,
        partial(MelodyStore.save, folder=Path("copy")),
        MelodyStore.let_go,
    ],
)
def test_whoever_goes_through_all_melodies_keeps_none_in_memory(
    go_through: Callable[[MelodyStore], object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    MelodyStore.of([made_tune(seed) for seed in range(40)]).save(tmp_path / "all")
    store = MelodyStore.load(tmp_path / "all")
    path = tmp_path / "all" / "notes.npy"
    before = store.notes.sum()
    assert _resident(path) > 0
    go_through(store)
    assert _resident(path) == 0
    assert store.notes.sum() == before
