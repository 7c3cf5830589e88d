"""What is usual in a corpus: its meter, lengths, outlines, and repeats.

New melodies take their defaults and their limits from here (``models.record`` has the
record itself).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.models.encoded_set import EncodedSet, MelodySet
from monody.models.events import HOLD, PITCH_SYMBOLS, REST, Vocabulary
from monody.models.outline import pitch_class_of, tonic_symbols
from monody.models.record import CorpusStyle, Precedent
from monody.music.form import Form
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_QUARTER
from monody.music.repetition import FIGURE_NOTES, run_lengths

COMMON_SHARE = 0.01  # of the notes
USUAL_PERCENT = 99  # of the training melodies, by their longest repeats
MIN_TIMES, MIN_NOTES = 4, 24  # as far any figure may repeat: the less of both
MAX_MELODIES = 5000  # looked at
MAX_PRECEDENTS = 1200  # melodies whose outline is kept
MIN_PRECEDENT_BARS = 2  # a melody of one bar has no form


def corpus_style(
    melodies: MelodyStore,
    encoded: MelodySet,
    encoding: str,
    styles: Sequence[int] | None = None,
    indices: Sequence[int] | None = None,
) -> CorpusStyle:
    """Count what is usual in some melodies.

    Args:
        melodies: The training melodies, one or more, and perhaps others.
        encoded: The training melodies, encoded.
        encoding: How.
        styles: The symbol of the style of each of ``melodies``; by default unknown.
        indices: The training melodies, in their order. By default all.
    """
    chosen = np.arange(len(melodies)) if indices is None else np.array(indices)
    meters = Counter(str(melodies.main_meter(index)) for index in chosen.tolist())
    ticks = np.array(Vocabulary(encoding).durations)
    counts = _count(encoded.parts(), len(ticks))
    half, most = np.percentile(counts.bars, (50, 90), method="closest_observation")
    notes = counts.durations[:REST].sum(axis=0)  # (durations,)
    common = common_lengths(ticks[notes > 0], notes[notes > 0])

    def used(times: NDArray[np.integer]) -> tuple[int, ...]:
        lengths = ticks[times > 0]
        return tuple(lengths[_are_multiples(lengths, common)].tolist())

    pitches = np.flatnonzero(counts.durations[:REST].any(axis=1))
    return CorpusStyle(
        meter=meters.most_common(1)[0][0],
        bpm=float(np.median(melodies.info["bpm"][chosen])),
        bars=int(half),
        max_bars=int(most),
        note_ticks=used(notes),
        rest_ticks=used(counts.durations[REST]),
        hold_ticks=used(counts.durations[HOLD]),
        pitch_range=(int(pitches[0]), int(pitches[-1])),
        places=common_places(counts.places),
        repeats=tuple(usual_repeats(counts.first_notes, counts.first_ends)),
        precedents=tuple(precedents(melodies, styles, indices)),
    )


@dataclass(frozen=True)
class _Counts:
    """What is counted in all melodies, and the notes of the first of them."""

    durations: NDArray[np.int64]  # (pitch symbols, durations): events with both
    places: NDArray[np.int64]  # (ticks of a quarter note,): where in it events begin
    bars: NDArray[np.int64]  # (melodies,) of each
    first_notes: NDArray[np.uint8]  # (notes,) of the first ``MAX_MELODIES``: pitches
    first_ends: NDArray[np.int64]  # (melodies,): where the notes of each of them end


def _count(parts: Iterable[EncodedSet], durations: int) -> _Counts:
    """Count events, some melodies at a time: all together may take much memory.

    Args:
        parts: The melodies.
        durations: The size of their alphabet of durations.
    """
    pairs = np.zeros(PITCH_SYMBOLS * durations, np.int64)
    places = np.zeros(TICKS_PER_QUARTER, np.int64)
    bars, first_notes, first_counts = [], [], []
    melodies = 0
    for part in parts:
        pair = part.pitch.astype(np.int64) * durations + part.duration
        pairs += np.bincount(pair, minlength=len(pairs))
        place = part.position % TICKS_PER_QUARTER
        places += np.bincount(place, minlength=len(places))
        end = part.ends - 1
        bars.append(part.bar[end] + (part.position[end] > 0))
        if melodies < MAX_MELODIES:
            is_note = part.pitch < REST
            first_notes.append(part.pitch[is_note])
            counts = np.add.reduceat(is_note, part.starts, dtype=np.int64)
            first_counts.append(counts)
        melodies += len(part)
    return _Counts(
        durations=pairs.reshape(PITCH_SYMBOLS, durations),
        places=places,
        bars=np.concatenate(bars),
        first_notes=np.concatenate(first_notes),
        first_ends=np.cumsum(np.concatenate(first_counts)),
    )


def precedents(
    melodies: MelodyStore,
    styles: Sequence[int] | None = None,
    indices: Sequence[int] | None = None,
) -> list[Precedent]:
    """Take the outlines of melodies in one meter, evenly from the whole corpus.

    Args:
        melodies: One or more.
        styles: The symbol of the style of each; by default unknown.
        indices: The melodies to take from, in this order. By default all.

    Returns:
        At most ``MAX_PRECEDENTS``.

    Example:
        >>> from monody import Melody, MelodyStore
        >>> from monody.experiments.corpus_style import precedents
        >>> scale = Melody.from_notes([(60 + i, 24 * i, 24) for i in range(8)])
        >>> [each.meter for each in precedents(MelodyStore.of([scale]))]
        ['4/4']
    """
    every = np.arange(len(melodies)) if indices is None else np.array(indices)
    plain = every[melodies.info["meter_count"][every] == 1]
    chosen = _some_of(plain if len(plain) else every)
    some = melodies.take(chosen)
    found = [
        Precedent(
            form=Form.of(melody, pitch_class_of(tonic)),
            meter=str(melody.meters[0]),
            tonic=tonic,
            pitches=(int(melody.pitches.min()), int(melody.pitches.max())),
            style=styles[index] if styles is not None else 0,
        )
        for index, melody, tonic in zip(chosen, some, tonic_symbols(some), strict=True)
    ]
    return [each for each in found if each.form.whole_bars >= MIN_PRECEDENT_BARS]


def _some_of(indices: NDArray[np.integer]) -> list[int]:
    """Return ``MAX_PRECEDENTS`` of some indices at most, evenly from all of them."""
    every = np.linspace(0, len(indices) - 1, min(len(indices), MAX_PRECEDENTS))
    some: list[int] = indices[np.rint(every).astype(np.int64)].tolist()
    return some


def common_lengths(
    lengths: NDArray[np.integer], counts: NDArray[np.integer]
) -> NDArray[np.integer]:
    """Return the lengths that one note in a hundred has, or more.

    Args:
        lengths: ``(lengths,)`` in ticks, rising, one at least.
        counts: ``(lengths,)`` how many notes have each.

    Returns:
        ``(common,)``. Without a common one, all there are.

    Example:
        A 32nd among many 8ths and quarters is no reason to write 32nds:

        >>> import numpy as np
        >>> from monody.experiments.corpus_style import common_lengths
        >>> common_lengths(np.array([3, 12, 24]), np.array([1, 300, 100])).tolist()
        [12, 24]
    """
    common = lengths[counts >= COMMON_SHARE * counts.sum()]
    return common if len(common) else lengths


def common_places(counts: NDArray[np.integer]) -> tuple[int, ...]:
    """Return where in a quarter note events commonly begin: one in a hundred, or more.

    Args:
        counts: ``(ticks,)`` how many events begin at each tick after a beat.

    Example:
        8ths and some 16ths, and one triplet; the beat itself is always a place:

        >>> import numpy as np
        >>> from monody.experiments.corpus_style import common_places
        >>> common_places(np.bincount(np.repeat([12, 6, 8], [300, 200, 1])))
        (0, 6, 12)
    """
    common = np.flatnonzero(counts >= COMMON_SHARE * counts.sum()).tolist()
    return tuple(sorted({0, *common}))


def _are_multiples(
    lengths: NDArray[np.integer], common: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Say which lengths are a common one, or several of it: ``(lengths,)``."""
    multiples: NDArray[np.bool_] = np.any(lengths[:, None] % common == 0, axis=1)
    return multiples


def usual_repeats(pitch: NDArray[np.integer], ends: NDArray[np.integer]) -> list[int]:
    """Return how long figures repeat in nearly all melodies.

    Args:
        pitch: ``(notes,)`` of melodies end to end.
        ends: ``(melodies,)``: where the notes of each end.

    Returns:
        For figures of 1, 2, … notes: how many notes in a row are the same as the one a
        figure before, in 99 of 100 melodies; no less than a few short figures make.
    """
    ends = ends[:MAX_MELODIES]
    pitch = pitch[: ends[-1]]
    melody = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    usual = []
    for notes in range(1, FIGURE_NOTES + 1):
        same = np.zeros(len(pitch), np.bool_)
        same[notes:] = (pitch[notes:] == pitch[:-notes]) & (
            melody[notes:] == melody[:-notes]
        )
        longest = np.zeros(len(ends), np.int64)
        np.maximum.at(longest, melody, run_lengths(same))
        most = np.percentile(longest, USUAL_PERCENT, method="higher")
        least = min((MIN_TIMES - 1) * notes, MIN_NOTES)
        usual.append(max(int(most), least))
    return usual
