"""The outline says of each event how far it is to what comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from monody.models.events import UNKNOWN, Vocabulary, encode
from monody.models.outline import (
    BAR_NOTES_SYMBOLS,
    CADENCE_SYMBOLS,
    DEGREE_SYMBOLS,
    EXACT,
    FRESH,
    MAX_BAR_NOTES,
    PAST,
    PHRASE_SYMBOLS,
    TONIC_SYMBOLS,
    VARIED,
    Outline,
    Symbols,
    heard_outline,
    moved_tonic,
    no_outline,
    tell,
    tonic_symbol,
    tonic_symbols,
)
from monody.music.form import Cadence, Form
from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.settings.model import ENCODINGS
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples

C_MAJOR = 1  # the symbol of its tonic
BAR = 96  # ticks, in 4/4
# Two phrases of four bars: the second begins as the first, and closes on the tonic.
OPENING = [
    (60, 24),
    (62, 24),
    (64, 48),
    (65, 24),
    (64, 24),
    (62, 48),
    (64, 72),
    (62, 24),
]
PHRASES = [*OPENING, (67, 96), *OPENING, (60, 96)]
FORM = Form(
    bar_ticks=BAR,
    begins=0,
    phrase_ends=(4 * BAR, 8 * BAR),
    back=(0, 0, 0, 0, 4, 4, 4, 0),
    exact=(False, False, False, False, True, True, True, False),
    cadences=(Cadence(3 * BAR, 7, 3), Cadence(7 * BAR, 0, 1)),
    notes=(3, 3, 2, 1) * 2,
)


def _melody() -> Melody:
    notes, tick = [], 0
    for pitch, ticks in PHRASES:
        notes.append((pitch, tick, ticks))
        tick += ticks
    return Melody.from_notes(notes)


def _heard(melody: Melody, encoding: str = "notes", tonic: int = C_MAJOR) -> Outline:
    vocabulary = Vocabulary(encoding)
    return heard_outline(melody, encode(melody, vocabulary), vocabulary, tonic)


def test_the_form_of_the_melody_is_as_written_down_here() -> None:
    assert Form.of(_melody(), tonic=0) == FORM


def test_each_note_is_told_what_is_left() -> None:
    heard = _heard(_melody())
    # In 16ths from each note to the end of its phrase, and to its last note.
    left = [64, 60, 56, 48, 44, 40, 32, 20, 16]
    to_last = [48, 44, 40, 32, 28, 24, 16, 4, 0]
    notes = [3, 2, 1, 3, 2, 1, 2, 1, 1]
    assert (heard.phrase_left - 1).tolist() == [*left, *left, 0]
    assert (heard.cadence_left[:-1] - 1).tolist() == [*to_last, *to_last]
    assert heard.cadence_left[-1] == PAST
    assert (heard.notes_left - 1).tolist() == [*notes, *notes, 0]
    assert (heard.cadence_degree - 1).tolist() == [7] * 9 + [0] * 10
    assert heard.returns.tolist() == [FRESH] * 9 + [EXACT] * 8 + [FRESH] * 2
    assert heard.bars_back.tolist() == [0] * 9 + [4] * 8 + [0] * 2
    assert heard.tonic.tolist() == [C_MAJOR] * 19


def test_each_16th_is_told_what_is_left() -> None:
    melody = _melody()
    heard = _heard(melody, "steps")
    steps = np.arange(129)  # and the end
    assert len(heard.phrase_left) == len(steps)
    in_phrase = np.append(steps[:-1] % 64, 64)
    assert (heard.phrase_left - 1).tolist() == (64 - in_phrase).tolist()
    counted = np.where(in_phrase > 48, PAST, 48 - in_phrase + 1)
    assert heard.cadence_left.tolist() == counted.tolist()
    onset = melody.starts // 6
    begins = [int(np.sum((onset >= s) & (onset // 16 == s // 16))) for s in steps]
    assert (heard.notes_left - 1).tolist() == begins
    degrees = np.where(steps < 64, 7, 0)
    assert (heard.cadence_degree - 1).tolist() == degrees.tolist()
    returns = np.where((steps >= 64) & (steps < 112), EXACT, FRESH)
    assert heard.returns.tolist() == returns.tolist()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_note_is_told_the_same_in_both_encodings(encoding: str) -> None:
    melody = tune(5)
    by_note, other = _heard(melody), _heard(melody, encoding)
    onset = melody.starts // 6 if encoding == "steps" else np.arange(len(melody))
    for name, symbols in other._asdict().items():
        assert np.array_equal(symbols[onset], getattr(by_note, name)[:-1]), name


def _told(
    form: Form, ticks: list[int], bars: list[int], begun: list[int]
) -> dict[str, list[int]]:
    told = tell(form, np.array(ticks), np.array(bars), np.array(begun))
    return {name: symbols.tolist() for name, symbols in told.items()}


def test_a_bar_that_is_varied_is_neither_fresh_nor_exact() -> None:
    form = Form(BAR, 0, (288,), (0, 1, 2), (False, False, True))
    told = _told(form, [0, 96, 192], [0, 1, 2], [0, 0, 0])
    assert told["returns"] == [FRESH, VARIED, EXACT]
    assert told["bars_back"] == [0, 1, 2]


def test_of_a_form_without_cadences_and_notes_nothing_is_told_of_them() -> None:
    form = Form(BAR, 0, (192,), (0, 0), (False, False))
    told = _told(form, [0, 96], [0, 1], [0, 0])
    for name in ("cadence_left", "cadence_degree", "notes_left"):
        assert told[name] == [UNKNOWN] * 2
    assert told["phrase_left"] == [33, 17]


def test_a_cadence_on_a_degree_that_is_not_known_has_its_place_only() -> None:
    heard = _heard(_melody(), tonic=UNKNOWN)
    assert set(heard.cadence_degree.tolist()) == {UNKNOWN}
    assert set(heard.tonic.tolist()) == {UNKNOWN}
    assert heard.cadence_left.tolist() == _heard(_melody()).cadence_left.tolist()


def test_what_is_far_and_what_is_much_has_the_last_symbol() -> None:
    form = Form(
        BAR, 0, (9000,), (0,) * 94, (False,) * 94, (Cadence(8990, 0),), (99,) * 94
    )
    told = _told(form, [0, 8992, 9000], [0, 93, 94], [0, 99, 0])
    assert told["phrase_left"] == [PHRASE_SYMBOLS - 1, 3, 1]
    assert told["cadence_left"] == [PHRASE_SYMBOLS - 1, PAST, PAST]
    assert told["notes_left"] == [MAX_BAR_NOTES + 1, 1, 1]


def test_more_notes_than_were_planned_leave_none() -> None:
    form = Form(BAR, 0, (96,), (0,), (False,), notes=(2,))
    assert _told(form, [0, 90], [0, 0], [0, 7])["notes_left"] == [3, 1]


@settings(max_examples=examples(60))
@given(
    melodies(longest=200),
    st.sampled_from(ENCODINGS),
    st.integers(0, TONIC_SYMBOLS - 1),
)
def test_every_melody_has_an_outline_of_known_symbols(
    melody: Melody, encoding: str, tonic: int
) -> None:
    heard = _heard(melody, encoding, tonic)
    count = len(encode(melody, Vocabulary(encoding)))

    def within(symbols: Symbols, first: int, last: int) -> bool:
        return symbols.shape == (count,) and bool(
            (symbols >= first).all() and (symbols <= last).all()
        )

    assert within(heard.phrase_left, 1, PHRASE_SYMBOLS - 1)
    assert within(heard.returns, FRESH, EXACT)
    assert within(heard.bars_back, 0, 64)
    assert within(heard.cadence_left, 1, CADENCE_SYMBOLS - 1)
    assert within(heard.notes_left, 1, BAR_NOTES_SYMBOLS - 1)
    assert within(heard.cadence_degree, min(tonic, 1), DEGREE_SYMBOLS - 1)
    assert set(heard.tonic.tolist()) == {tonic}
    assert {symbols.dtype for symbols in heard} == {np.dtype(np.uint8)}


@settings(max_examples=examples(30))
@given(melodies(longest=100), st.integers(-12, 12), st.integers(0, TONIC_SYMBOLS - 1))
def test_in_another_key_only_the_tonic_is_another(
    melody: Melody, shift: int, tonic: int
) -> None:
    low, high = int(melody.pitches.min()), int(melody.pitches.max())
    shift = min(max(shift, -low), 127 - high)
    here = _heard(melody, tonic=tonic)
    there = _heard(melody.transposed(shift), tonic=moved_tonic(tonic, shift))
    for name in set(Outline._fields) - {"tonic"}:
        assert np.array_equal(getattr(here, name), getattr(there, name)), name


@given(st.integers(0, TONIC_SYMBOLS - 1), st.integers(-30, 30))
def test_a_tonic_keeps_its_mode_and_comes_back(tonic: int, shift: int) -> None:
    moved = moved_tonic(tonic, shift)
    assert moved_tonic(moved, -shift) == tonic
    assert (moved > 12, moved == UNKNOWN) == (tonic > 12, tonic == UNKNOWN)


def test_keys_that_sound_the_same_have_one_symbol() -> None:
    symbols = {tonic_symbol(key) for key in range(len(KEY_NAMES))}
    assert symbols == set(range(1, TONIC_SYMBOLS))
    same = [("F# major", "Gb major"), ("Eb minor", "D# minor")]
    for one, two in same:
        assert tonic_symbol(KEY_NAMES.index(one)) == tonic_symbol(KEY_NAMES.index(two))
    assert tonic_symbol(-1) == UNKNOWN


def test_without_a_key_that_is_heard_there_is_no_tonic() -> None:
    chromatic = Melody.from_notes([(60 + step, 24 * step, 24) for step in range(12)])
    chord = Melody.from_notes([(60, 0, 48), (64, 48, 24), (67, 72, 24)])
    assert tonic_symbols(MelodyStore.of([chromatic, chord])) == [UNKNOWN, C_MAJOR]


def test_of_events_without_an_outline_nothing_is_told() -> None:
    untold: NDArray[np.uint8]
    for untold in no_outline(3):
        assert untold.tolist() == [UNKNOWN] * 3
