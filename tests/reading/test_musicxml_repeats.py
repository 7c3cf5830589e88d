from __future__ import annotations

import pytest

from tests.builders.musicxml_scores import (
    BAR,
    CLOSE,
    OPEN,
    QUARTER,
    START,
    back,
    bar_line,
    ending,
    note,
    notes,
    only_line,
    part,
    played,
    read,
    score_of,
)


def repeat_sign(kind: str, count: int = 1, staff: str = "") -> str:
    return (
        f"<attributes><measure-style {staff}><measure-repeat type='{kind}'>{count}"
        "</measure-repeat></measure-style></attributes>"
    )


def test_repeats_and_endings_are_played() -> None:
    assert played(
        START + note("C4", 4),
        OPEN + note("D4", 4),
        ending("1, 2", note("E4", 4), '<repeat direction="backward"/>'),
        ending("3", note("F4", 4)),
        note("G4", 4),
    ) == [60, 62, 64, 62, 64, 62, 65, 67]


def test_a_range_of_endings() -> None:
    close = '<repeat direction="backward"/>'
    assert played(
        START + note("C4", 4),
        ending("1-3", note("D4", 4), close),
        ending("4.", note("E4", 4)),
    ) == [60, 62, 60, 62, 60, 62, 60, 64]


def test_an_ending_of_several_measures_whose_end_is_not_said() -> None:
    first = bar_line("left", '<ending number="1" type="start"/>')
    second = bar_line("left", '<ending number="2" type="start"/>')
    assert played(
        START + note("C4", 4),
        first + note("D4", 4),
        note("E4", 4) + CLOSE,
        second + note("F4", 4),
        note("G4", 4),
    ) == [60, 62, 64, 60, 65, 67]


def test_a_repeat_says_how_many_times() -> None:
    thrice = bar_line("right", '<repeat direction="backward" times="3"/>')
    assert played(START + note("C4", 4) + thrice, note("D4", 4)) == [60, 60, 60, 62]


def test_signs_at_the_other_side_of_a_bar_line_are_the_same() -> None:
    opens = bar_line("right", '<repeat direction="forward"/>')
    closes = bar_line("left", '<repeat direction="backward"/>')
    assert played(
        START + note("C4", 4) + opens, note("D4", 4), closes + note("E4", 4)
    ) == [60, 62, 62, 64]


def test_a_bar_line_without_a_place_is_at_the_side_that_its_sign_asks_for() -> None:
    opens = '<barline><repeat direction="forward"/></barline>'
    closes = '<barline><repeat direction="backward"/></barline>'
    assert played(
        START + note("C4", 4), opens + note("D4", 4) + closes, note("E4", 4)
    ) == [60, 62, 62, 64]


def test_a_repeat_that_only_the_sound_says_opens() -> None:
    assert played(
        START + note("C4", 4),
        '<sound forward-repeat="yes"/>' + note("D4", 4) + CLOSE,
    ) == [60, 62, 62]


def test_signs_of_any_part_count_for_all() -> None:
    tune = part(START + note("C4", 4), note("D4", 4))
    bass = part(START + note("C3", 4) + CLOSE, note("D3", 4))
    tracks = read(score_of(tune, bass)).tracks
    assert [track.pitch.tolist() for track in tracks] == [[60, 60, 62], [48, 48, 50]]


def test_a_repeat_sign_in_the_middle_of_a_measure_divides_it() -> None:
    middle = bar_line("middle", '<repeat direction="backward"/>')
    score = read(
        score_of(part(START + note("C4", 4), note("D4", 2) + middle + note("E4", 2)))
    )
    [track] = score.tracks
    assert track.pitch.tolist() == [60, 62, 60, 62, 64]
    assert (track.start // QUARTER).tolist() == [0, 4, 6, 10, 12]


def test_da_capo_is_not_played() -> None:
    sound = '<direction><sound dacapo="yes"/></direction>'
    assert played(START + note("C4", 4), note("D4", 4) + sound) == [60, 62]


def test_an_empty_measure_with_a_repeat_sign_is_the_one_before() -> None:
    rest = note("rest", 4)
    rows = only_line(
        START + notes("C4 D4 E4 F4"),
        repeat_sign("start") + rest,
        rest,
        repeat_sign("stop") + rest,
        note("G4", 4),
    )
    assert [pitch for pitch, _, _ in rows] == [60, 62, 64, 65] * 3 + [67]
    assert rows[8] == (60, 2 * BAR, QUARTER)
    assert rows[-1] == (67, 4 * BAR, BAR)


@pytest.mark.parametrize("count", [2, 4])
def test_a_sign_repeats_several_measures(count: int) -> None:
    pitches = ["C4", "D4", "E4", "F4"][:count]
    empty = [note("rest", 4)] * count
    empty[0] = repeat_sign("start", count) + empty[0]
    empty[-1] += repeat_sign("stop")
    written = [note(pitch, 4) for pitch in pitches]
    written[0] = START + written[0]
    expected = [60, 62, 64, 65][:count]
    assert played(*written, *empty, note("G4", 4)) == [*expected, *expected, 67]


def test_music_under_a_repeat_sign_is_played_as_the_file_has_it() -> None:
    assert played(START + note("C4", 4), repeat_sign("start") + note("D4", 4)) == [
        60,
        62,
    ]


def test_a_measure_repeat_of_one_staff_leaves_the_other() -> None:
    def both(upper: str, lower: str) -> str:
        low = note(lower, 4, "<voice>5</voice><staff>2</staff>")
        return note(upper, 4, "<staff>1</staff>") + back(4) + low

    sign = repeat_sign("start", staff='number="2"')
    upper, lower = read(
        score_of(part(START + both("C5", "C3"), sign + both("D5", "rest")))
    ).tracks
    assert upper.pitch.tolist() == [72, 74]
    assert lower.pitch.tolist() == [48, 48]


def test_a_measure_repeat_of_nothing_is_named() -> None:
    score = read(score_of(part(START + repeat_sign("start") + note("rest", 4))))
    assert score.repairs == ("measure repeats of nothing: 1",)


def test_a_multiple_rest_is_written_out() -> None:
    style = (
        "<attributes><measure-style><multiple-rest>2</multiple-rest></measure-style>"
    )
    rest = note("rest", 4)
    rows = only_line(
        START + note("C4", 4), f"{style}</attributes>{rest}", rest, note("D4")
    )
    assert rows == [(60, 0, BAR), (62, 3 * BAR, QUARTER)]
