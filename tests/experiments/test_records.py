"""What is known of a training is written down, and read again as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.experiments.corpus_style import precedents
from monody.experiments.experiment import Experiment
from monody.experiments.records import style_symbols
from monody.models.outline import TONIC_SYMBOLS
from monody.models.record import CorpusStyle, Precedent, RunRecord
from monody.music.form import Form
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from tests.builders.decoding import style_of
from tests.builders.melodies import melodies
from tests.builders.midi_files import store_of, tune
from tests.builders.profile import examples

STYLES = ("dance", "song", "hymn")


def _read_again(value: Any) -> Any:
    return json.loads(json.dumps(value))


@settings(max_examples=examples(40))
@given(
    melodies(),
    st.integers(0, TONIC_SYMBOLS - 1),
    st.sampled_from(["4/4", "6/8"]),
    st.integers(0, 8),
)
def test_a_precedent_comes_back_from_json(
    melody: Melody, tonic: int, meter: str, style: int
) -> None:
    precedent = Precedent(Form.of(melody, tonic % 12), meter, tonic, (59, 73), style)
    assert Precedent.from_json(_read_again(precedent.to_json())) == precedent


def _style() -> CorpusStyle:
    """The style of a corpus, with the outlines of some tunes."""
    store = store_of([tune(seed) for seed in range(5)])
    outlines = precedents(store, [1, 2, 3, 1, 2])
    style = style_of((12, 24), (), ())
    return replace(style, precedents=tuple(outlines))


def test_a_style_comes_back_from_json_with_its_precedents() -> None:
    style = _style()
    assert len(style.precedents) == 5
    assert CorpusStyle.from_json(_read_again(style.to_json())) == style


def test_a_record_comes_back_with_its_styles(trained: Experiment) -> None:
    record = replace(trained.record(), styles=STYLES, style=_style())
    assert RunRecord.from_json(_read_again(record.of_folder())) == record
    given_away = RunRecord.from_json(_read_again(record.of_model()))
    assert given_away == replace(record, started="", data_dir="")
    assert given_away.styles == STYLES


@pytest.mark.parametrize(
    "damage",
    [
        lambda saved: saved.pop("styles"),
        lambda saved: saved["seen"].pop("precedents"),
        lambda saved: saved["seen"].update(precedents=[["4/4", 1, 0]]),
        lambda saved: saved["seen"].update(precedents=[["4/4", 1, 0, [96]]]),
        lambda saved: saved["seen"].update(precedents=[["4/4", "C", 0, [96]]]),
        lambda saved: saved.update(styles=None),
    ],
)
def test_a_record_of_another_version_says_so(trained: Experiment, damage: Any) -> None:
    saved = _read_again(trained.record().of_folder())
    damage(saved)
    with pytest.raises(MonodyError, match="not those of this version"):
        RunRecord.from_json(saved)


def _named(*names: str) -> MelodyStore:
    """Tunes of files of these names."""
    return MelodyStore.of(
        [replace(tune(seed), source=name) for seed, name in enumerate(names)]
    )


def test_the_style_of_a_melody_is_that_of_its_collection() -> None:
    store = _named("lieder-a.mid", "ryansMammoth-1.mid", "openhymnal-x.mid")
    assert style_symbols(store, STYLES) == [2, 1, 3]
    assert style_symbols(store, STYLES[::-1]) == [2, 3, 1]
    assert style_symbols(store.take([1, 1]), ("dance",)) == [1, 1]


def test_a_melody_of_no_collection_has_no_style() -> None:
    with pytest.raises(MonodyError, match="no collection has a tune 'other-1.mid'"):
        style_symbols(_named("lieder-a.mid", "other-1.mid"), STYLES)


def test_a_style_that_was_not_named_is_no_surprise() -> None:
    store = _named("lieder-a.mid", "quartets_violin1-b.mid")
    with pytest.raises(
        MonodyError, match=r"quartets_violin1-b\.mid.*theme.*dance, song"
    ):
        style_symbols(store, STYLES)
