from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monody.corpus.novelty import LONG_RUN_NOTES, Novelty, NoveltyIndex
from monody.corpus.suffix_array import MIN_RUN_NOTES, SuffixArray
from monody.corpus.usual_novelty import UsualNovelty, usual_novelty
from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter
from tests.builders.melodies import melodies

Step = tuple[int, int]  # interval in semitones, wait in ticks

NOTHING = Novelty(notes=0)


@st.composite
def tunes_of_few_phrases(draw: st.DrawFn) -> list[Melody]:
    """Melodies of the same phrases, pitches and waits; some have no notes."""
    moves = st.tuples(st.integers(0, 1), st.integers(1, 2))
    phrases = draw(st.lists(st.lists(moves, max_size=10), min_size=1, max_size=3))
    phrases.append([(0, 1)] * draw(st.integers(1, 12)))
    tunes = []
    for number in range(draw(st.integers(1, 5))):
        notes, clock = [], draw(st.integers(0, 200))
        key = draw(st.integers(40, 80))
        for phrase in draw(st.lists(st.sampled_from(phrases), max_size=4)):
            for pitch, wait in phrase:
                notes.append((key + pitch, clock, draw(st.sampled_from([30, 5]))))
                clock += wait * 30
        tune = Melody.from_notes(notes, meters=[Meter(0, 3, 8), Meter(100, 2, 4)])
        tunes.append(replace(tune, source=f"{number}.mid"))
    return tunes


def random_tune(seed: int, notes: int) -> Melody:
    """A melody of quarters and eighths, unlike that of any other seed."""
    rng = np.random.default_rng(seed)
    waits = rng.choice([12, 24], notes)
    starts = np.cumsum(waits) - waits
    array = np.stack([rng.integers(40, 90, notes), starts, waits], axis=1)
    return Melody(array.astype(np.int32), source=f"{seed}.mid")


def index_of(*tunes: Melody) -> NoveltyIndex:
    store = MelodyStore.of(tunes)
    return NoveltyIndex(store, SuffixArray.of(store))


def label(notes: int, longest: int, closest_covered: float = 0.0) -> str:
    return Novelty(notes, longest, closest_covered=closest_covered).label


def one_after_the_other(one: Melody, other: Melody) -> Melody:
    moved = other.notes + np.array([0, one.end, 0])
    return replace(one, notes=np.concatenate([one.notes, moved]))


# The reference: every run of the melody is looked for at every place.


def steps_of(melody: Melody) -> list[Step]:
    return [(b.pitch - a.pitch, b.start - a.start) for a, b in pairwise(melody)]


def shared_from(steps: list[Step], others: list[Step]) -> int:
    count = 0
    while count < min(len(steps), len(others)) and steps[count] == others[count]:
        count += 1
    return count


def counts(run: list[Step]) -> bool:
    return any(interval for interval, _ in run) or len(set(run)) > 1


def bar_number(melody: Melody, tick: int) -> int:
    bar, clock = 0, 0
    while clock <= tick:
        meter = [one for one in melody.meters if one.tick <= clock][-1]
        later = [one.tick for one in melody.meters if one.tick > clock]
        clock = min([clock + meter.bar_ticks, *later])
        bar += 1
    return bar


def brute_force(train: list[Melody], melody: Melody) -> Novelty:
    steps = steps_of(melody)
    longest, where, least = 0, (0, 0, 0), MIN_RUN_NOTES
    covered: set[int] = set()
    held: list[set[int]] = [set() for _ in train]
    for first in range(len(steps)):
        for index, tune in enumerate(train):
            others = steps_of(tune)
            for place in range(len(others)):
                length = shared_from(steps[first:], others[place:])
                if not counts(steps[first : first + length]):
                    continue
                if length > longest:
                    longest, where = length, (first, index, place)
                if length + 1 >= least:
                    covered |= set(range(first, first + length + 1))
                    if counts(steps[first : first + least - 1]):
                        held[index] |= set(range(first, first + least))
    notes = len(melody)
    most = max(map(len, held), default=0)
    closest = [len(one) for one in held].index(most) if most else 0
    found = replace(
        NOTHING,
        notes=notes,
        covered=len(covered) / max(notes, 1),
        closest_covered=most / max(notes, 1),
        closest=train[closest].source if most else "",
    )
    if not longest:
        return found
    first, index, place = where
    begin, end = int(melody.starts[first]), int(melody.ends[first + longest])
    meter = [one for one in melody.meters if one.tick <= begin][-1]
    return replace(
        found,
        longest_notes=longest + 1,
        longest_bars=(end - begin) / meter.bar_ticks,
        bar=bar_number(melody, begin),
        source=train[index].source,
        source_bar=bar_number(train[index], int(train[index].starts[place])),
    )


@given(tunes_of_few_phrases())
def test_all_figures_are_those_of_a_search_of_every_run(tunes: list[Melody]) -> None:
    melody, *train = tunes
    assert index_of(*train).look_up(melody) == brute_force(train, melody)


@given(st.lists(melodies(), max_size=4), melodies())
def test_melodies_that_hardly_meet_are_searched_alike(
    train: list[Melody], melody: Melody
) -> None:
    train = [replace(tune, source=f"{i}.mid") for i, tune in enumerate(train)]
    for tune in (melody, *train):
        assert index_of(*train).look_up(tune) == brute_force(train, tune)


@given(tunes_of_few_phrases(), st.data())
def test_neither_key_nor_held_length_hides_a_copy(
    train: list[Melody], data: st.DataObject
) -> None:
    tunes = [tune for tune in train if counts(steps_of(tune))]
    assume(tunes)
    tune = data.draw(st.sampled_from(tunes))
    other = tune.transposed(data.draw(st.integers(-40, 40))).notes.copy()
    other[:, 2] = 1
    found = index_of(*train).look_up(replace(tune, notes=other))
    assert (found.longest_notes, found.label) == (len(tune), "copy")


def test_the_run_is_named_by_bar_of_the_melody_and_of_the_training_melody() -> None:
    tune, other = random_tune(1, 40), random_tune(2, 60)
    tune = replace(tune, track=3, piece=5)
    melody = one_after_the_other(random_tune(3, 20), tune.between(96, 96 * 4))
    found = index_of(other, tune, tune).look_up(melody)
    assert (found.source, found.track, found.piece) == ("1.mid", 3, 5)
    begin = melody.starts[20]
    assert (found.bar, found.source_bar) == (begin // 96 + 1, 2)
    assert found.longest_bars == (melody.end - begin) / 96


def test_one_pitch_in_equal_waits_is_no_run() -> None:
    drone = Melody.from_notes([(60, 12 * i, 12) for i in range(50)])
    index = index_of(drone)
    assert index.look_up(drone) == replace(NOTHING, notes=50)
    turned = one_after_the_other(drone, Melody.from_notes([(62, 0, 12)]))
    assert index.look_up(turned) == replace(NOTHING, notes=51)
    assert index_of(turned).look_up(turned).longest_notes == 51


def test_repeats_that_a_shared_run_begins_with_are_shared_with_nobody_else() -> None:
    drone = Melody.from_notes([(60, 12 * i, 12) for i in range(12)])
    tune = replace(one_after_the_other(drone, random_tune(1, 9)), source="tune.mid")
    found = index_of(drone, tune).look_up(tune)
    assert (found.covered, found.closest) == (1.0, "tune.mid")


@pytest.mark.parametrize("tunes", [[], [Melody.from_notes([])], [random_tune(1, 1)]])
def test_where_nothing_can_be_shared_all_is_new(tunes: list[Melody]) -> None:
    for melody in (Melody.from_notes([]), random_tune(2, 1), random_tune(3, 9)):
        found = index_of(*tunes).look_up(melody)
        assert found == replace(NOTHING, notes=len(melody))
        assert found.label == "new"


def test_a_run_of_half_of_the_melody_is_a_copy() -> None:
    assert (label(40, 20), label(40, 19)) == ("copy", "near-copy")


def test_a_run_of_a_third_of_the_melody_or_a_long_one_is_a_near_copy() -> None:
    assert (label(60, 20), label(60, 19)) == ("near-copy", "new")
    assert label(1000, LONG_RUN_NOTES) == "near-copy"
    assert label(1000, LONG_RUN_NOTES - 1) == "new"


def test_half_of_the_melody_from_one_other_is_a_near_copy() -> None:
    assert label(100, MIN_RUN_NOTES, 0.5) == "near-copy"
    assert label(100, MIN_RUN_NOTES, 0.49) == "new"


def test_a_turn_of_phrase_is_no_copy_unless_it_is_the_whole_melody() -> None:
    assert (label(9, 7), label(7, 7)) == ("new", "copy")


def test_known_copies_are_labelled() -> None:
    tunes = [random_tune(seed, 60) for seed in range(20)]
    index = index_of(*tunes)
    changed = tunes[7].notes.copy()
    changed[9::10, 0] += 1
    near = index.look_up(replace(tunes[7], notes=changed))
    assert (near.label, near.closest, near.longest_notes) == ("near-copy", "7.mid", 9)
    half = tunes[4].between(0, int(tunes[4].starts[31]))
    found = index.look_up(one_after_the_other(half, random_tune(99, 29)))
    assert (found.label, found.source) == ("copy", "4.mid")
    assert index.look_up(random_tune(100, 60)).label == "new"


def test_shares_with_many_training_melodies_are_told_from_those_with_one() -> None:
    tunes = [random_tune(seed, 30) for seed in range(10)]
    melody = Melody.from_notes([])
    for tune in tunes:
        melody = one_after_the_other(melody, tune.between(0, int(tune.starts[10])))
    found = index_of(*tunes).look_up(melody)
    assert (found.covered, found.label) == (1.0, "new")
    assert 0.1 <= found.closest_covered < 0.2


def test_an_index_is_kept_and_opened(tmp_path: Path) -> None:
    store = MelodyStore.of([random_tune(1, 30), random_tune(2, 50)])
    folder = tmp_path / "novelty"
    assert NoveltyIndex.open(store, folder) is None
    built = NoveltyIndex.build(store, folder)
    opened = NoveltyIndex.open(store, folder)
    assert opened is not None
    for melody in (store[0], random_tune(3, 40)):
        assert opened.look_up(melody) == built.look_up(melody)
    assert [path.name for path in tmp_path.iterdir()] == ["novelty"]


def test_an_index_of_nothing_is_kept_too(tmp_path: Path) -> None:
    store = MelodyStore.of([])
    NoveltyIndex.build(store, tmp_path / "novelty")
    opened = NoveltyIndex.open(store, tmp_path / "novelty")
    assert opened is not None
    assert opened.look_up(random_tune(1, 9)).label == "new"


def test_an_index_of_other_melodies_is_replaced(tmp_path: Path) -> None:
    store, other = (MelodyStore.of([random_tune(seed, 30)]) for seed in (1, 2))
    NoveltyIndex.build(store, tmp_path / "novelty")
    assert NoveltyIndex.open(other, tmp_path / "novelty") is None
    NoveltyIndex.build(other, tmp_path / "novelty")
    assert NoveltyIndex.open(store, tmp_path / "novelty") is None
    assert NoveltyIndex.open(other, tmp_path / "novelty") is not None


def test_a_damaged_index_is_not_opened_and_is_replaced(tmp_path: Path) -> None:
    store, folder = MelodyStore.of([random_tune(1, 30)]), tmp_path / "novelty"
    NoveltyIndex.build(store, folder)
    for name in sorted(path.name for path in folder.iterdir()):
        for damage in (b"", None):
            (folder / name).unlink()
            if damage is not None:
                (folder / name).write_bytes(damage)
            assert NoveltyIndex.open(store, folder) is None
            NoveltyIndex.build(store, folder)
            assert NoveltyIndex.open(store, folder) is not None


def test_an_index_does_not_take_the_place_of_anything_else(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "song.mid").write_bytes(b"music")
    store = MelodyStore.of([random_tune(1, 30)])
    with pytest.raises(MonodyError, match="cannot write the index .*mine"):
        NoveltyIndex.build(store, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["song.mid"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_usual_novelty_is_what_held_out_melodies_share() -> None:
    tunes = [random_tune(seed, 40) for seed in range(3)]
    held_out = MelodyStore.of([tunes[0], *(random_tune(s, 40) for s in (7, 8, 9))])
    usual = usual_novelty([index_of(*tunes)], held_out)
    assert usual.melodies == 4
    assert usual.shares == {"new": 0.75, "near-copy": 0.0, "copy": 0.25}
    assert usual.longest_notes.percentile_95 > 30
    assert UsualNovelty.from_json(json.loads(json.dumps(usual.to_json()))) == usual


def test_without_held_out_melodies_nothing_is_usual() -> None:
    usual = usual_novelty([index_of(random_tune(1, 40))], MelodyStore.of([]))
    assert (usual.melodies, usual.covered.median, usual.shares["new"]) == (0, 0.0, 0.0)


def test_the_report_is_json() -> None:
    tune = random_tune(1, 40)
    saved = json.loads(json.dumps(index_of(tune).look_up(tune).to_json()))
    assert (saved["label"], saved["longest_notes"]) == ("copy", 40)
