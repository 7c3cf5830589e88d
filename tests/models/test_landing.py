"""Where an event would end is told as a musician would count it."""

from __future__ import annotations

import numpy as np
import pytest

from monody.models import numpy_ops
from monody.models.backend import keras
from monody.models.events import METERS, UNKNOWN, Vocabulary
from monody.models.landing import BARS_OVER, LANDINGS, PHRASE, landings
from monody.models.outline import PHRASE_SYMBOLS
from monody.music.meter import TICKS_PER_WHOLE
from monody.settings.model import ENCODINGS

LINE, MIDDLE, BEAT, EIGHTH, SIXTEENTH, TRIPLET, THIRTY_SECOND, NONE = range(8)
UNTOLD, AT_THE_END, BEFORE, AFTER = range(4)
DURATIONS = Vocabulary("notes").durations


def _landing(
    meter: str, position: int, ticks: int, phrase_left: int = UNKNOWN
) -> tuple[int, bool, int]:
    """Return the place in the bar, whether it is over the bar line, and the phrase."""
    place = {"position": position, "meter": METERS.index(meter)}
    place["phrase_left"] = phrase_left
    reading = {name: np.array([[value]]) for name, value in place.items()}
    codes = landings(numpy_ops, reading, len(DURATIONS))
    rest, phrase = divmod(int(codes[0, 0, DURATIONS.index(ticks)]), PHRASE)
    landing, over = divmod(rest, BARS_OVER)
    return landing, bool(over), phrase


@pytest.mark.parametrize(
    ("meter", "position", "ticks", "landing", "over"),
    [
        ("4/4", 0, 96, LINE, False),
        ("4/4", 72, 24, LINE, False),
        ("4/4", 0, 48, MIDDLE, False),
        ("4/4", 0, 24, BEAT, False),
        ("4/4", 12, 60, BEAT, False),
        ("4/4", 0, 36, EIGHTH, False),
        ("4/4", 0, 18, SIXTEENTH, False),
        ("4/4", 0, 8, TRIPLET, False),
        ("4/4", 24, 16, TRIPLET, False),
        ("4/4", 24, 3, THIRTY_SECOND, False),
        ("4/4", 24, 1, NONE, False),
        ("4/4", 23, 1, BEAT, False),
        ("4/4", 72, 36, EIGHTH, True),
        ("4/4", 72, 72, MIDDLE, True),
        ("4/4", 48, 144, LINE, True),  # on the bar line after the next
        ("3/4", 0, 72, LINE, False),
        ("3/4", 0, 36, MIDDLE, False),
        ("3/4", 24, 24, BEAT, False),
        ("3/4", 24, 72, BEAT, True),
        ("6/8", 0, 36, MIDDLE, False),
        ("6/8", 36, 36, LINE, False),
        ("6/8", 0, 24, EIGHTH, False),  # a quarter is no beat of 6/8
        ("6/8", 60, 48, MIDDLE, True),
        ("9/8", 0, 36, BEAT, False),
        ("9/8", 36, 36, BEAT, False),
        ("9/8", 0, 24, EIGHTH, False),
        ("9/8", 0, 54, MIDDLE, False),
        ("12/8", 0, 72, MIDDLE, False),
        ("12/8", 0, 36, BEAT, False),
        ("12/8", 72, 36, BEAT, False),
        ("3/8", 0, 36, LINE, False),
        ("3/8", 0, 24, BEAT, False),
        ("2/2", 0, 48, MIDDLE, False),
        ("other", 0, 96, LINE, False),
    ],
)
def test_places_in_the_bar(
    meter: str, position: int, ticks: int, landing: int, over: bool
) -> None:
    assert _landing(meter, position, ticks) == (landing, over, UNTOLD)


@pytest.mark.parametrize(
    ("steps", "ticks", "phrase"),
    [
        (4, 24, AT_THE_END),
        (4, 23, BEFORE),
        (4, 25, AFTER),
        (0, 1, AFTER),
        (128, 384, BEFORE),
        (64, 384, AT_THE_END),
    ],
)
def test_places_in_the_phrase(steps: int, ticks: int, phrase: int) -> None:
    assert _landing("4/4", 0, ticks, 1 + steps)[2] == phrase


def test_symbols_may_be_bytes() -> None:
    """Far from the end of a phrase more ticks are left than a byte holds."""
    symbols = np.arange(PHRASE_SYMBOLS)[None]
    place = {"position": np.zeros_like(symbols), "meter": np.full_like(symbols, 2)}
    found = [
        landings(numpy_ops, {**place, "phrase_left": symbols.astype(kind)}, 104)
        for kind in (np.int64, np.uint8)
    ]
    assert np.array_equal(*found)


def test_every_meter_has_a_bar_that_a_note_can_fill() -> None:
    for meter in set(METERS) - {"other"}:
        above, below = map(int, meter.split("/"))
        bar = above * TICKS_PER_WHOLE // below
        if bar in DURATIONS:
            assert _landing(meter, 0, bar) == (LINE, False, UNTOLD)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_keras_and_numpy_say_the_same(encoding: str) -> None:
    durations = len(Vocabulary(encoding).durations)
    rng = np.random.default_rng(0)
    ends = {"position": 144, "meter": len(METERS), "phrase_left": 130}
    reading = {name: rng.integers(0, n, (4, 50), np.int32) for name, n in ends.items()}
    reading["phrase_left"][0] = UNKNOWN
    found = landings(numpy_ops, reading, durations)
    by_keras = np.asarray(landings(keras.ops, reading, durations))
    assert found.shape == (4, 50, durations)
    assert np.array_equal(found, by_keras)
    assert found.min() >= 0
    assert found.max() < LANDINGS
