from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from monody.errors import MonodyError
from monody.generation.constraints.durations import UNLIMITED
from monody.generation.constraints.reachable import Kind, Sounds
from monody.generation.constraints.rules import FREE, Rules
from monody.generation.constraints.spec import Kept, MelodySpec, Span
from monody.generation.constraints.tables import make_rules
from monody.models.events import END, REST, Vocabulary
from monody.models.record import CorpusStyle
from tests.builders.decoding import style_of

NOTES = Vocabulary("notes")
TWO_BARS = Span(192, 96)


# Quarters, 8ths and quarter rests from C4 to C5.
STYLE = style_of(note_ticks=[12, 24], rest_ticks=[24], hold_ticks=[], repeats=8)
NO_RESTS = replace(STYLE, rest_ticks=())


def _make(spec: MelodySpec, *spans: Span, style: CorpusStyle = STYLE) -> Rules:
    return make_rules(NOTES, style, spec, spans or (TWO_BARS,))


def _symbols(table: Any) -> list[int]:
    return [*map(int, np.flatnonzero(np.asarray(table)))]


def _ticks(rules: Rules, table: Any, kind: Kind) -> list[int]:
    """List the durations that a table allows to a kind of event."""
    return [*map(int, np.asarray(rules.ticks)[np.asarray(table)[kind]])]


def test_by_default_melodies_are_what_the_training_melodies_are() -> None:
    rules = _make(MelodySpec())
    assert _symbols(rules.pitches) == [*range(60, 73), REST, REST + 1, END]
    durations = rules.durations[0]
    assert _ticks(rules, durations, Kind.NOTE) == [12, 24]
    assert _ticks(rules, durations, Kind.CLOSING) == [12, 24]
    assert _ticks(rules, durations, Kind.REST) == [24]
    assert _ticks(rules, durations, Kind.HOLD) == []
    for nothing in (rules.key, rules.range, rules.values, rules.counted):
        assert nothing is None
    assert np.asarray(rules.closing).tolist() == [n < REST for n in range(END + 1)]
    assert rules.free_bars is None
    assert rules.lengths.tolist() == [192]
    assert rules.last_kept == FREE
    for none in (rules.kept_kinds, rules.kept_durations, rules.kept_pitches):
        assert len(none) == 0


def test_what_is_asked_is_found_in_the_tables() -> None:
    spec = MelodySpec(
        pitches=(48, 84),
        pitch_classes=frozenset({0, 4, 7}),
        last_classes=frozenset({0}),
        free_bars=24,
    )
    rules = _make(spec)
    assert _symbols(rules.range) == [*range(48, 85), REST, REST + 1, END]
    assert np.asarray(rules.pitches).all()  # the range asked for is in its place
    assert _symbols(rules.key)[:4] == [0, 4, 7, 12]
    assert _symbols(rules.key)[-3:] == [REST, REST + 1, END]
    assert _symbols(rules.closing) == [*range(0, REST, 12)]
    assert rules.free_bars == 24


def test_note_values_are_those_seen_where_there_are_some() -> None:
    eighths = frozenset({12, 24, 36, 48})
    rules = _make(MelodySpec(note_ticks=eighths), style=replace(STYLE, hold_ticks=(5,)))
    assert _ticks(rules, rules.values, Kind.NOTE) == [12, 24, 36, 48]
    assert _ticks(rules, rules.durations[0], Kind.NOTE) == [12, 24]
    # A hold would lengthen a note to a value that was not asked for.
    assert _ticks(rules, rules.durations[0], Kind.HOLD) == []


@pytest.mark.parametrize(
    ("values", "length_ticks", "notes"),
    [
        ({16}, 96, [16]),  # triplets were never seen
        ({24, 36}, 60, [24, 36]),  # quarters alone do not fill it
        ({24, 36}, 96, [24]),
    ],
)
def test_note_values_never_seen_are_used_where_need_be(
    values: set[int], length_ticks: int, notes: list[int]
) -> None:
    rules = _make(MelodySpec(note_ticks=frozenset(values)), Span(length_ticks, 96))
    assert _ticks(rules, rules.durations[0], Kind.NOTE) == notes


@pytest.mark.parametrize(
    ("length_ticks", "notes"),
    [(96, [12, 24]), (90, [6, 12, 24]), (93, [3, 6, 12, 24]), (95, [1, 3, 6, 12, 24])],
)
def test_what_was_seen_is_added_to_where_it_does_not_fill_the_time(
    length_ticks: int, notes: list[int]
) -> None:
    rules = _make(MelodySpec(), Span(length_ticks, 96))
    assert _ticks(rules, rules.durations[0], Kind.NOTE) == notes


def test_each_length_has_the_durations_that_fill_it() -> None:
    rules = _make(MelodySpec(), Span(96, 96), Span(90, 96), Span(48, 24))
    found = [_ticks(rules, table, Kind.NOTE) for table in rules.durations]
    assert found == [[12, 24], [6, 12, 24], [12, 24]]
    fills = rules.fillable[:, 6]
    assert fills.tolist() == [False, True, False]


def test_longer_notes_are_used_where_there_are_to_be_few() -> None:
    rules = _make(MelodySpec(notes_per_bar=(1, 1)), style=NO_RESTS)
    assert _ticks(rules, rules.durations[0], Kind.NOTE) == [12, 24, 36, 48, 72, 96]
    assert _ticks(rules, rules.durations[0], Kind.REST) == [24, 36, 48, 72, 96]
    usual = _make(MelodySpec(notes_per_bar=(4, 8)), style=NO_RESTS)
    assert _ticks(usual, usual.durations[0], Kind.NOTE) == [12, 24]


def test_16ths_are_the_only_durations_of_steps() -> None:
    style = style_of(note_ticks=[6], rest_ticks=[6], hold_ticks=[6])
    rules = make_rules(Vocabulary("steps"), style, MelodySpec(), [TWO_BARS])
    assert np.asarray(rules.ticks).tolist() == [6]


def test_melodies_of_several_spans_have_tables_of_their_own() -> None:
    spec = MelodySpec(notes_per_bar=(2, 2))
    rules = _make(spec, Span(96, 96), Span(96, 48), Span(48, 48))
    assert rules.counted is not None
    assert len(rules.counted) == 3
    # With 24 ticks left and no note begun yet there is time for both only as 8ths, and
    # none for them in a bar that has three.
    for span in range(3):
        begun = rules.counted[span, 24, Sounds.NOTHING]
        assert begun.tolist() == [True, True, False]


def _first_bars(rules: Rules, bars: int) -> list[tuple[int, ...]]:
    """List the fewest notes, the most, and how many bars before must have one."""
    counts = np.transpose([np.asarray(each)[0] for each in rules.counts])
    return [tuple(map(int, bar)) for bar in counts[:bars]]


def test_every_bar_may_have_as_many_notes() -> None:
    rules = _make(MelodySpec(notes_per_bar=(2, 5)))
    assert _first_bars(rules, 2) == [(2, 5, 0), (2, 5, 1)]
    free = _make(MelodySpec())
    assert _first_bars(free, 2) == [(0, UNLIMITED, 0)] * 2
    assert free.counts.low.shape == (1, 3)  # and one more, for what begins at the end


def test_kept_pitches_keep_their_bars() -> None:
    kept = Kept(pitches=(60,) * 5, notes_in_bars=(3, 0, 2))
    rules = _make(MelodySpec(kept=kept), Span(288, 96))
    expected = [(3, 3, 0), (0, 0, 1), (2, 2, 1), (0, 0, 2)]  # and one bar more
    assert _first_bars(rules, 9) == expected


def test_a_last_bar_that_is_not_whole_may_have_fewer_notes() -> None:
    rules = _make(MelodySpec(notes_per_bar=(4, 8)), TWO_BARS, Span(204, 96))
    assert rules.counted is not None
    table = rules.counted[1]
    assert table[204, Sounds.NOTHING, 0]
    assert table[0, Sounds.CLOSING].tolist() == [True] * 9
    # An 8th before the end of the second bar, three of its four notes must be there.
    before = table[24, Sounds.CLOSING]
    assert before.tolist()[:5] == [False] * 3 + [True] * 2


def test_a_pickup_may_have_fewer_notes_and_no_more() -> None:
    """A quarter of a bar, of eight 32nds at most, before two bars of four notes."""
    span = Span(24 + 192, 96, position=72)
    rules = _make(MelodySpec(notes_per_bar=(4, 8)), span, style=NO_RESTS)
    assert rules.counted is not None
    table = rules.counted[0]
    assert table[216, Sounds.NOTHING, 0]
    # On the bar line of bar 1, and an 8th before bar 2 with too few notes in bar 1.
    assert table[192, Sounds.NOTE, 0]
    assert table[108, Sounds.NOTE].tolist()[:5] == [False] * 3 + [True] * 2
    assert rules.counts.low.tolist() == [[0, 4, 4, 0]]


def test_a_rewrite_may_repeat_what_it_keeps() -> None:
    usual = _make(MelodySpec())
    kept = _make(MelodySpec(kept=Kept(pitches=(60,) * 9, notes_in_bars=(4, 5))))
    assert usual.repeats is not None
    assert set(usual.repeats.tolist()) == {8}
    assert kept.repeats is None


def _fails(message: str, spec: MelodySpec, style: CorpusStyle = STYLE) -> None:
    with pytest.raises(MonodyError, match=f"^{re.escape(message)}$"):
        _make(spec, style=style)


def test_no_note_of_the_key_in_the_range() -> None:
    _fails(
        "no note of the key lies in the range: expected one at least; name a wider "
        "--range or another --key",
        MelodySpec(pitches=(61, 63), pitch_classes=frozenset({0, 4})),
    )


@pytest.mark.parametrize(
    "spec",
    [
        MelodySpec(last_classes=frozenset({0}), pitches=(61, 71)),
        MelodySpec(last_classes=frozenset({1}), pitch_classes=frozenset({0, 2})),
        MelodySpec(last_classes=frozenset()),
    ],
)
def test_no_note_to_end_with(spec: MelodySpec) -> None:
    _fails(
        "no note of the key and the range may be the last one: name a wider --range, "
        "another --key, or leave --end out",
        spec,
    )


def test_the_corpus_has_a_range_too() -> None:
    style = replace(STYLE, pitch_range=(61, 63))
    for spec in (
        MelodySpec(pitch_classes=frozenset({0})),
        MelodySpec(last_classes=frozenset({0})),
    ):
        with pytest.raises(MonodyError, match="--range"):
            _make(spec, style=style)


@pytest.mark.parametrize("values", [{36}, {100}, set()])
def test_durations_that_cannot_fill_the_time(values: set[int]) -> None:
    _fails(
        "no melody of 32 16ths in bars of 16 obeys --durations: name a wider choice, "
        "or another length",
        MelodySpec(note_ticks=frozenset(values)),
    )


@pytest.mark.parametrize("counts", [(0, 0), (97, 120)])
def test_a_density_that_cannot_be(counts: tuple[int, int]) -> None:
    _fails(
        "no melody of 32 16ths in bars of 16 obeys --density: name a wider choice, or "
        "another length",
        MelodySpec(notes_per_bar=counts),
    )


def test_a_density_that_the_durations_forbid() -> None:
    spec = MelodySpec(notes_per_bar=(5, 9), note_ticks=frozenset({24}))
    _fails(
        "no melody of 32 16ths in bars of 16 obeys --durations and --density: name a "
        "wider choice, or another length",
        spec,
    )


def test_the_length_is_said_in_16ths_and_so_is_the_bar() -> None:
    spec = MelodySpec(note_ticks=frozenset({24}))
    with pytest.raises(MonodyError, match=r" 5\.5 16ths in bars of 10 obeys"):
        _make(spec, Span(33, 60))


@pytest.mark.parametrize(
    ("in_bars", "values"),
    [
        ((4, 5), frozenset({24})),  # too many for four quarters
        ((100, 100), None),
        ((3, 5), frozenset({24})),  # as many as there is time for, not in their bars
    ],
)
def test_kept_notes_that_do_not_fit(
    in_bars: tuple[int, int], values: frozenset[int] | None
) -> None:
    kept = Kept(pitches=(60,) * sum(in_bars), notes_in_bars=in_bars)
    _fails(
        "the notes of the melody do not fit bar by bar into 32 16ths in bars of 16: "
        "name another --to_meter, or leave --durations out",
        MelodySpec(kept=kept, note_ticks=values),
        style=NO_RESTS,
    )


@pytest.mark.parametrize("in_bars", [(1, 0), (0, 8)])
def test_kept_notes_may_need_notes_and_rests_longer_than_any_seen(
    in_bars: tuple[int, int],
) -> None:
    kept = Kept(pitches=(60,) * sum(in_bars), notes_in_bars=in_bars)
    rules = _make(MelodySpec(kept=kept), style=NO_RESTS)
    assert rules.counted is not None
    assert rules.counted[0, 192, Sounds.NOTHING, 0]


def test_kept_pitches_need_not_lie_in_the_range_of_the_corpus() -> None:
    kept = Kept(pitches=(20, 30) * 4, notes_in_bars=(4, 4))
    rules = _make(MelodySpec(kept=kept))
    assert {20, 30} <= {*_symbols(rules.pitches)}
    assert rules.range is None


def test_a_kept_rhythm_may_have_durations_never_seen() -> None:
    kept = Kept(kinds=(0, REST, 0), durations=(90, 0, 100))
    rules = _make(MelodySpec(kept=kept))
    assert np.asarray(rules.durations[0]).all()
    assert rules.kept_kinds.tolist() == [0, REST, 0]
    assert rules.kept_durations.tolist() == [90, 0, 100]
    assert rules.last_kept == 2
