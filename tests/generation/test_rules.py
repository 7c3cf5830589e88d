from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from monody.generation.constraints.reachable import Kind
from monody.generation.constraints.repetition import Repeats, repeats_of
from monody.generation.constraints.rules import (
    IS_NOTE,
    RULES,
    Allowed,
    Masks,
    Now,
    Rules,
    allow,
    as_a_note,
    count_on,
    kinds_of,
    rules_asked,
)
from monody.generation.constraints.spec import Kept, MelodySpec, Span
from monody.generation.constraints.tables import make_rules
from monody.generation.decoding.loop import _pitch_mask
from monody.models.events import END, HOLD, REST, Vocabulary
from monody.music.repetition import FIGURE_NOTES
from tests.builders.decoding import now_of, style_of

NOTES = Vocabulary("notes")

STYLE = style_of(note_ticks=[2, 5], rest_ticks=[3], hold_ticks=[3])


def _rules(spec: MelodySpec, *spans: Span, **corpus: Any) -> Rules:
    style = replace(STYLE, **corpus)
    return make_rules(NOTES, style, spec, spans or [Span(10, 10)])


def _ask(name: str, rules: Rules, now: Now) -> Allowed:
    """Ask one rule that has something to say."""
    assert name in rules_asked(rules)
    return RULES[name](rules, now)


def _symbols(pitch: Any, row: int = 0) -> list[int]:
    mask = np.ones(131, bool) if pitch is None else pitch
    return [*map(int, np.flatnonzero(mask[row] if mask.ndim > 1 else mask))]


def _ticks(rules: Rules, duration: Any, kind: Kind, row: int = 0) -> list[int]:
    """List the ticks that events of a kind may have."""
    mask = np.ones(len(rules.ticks), bool) if duration is None else duration
    mask = mask[row] if mask.ndim > 2 else mask  # the same for all rows
    mask = mask[kind] if mask.ndim > 1 else mask  # and for all kinds
    return [*map(int, rules.ticks[mask])]


def _used(
    rules: Rules, allowed: Allowed | Masks, kind: Kind, row: int = 0
) -> list[int]:
    """List the ticks, of 2, 3 and 5, that events of a kind may have."""
    return [n for n in _ticks(rules, allowed.duration, kind, row) if n in (2, 3, 5)]


def test_the_corpus_says_what_there_is() -> None:
    rules = _rules(MelodySpec())
    allowed = _ask("corpus", rules, now_of())
    assert _symbols(allowed.pitch) == [*range(60, 73), REST, HOLD, END]
    assert _ticks(rules, allowed.duration, Kind.NOTE) == [2, 5]
    assert _ticks(rules, allowed.duration, Kind.REST) == [3]
    assert _ticks(rules, allowed.duration, Kind.HOLD) == [3]


def test_the_key_and_the_range_leave_rests_and_holds_alone() -> None:
    rules = _rules(MelodySpec(pitches=(50, 75), pitch_classes=frozenset({0, 7})))
    others = [REST, HOLD, END]
    in_key = _symbols(_ask("key", rules, now_of()).pitch)
    assert in_key[:4] == [0, 7, 12, 19]
    assert in_key[-4:] == [127, *others]
    in_range = _symbols(_ask("range", rules, now_of()).pitch)
    assert in_range == [*range(50, 76), *others]
    together, _ = allow(rules, now_of())
    assert _symbols(together.pitch) == [55, 60, 67, 72, REST, HOLD]


def test_note_values_bind_notes_and_rests() -> None:
    rules = _rules(MelodySpec(note_ticks=frozenset({2, 3})))
    allowed = _ask("durations", rules, now_of())
    for kind in (Kind.NOTE, Kind.CLOSING, Kind.REST):
        assert _ticks(rules, allowed.duration, kind) == [2, 3]
    assert 1 in _ticks(rules, allowed.duration, Kind.END)


def test_the_length_leaves_what_can_be_filled() -> None:
    rules = _rules(MelodySpec())
    left = np.array([10, 6, 5, 3, 2])
    sounding = np.array([True, True, False, True, True])
    allowed = _ask("length", rules, now_of(5, left=left, sounding=sounding))

    def used(kind: Kind) -> list[list[int]]:
        return [_used(rules, allowed, kind, row) for row in range(5)]

    # With a note at the end 0, 2, 4, 5, 6, 7, 8, 9 and 10 can be filled; 1, 3 cannot.
    assert used(Kind.NOTE) == [[2, 3, 5], [2], [3, 5], [3], [2]]
    assert used(Kind.CLOSING) == used(Kind.NOTE)
    # A rest of 3 leaves 7, not 3; never 0, for the last event is a note.
    assert used(Kind.REST) == [[2, 3, 5], [2], [3], [], []]
    # Nothing sounds in the third that a hold would lengthen.
    assert used(Kind.HOLD) == [[2, 3, 5], [2], [], [3], [2]]


def test_a_pitch_needs_an_allowed_duration() -> None:
    allowed, _ = allow(_rules(MelodySpec()), now_of(2, left=np.array([10, 2])))
    notes = [*range(60, 73)]
    assert _symbols(allowed.pitch, 0) == [*notes, REST, HOLD]
    assert _symbols(allowed.pitch, 1) == notes


@pytest.mark.parametrize(("notes", "sounding"), [(0, False), (0, True), (3, False)])
def test_the_network_ends_no_melody_in_silence(notes: int, sounding: bool) -> None:
    rules = _rules(MelodySpec(free_bars=0))
    allowed, _ = allow(rules, now_of(notes=notes, sounding=sounding))
    assert END not in _symbols(allowed.pitch)


@pytest.mark.parametrize("shortest", [1, 2])
def test_the_network_ends_a_melody_only_where_it_is_free_to(shortest: int) -> None:
    for free in (False, True):
        spec = MelodySpec(free_bars=0 if free else None)
        rules = _rules(spec, note_ticks=[shortest, 5])
        allowed, _ = allow(rules, now_of())
        assert (END in _symbols(allowed.pitch)) == free
        if free:  # the end has the duration symbol that it has in training
            (symbols,) = np.nonzero(np.asarray(allowed.duration)[0, Kind.END])
            assert symbols.tolist() == [0]


@pytest.mark.parametrize("free_bars", [0, 1, 2])
def test_the_network_ends_a_melody_after_some_bars_only(free_bars: int) -> None:
    rules = _rules(MelodySpec(free_bars=free_bars), Span(20, 10), Span(12, 10))
    written = np.array([2, 8, 12, 18, 2, 8])
    left = np.where(np.arange(6) < 4, 20, 12) - written
    now = now_of(6, left=left, span=[0, 0, 0, 0, 1, 1], position=written % 10)
    allowed, _ = allow(rules, now)
    may_end = [END in _symbols(allowed.pitch, row) for row in range(6)]
    assert may_end == (written >= 10 * free_bars).tolist()


def test_free_melodies_end_with_a_last_note_too() -> None:
    spec = MelodySpec(free_bars=0, last_classes=frozenset({0}))
    rules = _rules(spec, note_ticks=[1, 5])
    now = now_of(2, latest=np.array([72, 71]), closing=rules.closing)
    allowed, _ = allow(rules, now)
    assert END in _symbols(allowed.pitch, 0)
    assert END not in _symbols(allowed.pitch, 1)


def test_the_last_tick_is_for_a_closing_note() -> None:
    rules = _rules(MelodySpec(last_classes=frozenset({0})))
    closing = np.tile(rules.closing, (4, 1))
    closing[3] = IS_NOTE & (np.arange(131) % 12 == 1)  # on C sharp, as it is heard
    now = now_of(4, left=[5, 5, 10, 5], latest=[60, 61, 61, 61], closing=closing)
    allowed = _ask("end", rules, now)
    for row, left in enumerate(now.left):
        few = [2, 3] if left == 5 else [2, 3, 5]  # 5 would be the last tick
        assert _used(rules, allowed, Kind.NOTE, row) == few
        assert _used(rules, allowed, Kind.CLOSING, row) == [2, 3, 5]
        held = few if row == 1 else [2, 3, 5]  # a note sounds that closes
        assert _used(rules, allowed, Kind.HOLD, row) == held
    together, _ = allow(rules, now_of(2, left=2, closing=closing[[0, 3]]))
    assert [_symbols(together.pitch, row) for row in range(2)] == [[60, 72], [61]]


def test_a_section_that_the_end_is_copied_from_closes_with_a_note() -> None:
    """With 5 ticks left of a section, and a melody that goes on for 10 more."""
    spec = MelodySpec(last_classes=frozenset({0}), has_sections=True)
    rules = _rules(spec, Span(20, 10), rest_ticks=[3, 5])
    edges = {"edge_left": np.array([5, 5]), "at_edge": np.array([False, False])}
    now = now_of(2, left=15, close_left=[5, 15], **edges, closing=rules.closing)
    together, _ = allow(rules, now)
    used = [_ticks(rules, together.duration, Kind.REST, row) for row in range(2)]
    assert used == [[3], [3, 5]]  # the other section may end with a rest
    used = [_ticks(rules, together.duration, Kind.NOTE, row) for row in range(2)]
    # A note of 2 leaves 3 ticks: a hold, where one may end there, or a rest.
    assert used == [[], [2, 5]]


def test_notes_are_counted_up_to_the_edge_of_a_section() -> None:
    """Notes of 2 and 5, rests of 3 and 5; two in a bar of 10 that ends a section."""
    spec = MelodySpec(notes_per_bar=(2, 2), has_sections=True)
    rules = _rules(spec, Span(20, 10), rest_ticks=[3, 5], hold_ticks=[])
    edges = {"edge_left": np.array([5, 5]), "at_edge": np.array([False, False])}
    place = {"left": 15, "position": 5, "begun": 1, **edges}
    allowed = _ask("density", rules, now_of(2, close_left=[5, 15], **place))
    used = [_used(rules, allowed, Kind.CLOSING, row) for row in range(2)]
    assert used == [[5], [2, 5]]  # a rest of 3 follows, where one may


def test_notes_are_counted_in_the_bar() -> None:
    rules = _rules(MelodySpec(notes_per_bar=(2, 2)), Span(20, 10), hold_ticks=[])
    # The first bar with all of it left, with a note and 7 left, and with two.
    left, begun = np.array([20, 17, 15]), np.array([0, 1, 2])
    now = now_of(3, left=left, begun=begun, position=20 - left)
    allowed = _ask("density", rules, now)
    assert _used(rules, allowed, Kind.NOTE, 0) == [2, 5]
    # With 2 ticks of rest after it, or 5 over the bar line, too much would be left.
    assert _used(rules, allowed, Kind.NOTE, 2) == []
    in_bar, after = count_on(rules, now, np.array([[True], [True], [False]]))
    five = 4  # the symbol of 5 ticks
    assert np.asarray(in_bar)[:, five].tolist() == [True, True, True]
    assert np.asarray(after)[:, five].tolist() == [1, 2, 0]
    assert np.asarray(after)[:, 9].tolist() == [0, 0, 0]  # 10 ticks cross a bar line


def test_a_kept_rhythm_leaves_the_pitch() -> None:
    kept = Kept(kinds=(0, HOLD, REST, 0), durations=(1, 0, 2, 3))
    rules = _rules(MelodySpec(kept=kept))
    found = []
    for index in range(5):
        allowed = _ask("kept", rules, now_of(event=index))
        found.append(_symbols(allowed.pitch))
        ticks = _ticks(rules, allowed.duration, Kind.NOTE)
        expected = [2, 1, 3, 4][index : index + 1] or [*map(int, rules.ticks)]
        assert ticks == expected
    assert found == [[*range(128)], [HOLD], [REST], [*range(128)], [*range(131)]]


def test_notes_are_counted_in_every_bar_of_its_own() -> None:
    """Two notes, then a bar without one, then one: of 10 ticks each."""
    kept = Kept(pitches=(60, 61, 62), notes_in_bars=(2, 0, 1))
    rules = _rules(
        MelodySpec(kept=kept), Span(30, 10), rest_ticks=[5, 10], hold_ticks=[]
    )
    # Where each bar begins, and half-way through the first and the last.
    left, begun = np.array([30, 25, 20, 10, 5]), np.array([0, 1, 0, 0, 0])
    now = now_of(5, left=left, begun=begun, position=-left % 10, bar=3 - -(-left // 10))
    allowed = _ask("density", rules, now)

    def used(kind: Kind) -> list[list[int]]:
        ticks = (_ticks(rules, allowed.duration, kind, row) for row in range(5))
        return [[n for n in each if n in (2, 5, 10)] for each in ticks]

    # Rests have fives, so no note has 2. The first leaves time for another in its bar,
    # which lasts into the empty bar; the last lasts to the end or, for this rule, on.
    assert used(Kind.CLOSING) == [[5], [5, 10], [], [10], [5, 10]]
    assert used(Kind.REST) == [[], [], [5, 10], [5], []]


def test_a_note_that_may_not_be_the_last_is_not_held_to_the_end() -> None:
    spec = MelodySpec(notes_per_bar=(1, 1), last_classes=frozenset({0}))
    rules = _rules(spec, Span(8, 8))  # to be filled by a note of 2 and holds of 3
    places = {"left": 6, "position": 2, "bar_ticks": 8, "begun": 1, "latest": [60, 61]}
    now = now_of(2, **places, closing=rules.closing)
    allowed = _ask("density", rules, now)
    held = [_used(rules, allowed, Kind.HOLD, row) for row in range(2)]
    assert held == [[3], []]


def test_kept_pitches_leave_the_rhythm() -> None:
    kept = Kept(pitches=(60, 99), notes_in_bars=(2,))
    rules = _rules(MelodySpec(kept=kept), Span(10, 10), hold_ticks=[])
    allowed = _ask("kept", rules, now_of(3, notes=np.arange(3)))
    found = [_symbols(allowed.pitch, row) for row in range(3)]
    assert found == [[60, REST, HOLD, END], [99, REST, HOLD, END], [*range(131)]]
    assert allowed.duration is None  # any
    # 99 is to come, in 5 ticks: by itself, or after a rest of 3.
    together, _ = allow(rules, now_of(notes=1, begun=1, left=5, position=5))
    assert _symbols(together.pitch) == [99, REST]
    assert _ticks(rules, together.duration, Kind.CLOSING) == [5]


def test_a_kept_pitch_is_as_likely_as_any_note() -> None:
    kept = Kept(pitches=(60, 99), notes_in_bars=(2,))
    rules = _rules(MelodySpec(kept=kept), Span(10, 10), hold_ticks=[])
    shares = np.full(131, 1e-12)  # of the kept pitch 99, too
    shares[[60, 61, REST, HOLD, END]] = [0.05, 0.4, 0.3, 0.2, 0.05]
    done = np.arange(3)
    now = now_of(3, notes=done, left=10 - 5 * done, position=5 * done, begun=done)
    logits = as_a_note(rules, now, np.tile(np.log(shares), (3, 1)))
    for row, pitch in ((0, [60]), (1, [99]), (2, [])):  # at last all are written
        expected = shares.copy()
        expected[pitch] = 0.45
        np.testing.assert_allclose(np.exp(logits[row]), expected, rtol=1e-4)
    allowed, _ = allow(rules, now)
    chosen = np.argmax(np.where(allowed.pitch, logits, -np.inf), axis=1)
    assert chosen[:2].tolist() == [60, 99]  # not the rest, likelier than the pitches


def _after(notes: list[int]) -> Repeats:
    latest, runs = repeats_of(np.array(notes))
    return Repeats(latest[None], runs[None])


def test_no_figure_comes_more_often_than_is_usual() -> None:
    rules = _rules(MelodySpec(), repeats=[2, 4, *[24] * (FIGURE_NOTES - 2)])
    notes = {*range(60, 73)}
    for notes_before, too_much in (
        ([60, 60, 60], {60}),  # two repeats of one note
        ([62, 60, 60], set()),
        ([60, 62, 60, 62, 60, 62], {60}),  # four repeats of two notes
        ([60, 62, 60, 62, 60], set()),
        ([60, 62, 64] * 4, set()),
    ):
        allowed, each = allow(rules, now_of(repeats=_after(notes_before)))
        assert {*_symbols(allowed.pitch)} == notes - too_much | {REST, HOLD}
        assert {*range(131)} - {*_symbols(each["repeats"].pitch)} == too_much


def test_the_repeats_give_way_where_no_other_note_is_left() -> None:
    spec = MelodySpec(pitches=(60, 61))
    rules = _rules(spec, repeats=[2] * FIGURE_NOTES)
    again = now_of(repeats=_after([60, 60, 60]))
    assert _symbols(allow(rules, again)[0].pitch) == [61, REST, HOLD]
    only = _rules(replace(spec, pitches=(60, 60)), repeats=[2] * FIGURE_NOTES)
    assert _symbols(allow(only, again)[0].pitch) == [60, REST, HOLD]


def test_kinds_are_told_by_the_symbol_and_by_what_may_close() -> None:
    rules = _rules(MelodySpec(last_classes=frozenset({0})))
    kinds = np.asarray(kinds_of(now_of(closing=rules.closing)))[0]
    expected = [Kind.CLOSING, Kind.NOTE, Kind.REST, Kind.HOLD, Kind.END]
    assert kinds[[60, 61, REST, HOLD, END]].tolist() == expected


def test_each_rule_says_what_it_leaves_alone() -> None:
    values, pitch_classes = frozenset({2, 5}), frozenset({0})
    rules = _rules(MelodySpec((55, 80), pitch_classes, note_ticks=values))
    now = now_of(left=2)
    together, each = allow(rules, now)
    kinds = kinds_of(now)
    left = {name: _symbols(_pitch_mask(one, kinds)) for name, one in each.items()}
    assert _symbols(together.pitch) == [60, 72]
    assert left["key"] == [*range(0, 128, 12), REST, HOLD, END]
    # Neither a rest nor the end has 2 ticks to spare; a hold has, for its own.
    assert left["length"] == [*range(128), HOLD]
    assert left["range"] == [*range(55, 81), REST, HOLD, END]
    assert {REST, END} <= {*left["durations"]} & {*left["end"]}
    assert left.keys() == {*RULES} - {
        "density",
        "kept",
        "form",
        "grid",
        "own",
    }  # not asked


def test_no_rest_follows_a_rest_but_on_a_grid() -> None:
    after_rest = now_of(2, event=5, sounding=[False, True])
    for encoding, follows in (("notes", [False, True]), ("steps", [True, True])):
        style = replace(STYLE, note_ticks=(6,), rest_ticks=(6,))
        spec, spans = MelodySpec(), [Span(96, 96)]
        rules = make_rules(Vocabulary(encoding), style, spec, spans)
        now = after_rest._replace(left=np.array([96, 96]))
        allowed, _ = allow(rules, now)
        assert allowed.pitch[:, REST].tolist() == follows
        assert allowed.pitch[:, 60:73].all()
    first = _ask("rests", _rules(MelodySpec(), Span(96, 96)), now_of(sounding=False))
    assert {REST, 60} <= {*_symbols(first.pitch)}


ALWAYS = ["corpus", "length", "end", "repeats", "rests", "register"]
USUAL = [*ALWAYS, "grid"]  # where the rhythm is not another's
C_MAJOR, EIGHTHS = frozenset({0, 2, 4, 5, 7, 9, 11}), frozenset({2, 5})


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        (MelodySpec(), USUAL),
        (MelodySpec(free_bars=3, last_classes=frozenset({0})), USUAL),
        (MelodySpec(pitch_classes=C_MAJOR), ["key", *USUAL]),
        (MelodySpec(pitches=(40, 80)), ["range", *USUAL]),
        (MelodySpec(note_ticks=EIGHTHS), ["durations", *ALWAYS]),
        (MelodySpec(notes_per_bar=(0, 9)), ["density", *USUAL]),
        (MelodySpec(kept=Kept((0,), (9,))), ["kept", *ALWAYS[:-1]]),
        (
            # What a rewrite keeps also repeats as it did.
            MelodySpec(kept=Kept(pitches=(60, 62), notes_in_bars=(2,))),
            ["density", "kept", "corpus", "length", "end", "rests"],
        ),
    ],
)
def test_rules_that_ask_for_nothing_are_not_asked(
    spec: MelodySpec, names: list[str]
) -> None:
    rules = _rules(spec)
    assert {*rules_asked(rules)} == {*names}
    _, each = allow(rules, now_of())
    assert [*each] == rules_asked(rules) == [name for name in RULES if name in each]


def test_a_melody_keeps_to_its_register_unless_no_note_is_left() -> None:
    rules = _rules(MelodySpec(), Span(10, 10))
    now = now_of(3, lowest=[62, 0, 20], highest=[64, 61, 21])
    together, each = allow(rules, now)
    assert _symbols(each["register"].pitch, 0) == [62, 63, 64, REST, HOLD, END]
    notes = [
        [symbol for symbol in _symbols(together.pitch, row) if symbol < REST]
        for row in range(3)
    ]
    assert notes == [[62, 63, 64], [60, 61], list(range(60, 73))]
