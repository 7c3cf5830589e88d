"""How surprising a model finds each event, and the figures that follow from it.

Surprisal is the information content of an event: minus the base-2 logarithm of the
probability that the model gave it. Every model is judged by this one type, so that
networks and baselines are compared note for note.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody import seeds
from monody.models.encoded_set import EncodedSet
from monody.models.events import END, HOLD, REST

RESAMPLES = 1000  # of the melodies, for an interval
DRAWS_AT_ONCE = 2_000_000  # bounds the memory: some 40 bytes each
Floats = NDArray[np.float64]
Logs = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Surprisal:
    """The surprisal of each event of a set. All arrays are ``(all events,)``.

    Example:
        >>> from monody.models.baselines.ngrams import uniform
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.music.melody import Melody
        >>> steps = Vocabulary("steps")
        >>> encoded = encode_set([Melody.from_notes([(60, 0, 12)])], steps)
        >>> surprisal = uniform(encoded, encoded, steps)  # of C4, hold, end
        >>> surprisal.bits.round(3).tolist()
        [7.033, 7.033, 7.033]
        >>> surprisal.note_pitch_bits.tolist()
        [7.0, 0.0, 0.0]
    """

    pitch_bits: Floats  # of the pitch symbol, which may be the end of a melody
    duration_bits: Floats  # of the duration symbol given the pitch; 0 for an end
    note_pitch_bits: Floats  # of a note's pitch among the 128 pitches; 0 if no note
    pitch_hit: NDArray[np.bool_]  # whether the likeliest pitch symbol came
    duration_hit: NDArray[np.bool_]  # whether the likeliest duration came

    @property
    def bits(self) -> Floats:
        """Bits of each event."""
        return self.pitch_bits + self.duration_bits

    @classmethod
    def of(
        cls,
        pitch_logs: Logs,
        duration_logs: Logs,
        pitch: NDArray[np.integer],
        duration: NDArray[np.integer],
    ) -> Surprisal:
        """Look up how surprising a network found the events that came.

        Args:
            pitch_logs: ``(events, 131)`` log-probabilities of the pitch symbols.
            duration_logs: ``(events, durations)`` those of the duration symbols.
            pitch: ``(events,)`` pitch symbols that came.
            duration: ``(events,)`` duration symbols that came.

        Example:
            >>> import numpy as np
            >>> from monody.models.surprisal import Surprisal
            >>> even = np.full((1, 131), -np.log(131)), np.full((1, 4), -np.log(4))
            >>> surprisal = Surprisal.of(*even, np.array([60]), np.array([2]))
            >>> surprisal.bits.round(3).tolist(), surprisal.note_pitch_bits.tolist()
            ([9.033], [7.0])
        """
        is_note, is_timed = pitch < REST, pitch != END
        pitch_bits = bits_of(pitch_logs, pitch)
        notes = pitch_logs[:, :REST].astype(np.float64)
        with np.errstate(invalid="ignore"):  # a network that diverged says NaN
            among_notes = pitch_bits + np.logaddexp.reduce(notes, axis=1) / math.log(2)
        return cls(
            pitch_bits=pitch_bits,
            duration_bits=np.where(is_timed, bits_of(duration_logs, duration), 0),
            note_pitch_bits=np.where(is_note, among_notes, 0),
            pitch_hit=pitch_logs.argmax(axis=1) == pitch,
            duration_hit=is_timed & (duration_logs.argmax(axis=1) == duration),
        )

    @property
    def figures(self) -> Floats:
        """All fields in one table, ``(fields, events)``."""
        return np.stack([*vars(self).values()]).astype(np.float64)

    @classmethod
    def from_figures(cls, figures: Floats) -> Surprisal:
        """Rebuild it from its ``figures``."""
        bits, hits = figures[:3], figures[3:] > 0
        return cls(*bits, *hits)


def bits_of(logs: Logs, symbols: NDArray[np.integer]) -> Floats:
    """Return the surprisal of symbols in bits, ``(events,)``.

    Args:
        logs: ``(events, alphabet)`` log-probabilities.
        symbols: ``(events,)`` that came.

    Example:
        >>> import numpy as np
        >>> from monody.models.surprisal import bits_of
        >>> bits_of(np.log([[0.25, 0.75]]), np.array([0])).tolist()
        [2.0]
    """
    if logs.shape[1] == 1:
        return np.zeros(len(symbols))  # the only one is certain, however it is rounded
    chosen: Floats = logs[np.arange(len(symbols)), symbols].astype(np.float64)
    return -chosen / math.log(2)


@dataclass(frozen=True)
class Score:
    """How well a model predicts a set of melodies.

    Bits per note are the bits of all events, the end of each melody included, divided
    by the notes; accuracies are shares of the events that have a pitch symbol (all) and
    a duration (all but the ends).
    """

    melodies: int
    notes: int
    bits_per_note: float
    pitch_bits_per_note: float
    duration_bits_per_note: float
    pitch_bits_given_note: float
    pitch_accuracy: float
    duration_accuracy: float
    interval_95: tuple[float, float]  # of bits_per_note, over melodies

    @classmethod
    def of(cls, surprisal: Surprisal, encoded: EncodedSet) -> Score:
        """Add up the surprisal of a set of melodies.

        Args:
            surprisal: Of each event.
            encoded: The melodies, with at least one note.

        Example:
            >>> from monody.models.baselines.ngrams import uniform
            >>> from monody.models.encoded_set import encode_set
            >>> from monody.models.events import Vocabulary
            >>> from monody.models.surprisal import Score
            >>> from monody.music.melody import Melody
            >>> steps = Vocabulary("steps")
            >>> encoded = encode_set([Melody.from_notes([(60, 0, 6)])], steps)
            >>> score = Score.of(uniform(encoded, encoded, steps), encoded)
            >>> round(score.bits_per_note, 3)  # one note, and the end
            14.067
        """
        notes = encoded.note_count
        timed = encoded.pitch != END
        duration_accuracy = float(surprisal.duration_hit[timed].mean())
        pitch, duration = surprisal.pitch_bits.sum(), surprisal.duration_bits.sum()
        return cls(
            melodies=len(encoded),
            notes=notes,
            bits_per_note=float(pitch + duration) / notes,
            pitch_bits_per_note=float(pitch) / notes,
            duration_bits_per_note=float(duration) / notes,
            pitch_bits_given_note=float(surprisal.note_pitch_bits.sum()) / notes,
            pitch_accuracy=float(surprisal.pitch_hit.mean()),
            duration_accuracy=duration_accuracy,
            interval_95=interval_of_bits(surprisal, encoded),
        )

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        return {**vars(self), "interval_95": list(self.interval_95)}


def melody_sums(values: Floats, encoded: EncodedSet) -> Floats:
    """Add up a value of each event over each melody.

    Args:
        values: ``(all events,)``.
        encoded: The melodies.

    Returns:
        ``(melodies,)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.models.surprisal import melody_sums
        >>> from monody.music.melody import Melody
        >>> note = Melody.from_notes([(60, 0, 24)])  # two events, with the end
        >>> encoded = encode_set([note, note], Vocabulary("notes"))
        >>> melody_sums(np.array([1.0, 2.0, 3.0, 4.0]), encoded).tolist()
        [3.0, 7.0]
    """
    sums: Floats = np.add.reduceat(values, encoded.starts)
    return sums


def interval_of_bits(surprisal: Surprisal, encoded: EncodedSet) -> tuple[float, float]:
    """Return the 95 % interval of bits per note over melodies.

    The percentile bootstrap (Efron and Tibshirani, *An Introduction to the Bootstrap*,
    1993, chapter 13): melodies are drawn with replacement, ``RESAMPLES`` times.
    """
    notes = melody_sums((encoded.pitch < REST).astype(float), encoded)
    bits, drawn = resampled(melody_sums(surprisal.bits, encoded), notes)
    return _middle_95(bits / drawn)


@dataclass(frozen=True)
class Saving:
    """The share of another model's bits that a model does without.

    Below 0 the model needs more bits. The interval is that of the difference, with both
    models on the same resamples of the melodies: it is narrower than the two models'
    own intervals suggest.
    """

    share: float  # 1 - bits of the one / bits of the other
    interval_95: tuple[float, float]

    @classmethod
    def of(cls, surprisal: Surprisal, other: Surprisal, encoded: EncodedSet) -> Saving:
        """Compare a model with another on the same melodies.

        Args:
            surprisal: The model's.
            other: The other's, with more than 0 bits.
            encoded: The melodies.

        Example:
            >>> from dataclasses import replace
            >>> from monody.models.baselines.ngrams import uniform
            >>> from monody.models.encoded_set import encode_set
            >>> from monody.models.events import Vocabulary
            >>> from monody.models.surprisal import Saving
            >>> from monody.music.melody import Melody
            >>> steps = Vocabulary("steps")
            >>> encoded = encode_set([Melody.from_notes([(60, 0, 6)])], steps)
            >>> other = uniform(encoded, encoded, steps)
            >>> half = replace(other, pitch_bits=other.pitch_bits / 2)
            >>> Saving.of(half, other, encoded).share
            0.5
        """
        sums = [melody_sums(model.bits, encoded) for model in (surprisal, other)]
        ours, theirs = resampled(*sums)
        share = 1 - float(sums[0].sum() / sums[1].sum())
        return cls(share, _middle_95(1 - ours / theirs))


def resampled(*sums: Floats) -> Floats:
    """Draw melodies with replacement, as many as there are, and add up their values.

    The draws depend only on the number of melodies: they are the same for every model.

    Args:
        *sums: Values of each melody, ``(melodies,)`` each.

    Returns:
        ``(sums, RESAMPLES)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.surprisal import resampled
        >>> counts, values = resampled(np.ones(3), np.array([1.0, 10.0, 100.0]))
        >>> set(counts.tolist()), float(values.max())  # the third melody, three times
        ({3.0}, 300.0)
    """
    table = np.stack(sums, axis=1)  # (melodies, sums)
    melodies = len(table)
    rng = seeds.interval()
    at_once = min(max(DRAWS_AT_ONCE // melodies, 1), RESAMPLES)
    totals = []
    for first in range(0, RESAMPLES, at_once):
        rows = min(at_once, RESAMPLES - first)
        drawn = rng.integers(melodies, size=(rows, melodies))
        drawn += melodies * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * melodies)
        totals.append(counts.reshape(rows, melodies) @ table)  # (rows, sums)
    return np.concatenate(totals).T


def _middle_95(figures: Floats) -> tuple[float, float]:
    low, high = np.percentile(figures, [2.5, 97.5])
    return float(low), float(high)


def bits_of_notes(surprisal: Surprisal, encoded: EncodedSet, melody: int) -> Floats:
    """Return the surprisal of each note of one melody, in bits.

    The bits of a rest belong to the note that follows it, and those of a hold to the
    event that it lengthens. Those of the end belong to no note.

    Args:
        surprisal: Of each event of the set.
        encoded: The set.
        melody: Index of the melody.

    Returns:
        ``(notes,)``: pitch and duration together.

    Example:
        >>> from monody.models.baselines.ngrams import uniform
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.models.surprisal import bits_of_notes
        >>> from monody.music.melody import Melody
        >>> steps, notes = Vocabulary("steps"), [(60, 0, 12), (62, 12, 6)]
        >>> encoded = encode_set([Melody.from_notes(notes)], steps)
        >>> surprisal = uniform(encoded, encoded, steps)
        >>> bits_of_notes(surprisal, encoded, 0).round(3).tolist()  # C4 and hold, D4
        [14.067, 7.033]
    """
    events = slice(int(encoded.starts[melody]), int(encoded.ends[melody]))
    pitch = encoded.pitch[events]
    index = np.arange(len(pitch))
    # The event itself or, of a hold, the event that it lengthens: (events,).
    head = np.maximum.accumulate(np.where(pitch == HOLD, 0, index))
    notes = pitch < REST
    note: NDArray[np.int64] = np.cumsum(notes) - notes  # at a rest: the note after it
    sums = np.zeros(np.count_nonzero(notes) + 1)
    np.add.at(sums, note[head], surprisal.bits[events])
    return sums[:-1]
