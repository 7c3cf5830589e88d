"""The simple baselines, which a network must beat to have learnt anything.

They are counted on the same training events as the network and scored on the same
held-out notes, so that their bits per note can be compared with its own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from monody.models.encoded_set import EncodedSet, MelodySet
from monody.models.events import END, PITCH_INPUTS, PITCH_SYMBOLS, REST, Vocabulary
from monody.models.surprisal import Surprisal

Symbols = NDArray[np.uint8]
Floats = NDArray[np.float64]

# Training melodies, melodies to judge, the symbols of both.
Reference = Callable[[EncodedSet, EncodedSet, Vocabulary], Surprisal]
# From counts to probabilities, both (contexts, alphabet). The context is the symbol
# before.
Estimate = Callable[[Floats], Floats]


def uniform(
    train: MelodySet, held_out: EncodedSet, vocabulary: Vocabulary
) -> Surprisal:
    """Judge by a model that knows the alphabets only: all symbols are equally likely.

    Args:
        train: Not used.
        held_out: The melodies to judge.
        vocabulary: The symbols.

    Example:
        >>> from monody.models.baselines.ngrams import uniform
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.music.melody import Melody
        >>> notes = Vocabulary("notes")
        >>> encoded = encode_set([Melody.from_notes([(60, 0, 24)])], notes)
        >>> surprisal = uniform(encoded, encoded, notes)
        >>> surprisal.pitch_bits.round(3).tolist()  # log2(131)
        [7.033, 7.033]
    """
    return _judge(_even, train, held_out, vocabulary)


def unigram(
    train: MelodySet, held_out: EncodedSet, vocabulary: Vocabulary
) -> Surprisal:
    """Judge by a model that knows how often each pitch and each duration is used.

    Args:
        train: The melodies to count.
        held_out: The melodies to judge.
        vocabulary: The symbols of both.

    Example:
        >>> from monody.models.baselines.ngrams import unigram
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.music.melody import Melody
        >>> notes = Vocabulary("notes")
        >>> often = [(60, 24 * i, 24) for i in range(98)]
        >>> train = encode_set([Melody.from_notes(often)], notes)
        >>> held_out = encode_set([Melody.from_notes([(60, 0, 24)])], notes)
        >>> unigram(train, held_out, notes).pitch_bits.round(2).tolist()  # C4, end
        [0.04, 6.64]
    """
    return _judge(_unigram, train, held_out, vocabulary)


def bigram(train: MelodySet, held_out: EncodedSet, vocabulary: Vocabulary) -> Surprisal:
    """Judge by a model that knows which symbol follows which.

    It predicts a pitch given the pitch before and a duration given the duration before.
    Each backs off to its unigram, and that to the uniform distribution, by Witten and
    Bell's method C ("The zero-frequency problem", IEEE Trans. Information Theory 37(4),
    1991).

    Args:
        train: The melodies to count.
        held_out: The melodies to judge.
        vocabulary: The symbols of both.

    Example:
        >>> from monody.models.baselines.ngrams import bigram
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.music.melody import Melody
        >>> notes = Vocabulary("notes")
        >>> trill = [(60 + i % 2, 24 * i, 24) for i in range(100)]
        >>> train = encode_set([Melody.from_notes(trill)], notes)
        >>> bigram(train, train, notes).pitch_bits[1:4].round(2).tolist()
        [0.01, 0.06, 0.01]
    """
    return _judge(_bigram, train, held_out, vocabulary)


def _judge(
    estimate: Estimate, train: MelodySet, held_out: EncodedSet, vocabulary: Vocabulary
) -> Surprisal:
    """Count pairs of symbols, estimate their probabilities, and look events up."""
    pitch, duration = map(estimate, _counted(train, len(vocabulary.durations)))
    notes = pitch[:, :REST] / pitch[:, :REST].sum(axis=1, keepdims=True)

    context, came = held_out.pitch_in, held_out.pitch
    pitch_bits, pitch_hit = _look_up(pitch, context, came, came < PITCH_SYMBOLS)
    note_pitch_bits, _ = _look_up(notes, context, came, came < REST)
    duration_bits, duration_hit = _look_up(
        duration, held_out.duration_in, held_out.duration, came != END
    )
    return Surprisal(
        pitch_bits, duration_bits, note_pitch_bits, pitch_hit, duration_hit
    )


def _counted(train: MelodySet, durations: int) -> tuple[Floats, Floats]:
    """Count which pitch follows which, and which duration, ``(contexts, alphabet)``."""
    pitch = np.zeros((PITCH_INPUTS, PITCH_SYMBOLS))
    duration = np.zeros((durations + 1, durations))
    for part in train.parts():
        pitch += _count(part.pitch_in, part.pitch, *pitch.shape)
        timed = part.pitch != END
        before, after = part.duration_in[timed], part.duration[timed]
        duration += _count(before, after, *duration.shape)
    return pitch, duration


def _count(before: Symbols, after: Symbols, contexts: int, alphabet: int) -> Floats:
    """Count how often each symbol follows each context, ``(contexts, alphabet)``."""
    pairs = before.astype(np.int64) * alphabet + after
    counts = np.bincount(pairs, minlength=contexts * alphabet)
    return counts.reshape(contexts, alphabet).astype(float)


def _even(counts: Floats) -> Floats:
    return np.full(counts.shape, 1 / counts.shape[1])


def _unigram(counts: Floats) -> Floats:
    used = _witten_bell(counts.sum(axis=0), _even(counts)[0])
    return np.broadcast_to(used, counts.shape)


def _bigram(counts: Floats) -> Floats:
    return _witten_bell(counts, _unigram(counts)[0])


def _witten_bell(counts: Floats, shorter: Floats) -> Floats:
    """Mix counted frequencies with a shorter context's distribution.

    A symbol never seen here is expected as often as a new one has turned up so far.

    Args:
        counts: ``(…, alphabet)``.
        shorter: ``(alphabet,)``: the distribution without this context.
    """
    seen = counts.sum(axis=-1, keepdims=True)
    kinds = np.maximum((counts > 0).sum(axis=-1, keepdims=True), 1)
    mixed: Floats = (counts + kinds * shorter) / (seen + kinds)
    return mixed


def _look_up(
    table: Floats, before: Symbols, symbols: Symbols, counts: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the bits of events and whether the likeliest symbol came.

    Args:
        table: Probabilities ``(contexts, alphabet)``.
        before: The context of each event, ``(events,)``.
        symbols: The symbol that came, ``(events,)``.
        counts: Where an event has such a symbol, ``(events,)``; the others get 0 bits.
    """
    bits = np.zeros(len(symbols))
    bits[counts] = -np.log2(table[before[counts], symbols[counts]])
    return bits, counts & (table.argmax(axis=1)[before] == symbols)
