"""Melodies written at random, from all that the rules allow, and read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.generation.constraints.durations import plan_durations
from monody.generation.constraints.endings import ANY, HEARD, closing_notes
from monody.generation.constraints.repetition import repeat
from monody.generation.constraints.rules import Now, Rules, allow, count_on
from monody.generation.constraints.spec import Kept, MelodySpec, Span
from monody.generation.constraints.tables import make_rules
from monody.models.events import END, HOLD, REST, Vocabulary
from monody.models.record import CorpusStyle
from monody.music.repetition import FIGURE_NOTES
from tests.builders.decoding import now_of, style_of
from tests.builders.profile import examples

NOTES = Vocabulary("notes")
ROWS = 6  # melodies of each example

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Written = list[tuple[int, int]]  # pitch symbols and their ticks
Old = tuple[CorpusStyle, Span, Written]
Drawn = tuple[int, int]  # the pitch symbol and the duration symbol of an event
Draw = Callable[[Mask, Mask, Any, Written], Drawn]


@dataclass(frozen=True)
class Request:
    """What is asked of melodies, of a small corpus."""

    style: CorpusStyle
    spec: MelodySpec
    spans: tuple[Span, ...]
    tonic: int = ANY  # that melodies end on; or that is heard


def few_ticks(least: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(1, 12), min_size=least, max_size=3, unique=True)


spans = st.builds(
    lambda length, bar, late: Span(length, bar, late % bar),
    st.integers(1, 40),
    st.integers(4, 16),
    st.just(0) | st.integers(1, 15),
)
classes = st.frozensets(st.integers(0, 11), min_size=1)
ranges = st.tuples(st.integers(40, 60), st.integers(0, 20)).map(
    lambda pair: (pair[0], sum(pair))
)
styles = st.builds(
    style_of,
    few_ticks(1),
    few_ticks(0),
    few_ticks(0),
    st.just((50, 72)),
    st.integers(1, 24),
)
specs = st.builds(
    MelodySpec,
    pitches=st.none() | ranges,
    pitch_classes=st.none() | classes,
    note_ticks=st.none() | st.frozensets(st.integers(1, 12), min_size=1),
    notes_per_bar=st.none()
    | st.tuples(st.integers(0, 4), st.integers(0, 6)).map(lambda c: (c[0], sum(c))),
    last_classes=st.none() | classes,
    free_bars=st.none() | st.integers(0, 40),
)
new_melodies = st.builds(
    Request,
    styles,
    specs,
    st.lists(spans, min_size=1, max_size=3).map(tuple),
    st.sampled_from([ANY, HEARD]) | st.integers(0, 11),
)


@st.composite
def old_melodies(draw: st.DrawFn) -> Old:
    """Any melody of a corpus, and its time: it ends sounding."""
    style = draw(styles)
    symbols = [(REST, ticks) for ticks in style.rest_ticks]
    symbols += [(HOLD, ticks) for ticks in style.hold_ticks]
    notes = st.tuples(st.integers(0, 127), st.sampled_from(style.note_ticks))
    every = notes | st.sampled_from(symbols) if symbols else notes
    melody: Written = []
    for kind, ticks in [*draw(st.lists(every, max_size=12)), draw(notes)]:
        if kind != HOLD or (melody and melody[-1][0] != REST):
            melody.append((kind, ticks))
    length = sum(ticks for _, ticks in melody)
    bar_ticks, late = draw(st.integers(4, 16)), draw(st.just(0) | st.integers(1, 15))
    return style, Span(length, bar_ticks, late % bar_ticks), melody


def _has_single_rests(old: Old) -> bool:
    """Whether each silence of a melody is one rest, and none comes first."""
    kinds = [kind for kind, _ in old[2]]
    return (REST, REST) not in pairwise([REST, *kinds])


def _kept_pitches(span: Span, melody: Written) -> Kept:
    return Kept(
        pitches=tuple(pitch for pitch, _ in melody if pitch < REST),
        notes_in_bars=tuple(_in_bars(span, melody)),
    )


def _in_bars(span: Span, melody: Written) -> list[int]:
    """Count the notes that begin in each bar, the last one whole or not."""
    now = span.position
    end = now + sum(ticks for _, ticks in melody)
    bars = [0] * -(-end // span.bar_ticks)
    for pitch, ticks in melody:
        bars[now // span.bar_ticks] += pitch < REST
        now += ticks
    return bars


@st.composite
def new_rhythms(draw: st.DrawFn) -> Request:
    """Keep the pitches of a melody, in bars that may be longer or shorter."""
    style, span, melody = draw(old_melodies())
    kept = _kept_pitches(span, melody)
    bar_ticks = draw(st.none() | st.integers(4, 16))
    if bar_ticks is not None:
        span = Span(len(kept.notes_in_bars) * bar_ticks, bar_ticks)
    values = draw(st.none() | st.frozensets(st.integers(1, 12), min_size=1))
    return Request(style, MelodySpec(note_ticks=values, kept=kept), (span,))


@st.composite
def new_pitches(draw: st.DrawFn) -> Request:
    """Keep the rhythm of a melody of any corpus."""
    _, span, melody = draw(old_melodies())
    kinds = tuple(0 if pitch < REST else pitch for pitch, _ in melody)
    spec = MelodySpec(
        pitches=draw(st.none() | ranges),
        pitch_classes=draw(st.none() | classes),
        last_classes=draw(st.none() | classes),
        kept=Kept(kinds, tuple(ticks - 1 for _, ticks in melody)),  # symbol 0: 1 tick
    )
    return Request(draw(styles), spec, (span,))


def write(request: Request, draw: Draw) -> list[Written]:
    """Write melodies as the loop does, each event drawn as is said."""
    rules = make_rules(NOTES, request.style, request.spec, request.spans)
    rules = rules._replace(grid=None)  # it gives way, and is looked at elsewhere
    span = np.arange(ROWS) % len(request.spans)
    length, bar, late = np.array([request.spans[index] for index in span]).T
    now = now_of(ROWS, notes=0, left=length, bar_ticks=bar, sounding=False, span=span)
    now = now._replace(position=late)
    now = now._replace(heard=np.zeros(ROWS, np.bool_))
    tonic, class_ticks = np.full(ROWS, request.tonic), np.zeros((ROWS, 12))
    possible = rules.pitches
    for more in (rules.key, rules.range):
        possible = possible if more is None else possible & more
    melodies: list[Written] = [[] for _ in range(ROWS)]
    while np.any(now.left > 0):
        assert now.event < max(length)
        closing = closing_notes(tonic, class_ticks, rules.closing, possible)
        now = now._replace(closing=closing)
        asked = allow(rules, now)[0]
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
    ticks = np.where(ended, 0, rules.ticks[duration])
    is_note = pitch < REST
    _, counts = count_on(rules, now, is_note[:, None])
    begun = counts[np.arange(ROWS), duration]
    changed: dict[str, Any] = {
        "event": now.event + 1,
        "notes": now.notes + is_note,
        "left": np.where(ended, 0, now.left - ticks),
        "close_left": np.where(ended, 0, now.left - ticks),
        "heard": now.heard | is_note,
        "position": (now.position + ticks) % now.bar_ticks,
        "bar": now.bar + (now.position + ticks) // now.bar_ticks,
        "sounding": np.where(ended, now.sounding, pitch != REST),
        "latest": np.where(is_note, pitch, now.latest),
        "begun": np.where(ended, now.begun, begun),
        "repeats": repeat(now.repeats, pitch, is_note),
    }
    return now._replace(**changed)


def _check(request: Request, span: Span, melody: Written) -> None:
    """Compare a melody with all that was asked of it."""
    spec, style = request.spec, request.style
    total = sum(ticks for _, ticks in melody)
    free = spec.free_bars is not None and spec.free_bars <= total
    assert total == span.length_ticks or (free and total < span.length_ticks)
    assert melody[-1][0] != REST
    assert (REST, HOLD) not in pairwise([REST, *(pitch for pitch, _ in melody)])
    pitches = [pitch for pitch, _ in melody if pitch < REST]
    if spec.kept.pitches:
        assert pitches == [*spec.kept.pitches]
        assert _in_bars(span, melody) == [*spec.kept.notes_in_bars]
    else:
        low, high = spec.pitches or style.pitch_range
        assert low <= min(pitches) <= max(pitches) <= high
    if spec.pitch_classes is not None:
        assert {pitch % 12 for pitch in pitches} <= spec.pitch_classes
    _check_last_note(request, melody)
    if spec.kept.kinds:
        rhythm = [(0 if pitch < REST else pitch, ticks - 1) for pitch, ticks in melody]
        assert rhythm == [*zip(spec.kept.kinds, spec.kept.durations, strict=True)]
    else:
        _check_durations(request, melody)
    if spec.notes_per_bar is not None:
        in_bars, (low, high) = _in_bars(span, melody), spec.notes_per_bar
        assert max(in_bars) <= high
        first, end = int(span.position > 0), span.position + total
        assert all(count >= low for count in in_bars[first : end // span.bar_ticks])


def _check_last_note(request: Request, melody: Written) -> None:
    spec = request.spec
    last = max(event for event, (pitch, _) in enumerate(melody) if pitch < REST)
    low, high = spec.pitches or request.style.pitch_range
    possible = {pitch % 12 for pitch in range(low, high + 1)}
    for some in (spec.pitch_classes, spec.last_classes):
        possible &= {*range(12)} if some is None else some
    possible = possible & {request.tonic} or possible  # the tonic gives way
    assert spec.kept.pitches or melody[last][0] % 12 in possible


def _check_durations(request: Request, melody: Written) -> None:
    if (values := request.spec.note_ticks) is not None:
        assert HOLD not in {pitch for pitch, _ in melody}
        assert {ticks for _, ticks in melody} <= values
        return
    style = request.style
    seen = {"note": {*style.note_ticks, 6, 3, 1}, "rest": {*style.rest_ticks}}
    seen["hold"] = {*style.hold_ticks}
    if request.spec.notes_per_bar is not None:
        for name in ("note", "rest"):
            seen[name] |= {24, 36, 48, 72, 96}
    if request.spec.kept.pitches:  # where nothing seen fits bar by bar: any
        [span], alphabet = request.spans, frozenset(NOTES.durations)
        if (
            plan_durations(style, request.spec, span, alphabet).durations.notes
            == alphabet
        ):
            return
    names = {REST: "rest", HOLD: "hold"}
    assert all(ticks in seen[names.get(pitch, "note")] for pitch, ticks in melody)


@settings(max_examples=examples(60))
@given(new_melodies | new_rhythms() | new_pitches(), st.integers(0, 2**32))
def test_melodies_obey_and_meet_no_dead_end(request: Request, seed: int) -> None:
    try:
        melodies = write(request, at_random(seed))
    except MonodyError:
        reject()
    for row, melody in enumerate(melodies):
        _check(request, request.spans[row % len(request.spans)], melody)


@settings(max_examples=examples(25))
@given(old_melodies().filter(_has_single_rests), st.integers(0, 3), st.integers(0, 3))
def test_whatever_obeys_may_be_written(old: Old, fewer: int, more: int) -> None:
    style, span, melody = old
    pitches = [pitch for pitch, _ in melody if pitch < REST]
    in_bars = _in_bars(span, melody)
    whole = in_bars[span.whole_bars.start : span.whole_bars.stop]
    spec = MelodySpec(
        pitches=(min(pitches), max(pitches)),
        pitch_classes=frozenset(pitch % 12 for pitch in pitches),
        notes_per_bar=(max(min(whole, default=0) - fewer, 0), max(in_bars) + more),
        last_classes=frozenset({pitches[-1] % 12}),
    )
    style = replace(style, repeats=(24,) * FIGURE_NOTES)
    for asked in (spec, MelodySpec(kept=_kept_pitches(span, melody))):
        written = write(Request(style, asked, (span,)), as_in(melody))
        assert written == [melody] * ROWS
