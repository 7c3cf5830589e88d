from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.experiments.corpus_style import corpus_style
from monody.models import on_demand, processes
from monody.models.baselines.ngrams import bigram
from monody.models.batches import WHOLE, Batch, Batches, Part
from monody.models.encoded_set import EncodedSet, encode_set
from monody.models.events import Vocabulary
from monody.models.later_outlines import KeptOutlines
from monody.models.on_demand import OnDemandSet, training_set
from monody.models.outline import no_outline
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.settings.model import ENCODINGS
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples

NOTES = Vocabulary("notes")


def _all(
    melodies: OnDemandSet | EncodedSet, window: int = 64, part: Part = WHOLE
) -> list[Batch]:
    """Return all batches of an epoch."""
    batches = Batches(melodies, 4, window, part=part)
    batches.shuffle(np.random.default_rng(5), 0.5, octaves=1)
    return [batches[index] for index in range(len(batches))]


def _assert_same(found: Sequence[Batch], expected: Sequence[Batch]) -> None:
    """Compare batches; what is in rows that are padding throughout is of no account."""
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        rows = other.pitch_counts.any(axis=1)
        assert np.array_equal(one.pitch_counts, other.pitch_counts)
        for name, values in vars(other).items():
            own = getattr(one, name)
            assert (own.dtype, own.shape) == (values.dtype, values.shape), name
            assert np.array_equal(own[rows], values[rows]), name


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("window", [9, 64, 512])
def test_batches_are_those_of_melodies_that_are_encoded_beforehand(
    encoding: str, window: int, tmp_path: Path
) -> None:
    MelodyStore.of([tune(seed, 3 + seed % 5) for seed in range(13)]).save(tmp_path)
    store, vocabulary = MelodyStore.load(tmp_path), Vocabulary(encoding)
    chosen, styles = [11, 0, 3, 3, 8, 1, 9, 5, 12, 2], list(range(1, 9)) * 2
    late = OnDemandSet(store, vocabulary, chosen, styles)
    encoded = encode_set(store, vocabulary, chosen, outlined=True, styles=styles)
    _assert_same(_all(late, window), _all(encoded, window))
    _assert_same(_all(late, window), _all(encoded, window))  # outlines are kept by now


@settings(max_examples=examples(20))
@given(
    st.lists(melodies(longest=40), min_size=1, max_size=9),
    st.sampled_from([2, 5, 9999]),
    st.integers(1, 3),
)
def test_each_process_makes_its_part_of_the_batches(
    corpus: list[Melody], window: int, count: int
) -> None:
    encoded = encode_set(corpus, NOTES, outlined=True)
    for index in range(count):
        part = Part(index, count, count)
        late = OnDemandSet(MelodyStore.of(corpus), NOTES)
        _assert_same(_all(late, window, part), _all(encoded, window, part))


def test_of_each_batch_its_own_part_alone_is_encoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MelodyStore.of([tune(seed) for seed in range(16)])
    late = OnDemandSet(store, NOTES)
    assert len(late.figures.events) == 16
    encoded: list[int] = []

    def counted(*arguments: object, **more: bool) -> EncodedSet:
        made: EncodedSet = encode_set(*arguments, **more)  # type: ignore[arg-type]
        encoded.append(len(made))
        return made

    monkeypatch.setattr(on_demand, "encode_set", counted)
    made = _all(late, 512, Part(1, 2, 2))
    assert encoded == [int(batch.pitch_counts.any(axis=1).sum()) for batch in made]
    assert sum(encoded) == 8


def test_figures_are_those_of_the_encoded_melodies() -> None:
    corpus = [tune(seed, 2 + seed) for seed in range(7)]
    late = OnDemandSet(MelodyStore.of(corpus), NOTES)
    encoded = encode_set(corpus, NOTES)
    assert len(late) == len(encoded)
    assert late.note_count == encoded.note_count
    assert np.array_equal(late.ends, encoded.ends)
    assert np.array_equal(late.starts, encoded.starts)
    for own, other in zip(late.pitch_bounds(), encoded.pitch_bounds(), strict=True):
        assert np.array_equal(own, other)


def test_what_is_told_takes_the_place_of_going_through_all_melodies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MelodyStore.of([tune(seed) for seed in range(5)])
    expected = OnDemandSet(store, NOTES).figures
    other = OnDemandSet(store, NOTES)
    monkeypatch.setattr(processes, "is_first", lambda: False)
    told = np.stack(expected)
    monkeypatch.setattr(processes, "from_first", lambda _nothing: told)
    monkeypatch.setattr(on_demand, "encode_set", None)  # nothing is encoded
    other.tell()
    assert np.array_equal(np.stack(other.figures), told)


def test_style_and_bigram_are_counted_part_by_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(on_demand, "PART_MELODIES", 3)
    store = MelodyStore.of([tune(seed, 3 + seed % 4) for seed in range(10)])
    late, encoded = OnDemandSet(store, NOTES), encode_set(store, NOTES)
    assert corpus_style(store, late, "notes") == corpus_style(store, encoded, "notes")
    one, other = (bigram(learnt, encoded, NOTES) for learnt in (late, encoded))
    assert np.array_equal(one.figures, other.figures)


def test_many_melodies_and_several_processes_are_encoded_on_demand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MelodyStore.of([tune(seed) for seed in range(4)])
    assert isinstance(training_set(store, NOTES), EncodedSet)
    monkeypatch.setattr(processes, "count", lambda: 2)
    assert isinstance(training_set(store, NOTES), OnDemandSet)
    monkeypatch.undo()
    notes = int(store.info["note_count"][:3].sum())
    room = on_demand.EVENT_BYTES * notes
    monkeypatch.setattr(on_demand, "MAX_BYTES_IN_MEMORY", room)
    assert isinstance(training_set(store, NOTES), OnDemandSet)
    assert isinstance(training_set(store, NOTES, [0, 1, 2]), EncodedSet)


def test_outlines_are_kept_while_there_is_room() -> None:
    kept = KeptOutlines(max_bytes=500)
    for melody in (1, 2, 3):
        kept.keep(melody, no_outline(4))
    assert kept.of(1) is not None
    assert kept.of(2) is not None
    assert kept.of(3) is None
