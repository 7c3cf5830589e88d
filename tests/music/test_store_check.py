from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monody.music import store_check
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter
from monody.music.store_check import check_store
from monody.saved.damage import DamagedError
from tests.builders.damages import damages
from tests.builders.midi_files import store_of, tune


def _store() -> MelodyStore:
    two = [Meter(0, 4, 4), Meter(96, 3, 4)]
    waltz = Melody.from_notes([(60, 0, 24), (65, 24, 72), (127, 96, 1)], two)
    return MelodyStore.of([tune(1), waltz, tune(2)])


def test_melodies_that_are_some_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    check_store(_store())
    check_store(MelodyStore.of([]))
    monkeypatch.setattr(store_check, "NOTES_AT_A_TIME", 3)
    check_store(_store())  # a part at a time


@pytest.mark.parametrize("notes_at_a_time", [3, 2**18])
@pytest.mark.parametrize(
    ("array", "place", "value"),
    [
        ("notes", (0, 0), 128),
        ("notes", (3, 0), -1),
        ("notes", (0, 1), -1),
        ("notes", (1, 1), 0),
        ("notes", (4, 2), 0),
        ("notes", (4, 2), 2**31 - 1),
        ("notes", (-1, 1), 2**31 - 1),
        ("meters", (0, 0), 1),
        ("meters", (2, 0), 0),
        ("meters", (0, 1), 0),
        ("meters", (0, 2), 3),
        ("meters", (0, 1), 1000),
        ("note_count", 0, 0),
        ("note_count", 1, 4),
        ("note_count", 0, -1),
        ("meter_count", 1, 1),
        ("bpm", 0, 0.0),
        ("bpm", 0, np.nan),
        ("key", 0, -2),
        ("key", 0, 100),
        ("program", 0, 128),
        ("file", 2, 1),
        ("file", 2, -1),
        ("track", 0, -1),
    ],
)
def test_an_impossible_melody_is_refused(
    array: str,
    place: Any,
    value: Any,
    notes_at_a_time: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store_check, "NOTES_AT_A_TIME", notes_at_a_time)
    store = _store()
    changed = getattr(store, array) if array in ("notes", "meters") else store.info
    if changed is store.info:
        changed = changed[array]
    changed[place] = value
    with pytest.raises(DamagedError):
        check_store(store)


@pytest.mark.parametrize(
    "name", ["notes.npy", "meters.npy", "info.npy", "sources.json"]
)
def test_whatever_passes_can_be_read(tmp_path: Path, name: str) -> None:
    store_of([tune(1), tune(2)]).save(tmp_path / "whole")
    for seed in range(12):
        for damage, harm in damages(tmp_path / "whole" / name, seed):
            folder = tmp_path / f"{seed}-{damage}"
            store_of([tune(1), tune(2)]).save(folder)
            harm(folder / name)
            try:
                melodies = MelodyStore.load(folder)
                check_store(melodies)
            except (DamagedError, FileNotFoundError):
                continue
            assert all(isinstance(melody, Melody) for melody in melodies), damage
