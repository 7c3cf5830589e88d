"""Melodies written at random, from all that the rules allow, and read again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.events import END, HOLD, REST, Vocabulary
from monody.repeats import FIGURE_NOTES, repeat
from monody.rule_tables import Clock, Kept, Wanted, make_rules
from monody.rules import SYMBOLS, Now, Rules, allow, count_on, kinds_of
from tests.test_rules import now_of

NOTES = Vocabulary("notes")
ROWS = 6  # melodies of each example

_allow = jax.jit(lambda rules, now: allow(rules, now)[0])
_repeat = jax.jit(repeat)
_count_on = jax.jit(count_on)


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
    now = now_of(
        ROWS, notes=0, left=length, bar_ticks=bar, sounding=False, begun=kept,
        clock=clock,
    )  # fmt: skip
    kinds = np.asarray(kinds_of(rules, jnp.asarray(SYMBOLS)))
    melodies: list[Written] = [[] for _ in range(ROWS)]
    while np.any(now.left > 0):
        assert now.event <= max(length) // shortest
        allowed = _allow(rules, now)
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
    assert (REST, HOLD) not in pairwise(before)
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
