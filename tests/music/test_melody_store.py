from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from tests.builders.melodies import melodies


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
