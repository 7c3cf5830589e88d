from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.models.baselines import idyom as module
from monody.models.baselines.context_tree import Stream, build_tree
from monody.models.baselines.idyom import (
    BIAS,
    PARTS,
    combined,
    distributions,
    idyom,
)
from monody.models.baselines.ppm import Floats, long_term, order_minus_one, short_term
from monody.models.encoded_set import EncodedSet, encode_set
from monody.models.events import END, REST, Vocabulary
from monody.models.surprisal import Surprisal
from monody.music.melody import Melody
from tests.builders.midi_files import tune

START = -1
VOCABULARY = Vocabulary("notes")
Symbols = list[int]


class Book:
    """The slow model: a dictionary of contexts, learnt event by event."""

    def __init__(self) -> None:
        self.all: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
        self.new: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)

    def learn(self, past: Sequence[int], symbol: int) -> None:
        """Count an event; in ``new`` down to the longest context that knew it."""
        known = False
        for context in reversed(contexts_of(past)):
            if not known:
                self.new[context][symbol] += 1
            known = self.all[context][symbol] > 0
            self.all[context][symbol] += 1

    def taken(self, past: Sequence[int]) -> tuple[list[tuple[int, ...]], bool]:
        """Return the contexts taken, from order 0, and whether a longer is known."""
        known = [context for context in contexts_of(past) if self.all.get(context)]
        for order, context in enumerate(known):
            if len(self.all[context]) == 1:
                return known[: order + 1], order + 1 < len(known)
        return known, False


def contexts_of(past: Sequence[int]) -> list[tuple[int, ...]]:
    whole = (START, *past)
    return [whole[len(whole) - order :] for order in range(len(whole) + 1)]


def long_slowly(
    book: Book, past: Sequence[int], prior: Floats, alphabet: int
) -> Floats:
    """Method C with exclusion, from the longest context taken downwards."""
    contexts, _ = book.taken(past)

    def chances(order: int, excluded: Counter[int]) -> Floats:
        if order < 0:
            return prior
        counts = book.all[contexts[order]]
        weight = sum(n for symbol, n in counts.items() if symbol not in excluded)
        shorter = chances(order - 1, counts)
        if weight == 0:
            return shorter
        row = np.array([counts[symbol] for symbol in range(alphabet)])
        mixed: Floats = (row + len(counts) * shorter) / (weight + len(counts))
        return mixed

    result = chances(len(contexts) - 1, Counter())
    whole: Floats = result / result.sum()
    return whole


def short_slowly(
    book: Book, past: Sequence[int], prior: Floats, alphabet: int
) -> Floats:
    """Method X with update exclusion, from order 0 upwards."""
    contexts, longer_known = book.taken(past)
    chances = prior
    for context in contexts:
        counts = book.new[context]
        if context == contexts[-1] and longer_known:
            counts = book.all[context]
        escapes = sum(n == 1 for n in counts.values()) + 1
        row = np.array([counts[symbol] for symbol in range(alphabet)])
        chances = np.divide(row + escapes * chances, row.sum() + escapes)
    return chances


def combined_slowly(long: Floats, short: Floats) -> Floats:
    entropies = [-sum(p * np.log2(p)) for p in (long, short)]
    weights = [entropy**-BIAS for entropy in entropies]
    shares = [weight / sum(weights) for weight in weights]
    mean: Floats = long ** shares[0] * short ** shares[1]
    whole: Floats = mean / mean.sum()
    return whole


def slowly(train: list[Symbols], test: list[Symbols], alphabet: int) -> list[Floats]:
    """Return the long-term, short-term and combined distributions of all events."""
    corpus = Book()
    for melody in train:
        for place, symbol in enumerate(melody):
            corpus.learn(melody[:place], symbol)
    known = np.isin(range(alphabet), [s for melody in train for s in melody])
    prior = (known + 1 / alphabet) / (known.sum() + 1)
    rows: list[list[Floats]] = [[], [], []]
    for melody in test:
        tune_so_far = Book()
        for place, symbol in enumerate(melody):
            past = melody[:place]
            long = long_slowly(corpus, past, prior, alphabet)
            short = short_slowly(tune_so_far, past, prior, alphabet)
            rows[0].append(long)
            rows[1].append(short)
            rows[2].append(combined_slowly(long, short))
            tune_so_far.learn(past, symbol)
    return [np.array(part) for part in rows]


def stream_of(sequences: Sequence[Sequence[int]], alphabet: int) -> Stream:
    symbols = np.array([symbol for sequence in sequences for symbol in sequence])
    return Stream.of(symbols, np.cumsum([len(s) for s in sequences]), alphabet)


def letters(word: str) -> Symbols:
    return ["abrcd".index(letter) for letter in word]


@st.composite
def corpora(draw: st.DrawFn) -> tuple[int, list[Symbols], list[Symbols]]:
    alphabet = draw(st.integers(2, 4))
    melody = st.lists(st.integers(0, alphabet - 1), min_size=1, max_size=25)
    melodies = st.lists(melody, min_size=1, max_size=4)
    return alphabet, draw(melodies), draw(melodies)


@given(corpora())
def test_the_fast_models_are_the_slow_ones(
    corpus: tuple[int, list[Symbols], list[Symbols]],
) -> None:
    alphabet, train, test = corpus
    tree = build_tree(stream_of(train, alphabet))
    stream = stream_of(test, alphabet)
    slow = slowly(train, test, alphabet)
    for parts, expected in zip(("long", "short", "both"), slow, strict=True):
        chances = distributions(tree, stream, parts)
        assert np.allclose(chances.sum(axis=1), 1, atol=1e-12)
        assert np.allclose(chances, expected, rtol=1e-9, atol=0)


def test_the_long_term_model_by_hand() -> None:
    # After "abra" in a corpus of "abracadabra" alone:
    # order 2, "ra", only c came: P = [c] / 2 + P1 / 2, and no longer context is taken
    # order 1, "a": b 2, c 1, d 1; c is excluded from the weight: 3, and 3 kinds
    # order 0: a 5, b 2, r 2, c 1, d 1; b, c and d are excluded: 7, and 5 kinds
    tree = build_tree(stream_of([letters("abracadabra")], 5))
    chances = long_term(tree, stream_of([letters("abrab")], 5))[-1]
    order_0 = (np.array([5, 2, 2, 1, 1]) + 5 / 5) / (7 + 5)
    order_1 = (np.array([0, 2, 0, 1, 1]) + 3 * order_0) / (3 + 3)
    order_2 = (np.array([0, 0, 0, 1, 0]) + order_1) / (1 + 1)
    assert chances.tolist() == pytest.approx((order_2 / order_2.sum()).tolist())


def test_the_short_term_model_by_hand() -> None:
    # After "aba": order 0 has a 2, b 1, of them one came once; order 1, "a": b 1.
    alike = np.full(5, 1 / 5)
    chances = short_term(stream_of([letters("abab")], 5), alike)
    order_0 = (np.array([2, 1, 0, 0, 0]) + 2 / 5) / (3 + 2)
    order_1 = (np.array([0, 1, 0, 0, 0]) + 2 * order_0) / (1 + 2)
    assert chances[0].tolist() == alike.tolist()
    assert chances[3].tolist() == pytest.approx(order_1.tolist())


def test_update_exclusion_by_hand() -> None:
    # After "aabaa". Order 0: a 3, b 1; the fourth a had come after a before, so it does
    # not count. Order 1, "a": a 2, b 1. Order 2, "aa": b 1, and no longer one is known.
    chances = short_term(stream_of([letters("aabaab")], 2), np.full(2, 1 / 2))
    order_0 = (np.array([3, 1]) + 2 / 2) / (4 + 2)
    order_1 = (np.array([2, 1]) + 2 * order_0) / (3 + 2)
    order_2 = (np.array([0, 1]) + 2 * order_1) / (1 + 2)
    assert chances[5].tolist() == pytest.approx(order_2.tolist())


def test_after_a_context_that_is_certain_every_event_counts() -> None:
    # After "aaa" order 0 has only a, and "a" is known too: it is taken, with 3, not 2.
    chances = short_term(stream_of([letters("aaaa")], 2), np.full(2, 1 / 2))
    assert chances[3].tolist() == pytest.approx([(3 + 1 / 2) / 4, (1 / 2) / 4])


def test_without_a_count_the_known_symbols_are_alike() -> None:
    tree = build_tree(stream_of([[0, 1, 1]], 4))
    alike = [(1 + 1 / 4) / 3] * 2 + [1 / 4 / 3] * 2
    assert order_minus_one(tree).tolist() == pytest.approx(alike)


def test_the_surer_model_has_the_say() -> None:
    unsure, sure = np.array([[0.5, 0.5]]), np.array([[0.02, 0.98]])
    assert np.allclose(combined(sure, sure), sure)
    assert combined(unsure, sure)[0, 1] > 0.97
    assert np.allclose(combined(unsure, sure), combined(sure, unsure))


def test_contexts_of_hundreds_of_symbols_stay_finite() -> None:
    held = [0] * 1500 + [1, 2] + [0] * 1500 + [2, 1] + [0] * 1500 + [1]
    tree = build_tree(stream_of([held], 3))
    for parts in PARTS:
        chances = distributions(tree, stream_of([held], 3), parts)
        assert np.all(chances > 0)
        assert np.allclose(chances.sum(axis=1), 1)


def of_tunes(seeds: Sequence[int], vocabulary: Vocabulary = VOCABULARY) -> EncodedSet:
    return encode_set([tune(seed) for seed in seeds], vocabulary)


def equal(one: Surprisal, other: Surprisal) -> bool:
    return all(
        np.allclose(a, b)
        for a, b in zip(vars(one).values(), vars(other).values(), strict=True)
    )


@pytest.mark.parametrize("parts", PARTS)
def test_every_event_has_its_surprisal(parts: str) -> None:
    train, held_out = of_tunes(range(6)), of_tunes(range(6, 9))
    surprisal = idyom(train, held_out, VOCABULARY, parts=parts)
    note, end = held_out.pitch < REST, held_out.pitch == END
    assert np.all(surprisal.pitch_bits > 0)
    assert np.all(surprisal.duration_bits[~end] > 0)
    assert not surprisal.duration_bits[end].any()
    assert not surprisal.duration_hit[end].any()
    assert not surprisal.note_pitch_bits[~note].any()
    assert np.all(surprisal.note_pitch_bits[note] <= surprisal.pitch_bits[note])


def test_melodies_are_judged_apart_and_in_portions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train = of_tunes(range(6))
    whole = idyom(train, of_tunes(range(6, 12)), VOCABULARY)
    monkeypatch.setattr(module, "EVENTS_AT_ONCE", 1)
    assert equal(idyom(train, of_tunes(range(6, 12)), VOCABULARY), whole)
    monkeypatch.undo()
    single = [idyom(train, of_tunes([seed]), VOCABULARY) for seed in range(6, 12)]
    bits = np.concatenate([surprisal.bits for surprisal in single])
    assert np.allclose(bits, whole.bits)


def test_a_tune_that_repeats_itself_is_learnt_as_it_goes() -> None:
    bar = [(60, 0, 24), (67, 24, 12), (64, 36, 12), (71, 48, 48)]
    notes = [(p, 96 * i + t, d) for i in range(8) for p, t, d in bar]
    repeated = encode_set([Melody.from_notes(notes)], VOCABULARY)
    train = of_tunes(range(4))
    long = idyom(train, repeated, VOCABULARY, parts="long").bits
    both = idyom(train, repeated, VOCABULARY).bits
    assert both[16:32].sum() < 0.2 * long[16:32].sum()


def test_what_training_never_had_is_possible() -> None:
    train = encode_set([Melody.from_notes([(60, 0, 24), (62, 24, 24)])], VOCABULARY)
    odd = encode_set([Melody.from_notes([(127, 0, 7), (0, 30, 384)])], VOCABULARY)
    for parts in PARTS:
        bits = idyom(train, odd, VOCABULARY, parts=parts).bits
        assert np.all(np.isfinite(bits))


def test_steps_have_no_durations_to_guess() -> None:
    steps = Vocabulary("steps")
    surprisal = idyom(of_tunes([1, 2], steps), of_tunes([3], steps), steps)
    assert not surprisal.duration_bits.any()
    assert surprisal.duration_hit[:-1].all()


def test_parts_must_be_known() -> None:
    one = of_tunes([1])
    with pytest.raises(ValueError, match="both, long, short"):
        idyom(one, one, VOCABULARY, parts="middle")
