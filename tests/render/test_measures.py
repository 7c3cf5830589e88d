from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

from monody.music.melody import Melody, lines_around
from monody.music.meter import Meter
from monody.render.notation.measures import Measure, measures_of
from tests.builders.melodies import melodies

PLAIN = {
    Fraction(n, d) for n, d in ((8, 1), (4, 1), (2, 1), (1, 1), (1, 2), (1, 4), (1, 8))
}
DOTTED = {value * Fraction(3, 2) for value in PLAIN - {Fraction(1, 8)}}


def _ticks(bar: Measure) -> list[tuple[int | None, int, Fraction, bool]]:
    """Return the index, start, length and tie of each written note of a bar."""
    return [
        (one.note, one.start, one.value * (16 if group.triplet else 24), one.tied)
        for group in bar.groups
        for one in group.notes
    ]


def _written(
    *notes: tuple[int, int], meter: tuple[int, int] = (4, 4)
) -> list[list[str]]:
    """Write notes of (start, duration); say of each its ticks, r a rest, - a tie."""
    melody = Melody.from_notes([(60, *note) for note in notes], [Meter(0, *meter)])
    return [
        [
            f"{'r' if note is None else ''}{length}{'-' if tied else ''}"
            for note, _, length, tied in _ticks(bar)
        ]
        for bar in measures_of(melody)
    ]


@given(melodies())
def test_any_melody_is_written_exactly(melody: Melody) -> None:
    lines = lines_around(melody)
    bars = measures_of(melody)
    assert len(bars) == len(lines) - 1
    sounding: dict[int, list[int]] = {}
    held: set[int | None] = set()
    for line, closing, bar in zip(lines, lines[1:], bars, strict=False):
        clock = 0
        for note, start, length, tied in _ticks(bar):
            assert start == clock
            clock += int(length)
            assert length.denominator == 1
            if note is not None:
                begin = [line + start, line + start]
                sounding.setdefault(note, begin)[1] = line + clock
                assert (note in held) == (len(held) > 0)
                held = {note} if tied else set()
            else:
                assert not tied
        assert clock == (closing - line if bar.groups else 0)
    found = [(start, end) for start, end in sounding.values()]
    assert found == list(zip(melody.starts, melody.ends, strict=True))


@given(melodies())
def test_every_value_can_be_written_and_triplets_are_whole(melody: Melody) -> None:
    lines = lines_around(melody)
    for line, closing, bar in zip(lines, lines[1:], measures_of(melody), strict=False):
        for place, group in enumerate(bar.groups):
            values = [one.value for one in group.notes]
            if not group.triplet:
                assert set(values) <= PLAIN | DOTTED
                continue
            assert set(values) <= PLAIN | {Fraction(1, 16)}
            is_cut = place == len(bar.groups) - 1 and (closing - line) % 3
            assert is_cut or sum(values) / min(values) == 3


@pytest.mark.parametrize(
    ("meter", "notes", "written"),
    [
        ((4, 4), [(0, 96)], [["96"]]),
        ((4, 4), [(0, 84), (84, 12)], [["72-", "12", "12"]]),
        ((4, 4), [(0, 120)], [["96-"], ["24", "r24", "r48"]]),
        ((4, 4), [(12, 24), (36, 60)], [["r12", "24", "12-", "48"]]),
        ((4, 4), [(0, 12), (12, 36), (48, 48)], [["12", "36", "48"]]),
        ((4, 4), [(0, 12), (36, 24), (60, 36)], [["12", "r12", "r12", "12-"]]),
        ((6, 8), [(0, 48), (48, 24)], [["36-", "12", "24"]]),
        ((6, 8), [(0, 24), (24, 24), (48, 24)], [["24", "12-", "12", "24"]]),
        ((9, 8), [(0, 108)], [["72-", "36"]]),
        ((5, 4), [(0, 120)], [["96-", "24"]]),
        ((7, 8), [(0, 84)], [["72-", "12"]]),
        ((4, 2), [(0, 192)], [["192"]]),
        # Rests: each beat has its own, but half a bar of four beats is one.
        ((4, 4), [(72, 24)], [["r48", "r24", "24"]]),
        ((4, 4), [(0, 24), (84, 12)], [["24", "r24", "r24", "r12", "12"]]),
        ((3, 4), [(48, 24)], [["r24", "r24", "24"]]),
        ((3, 4), [(36, 36)], [["r24", "r12", "12-", "24"]]),
        ((4, 4), [(0, 6), (24, 72)], [["6", "r6", "r12", "72"]]),
        ((4, 4), [(18, 6), (24, 72)], [["r12", "r6", "6", "72"]]),
        ((2, 2), [(36, 60)], [["r24", "r12", "12-", "48"]]),
        ((3, 8), [(18, 18)], [["r12", "r6", "6-", "12"]]),
        ((7, 8), [(0, 12)], [["12", "r12", "r24", "r24", "r12"]]),
        ((6, 8), [(24, 48)], [["r24", "12-", "36"]]),
        ((6, 8), [(0, 12), (36, 36)], [["12", "r12", "r12", "36"]]),
        ((6, 8), [(0, 36)], [["36", "r36"]]),
        ((9, 8), [(72, 36)], [["r36", "r36", "36"]]),
        ((12, 8), [(72, 72)], [["r72", "72"]]),
    ],
)
def test_values_show_the_beats(
    meter: tuple[int, int], notes: list[tuple[int, int]], written: list[list[str]]
) -> None:
    found = _written(*notes, meter=meter)
    assert [bar[: len(wanted)] for bar, wanted in zip(found, written, strict=True)] == (
        written
    )


def test_triplets_are_the_longest_that_fit() -> None:
    quarters = measures_of(Melody.from_notes([(60, 0, 16), (60, 16, 16), (60, 32, 64)]))
    assert [group.triplet for group in quarters[0].groups] == [True, False]
    assert [one.value for one in quarters[0].groups[0].notes] == [1, 1, 1]
    eighths = measures_of(Melody.from_notes([(60, 24, 16), (60, 40, 8), (60, 48, 48)]))
    assert [group.triplet for group in eighths[0].groups] == [False, True, False]
    values = [one.value for one in eighths[0].groups[1].notes]
    assert values == [1, Fraction(1, 2)]


def test_what_fits_nothing_is_written_in_64ths_of_triplets() -> None:
    [bar] = measures_of(Melody.from_notes([(60, 0, 5)]))
    assert [length for _, _, length, _ in _ticks(bar)][:3] == [3, 2, 1]
    assert bar.groups[1].triplet


def test_a_bar_of_rest_has_no_groups_and_a_cut_one_is_full() -> None:
    meters = [Meter(0, 4, 4), Meter(100, 3, 4)]
    bars = measures_of(Melody.from_notes([(60, 172, 24)], meters))
    assert [str(bar.meter) for bar in bars] == ["4/4", "4/4", "3/4", "3/4"]
    assert [bar.new_meter for bar in bars] == [True, False, True, False]
    assert [bool(bar.groups) for bar in bars] == [False, True, False, True]


def test_no_notes_are_a_bar_of_rest() -> None:
    assert measures_of(Melody.from_notes([])) == [Measure(Meter(0, 4, 4), True, ())]
