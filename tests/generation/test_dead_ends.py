"""Melodies written at random, from all that the rules allow, and read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.experiments.corpus_style import FIGURE_NOTES
from monody.generation.constraints.durations import fill
from monody.generation.constraints.endings import ANY, HEARD, closing_notes
from monody.generation.constraints.repetition import repeat
from monody.generation.constraints.rules import Now, Rules, allow, count_on, kinds_of
from monody.generation.constraints.spec import Kept, MelodySpec, Span
from monody.generation.constraints.tables import make_rules
from monody.models.events import END, HOLD, REST, Vocabulary
from tests.builders.decoding import now_of

NOTES = Vocabulary("notes")
ROWS = 6  # melodies of each example

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Written = list[tuple[int, int]]  # pitch symbols and their ticks
Corpus = dict[str, list[int]]  # what its melodies use
Old = tuple[Corpus, Span, Written]
Drawn = tuple[int, int]  # the pitch symbol and the duration symbol of an event
Draw = Callable[[Mask, Mask, Any, Written], Drawn]

_allow = jax.jit(lambda rules, now: allow(rules, now)[0])
_repeat = jax.jit(repeat)
_count_on = jax.jit(count_on)
_kinds_of = jax.jit(kinds_of)
_closing = jax.jit(
    lambda tonic, class_ticks, rules: closing_notes(
        tonic, class_ticks, rules.closing, rules.pitches & rules.key & rules.range
    )
)


@dataclass(frozen=True)
class Request:
    """What is asked of melodies, of a small corpus."""

    corpus: Corpus
    wanted: MelodySpec
    clocks: tuple[Span, ...]
    tonic: int = ANY  # that melodies end on; or that is heard


def few_ticks(least: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, 12), min_size=least, max_size=3, unique=True)


clocks = st.builds(Span, st.integers(1, 40), st.integers(4, 16))
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
    MelodySpec,
    pitches=st.none() | spans,
    pitch_classes=st.none() | classes,
    note_ticks=st.none() | st.frozensets(st.integers(1, 12), min_size=1),
    notes_per_bar=st.none()
    | st.tuples(st.integers(0, 4), st.integers(0, 6)).map(lambda c: (c[0], sum(c))),
    last_classes=st.none() | classes,
    last_ticks=st.integers(0, 12),
    free=st.booleans(),
)
new_melodies = st.builds(
    Request,
    corpora,
    anew,
    st.lists(clocks, min_size=1, max_size=3).map(tuple),
    st.sampled_from([ANY, HEARD]) | st.integers(0, 11),
)


@st.composite
def old_melodies(draw: st.DrawFn) -> Old:
    """Any melody of a corpus, and its time: it begins with a bar, and ends sounding."""
    corpus = draw(corpora)
    symbols = [(REST, ticks) for ticks in corpus["rest_ticks"]]
    symbols += [(HOLD, ticks) for ticks in corpus["hold_ticks"]]
    notes = st.tuples(st.integers(0, 127), st.sampled_from(corpus["note_ticks"]))
    every = notes | st.sampled_from(symbols) if symbols else notes
    melody: Written = []
    for kind, ticks in [*draw(st.lists(every, max_size=12)), draw(notes)]:
        if kind != HOLD or (melody and melody[-1][0] != REST):
            melody.append((kind, ticks))
    length = sum(ticks for _, ticks in melody)
    return corpus, Span(length, draw(st.integers(4, 16))), melody


def _kept_pitches(clock: Span, melody: Written) -> Kept:
    return Kept(
        pitches=tuple(pitch for pitch, _ in melody if pitch < REST),
        notes_in_bars=tuple(_in_bars(clock, melody)),
    )


def _in_bars(clock: Span, melody: Written) -> list[int]:
    """Count the notes that begin in each bar, the last one whole or not."""
    total = sum(ticks for _, ticks in melody)
    bars, now = [0] * -(-total // clock.bar_ticks), 0
    for pitch, ticks in melody:
        bars[now // clock.bar_ticks] += pitch < REST
        now += ticks
    return bars


@st.composite
def new_rhythms(draw: st.DrawFn) -> Request:
    """Keep the pitches of a melody, in bars that may be longer or shorter."""
    corpus, clock, melody = draw(old_melodies())
    kept = _kept_pitches(clock, melody)
    bar_ticks = draw(st.none() | st.integers(4, 16))
    if bar_ticks is not None:
        clock = Span(len(kept.notes_in_bars) * bar_ticks, bar_ticks)
    values = draw(st.none() | st.frozensets(st.integers(1, 12), min_size=1))
    return Request(corpus, MelodySpec(note_ticks=values, kept=kept), (clock,))


@st.composite
def new_pitches(draw: st.DrawFn) -> Request:
    """Keep the rhythm of a melody of any corpus."""
    _, clock, melody = draw(old_melodies())
    kinds = tuple(0 if pitch < REST else pitch for pitch, _ in melody)
    wanted = MelodySpec(
        pitches=draw(st.none() | spans),
        pitch_classes=draw(st.none() | classes),
        last_classes=draw(st.none() | classes),
        kept=Kept(kinds, tuple(ticks - 1 for _, ticks in melody)),  # symbol 0: 1 tick
    )
    return Request(draw(corpora), wanted, (clock,))


def write(request: Request, draw: Draw) -> list[Written]:
    """Write melodies as the compiled loop does, each event drawn as is said."""
    rules, shortest = make_rules(NOTES, request.corpus, request.wanted, request.clocks)
    clock = np.arange(ROWS) % len(request.clocks)
    length, bar = np.array([request.clocks[index] for index in clock]).T
    now = now_of(ROWS, notes=0, left=length, bar_ticks=bar, sounding=0, clock=clock)
    tonic, class_ticks = np.full(ROWS, request.tonic), np.zeros((ROWS, 12))
    melodies: list[Written] = [[] for _ in range(ROWS)]
    while np.any(now.left > 0):
        assert now.event <= max(length) // shortest
        now = now._replace(closing=_closing(tonic, class_ticks, rules))
        asked = [np.asarray(each) for each in (*_allow(rules, now), _kinds_of(now))]
        drawn = np.tile([END, 0], (ROWS, 1))
        for row in np.flatnonzero(now.left > 0):
            pitch, duration, kinds = (each[row] for each in asked)
            drawn[row] = draw(pitch, duration, kinds, melodies[row])
        for melody, (symbol, index) in zip(melodies, drawn.tolist(), strict=True):
            if symbol != END:
                melody.append((symbol, int(rules.ticks[index])))
        now = _go_on(rules, now, *drawn.T)
        class_ticks = np.array([_class_ticks(melody) for melody in melodies])
    return melodies


def _class_ticks(melody: Written) -> list[int]:
    """Sum up the time that is spent on each pitch class."""
    spent, sounds = [0] * 12, 0
    for pitch, ticks in melody:
        sounds = pitch if pitch < REST else sounds
        spent[sounds % 12] += ticks * (pitch != REST)
    return spent


def at_random(seed: int) -> Draw:
    """Draw a kind of event, a symbol of it, and its duration: each as likely."""
    rng = np.random.default_rng(seed)

    def draw(pitch: Mask, duration: Mask, kinds: Any, _: Written) -> Drawn:
        symbols = np.flatnonzero(pitch)
        assert symbols.size, "a dead end"
        kind = rng.choice(np.unique(kinds[symbols]))
        symbol = int(rng.choice(symbols[kinds[symbols] == kind]))
        return symbol, int(rng.choice(np.flatnonzero(duration[kind])))

    return draw


def as_in(melody: Written) -> Draw:
    """Write a melody, if the rules allow it event by event."""

    def draw(pitch: Mask, duration: Mask, kinds: Any, so_far: Written) -> Drawn:
        symbol, ticks = melody[len(so_far)]
        index = NOTES.durations.index(ticks)
        assert pitch[symbol]
        assert duration[kinds[symbol], index]
        return symbol, index

    return draw


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
        bar=now.bar + (now.position + ticks) // now.bar_ticks,
        sounding=np.where(ended, now.sounding, pitch != REST),
        latest=np.where(is_note, pitch, now.latest),
        begun=np.where(ended, now.begun, begun),
        repeats=_repeat(now.repeats, jnp.array(pitch), jnp.array(is_note)),
    )


def _check(request: Request, clock: Span, melody: Written) -> None:
    """Compare a melody with all that was asked of it."""
    wanted, corpus = request.wanted, request.corpus
    total = sum(ticks for _, ticks in melody)
    assert total == clock.length_ticks or (wanted.free and total < clock.length_ticks)
    assert melody[-1][0] != REST
    assert (REST, HOLD) not in pairwise([REST, *(pitch for pitch, _ in melody)])
    pitches = [pitch for pitch, _ in melody if pitch < REST]
    if wanted.kept.pitches:
        assert pitches == [*wanted.kept.pitches]
        assert _in_bars(clock, melody) == [*wanted.kept.notes_in_bars]
    else:
        low, high = wanted.pitches or corpus["pitch_range"]
        assert low <= min(pitches) <= max(pitches) <= high
    if wanted.pitch_classes is not None:
        assert {pitch % 12 for pitch in pitches} <= wanted.pitch_classes
    _check_last_note(request, clock, melody)
    if wanted.kept.kinds:
        rhythm = [(0 if pitch < REST else pitch, ticks - 1) for pitch, ticks in melody]
        assert rhythm == [*zip(wanted.kept.kinds, wanted.kept.durations, strict=True)]
    else:
        _check_durations(request, melody)
    if wanted.notes_per_bar is not None:
        in_bars, (low, high) = _in_bars(clock, melody), wanted.notes_per_bar
        assert max(in_bars) <= high
        assert all(count >= low for count in in_bars[: total // clock.bar_ticks])


def _check_last_note(request: Request, clock: Span, melody: Written) -> None:
    wanted = request.wanted
    last = max(event for event, (pitch, _) in enumerate(melody) if pitch < REST)
    low, high = wanted.pitches or request.corpus["pitch_range"]
    possible = {pitch % 12 for pitch in range(low, high + 1)}
    for some in (wanted.pitch_classes, wanted.last_classes):
        possible &= {*range(12)} if some is None else some
    possible = possible & {request.tonic} or possible  # the tonic gives way
    assert wanted.kept.pitches or melody[last][0] % 12 in possible
    if not wanted.free:
        filling = fill(request.corpus, wanted, clock, frozenset(NOTES.durations))
        assert sum(ticks for _, ticks in melody[last:]) >= filling.last_ticks


def _check_durations(request: Request, melody: Written) -> None:
    if (values := request.wanted.note_ticks) is not None:
        assert HOLD not in {pitch for pitch, _ in melody}
        assert {ticks for _, ticks in melody} <= values
        return
    seen = {
        name: {*request.corpus[f"{name}_ticks"]} for name in ("note", "rest", "hold")
    }
    seen["note"] |= {6, 3, 1}
    if request.wanted.notes_per_bar is not None:
        for name in ("note", "rest"):
            seen[name] |= {24, 36, 48, 72, 96}
    names = {REST: "rest", HOLD: "hold"}
    assert all(ticks in seen[names.get(pitch, "note")] for pitch, ticks in melody)


@settings(max_examples=60)
@given(new_melodies | new_rhythms() | new_pitches(), st.integers(0, 2**32))
def test_melodies_obey_and_meet_no_dead_end(request: Request, seed: int) -> None:
    try:
        melodies = write(request, at_random(seed))
    except MonodyError:
        reject()
    for row, melody in enumerate(melodies):
        _check(request, request.clocks[row % len(request.clocks)], melody)


def test_where_notes_are_counted_too_the_last_is_long_enough() -> None:
    corpus = {
        "note_ticks": [2],
        "rest_ticks": [],
        "hold_ticks": [2, 8],
        "pitch_range": [60, 72],
        "repeats": [24] * FIGURE_NOTES,
    }
    wanted = MelodySpec(notes_per_bar=(1, 8), last_ticks=8)
    request = Request(corpus, wanted, (Span(32, 16),))
    for seed in range(4):
        for melody in write(request, at_random(seed)):
            _check(request, request.clocks[0], melody)


@settings(max_examples=25)
@given(old_melodies(), st.integers(0, 3), st.integers(0, 3))
def test_whatever_obeys_may_be_written(old: Old, fewer: int, more: int) -> None:
    corpus, clock, melody = old
    pitches = [pitch for pitch, _ in melody if pitch < REST]
    in_bars = _in_bars(clock, melody)
    whole = in_bars[: clock.length_ticks // clock.bar_ticks]
    wanted = MelodySpec(
        pitches=(min(pitches), max(pitches)),
        pitch_classes=frozenset(pitch % 12 for pitch in pitches),
        notes_per_bar=(max(min(whole, default=0) - fewer, 0), max(in_bars) + more),
        last_classes=frozenset({pitches[-1] % 12}),
    )
    corpus |= {"repeats": [24] * FIGURE_NOTES}
    for asked in (wanted, MelodySpec(kept=_kept_pitches(clock, melody))):
        written = write(Request(corpus, asked, (clock,)), as_in(melody))
        assert written == [melody] * ROWS
