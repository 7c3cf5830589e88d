"""Reference models: what a network must beat to have learnt anything.

They are counted on the same training events and scored on the same held-out notes as
the network, so their bits per note stand beside its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monody.batches import EncodedSet
from monody.evaluate import Score
from monody.events import END, PITCH_INPUTS, PITCH_SYMBOLS, Vocabulary

Ints = NDArray[np.uint8]
Floats = NDArray[np.float64]


def bigram_score(
    train: EncodedSet, held_out: EncodedSet, vocabulary: Vocabulary
) -> Score:
    """Score a bigram model of the events.

    Pitch given the pitch before, duration given the duration before. Each backs off to
    its unigram, and that to the uniform distribution, by Witten and Bell's method C
    ("The zero-frequency problem", IEEE Trans. Information Theory 37(4), 1991).

    Args:
        train: The melodies to count.
        held_out: The melodies to score.
        vocabulary: The symbols of both.
    """
    durations = len(vocabulary.durations)
    pitch = _bigram(train.pitch_in, train.pitch, PITCH_INPUTS, PITCH_SYMBOLS)
    timed = train.pitch != END
    duration = _bigram(
        train.duration_in[timed], train.duration[timed], durations + 1, durations
    )
    scored = held_out.pitch != END
    return Score(
        pitch_bits=_bits(pitch, held_out.pitch_in, held_out.pitch),
        duration_bits=_bits(
            duration, held_out.duration_in[scored], held_out.duration[scored]
        ),
        notes=held_out.note_count,
        melodies=len(held_out),
    )


def _bigram(before: Ints, symbols: Ints, contexts: int, alphabet: int) -> Floats:
    """Estimate the probabilities of a symbol given the one before.

    Returns:
        ``(contexts, alphabet)``.
    """
    counts = np.zeros((contexts, alphabet))
    np.add.at(counts, (before, symbols), 1)
    unigram = _witten_bell(counts.sum(axis=0), np.full(alphabet, 1 / alphabet))
    return _witten_bell(counts, unigram)


def _witten_bell(counts: Floats, shorter: Floats) -> Floats:
    """Mix counted frequencies with a shorter context's distribution.

    A symbol never seen here is expected as often as a new one has turned up so far.

    Args:
        counts: ``(…, alphabet)``.
        shorter: ``(alphabet,)``, what is believed without this context.
    """
    seen = counts.sum(axis=-1, keepdims=True)
    kinds = np.maximum((counts > 0).sum(axis=-1, keepdims=True), 1)
    mixed: Floats = (counts + kinds * shorter) / (seen + kinds)
    return mixed


def _bits(probabilities: Floats, before: Ints, symbols: Ints) -> float:
    return float(-np.log2(probabilities[before, symbols]).sum())
