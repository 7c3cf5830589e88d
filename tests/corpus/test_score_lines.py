"""The melody of a score: what is sung, the first voice, the first violin."""

from __future__ import annotations

import pytest

from monody.corpus.score_lines import THEME_BARS, first_violin, hymn_tune, vocal_line
from monody.reading.raw_score import UnreadableError
from tests.builders import musescore_files as muse
from tests.builders import musicxml_scores as xml
from tests.builders.written_music import bars, pitches, sounds, starts

MIB = 2**20
WORDS = "<Lyrics><text>la</text></Lyrics>"
FREE = "C: copyright: public domain.  This score is a part of a hymnal.\n"


def _sung(*pitches: int) -> str:
    return "".join(muse.chord("quarter", one, inside=WORDS) for one in pitches)


def _bar(*voices: str, after: str = "") -> str:
    return muse.measure(muse.voices(*voices) + after)


def _vocal(*staves: str, parts: str | None = None) -> list[int]:
    [score] = vocal_line(muse.mscx(3, *staves, parts=parts))
    return pitches(score)


def test_the_vocal_line_is_the_first_staff_with_words() -> None:
    flute = _bar(muse.chord("whole", 90))
    song = _bar(muse.FOUR_FOUR + _sung(60, 62, 64, 65))
    piano = _bar(muse.chord("whole", 36, 48))
    second = _bar(_sung(50, 50, 50, 50))
    assert _vocal(flute, song, piano, second) == [60, 62, 64, 65]


def test_staves_that_show_the_same_once_more_are_not_counted() -> None:
    linked = muse.part(in_staff="<linkedTo>1</linkedTo>")
    parts = muse.part() + linked + muse.part()
    flute, song = _bar(muse.chord("whole", 90)), _bar(_sung(60, 62, 64, 65))
    assert _vocal(flute, flute, song, parts=parts) == [60, 62, 64, 65]


def test_a_verse_that_is_sung_twice_is_read_once() -> None:
    again = "<startRepeat/>", "<endRepeat>2</endRepeat>"
    first = _bar(_sung(60, 62, 64, 65), after="".join(again))
    assert _vocal(first + _bar(_sung(67, 67, 67, 67))) == [60, 62, 64, 65, *[67] * 4]


def test_of_two_voices_the_first_is_sung() -> None:
    both = _bar(_sung(72, 74, 76, 77), muse.chord("whole", 60))
    assert _vocal(both) == [72, 74, 76, 77]


def test_a_second_voice_that_takes_over_belongs_to_the_line() -> None:
    silent = muse.rest("whole")
    turns = _bar(_sung(72, 74, 76, 77), silent) + _bar(silent, _sung(60, 60, 60, 60))
    assert _vocal(turns) == [72, 74, 76, 77, 60, 60, 60, 60]


def test_a_score_without_words_is_left_out() -> None:
    with pytest.raises(UnreadableError, match="no part with words"):
        vocal_line(muse.mscx(4, _bar(muse.chord("whole", 60))))


def _hymn(music: str, copyright_: str = FREE) -> bytes:
    head = f"X:1\nT:a\n{copyright_}M:4/4\nL:1/4\n%%staves (A B)\nV:A\nV:B\nK:G\n"
    return (head + music).encode()


def test_a_hymn_is_its_first_voice() -> None:
    [score] = hymn_tune(_hymn("[V:A] G|G A B c|d4|]\n[V:B] z|D4|D4|]\n"))
    assert pitches(score) == [67, 67, 69, 71, 72, 74]
    assert starts(score)[0] == 3  # a pickup
    assert score.keys == ((0, "G major"),)


def test_the_repeats_of_a_hymn_are_not_played() -> None:
    [score] = hymn_tune(_hymn("[V:A] |:G A B c:|\n[V:B] |:D4:|\n"))
    assert pitches(score) == [67, 69, 71, 72]


@pytest.mark.parametrize(
    "line", ["", "C: copyright: 1990 by a publisher\n", "C: public domain words\n"]
)
def test_a_hymn_that_does_not_say_that_it_is_free_is_left_out(line: str) -> None:
    with pytest.raises(UnreadableError, match="does not say that it is public domain"):
        hymn_tune(_hymn("[V:A] GABc|\n", line))


Numbered = tuple[int | str, str]  # a measure's number, and what is in it


def _numbered(*measures: Numbered) -> str:
    return "".join(
        f'<measure number="{number}">{inside}</measure>' for number, inside in measures
    )


def _violin(*measures: Numbered) -> list[list[tuple[int, int, int]]]:
    other = xml.part(*[xml.attributes() + xml.note("C3", 4)] * len(measures))
    data = xml.score_of(_numbered(*measures), other).encode()
    return [
        [(pitch, int(start), int(length)) for pitch, start, length in sounds(score)]
        for score in first_violin(data, MIB)
    ]


def test_a_movement_begins_where_measures_are_counted_from_the_first() -> None:
    waltz = xml.START.replace("<beats>4", "<beats>3")
    measures: list[Numbered] = [
        (1, waltz + xml.note("C5", 3)), ("X1", xml.note("D5", 3)),
        (2, xml.note("E5", 3)), (0, xml.note("G5", 1)), (1, xml.note("A5", 3)),
    ]  # fmt: skip
    first, second = _violin(*measures)
    assert first == [(72, 0, 3), (74, 3, 3), (76, 6, 3)]
    assert second == [(79, 2, 1), (81, 3, 3)]  # in 3/4 still, with a pickup


def test_a_movement_keeps_the_signs_that_hold_in_it() -> None:
    flats = xml.attributes("<key><fifths>-3</fifths></key>", xml.time_signature(3, 4))
    sharp = "<attributes><key><fifths>1</fifths></key></attributes>"
    measures = [
        (1, flats + xml.note("C5", 3)), (2, xml.note("C5", 3)),
        (1, sharp + xml.note("G5", 3)), (2, xml.note("G5", 3)),
    ]  # fmt: skip
    data = xml.score_of(_numbered(*measures)).encode()
    first, second = first_violin(data, MIB)
    assert [key for _, key in (*first.keys, *second.keys)] == ["Eb major", "G major"]
    assert bars(second, 6) == [0, 3, 6]


def test_only_the_beginning_of_a_movement_is_read() -> None:
    later = [(number, xml.note("C5", 4)) for number in range(2, THEME_BARS + 20)]
    [line] = _violin((1, xml.START + xml.note("D5", 4)), *later)
    assert len(line) == THEME_BARS


def test_a_score_without_measures_is_left_out() -> None:
    with pytest.raises(UnreadableError, match="no measures"):
        first_violin(xml.score_of("").encode(), MIB)
