from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from monody.corpus import split_corpus
from monody.duplicates import duplicate_groups
from monody.melody import Melody
from monody.melody_store import MelodyStore
from tests.midi_files import Triple, store_of, tune


def _transposed(melody: Melody, rng: np.random.Generator) -> Melody:
    return melody.transposed(int(rng.integers(-5, 6)))


def _slower(melody: Melody, _: np.random.Generator) -> Melody:
    return Melody(melody.notes * np.array([1, 2, 2], np.int32))


def _played(melody: Melody, rng: np.random.Generator) -> Melody:
    """Move every note by a tick or two, as a player does."""
    starts = melody.starts + rng.integers(0, 3, len(melody))
    lengths = np.diff(starts, append=starts[-1] + 12) - 1
    return Melody(np.stack([melody.pitches, starts, lengths], axis=1))


def _ornamented(melody: Melody, rng: np.random.Generator) -> Melody:
    """Add a turn to every tenth note or so, in another key."""
    notes: list[Triple] = []
    for pitch, start, duration in melody:
        if rng.random() < 0.1:
            notes.append((pitch, start, duration // 2))
            notes.append((pitch + 1, start + duration // 2, duration - duration // 2))
        else:
            notes.append((pitch, start, duration))
    return Melody.from_notes(notes).transposed(int(rng.integers(-5, 6)))


def _another_end(melody: Melody, rng: np.random.Generator) -> Melody:
    """Keep two thirds, and go on in another way."""
    cut = len(melody) * 2 // 3
    notes = melody.notes.copy()
    notes[cut:, 0] = rng.choice([60, 62, 64, 65, 67, 69, 71, 72], len(notes) - cut)
    return Melody(notes)


COPIES = [_transposed, _slower, _played, _ornamented, _another_end]


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_in_the_group_of_its_tune(
    copy: Callable[[Melody, np.random.Generator], Melody],
) -> None:
    rng = np.random.default_rng(1)
    tunes = [tune(seed, bars=16) for seed in range(60)]
    copies = [copy(melody, rng) for melody in tunes]
    groups = duplicate_groups(store_of([*tunes, *copies]))
    assert groups[:60].tolist() == groups[60:].tolist()
    assert len(set(groups.tolist())) == 60  # and no tune is in another's group


def test_no_copy_stands_on_two_sides_of_a_split() -> None:
    rng = np.random.default_rng(2)
    tunes = [tune(seed, bars=16) for seed in range(40)]
    copies = [copy(melody, rng) for melody in tunes for copy in COPIES]
    split = split_corpus(store_of([*tunes, *copies]), seed=3)
    sides = {}
    for side in ("train", "validation", "test"):
        for index in getattr(split, side):
            sides[index] = side
    for index in range(len(copies)):
        assert sides[40 + index] == sides[index // len(COPIES)]


def test_melodies_of_one_file_are_one_group() -> None:
    first, second, other = (tune(seed) for seed in range(3))
    one = [Melody(melody.notes, source="one.mid") for melody in (first, second)]
    store = MelodyStore.of([*one, Melody(other.notes, source="other.mid")])
    assert duplicate_groups(store).tolist() == [0, 0, 1]


def test_melodies_of_few_patterns_are_only_compared_whole() -> None:
    drones = [
        Melody.from_notes([(60 + up, 24 * i, 24) for i in range(20)]).notes
        for up in range(3)
    ]
    scales = [
        Melody.from_notes([(48 + i * step, 24 * i, 24) for i in range(9)]).notes
        for step in (1, 2, 3)
    ]
    groups = duplicate_groups(store_of([Melody(notes) for notes in drones + scales]))
    assert groups.tolist() == [0, 0, 0, 1, 2, 3]


def test_a_single_note_is_a_group() -> None:
    single = Melody.from_notes([(60, 0, 24)])
    assert duplicate_groups(store_of([single, tune(1)])).tolist() == [0, 1]


def test_an_empty_store_has_no_groups() -> None:
    assert len(duplicate_groups(MelodyStore.of([]))) == 0
