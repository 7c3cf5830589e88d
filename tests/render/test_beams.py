from __future__ import annotations

import pytest
from hypothesis import given

from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.render.notation.beams import beam_starts, beams_of
from monody.render.notation.measures import measures_of
from tests.builders.melodies import melodies


@pytest.mark.parametrize(
    ("meter", "starts"),
    [
        ((4, 4), (0, 24, 48, 72)),
        ((2, 2), (0, 48)),
        ((1, 1), (0, 48)),
        ((9, 8), (0, 36, 72)),
        ((3, 8), (0,)),
        ((4, 8), (0, 24)),
        ((7, 8), (0, 24, 48)),
        ((1, 8), (0,)),
        ((5, 16), (0, 12)),
    ],
)
def test_beams_begin_on_beats_or_on_pairs_of_short_units(
    meter: tuple[int, int], starts: tuple[int, ...]
) -> None:
    assert beam_starts(Meter(0, *meter)) == starts


def _beams(meter: tuple[int, int], *ticks: int) -> str:
    """Write the beams of notes, outermost first; ``>`` and ``<`` are hooks."""
    notes, clock = [], 0
    for duration in ticks:
        notes.append((60, clock, duration))
        clock += duration
    bar = measures_of(Melody.from_notes(notes, [Meter(0, *meter)]))[0]
    letters = {"begin": "b", "continue": "c", "end": "e",
               "forward hook": ">", "backward hook": "<"}  # fmt: skip
    beams = beams_of(bar)[: len(ticks)]
    return " ".join("".join(letters[one] for one in each) or "." for each in beams)


@pytest.mark.parametrize(
    ("meter", "ticks", "beams"),
    [
        ((4, 4), (12, 12, 12, 12, 48), "b e b e ."),
        ((4, 4), (24, 12, 12, 48), ". b e ."),
        ((4, 4), (12, 6, 6, 24), "b cb ee ."),
        ((4, 4), (18, 6, 6, 18, 48), "b e< b> e ."),
        ((4, 4), (6, 12, 6, 24), "b> c e< ."),
        ((4, 4), (3, 3, 6, 12), "bbb cce ce e"),
        ((4, 4), (8, 8, 8, 12, 12), "b c e b e"),
        ((6, 8), (12, 12, 12, 18, 6, 12), "b c e b c< e"),
        ((6, 8), (12, 6, 18, 36), "b c> e ."),
        ((6, 8), (6,) * 6 + (36,), "bb cc cc cc cc ee ."),
        ((2, 2), (6,) * 8 + (48,), "bb cc cc ce cb cc cc ee ."),
    ],
)
def test_beams(meter: tuple[int, int], ticks: tuple[int, ...], beams: str) -> None:
    assert _beams(meter, *ticks) == beams


def test_a_rest_parts_a_beam() -> None:
    notes = [(60, 0, 6), (62, 6, 6), (64, 18, 6)]
    [bar] = measures_of(Melody.from_notes(notes))
    assert beams_of(bar)[:4] == [("begin",) * 2, ("end",) * 2, (), ()]


@given(melodies())
def test_each_beam_that_begins_ends(melody: Melody) -> None:
    for bar in measures_of(melody):
        beams = beams_of(bar)
        assert len(beams) == sum(len(group.notes) for group in bar.groups)
        opened: set[int] = set()
        for each in beams:
            going = {level for level, one in enumerate(each) if "hook" not in one}
            assert opened <= going
            for level in going:
                assert (each[level] == "begin") == (level not in opened)
                opened.add(level)
                if each[level] == "end":
                    opened.remove(level)
        assert not opened
