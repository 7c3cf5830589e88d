"""Features of melodies: a few short vectors by which melodies can be compared.

Pitch classes, durations and range are those of L.-C. Yang and A. Lerch, "On the
evaluation of generative models in music", Neural Computing and Applications 32, 2020.
The others add what these lack: intervals, density, the key, and how much of a melody is
repeated some bars later. Length is no feature: ``excerpts`` cuts all melodies to one
length beforehand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monody.corpus.histograms import NOTE_VALUES
from monody.music.key_finding import estimated_keys
from monody.music.keys import KEY_NAMES, key_signature, key_tonic
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_QUARTER, bar_lines

EXCERPT_BARS = 16  # from the beginning of a melody, that are compared
MAX_INTERVAL_SEMITONES = 12  # a wider interval counts as this
REPETITION_BARS = (1, 2, 4)  # after which a repetition of a note is looked for
MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)  # semitones above the tonic
MINOR_SCALE = (0, 2, 3, 5, 7, 8, 9, 10, 11)  # natural, and the raised sixth and seventh

Floats = NDArray[np.float64]


def excerpts(melodies: MelodyStore, bars: int = EXCERPT_BARS) -> MelodyStore:
    """Cut melodies to their first bars, so that length does not tell them apart.

    A melody of 64 bars has more pitches, a wider range and another share of repetition
    than one of 16 by the same hand. Cut both sides of a comparison to the same length
    before the features are taken. A shorter melody stays whole; a note that crosses the
    edge is shortened; bars count from the one in which the first note begins.

    Args:
        melodies: Any melodies.
        bars: Bars that are kept of each at most, by the meters in force; 1 or more.

    Raises:
        ValueError: If ``bars`` is less than 1.

    Example:
        >>> from monody.evaluation.features import excerpts
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> long = Melody.from_notes([(60, 24 * i, 24) for i in range(20)])
        >>> len(excerpts(MelodyStore.of([long]), bars=2)[0])
        8
    """
    if bars < 1:
        raise ValueError(f"bars must be 1 or more, not {bars}")
    return MelodyStore.of(_first_bars(melody, bars) for melody in melodies)


def bars_of(melody: Melody) -> int:
    """Count the bars of a melody, from that in which its first note begins; 1 at least.

    Example:
        >>> from monody.evaluation.features import bars_of
        >>> from monody.music.melody import Melody
        >>> bars_of(Melody.from_notes([(60, 48, 96), (62, 144, 48)]))
        2
    """
    return max(len(_edges(melody)) - 1, 1)


def melody_features(
    melodies: MelodyStore, keys: NDArray[np.int8] | None = None
) -> dict[str, Floats]:
    """Measure every melody.

    A melody without a note is 0 in everything.

    Args:
        melodies: Any melodies.
        keys: ``(melodies,)`` indices into ``KEY_NAMES``; -1 for no key. By default the
            declared key of each melody, or ``estimated_keys``'s where it has none.

    Returns:
        By the name of the feature, ``(melodies, width)``; the width is 1 where none is
        given. Shares are from 0 to 1.

        - ``pitch_class_shares`` (12): notes by pitch class, C first.
        - ``interval_shares`` (25): steps from note to note, 12 semitones down and more,
          11 down, ... 12 up and more.
        - ``duration_shares`` (15): notes by the nearest note value by ratio, of
          ``NOTE_VALUES``, short to long.
        - ``range_semitones``: from the lowest pitch to the highest.
        - ``notes_per_quarter``: notes a quarter note, from the first note's start to
          the last one's end.
        - ``repetition_after_1_bar``, ``..._2_bars``, ``..._4_bars``: of the notes that
          have a bar that much later, the share that is repeated there: same place in
          the bar, same pitch, same duration. 0 if the melody has no such bar.
        - ``in_key_share``: notes on the scale of the key. A minor key has nine notes:
          the natural scale and the raised sixth and seventh. 0 without a key.

    Example:
        >>> from monody.evaluation.features import melody_features
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> fifth = Melody.from_notes([(60, 0, 24), (67, 24, 24)])
        >>> features = melody_features(MelodyStore.of([fifth]))
        >>> features["range_semitones"], features["in_key_share"]
        (array([[7.]]), array([[1.]]))
    """
    if keys is None:
        declared = melodies.info["key"]
        keys = np.where(declared >= 0, declared, estimated_keys(melodies))
    rows = [
        _features(melody, key)
        for melody, key in zip(melodies, keys.tolist(), strict=True)
    ]
    widths = {name: len(vector) for name, vector in _features(_SILENCE, -1).items()}
    return {
        name: np.array([row[name] for row in rows]).reshape(-1, width)
        for name, width in widths.items()
    }


def _first_bars(melody: Melody, bars: int) -> Melody:
    """Return the first bars of a melody, from that in which its first note begins."""
    if not len(melody):
        return melody
    edges = _edges(melody)
    return melody.between(int(edges[0]), int(edges[min(bars, len(edges) - 1)]))


def _edges(melody: Melody) -> NDArray[np.int32]:
    """Return the bar lines from the first note's bar on, and the melody's end."""
    if not len(melody):
        return np.zeros(1, np.int32)
    lines = bar_lines(melody.meters, melody.end - 1)
    first = int(np.searchsorted(lines, melody.starts[0], side="right")) - 1
    return np.append(lines[first:], np.int32(melody.end))


def _features(melody: Melody, key: int) -> dict[str, Floats]:
    """Return the features of one melody by name, each ``(width,)``."""
    pitches = melody.pitches
    measured = {
        "pitch_class_shares": _shares(pitches % 12, 12),
        "interval_shares": _interval_shares(melody),
        "duration_shares": _duration_shares(melody),
        "range_semitones": np.ptp(pitches) if len(melody) else 0,
        "notes_per_quarter": _notes_per_quarter(melody),
        **{
            f"repetition_after_{bars}_bar{'s' * (bars > 1)}": share
            for bars, share in _repetitions(melody).items()
        },
        "in_key_share": _SCALES[key][pitches % 12].mean() if len(melody) else 0,
    }
    return {
        name: np.atleast_1d(value).astype(float) for name, value in measured.items()
    }


def _shares(values: NDArray[np.integer], size: int) -> Floats:
    """Return the share of each value below ``size``; all are 0 without values."""
    shares: Floats = np.bincount(values, minlength=size) / max(len(values), 1)
    return shares


def _interval_shares(melody: Melody) -> Floats:
    widest = MAX_INTERVAL_SEMITONES
    intervals = np.clip(np.diff(melody.pitches), -widest, widest)
    return _shares(intervals + widest, 2 * widest + 1)


def _duration_shares(melody: Melody) -> Floats:
    return _shares(np.searchsorted(_DURATION_EDGES, melody.durations), len(NOTE_VALUES))


def _notes_per_quarter(melody: Melody) -> float:
    if not len(melody):
        return 0.0
    return len(melody) * TICKS_PER_QUARTER / (melody.end - int(melody.starts[0]))


def _repetitions(melody: Melody) -> dict[int, float]:
    """Return the share of the notes that is repeated after each of the bars."""
    lines = bar_lines(melody.meters, melody.end)
    bars = np.searchsorted(lines, melody.starts, side="right") - 1
    rows = (bars, melody.starts - lines[bars], melody.pitches, melody.durations)
    notes = list(zip(*(row.tolist() for row in rows), strict=True))
    there, last = set(notes), max((bar for bar, *_ in notes), default=0)
    shares = {}
    for later in REPETITION_BARS:
        again = [(bar + later, *rest) in there for bar, *rest in notes
                 if bar + later <= last]  # fmt: skip
        shares[later] = sum(again) / max(len(again), 1)
    return shares


def _scales() -> NDArray[np.bool_]:
    """Return the pitch classes of each key, ``(keys + 1, 12)``; the last has none."""
    scales = np.zeros((len(KEY_NAMES) + 1, 12), bool)
    for index, name in enumerate(KEY_NAMES):
        _, minor = key_signature(name)
        scale = MINOR_SCALE if minor else MAJOR_SCALE
        scales[index, [(key_tonic(name) + step) % 12 for step in scale]] = True
    return scales


_SCALES = _scales()
_VALUES = np.array(list(NOTE_VALUES))
_DURATION_EDGES = np.sqrt(_VALUES[1:] * _VALUES[:-1])
_SILENCE = Melody.from_notes([])
