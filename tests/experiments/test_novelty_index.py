from __future__ import annotations

from pathlib import Path

import pytest

from monody.corpus.novelty import COPY
from monody.corpus.usual_novelty import look_up_all
from monody.experiments import novelty_index
from monody.experiments.experiment import Experiment
from monody.music.melody_store import MelodyStore
from tests.builders.midi_files import tune


def test_very_many_melodies_are_indexed_in_parts_and_each_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MelodyStore.of([tune(seed) for seed in range(9)])
    monkeypatch.setattr(novelty_index, "MAX_NOTES", len(store.notes) // 3)
    for _ in range(2):  # built, then opened
        indices = novelty_index._indices(Experiment(tmp_path), store)
        assert 3 <= len(indices) <= 4
        assert all(look_up_all(indices, melody).label == COPY for melody in store)
    assert (tmp_path / "novelty").is_dir()
    assert (tmp_path / "novelty-2").is_dir()
