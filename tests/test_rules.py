from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import event, given, reject, settings
from hypothesis import strategies as st

from monody.clock import Kind
from monody.errors import MonodyError
from monody.events import END, HOLD, REST, Vocabulary
from monody.repeats import FIGURE_NOTES, Repeats, no_repeats, repeat, repeats_of
from monody.rule_tables import Clock, Kept, Wanted, make_rules
from monody.rules import (
    RULES,
    SYMBOLS,
    Allowed,
    Now,
    Rules,
    allow,
    count_on,
    kinds_of,
)

NOTES = Vocabulary("notes")
FAR = 10_000  # ticks left: no length to care for
ROWS = 6  # melodies of each example; together, as they are compiled

_allow = jax.jit(allow)
_repeat = jax.jit(repeat)
_count_on = jax.jit(count_on)


def seen(**fields: list[int]) -> dict[str, list[int]]:
    """Say what a corpus uses: notes of 2 and 5 ticks, rests and holds of 3."""
    usual = {
        "note_ticks": [2, 5],
        "rest_ticks": [3],
        "hold_ticks": [3],
        "pitch_range": [60, 72],
        "repeats": [24] * FIGURE_NOTES,
    }
    return {**usual, **fields}


def _rules(wanted: Wanted, *clocks: Clock, **corpus: list[int]) -> Rules:
    return make_rules(NOTES, seen(**corpus), wanted, clocks or [Clock(10, 10)])[0]


def _now(rows: int = 1, **fields: Any) -> Now:
    """Say where melodies stand; by default in the middle of one, on a bar line."""
    usual = {
        "event": 0,
        "notes": 1,
        "left": 10,
        "position": 0,
        "bar_ticks": 10,
        "sounding": True,
        "latest": 60,
        "begun": 0,
        "clock": 0,
    }
    now = {
        name: jnp.broadcast_to(jnp.asarray(fields.get(name, value)), (rows,))
        for name, value in usual.items()
    }
    now["event"] = jnp.asarray(fields.get("event", 0))
    heard = fields.get("repeats") or no_repeats(rows)
    return Now(**now, repeats=Repeats(*map(jnp.asarray, heard)))


def _symbols(pitch: Any, row: int = 0) -> list[int]:
    mask = np.broadcast_to(np.asarray(pitch), (row + 1, len(SYMBOLS)))[row]
    return [*map(int, np.flatnonzero(mask))]


def _ticks(rules: Rules, duration: Any, kind: Kind, row: int = 0) -> list[int]:
    """List the ticks that events of a kind may have."""
    mask = np.asarray(duration)
    mask = np.broadcast_to(mask, (row + 1, len(Kind), len(rules.ticks)))[row, kind]
    return [*map(int, np.asarray(rules.ticks)[mask])]


def _used(rules: Rules, allowed: Allowed, kind: Kind, row: int = 0) -> list[int]:
    """List the ticks, of 2, 3 and 5, that events of a kind may have."""
    return [n for n in _ticks(rules, allowed.duration, kind, row) if n in (2, 3, 5)]


def test_the_corpus_says_what_there_is() -> None:
    rules = _rules(Wanted())
    allowed = RULES["corpus"](rules, _now())
    assert _symbols(allowed.pitch) == [*range(60, 73), REST, HOLD, END]
    assert _ticks(rules, allowed.duration, Kind.NOTE) == [2, 5]
    assert _ticks(rules, allowed.duration, Kind.REST) == [3]
    assert _ticks(rules, allowed.duration, Kind.HOLD) == [3]


def test_the_key_and_the_range_leave_rests_and_holds_alone() -> None:
    rules = _rules(Wanted(pitches=(50, 75), pitch_classes=frozenset({0, 7})))
    others = [REST, HOLD, END]
    in_key = _symbols(RULES["key"](rules, _now()).pitch)
    assert in_key[:4] == [0, 7, 12, 19]
    assert in_key[-4:] == [127, *others]
    in_range = _symbols(RULES["range"](rules, _now()).pitch)
    assert in_range == [*range(50, 76), *others]
    together, _ = _allow(rules, _now())
    assert _symbols(together.pitch) == [55, 60, 67, 72, REST, HOLD]


def test_note_values_bind_notes_and_rests() -> None:
    rules = _rules(Wanted(note_ticks=frozenset({2, 3})))
    allowed = RULES["durations"](rules, _now())
    for kind in (Kind.NOTE, Kind.CLOSING, Kind.REST):
        assert _ticks(rules, allowed.duration, kind) == [2, 3]
    assert 1 in _ticks(rules, allowed.duration, Kind.END)


def test_the_length_leaves_what_can_be_filled() -> None:
    rules = _rules(Wanted())
    left = jnp.array([10, 6, 5, 3, 2])
    sounding = jnp.array([True, True, False, True, True])
    allowed = RULES["length"](rules, _now(5, left=left, sounding=sounding))

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
    allowed, _ = _allow(_rules(Wanted()), _now(2, left=jnp.array([10, 2])))
    notes = [*range(60, 73)]
    assert _symbols(allowed.pitch, 0) == [*notes, REST, HOLD]
    assert _symbols(allowed.pitch, 1) == notes


@pytest.mark.parametrize(("notes", "sounding"), [(0, False), (0, True), (3, False)])
def test_the_network_ends_no_melody_in_silence(notes: int, sounding: bool) -> None:
    rules = _rules(Wanted(free=True))
    (allowed, _) = _allow(rules, _now(notes=notes, sounding=sounding))
    assert END not in _symbols(allowed.pitch)


@pytest.mark.parametrize("shortest", [1, 2])
def test_the_network_ends_a_melody_only_where_it_is_free_to(shortest: int) -> None:
    for free in (False, True):
        rules = _rules(Wanted(free=free), note_ticks=[shortest, 5])
        allowed, _ = _allow(rules, _now())
        assert (END in _symbols(allowed.pitch)) == free
        if free:  # the end has the duration symbol that it has in training
            (symbols,) = np.nonzero(np.asarray(allowed.duration)[0, Kind.END])
            assert symbols.tolist() == [0]


def test_free_melodies_end_with_a_last_note_too() -> None:
    rules = _rules(Wanted(free=True, last_classes=frozenset({0})), note_ticks=[1, 5])
    allowed, _ = _allow(rules, _now(2, latest=jnp.array([72, 71])))
    assert END in _symbols(allowed.pitch, 0)
    assert END not in _symbols(allowed.pitch, 1)


def test_the_last_tick_is_for_a_closing_note() -> None:
    rules = _rules(Wanted(last_classes=frozenset({0})))
    now = _now(3, left=jnp.array([5, 5, 10]), latest=jnp.array([60, 61, 61]))
    allowed = RULES["end"](rules, now)
    assert _used(rules, allowed, Kind.NOTE, 0) == [2, 3]  # 5 would be the last tick
    assert _used(rules, allowed, Kind.CLOSING, 0) == [2, 3, 5]
    assert _used(rules, allowed, Kind.HOLD, 0) == [2, 3, 5]  # a C sounds
    assert _used(rules, allowed, Kind.HOLD, 1) == [2, 3]
    assert _used(rules, allowed, Kind.HOLD, 2) == [2, 3, 5]
    together, _ = _allow(rules, _now(left=2))
    assert _symbols(together.pitch) == [60, 72]


def test_notes_are_counted_in_the_bar() -> None:
    rules = _rules(Wanted(notes_per_bar=(2, 2)), Clock(20, 10), hold_ticks=[])
    # The first bar with all of it left, with a note and 7 left, and with two.
    left, begun = jnp.array([20, 17, 15]), jnp.array([0, 1, 2])
    now = _now(3, left=left, begun=begun, position=20 - left)
    allowed = RULES["density"](rules, now)
    assert _used(rules, allowed, Kind.NOTE, 0) == [2, 5]
    # With 2 ticks of rest after it, or 5 over the bar line, too much would be left.
    assert _used(rules, allowed, Kind.NOTE, 2) == []
    in_bar, after = _count_on(rules, now, jnp.array([[True], [True], [False]]))
    five = 4  # the symbol of 5 ticks
    assert np.asarray(in_bar)[:, five].tolist() == [True, True, True]
    assert np.asarray(after)[:, five].tolist() == [1, 2, 0]
    assert np.asarray(after)[:, 9].tolist() == [0, 0, 0]  # 10 ticks cross a bar line


def test_a_kept_rhythm_leaves_the_pitch() -> None:
    kept = Kept(kinds=(0, HOLD, REST, 0), durations=(1, 0, 2, 3))
    rules = _rules(Wanted(kept=kept))
    found = []
    for index in range(5):
        allowed = RULES["kept"](rules, _now(event=index))
        found.append(_symbols(allowed.pitch))
        ticks = _ticks(rules, allowed.duration, Kind.NOTE)
        expected = [2, 1, 3, 4][index : index + 1] or [*map(int, rules.ticks)]
        assert ticks == expected
    assert found == [[*range(128)], [HOLD], [REST], [*range(128)], [*range(131)]]


def test_kept_pitches_leave_the_rhythm() -> None:
    rules = _rules(Wanted(kept=Kept(pitches=(60, 99))), Clock(10, 10))
    allowed = RULES["kept"](rules, _now(3, notes=jnp.array([0, 1, 2])))
    found = [_symbols(allowed.pitch, row) for row in range(3)]
    assert found == [[60, REST, HOLD, END], [99, REST, HOLD, END], [*range(131)]]
    assert np.asarray(allowed.duration).all()
    # 99 is to come: two notes and nothing between fill 10 ticks with fives.
    together, _ = _allow(rules, _now(notes=1, begun=1, left=5, position=5))
    assert 99 in _symbols(together.pitch)
    assert _ticks(rules, together.duration, Kind.NOTE) == [5]


def _after(notes: list[int]) -> Repeats:
    latest, runs = repeats_of(np.array(notes))
    return Repeats(latest[None], runs[None])


def test_no_figure_comes_more_often_than_is_usual() -> None:
    rules = _rules(Wanted(), repeats=[2, 4, *[24] * (FIGURE_NOTES - 2)])
    notes = {*range(60, 73)}
    for heard, too_much in (
        ([60, 60, 60], {60}),  # two repeats of one note
        ([62, 60, 60], set()),
        ([60, 62, 60, 62, 60, 62], {60}),  # four repeats of two notes
        ([60, 62, 60, 62, 60], set()),
        ([60, 62, 64] * 4, set()),
    ):
        allowed, each = _allow(rules, _now(repeats=_after(heard)))
        assert {*_symbols(allowed.pitch)} == notes - too_much | {REST, HOLD}
        by_repeats = each[[*RULES].index("repeats")]
        assert {*range(131)} - {*_symbols(by_repeats.pitch)} == too_much


def test_the_repeats_give_way_where_no_other_note_is_left() -> None:
    wanted = Wanted(pitches=(60, 61))
    rules = _rules(wanted, repeats=[2] * FIGURE_NOTES)
    again = _now(repeats=_after([60, 60, 60]))
    assert _symbols(_allow(rules, again)[0].pitch) == [61, REST, HOLD]
    only = _rules(replace(wanted, pitches=(60, 60)), repeats=[2] * FIGURE_NOTES)
    assert _symbols(_allow(only, again)[0].pitch) == [60, REST, HOLD]


def test_kinds_are_told_by_the_symbol_and_by_what_may_close() -> None:
    rules = _rules(Wanted(last_classes=frozenset({0})))
    kinds = np.asarray(kinds_of(rules, jnp.array([60, 61, REST, HOLD, END])))
    assert kinds.tolist() == [
        Kind.CLOSING, Kind.NOTE, Kind.REST, Kind.HOLD, Kind.END,
    ]  # fmt: skip


def test_each_rule_says_what_it_leaves_alone() -> None:
    rules = _rules(Wanted(pitch_classes=frozenset({0}), note_ticks=frozenset({2, 5})))
    together, each = _allow(rules, _now(left=2))
    assert len(each) == len(RULES)
    left = dict(zip(RULES, (_symbols(one.pitch) for one in each), strict=True))
    assert _symbols(together.pitch) == [60, 72]
    assert left["key"] == [*range(0, 128, 12), REST, HOLD, END]
    # Neither a rest nor the end has 2 ticks to spare; a hold has, for its own.
    assert left["length"] == [*range(128), HOLD]
    assert {REST, END} <= {*left["range"]} & {*left["density"]} & {*left["end"]}


# What follows writes melodies at random, from what the rules allow, and reads them.


@dataclass(frozen=True)
class Request:
    """What is asked of melodies, of a small corpus."""

    corpus: dict[str, list[int]]
    wanted: Wanted
    clocks: tuple[Clock, ...]


def few_ticks(least: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, 12), min_size=least, max_size=3, unique=True)


clocks = st.builds(Clock, st.integers(1, 40), st.integers(4, 16))
classes = st.frozensets(st.integers(0, 11), min_size=1)
spans = st.tuples(st.integers(40, 60), st.integers(0, 20)).map(
    lambda span: (span[0], sum(span))
)
corpora = st.fixed_dictionaries(
    {
        "note_ticks": few_ticks(1),
        "rest_ticks": few_ticks(0),
        "hold_ticks": few_ticks(0),
        "pitch_range": st.just([50, 72]),
        "repeats": st.integers(1, 24).map(lambda most: [most] * FIGURE_NOTES),
    }
)
anew = st.builds(
    Wanted,
    pitches=st.none() | spans,
    pitch_classes=st.none() | classes,
    note_ticks=st.none() | st.frozensets(st.integers(1, 12), min_size=1),
    notes_per_bar=st.none()
    | st.tuples(st.integers(0, 4), st.integers(0, 6)).map(lambda c: (c[0], sum(c))),
    last_classes=st.none() | classes,
    free=st.booleans(),
)
new_melodies = st.builds(
    Request, corpora, anew, st.lists(clocks, min_size=1, max_size=3).map(tuple)
)
new_rhythms = st.builds(
    lambda corpus, pitches, values, clock: Request(
        corpus,
        Wanted(note_ticks=values, kept=Kept(pitches=tuple(pitches))),
        (clock,),
    ),
    corpora,
    st.lists(st.integers(0, 127), min_size=1, max_size=12),
    st.none() | st.frozensets(st.integers(1, 12), min_size=1),
    clocks,
)


@st.composite
def new_pitches(draw: st.DrawFn) -> Request:
    """Keep a rhythm: any that begins with a note or a rest, and ends sounding."""
    symbols = st.tuples(st.sampled_from([0, REST, HOLD]), st.integers(0, 11))
    events = draw(st.lists(symbols, max_size=8))
    kept: list[tuple[int, int]] = []
    for kind, duration in [*events, (draw(st.sampled_from([0, HOLD])), 0)]:
        silent = not kept or kept[-1][0] == REST
        kept.append((0 if kind == HOLD and silent else kind, duration))
    kinds, durations = zip(*kept, strict=True)
    wanted = Wanted(
        pitches=draw(st.none() | spans),
        pitch_classes=draw(st.none() | classes),
        last_classes=draw(st.none() | classes),
        kept=Kept(kinds=kinds, durations=durations),
    )
    length = sum(durations) + len(durations)  # symbol 0 is 1 tick
    return Request(draw(corpora), wanted, (Clock(length, 16),))


Written = list[tuple[int, int]]  # pitch symbols and their ticks


def write(request: Request, rng: np.random.Generator) -> list[Written]:
    """Write melodies as the compiled loop does, each event drawn at random."""
    rules, shortest = make_rules(NOTES, request.corpus, request.wanted, request.clocks)
    clock = np.arange(ROWS) % len(request.clocks)
    length, bar = np.array([request.clocks[index] for index in clock]).T
    kept = len(request.wanted.kept.pitches)
    now = _now(
        ROWS, notes=0, left=length, bar_ticks=bar, sounding=False, begun=kept,
        clock=clock,
    )  # fmt: skip
    kinds = np.asarray(kinds_of(rules, jnp.asarray(SYMBOLS)))
    melodies: list[Written] = [[] for _ in range(ROWS)]
    while np.any(now.left > 0):
        assert now.event <= max(length) // shortest
        allowed, _ = _allow(rules, now)
        drawn = np.array(
            [
                _draw(np.asarray(pitch), np.asarray(duration), kinds, rng)
                if left > 0
                else (END, 0)
                for pitch, duration, left in zip(*allowed, now.left, strict=True)
            ]
        )
        for melody, (pitch, symbol), left in zip(
            melodies, drawn.tolist(), now.left, strict=True
        ):
            if left > 0 and pitch != END:
                melody.append((pitch, int(rules.ticks[symbol])))
        now = _go_on(rules, now, *drawn.T)
    return melodies


def _draw(
    pitch: np.ndarray[Any, Any],
    duration: np.ndarray[Any, Any],
    kinds: np.ndarray[Any, Any],
    rng: np.random.Generator,
) -> tuple[int, int]:
    """Draw a kind of event, a symbol of it, and its duration: each as likely."""
    symbols = np.flatnonzero(pitch)
    assert symbols.size, "a dead end"
    kind = rng.choice(np.unique(kinds[symbols]))
    symbol = int(rng.choice(symbols[kinds[symbols] == kind]))
    return symbol, int(rng.choice(np.flatnonzero(duration[kind])))


def _go_on(rules: Rules, now: Now, pitch: Any, duration: Any) -> Now:
    ended = pitch == END
    ticks = np.where(ended, 0, np.asarray(rules.ticks)[duration])
    is_note = pitch < REST
    _, begun = _count_on(rules, now, jnp.array(is_note)[:, None])
    begun = np.asarray(begun)[np.arange(ROWS), duration]
    return now._replace(
        event=now.event + 1,
        notes=now.notes + is_note,
        left=np.where(ended, 0, now.left - ticks),
        position=(now.position + ticks) % now.bar_ticks,
        sounding=np.where(ended, now.sounding, pitch != REST),
        latest=np.where(is_note, pitch, now.latest),
        begun=np.where(ended, now.begun, begun),
        repeats=_repeat(now.repeats, jnp.array(pitch), jnp.array(is_note)),
    )


def _check(request: Request, clock: Clock, melody: Written) -> None:
    """Compare a melody with all that was asked of it."""
    wanted, corpus = request.wanted, request.corpus
    total = sum(ticks for _, ticks in melody)
    assert total == clock.length_ticks or (wanted.free and total < clock.length_ticks)
    assert melody[-1][0] != REST
    before = [REST, *(pitch for pitch, _ in melody)]
    assert (REST, HOLD) not in zip(before, before[1:], strict=False)
    pitches = [pitch for pitch, _ in melody if pitch < REST]
    if wanted.kept.pitches:
        assert pitches == [*wanted.kept.pitches]
    else:
        low, high = wanted.pitches or corpus["pitch_range"]
        assert low <= min(pitches) <= max(pitches) <= high
    if wanted.pitch_classes is not None:
        assert {pitch % 12 for pitch in pitches} <= wanted.pitch_classes
    if wanted.last_classes is not None:
        assert pitches[-1] % 12 in wanted.last_classes
    if wanted.kept.kinds:
        kinds = [0 if pitch < REST else pitch for pitch, _ in melody]
        assert kinds == [*wanted.kept.kinds]
        assert [ticks - 1 for _, ticks in melody] == [*wanted.kept.durations]
    else:
        _check_durations(request, melody)
    if wanted.notes_per_bar is not None:
        _check_density(wanted.notes_per_bar, clock, melody, total)


def _check_durations(request: Request, melody: Written) -> None:
    values, corpus = request.wanted.note_ticks, request.corpus
    if values is not None:
        assert HOLD not in {pitch for pitch, _ in melody}
        assert {ticks for _, ticks in melody} <= values
        return
    for symbol, kind in ((REST, "rest"), (HOLD, "hold")):
        used = {ticks for pitch, ticks in melody if pitch == symbol}
        assert used <= {*corpus[f"{kind}_ticks"]}
    used = {ticks for pitch, ticks in melody if pitch < REST}
    assert used <= {*corpus["note_ticks"], 6, 3, 1}


def _check_density(
    counts: tuple[int, int], clock: Clock, melody: Written, total: int
) -> None:
    low, high = counts
    starts = accumulate((ticks for _, ticks in melody), initial=0)
    begun = [
        start // clock.bar_ticks
        for start, (pitch, _) in zip(starts, melody, strict=False)
        if pitch < REST
    ]
    in_bars = [begun.count(bar) for bar in range(-(-total // clock.bar_ticks))]
    assert max(in_bars) <= high
    assert all(count >= low for count in in_bars[: total // clock.bar_ticks])


def _obeys(request: Request, seed: int) -> None:
    try:
        melodies = write(request, np.random.default_rng(seed))
    except MonodyError:
        reject()
    event(f"kept rhythm {bool(request.wanted.kept.kinds)}")
    for row, melody in enumerate(melodies):
        _check(request, request.clocks[row % len(request.clocks)], melody)


@settings(max_examples=60)
@given(new_melodies, st.integers(0, 2**32))
def test_new_melodies_obey_every_rule_and_meet_no_dead_end(
    request: Request, seed: int
) -> None:
    _obeys(request, seed)


@settings(max_examples=25)
@given(new_rhythms, st.integers(0, 2**32))
def test_new_rhythms_keep_the_pitches(request: Request, seed: int) -> None:
    _obeys(request, seed)


@settings(max_examples=25)
@given(new_pitches(), st.integers(0, 2**32))
def test_new_pitches_keep_the_rhythm(request: Request, seed: int) -> None:
    _obeys(request, seed)
