"""Phrases end where listeners hear them end."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.music.phrases import phrase_ends
from monody.music.returns import Returns
from tests.builders.melodies import melodies
from tests.builders.profile import examples

BAR = 96  # ticks, in 4/4


def _line(lengths: list[int], first: int = 0, meter: Meter | None = None) -> Melody:
    """Notes one after the other, no two bars of them alike; negative ones are rests."""
    notes, tick = [], first
    for place, ticks in enumerate(lengths):
        if ticks > 0:
            notes.append((40 + place * 5 % 61, tick, ticks))
        tick += abs(ticks)
    return Melody.from_notes(notes, meters=[meter or Meter(0, 4, 4)])


QUARTERS = [24] * 12  # three bars


def test_phrases_end_after_long_notes() -> None:
    assert phrase_ends(_line([*QUARTERS, 96] * 4)) == [384, 768, 1152, 1536]


def test_phrases_end_at_rests() -> None:
    phrase = [*QUARTERS, 24, 24, 24, -24]
    melody = _line([*phrase, *phrase])
    assert phrase_ends(melody)[0] == 384


def test_a_pickup_belongs_to_the_phrase_that_it_leads_to() -> None:
    phrase = [24, *QUARTERS, 72]
    melody = _line([*phrase, *phrase], first=72)
    assert phrase_ends(melody) == [72 + 384, 72 + 768]


@pytest.mark.parametrize("bars", [3, 4, 6, 8])
def test_phrases_may_have_other_lengths(bars: int) -> None:
    phrase = [24] * 4 * (bars - 1) + [96]
    melody = _line([*phrase, *phrase])
    assert phrase_ends(melody) == [BAR * bars, 2 * BAR * bars]


def test_phrases_of_a_waltz() -> None:
    melody = _line([*[24] * 9, 72] * 2, meter=Meter(0, 3, 4))
    assert phrase_ends(melody) == [288, 576]


def test_a_phrase_that_comes_again_begins_where_it_does() -> None:
    notes = [(40 + place * 5 % 61, 24 * place, 24) for place in range(16)]
    again = [(pitch, start + 384, ticks) for pitch, start, ticks in notes]
    melody = Melody.from_notes([*notes, *again])
    assert phrase_ends(melody) == [384, 768]


def test_one_note_is_a_phrase() -> None:
    assert phrase_ends(Melody.from_notes([(60, 0, 24)])) == [24]
    assert phrase_ends(Melody.from_notes([(60, 9000, 24)])) == [9024]


@settings(max_examples=examples(100))
@given(melodies())
def test_ends_rise_and_lie_where_notes_begin(melody: Melody) -> None:
    ends = phrase_ends(melody)
    assert ends[-1] == melody.end
    assert all(one < two for one, two in pairwise([int(melody.starts[0]), *ends]))
    assert set(ends[:-1]) <= set(melody.starts.tolist())
    assert phrase_ends(melody, Returns.of(melody)) == ends


@settings(max_examples=examples(50))
@given(
    melodies(unit=6, longest=96),
    st.integers(-24, 24),
    st.sampled_from([None, "D minor", "F# major"]),
)
def test_in_another_key_phrases_are_the_same(
    melody: Melody, shift: int, key: str | None
) -> None:
    assume(melody.pitches.min() + shift >= 0)
    assume(melody.pitches.max() + shift <= 127)
    moved = replace(melody.transposed(shift), key=key)
    assert phrase_ends(moved) == phrase_ends(melody)


@settings(max_examples=examples(50))
@given(melodies(unit=6, longest=96), st.floats(20, 300), st.integers(0, 127))
def test_tempo_and_instrument_do_not_matter(
    melody: Melody, bpm: float, program: int
) -> None:
    other = replace(melody, bpm=bpm, program=program)
    assert phrase_ends(other) == phrase_ends(melody)
