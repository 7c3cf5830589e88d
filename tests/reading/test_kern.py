from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.reading.kern.instruments import instrument_of
from monody.reading.kern.parse import looks_like_kern, pieces_of, read_kern
from monody.reading.kern.tokens import parse_token
from monody.reading.raw_score import RawScore, UnreadableError
from tests.builders.kern_files import kern
from tests.builders.read_lines import bar_lines, lines, pitches, sounds, starts


def _pitches(*rows: str) -> list[list[int]]:
    return pitches(read_kern(kern(*rows)))


def _one(*rows: str) -> RawScore:
    return read_kern(kern(*rows))


@pytest.mark.parametrize(
    ("token", "pitch"),
    [("4c", 60), ("4cc", 72), ("4ccc", 84), ("4C", 48), ("4CC", 36), ("4B", 59),
     ("4f#", 66), ("4f##", 67), ("4b-", 70), ("4b--", 69), ("4en", 64), ("4BB-", 46),
     ("{4.g#/LL'", 68), ("(<16a-XJ\\", 68), ("[4eyy", 64), ("4dT", 62)],
)  # fmt: skip
def test_pitches(token: str, pitch: int) -> None:
    assert [note.pitch for note in parse_token(token).notes] == [pitch]


@pytest.mark.parametrize(
    ("token", "quarters"),
    [("1c", 4), ("2c", 2), ("4c", 1), ("8c", 0.5), ("4.c", 1.5), ("4..c", 1.75),
     ("0c", 8), ("00c", 16), ("000c", 32), ("0.c", 12), ("12c", 1 / 3), ("6c", 2 / 3),
     ("3%2c", 8 / 3), ("20c", 0.2), ("28c", 1 / 7), ("4r", 1), ("4ryy", 1),
     ("8qc", 0), ("qcc", 0), ("16Qc", 0), ("qqd", 0), ("128c", 1 / 32)],
)  # fmt: skip
def test_lengths(token: str, quarters: float) -> None:
    assert parse_token(token).ticks / 1_441_440 == pytest.approx(quarters, rel=1e-6)


def test_notes_rests_and_chords_follow_each_other() -> None:
    score = _one("*M4/4", "=1-", "4c", "8r", "8d", "2e 2g 2cc", "=2", "1f", "==")
    assert lines(score) == [
        [
            sounds(60, "0", "1"),
            sounds(62, "3/2", "1/2"),
            sounds(64, "2", "2"),
            sounds(67, "2", "2"),
            sounds(72, "2", "2"),
            sounds(65, "4", "4"),
        ]
    ]
    assert score.is_written


def test_a_chord_may_say_its_length_once() -> None:
    assert lines(_one("2c e g")) == [[sounds(p, "0", "2") for p in (60, 64, 67)]]


def test_ties_join_over_bar_lines_and_slurs_do_not() -> None:
    score = _one("*M2/4", "(2c", "=", "2c)", "=", "[2c", "=", "2c_", "=", "4c]", "4c")
    assert lines(score) == [
        [
            sounds(60, "0", "2"),
            sounds(60, "2", "2"),
            sounds(60, "4", "5"),
            sounds(60, "9", "1"),
        ]
    ]


def test_grace_notes_take_no_time() -> None:
    assert starts(_one("8qd", "4c", "qee", "qff", "4d")) == [[0, 1]]


def test_a_pickup_ends_on_a_bar_line() -> None:
    score = _one("*M3/4", "4G", "=1", "2.c", "=2", "2.d", "==")
    assert starts(score) == [[2, 3, 6]]
    assert bar_lines(score) == [(0, "3/4")]


def test_bar_lines_of_all_looks_are_where_they_are_written() -> None:
    for sign in ("=2", "=2a", "=||", "=-", "=2;", "='", "=2||"):
        score = _one("*M2/4", "=1-", "2c", sign, "4d", "=3", "2e", "==")
        assert bar_lines(score) == [(0, "2/4"), (3, "2/4")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("=1", "1c", "=2:|!", "1d", "=="), [60, 60, 62]),
        (("=1", "1c", "=2!|:", "1d", "=:|!"), [60, 62, 62]),
        (("=1", "1c", "=:|!|:", "1d", "=:|!"), [60, 60, 62, 62]),
        (("=!|:", "1c", "=:||:", "1d", "==:|!"), [60, 60, 62, 62]),
        (("=1", "1c", "=||", "1d", "=:|!"), [60, 62, 62]),
        (("=1", "1c", "=:!!:", "1d", "=:!"), [60, 60, 62, 62]),
    ],
)
def test_repeat_signs(rows: tuple[str, ...], expected: list[int]) -> None:
    assert _pitches(*rows) == [expected]


def test_repeat_signs_are_left_to_the_order_of_the_parts() -> None:
    music = ("*>A", "1c", "=:|!", "*>B1", "1d", "=:|!", "*>B2", "1e", "==")
    assert _pitches("*>[A,B1,A,B2]", "*>norep[A,B2]", *music) == [[60, 62, 60, 64]]
    assert _pitches("*>norep[A,B2]", *music) == [[60, 60, 62, 62, 64]]


def test_a_part_may_begin_inside_a_measure() -> None:
    score = _one(
        "*M4/4", "*>[A,A,B]", "*>A", "=1", "2.c", "*>B", "4d", "=2", "1e", "=="
    )
    assert pitches(score) == [[60, 60, 62, 64]]
    assert starts(score) == [[1, 4, 7, 8]]  # A is three quarters: an upbeat


def test_spines_are_lines_from_the_top_of_the_page() -> None:
    score = read_kern(
        kern(
            '*I"Bass  *I"Alto', "*Ibass  *Icalto", "2C  4c", ".  4d", "2D  2e", spines=2
        )
    )
    assert [track.name for track in score.tracks] == ["Alto", "Bass"]
    assert pitches(score) == [[60, 62, 64], [48, 50]]
    assert starts(score) == [[0, 1, 2], [0, 2]]


def test_other_spines_are_passed_over() -> None:
    text = "**text\t**kern\t**dynam\n*\t*M2/4\t*\nla\t4c\tp\n.\t.\tf\nle\t4d\t.\n"
    text += "*-\t*-\t*-\n"
    assert lines(read_kern(text)) == [[sounds(60, "0", "1"), sounds(62, "1", "1")]]


def test_a_spine_that_splits_has_two_lines_until_it_joins() -> None:
    score = read_kern(
        "**kern\t**text\n*M4/4\t*\n=1\t=1\n4c\ta\n*^\t*\n4e\t2d\t.\n4f\t.\t.\n"
        "*v\t*v\t*\n4g\t.\n=2\t=2\n1a\t.\n*-\t*-\n"
    )
    assert lines(score) == [
        [sounds(60, "0", "1"), sounds(64, "1", "1"), sounds(65, "2", "1"),
         sounds(67, "3", "1"), sounds(69, "4", "4")],
        [sounds(62, "1", "2")],
    ]  # fmt: skip


def test_a_spine_may_split_under_a_held_note() -> None:
    text = "**kern\t**kern\n*M4/4\t*M4/4\n1c\t2c\n*^\t*\n.\t2e\t2d\n*v\t*v\t*\n"
    text += "=\t=\n1d\t1f\n*-\t*-\n"
    assert starts(read_kern(text)) == [[0, 2, 4], [0, 4], [2]]


def test_a_tie_goes_on_in_another_column_of_the_spine() -> None:
    score = read_kern("**kern\n*M2/4\n*^\n2g\t[2c\n*v\t*v\n=\n2c]\n==\n*-\n")
    assert lines(score) == [[sounds(67, "0", "2")], [sounds(60, "0", "4")]]


def test_spines_exchange_begin_and_end() -> None:
    text = "**kern\t**text\n4c\ta\n*x\t*x\nb\t4d\n*\t*+\n*\t*\t**kern\n"
    text += "c\t4e\t4g\n*\t*\t*-\nd\t4f\n*-\t*-\n"
    score = read_kern(text)
    assert pitches(score) == [[67], [60, 62, 64, 65]]
    assert starts(score) == [[2], [0, 1, 2, 3]]


def test_a_slip_in_one_spine_ends_at_the_bar_line() -> None:
    rows = ("*M4/4", "=1", "4c  2e", "4d  .", "4e  2f", "=2", "1c  1e", "==")
    score = read_kern(kern(*rows, spines=2))
    assert starts(score) == [[0, 2, 4], [0, 1, 2, 4]]


def test_a_note_may_sound_over_a_bar_line() -> None:
    rows = ("*M2/4", "=1", "1c  2e", "=2", ".  2f", "=3", "2d  2g", "==")
    score = read_kern(kern(*rows, spines=2))
    assert starts(score) == [[0, 2, 4], [0, 4]]
    assert bar_lines(score) == [(0, "2/4")]


def test_meters_change_where_they_are_written() -> None:
    score = _one("*M3/4", "=1", "2.c", "=2", "*M2/4", "2d", "=3", "2e", "==")
    assert bar_lines(score) == [(0, "3/4"), (3, "2/4")]
    assert bar_lines(_one("*M3+2/8", "4.c", "4d", "==")) == [(0, "5/8")]


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (("*k[f#c#]",), "D major"),
        (("*k[b-e-]", "*?:"), "Bb major"),
        (("*k[b-]", "*d:"), "D minor"),
        (("*d:", "*k[b-]"), "D minor"),
        (("*k[]", "*d:dor"), "A minor"),
        (("*k[f#]", "*G:"), "G major"),
        (("*f#:",), "F# minor"),
        (("*a:aeo",), "A minor"),
        (("*E-:",), "Eb major"),
        (("*G:mix",), "C major"),
        (("*F:lyd",), "C major"),
        (("*k[]", "*X:"), "C major"),
    ],
)
def test_keys(rows: tuple[str, ...], key: str) -> None:
    assert _one(*rows, "4c").keys == ((0, key),)


def test_tempos_and_instruments() -> None:
    score = _one("*Iflt", "*MM96", "*MM[Allegro]", "4c", "*MM60.5", "4d")
    assert score.tempos == ((0, 96.0), (score.ticks_per_quarter, 60.5))
    assert score.tracks[0].program == 73
    assert _one("*Isdrum", "4c").tracks[0].is_drum
    assert instrument_of("nothing") is None


def test_transpositions_tell_how_to_draw_what_sounds() -> None:
    assert _pitches("*ITrd1c2", "*Trd-1c-2", "*8va", "*clefGv2", "4c") == [[60]]


def test_comments_empty_rows_and_several_tabs() -> None:
    text = "!! A tune\n!!!OTL: The tune\n**kern\t\t**kern\n!one\t!two\n\n4c\t\t\t4e\n"
    score = read_kern(text + "!! the end\n*-\t*-\n!!!EED: me\n")
    assert pitches(score) == [[64], [60]]
    assert score.title == "The tune"
    assert score.kind == "Humdrum **kern"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(line_end: str) -> None:
    text = kern("*M2/4", "4c", "4d", "==").replace("\n", line_end)
    assert pitches(read_kern(text)) == [[60, 62]]


def test_what_has_no_pitch_or_no_length_is_named() -> None:
    score = _one("4eR", "c", "4d")
    assert pitches(score) == [[62]]
    assert starts(score) == [[1]]
    assert score.repairs == (
        "left out: 1 × note without a pitch",
        "left out: 1 × note without a length",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "without a [*][*]kern spine"),
        ("**text\nla\n*-\n", "without a [*][*]kern spine"),
        ("4c\n4d\n", "line 1: no spine is open"),
        ("**kern\t**kern\n4c\t4d\n4e\n*-\t*-\n", "line 3: 1 columns in place of 2"),
        ("**kern\n*^\n4c\n*-\n", "line 3: 1 columns in place of 2"),
        ("**kern\n4c\n*-\n4d\n", "line 4: no spine is open"),
        (
            "\t".join(["**kern"] * 1999) + "\n" + "\t".join(["*^"] * 1999),
            "2000 columns",
        ),
    ],
)
def test_rows_that_do_not_fit_are_refused_by_their_line(text: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as caught:
        read_kern(text)
    assert caught.value.reason.advice


def test_a_collection_is_split_into_its_pieces() -> None:
    one, two = kern("4c"), kern("4d", spines=2)
    book = f"!!!OTL: 1\n{one}!!!EMD: x\n!!!OTL: 2\n{two}!!!EMD: y\n"
    first, second = pieces_of(book)
    assert pitches(read_kern(first)) == [[60]]
    assert pitches(read_kern(second)) == [[62], [62]]
    assert read_kern(second).title == "2"
    assert pieces_of("no table") == ["no table"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"**kern\n", True), (b"!!!OTL\r\n**text\t**kern\r\n", True), (b"**kern", True),
     (b"x **kern\n", False), (b"**kernels\n", False), (b"**text\n", False)],
)  # fmt: skip
def test_what_looks_like_kern(data: bytes, expected: bool) -> None:
    assert looks_like_kern(data) is expected


RECIPROCALS = st.sampled_from(["1", "2", "4", "8", "16", "6", "12", "4.", "8..", "3%2"])
STEPS = st.sampled_from(["c", "dd", "E", "f#", "GG-", "an"])


@given(st.lists(st.tuples(RECIPROCALS, STEPS), min_size=1, max_size=20))
def test_each_note_begins_where_the_one_before_ends(
    music: list[tuple[str, str]],
) -> None:
    [line] = lines(_one(*(length + step for length, step in music)))
    assert len(line) == len(music)
    end = line[0][1]
    for _, start, duration in line:
        assert start == end
        end = start + duration


@given(st.text("*^v+-x=|:!4.c[]_r\t\n k>AM/9", max_size=60))
def test_damaged_tables_raise_nothing_else(text: str) -> None:
    for table in (text, "**kern\n" + text, "**kern\t**kern\n" + text):
        try:
            read_kern(table)
        except (UnreadableError, ValueError, ArithmeticError):
            continue


def test_time_grows_with_the_length_of_a_table() -> None:
    random_ = random.Random(16)
    rows = [
        f"{random_.choice((4, 8, 12, 17))}{random_.choice('cdefgab')}"
        for _ in range(9000)
    ]
    began = time.process_time()
    read_kern(kern(*rows))
    assert time.process_time() - began < 2
