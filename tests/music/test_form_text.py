"""Forms that are typed are read, laid out bar by bar, or refused in one line."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monody.errors import SettingError
from monody.music.form_text import NamedForm, Section, parse_form


@st.composite
def named_forms(draw: st.DrawFn) -> NamedForm:
    """Any form with letters."""
    count = draw(st.integers(1, 8))
    lengths = draw(st.lists(st.integers(1, 9) | st.none(), min_size=8, max_size=8))
    sections: list[Section] = []
    letters = 0
    for _ in range(count):
        index = draw(st.integers(0, letters))
        varied = index < letters and draw(st.booleans())
        letters = max(letters, index + 1)
        sections.append(Section("ABCDEFGH"[index], lengths[index], varied))
    return NamedForm(tuple(sections))


@pytest.mark.parametrize(
    ("typed", "written", "bars"),
    [
        ("AABA", "AABA", (4, 4, 4, 4)),
        ("aaba", "AABA", (4, 4, 4, 4)),
        (" A A' B A ", "A A' B A", (4, 4, 4, 4)),
        ("AA'BA'", "A A' B A'", (4, 4, 4, 4)),
        ("A-A-B-A", "AABA", (4, 4, 4, 4)),
        ("A, A, B", "AAB", (4, 4, 4)),
        ("A | A’ | B", "A A' B", (4, 4, 4)),
        ("A A′ A″ A'' A´", "A A' A' A' A'", (4, 4, 4, 4, 4)),
        ("A8 B8 A8", "A8 B8 A8", (8, 8, 8)),
        ("A8B4A8", "A8 B4 A8", (8, 4, 8)),
        ("A8 A'8 B4", "A8 A'8 B4", (8, 8, 4)),
        ("A8 A8' B4", "A8 A'8 B4", (8, 8, 4)),
        ("A8 A B A'", "A8 A B A'", (8, 8, 4, 8)),
        ("A B A8", "A B A8", (8, 4, 8)),
        ("A4 A4 B8", "A4 A4 B8", (4, 4, 8)),
        ("4+4+8", "4+4+8", (4, 4, 8)),
        ("4 + 4 + 8", "4+4+8", (4, 4, 8)),
        ("4 4 8", "4+4+8", (4, 4, 8)),
        ("12", "12", (12,)),
        ("A", "A", (4,)),
    ],
)  # fmt: skip
def test_a_form_is_read_as_musicians_write_it(
    typed: str, written: str, bars: tuple[int, ...]
) -> None:
    form = parse_form(typed)
    assert str(form) == written
    assert form.bars_of_sections() == bars
    assert form.has_letters == (written[0] == "A")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "form must be sections such as AABA"),
        (" ", "form must be sections such as AABA"),
        ("A;B", "form must be .* not 'A;B'"),
        ("A 4 4", "form must be .* not 'A 4 4'"),
        ("4+A", "form must be"),
        ("+4+4", "form must be"),
        ("A'", "form A' varies A before it was there"),
        ("A B' B", "form A B' B varies B before it was there"),
        ("A0", "each of one bar at least"),
        ("4+0+8", "each of one bar at least"),
        ("A8 B4 A4", "form A8 B4 A4 has A with 8 bars and with 4"),
        ("rondo", "form RONDO has R where its next new section is called A"),
        ("ACB", "has C where its next new section is called B"),
        ("A9999 B9999", "form must have at most 1,000 bars, not 19,998"),
        ("A" * 251, "form must have at most 1,000 bars"),
        ("Ä", "form must be"),
        ("ı", "form must be"),
        ("A\x1b[2J", r"form must be .*\\x1b"),
        ("A٤", "form must be"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_in_one_line(typed: str, reason: str) -> None:
    with pytest.raises(SettingError, match=reason) as refused:
        parse_form(typed)
    assert "\n" not in str(refused.value)


@given(st.text("aAbB'48 +-\n", max_size=12))
def test_any_text_is_a_form_or_refused(text: str) -> None:
    try:
        form = parse_form(text)
    except SettingError:
        return
    assert parse_form(str(form)) == form


@given(named_forms())
def test_what_is_written_is_read_as_the_same_form(form: NamedForm) -> None:
    assert parse_form(str(form)) == form
    assert parse_form(str(form).lower().replace("'", "’")) == form


@given(named_forms(), st.integers(1, 60))
def test_sections_have_as_many_bars_as_are_asked_for_or_it_says_what_fits(
    form: NamedForm, bars: int
) -> None:
    try:
        lengths = form.bars_of_sections(bars)
    except SettingError as refused:
        words = str(refused).split(" bars, or write")[0].split()
        if "ask" in words:
            assert form.total_bars(int(words[-1])) == int(words[-1])
        return
    assert sum(lengths) == bars
    assert all(length >= 1 for length in lengths)


@given(named_forms(), st.sampled_from([72, 96, 144]))
def test_a_bar_that_returns_points_to_the_first_section_of_its_letter(
    form: NamedForm, bar_ticks: int
) -> None:
    laid_out, spans = form.laid_out(None, bar_ticks), form.spans()
    assert laid_out.bars == form.total_bars()
    assert laid_out.phrase_ends == tuple(end * bar_ticks for _, end in spans)
    for (first, end), source, section in zip(
        spans, form.sources, form.sections, strict=True
    ):
        assert end > first
        for bar in range(first, end):
            back = laid_out.back[bar]
            if source is None:
                assert (back, laid_out.exact[bar]) == (0, False)
            else:
                assert bar - back == spans[source][0] + bar - first
                assert laid_out.exact[bar] == (not section.varied)


@given(named_forms())
def test_a_source_is_the_first_section_with_the_letter(form: NamedForm) -> None:
    assume(len(form.sections) > 1)
    letters = [section.letter for section in form.sections]
    for index, source in enumerate(form.sources):
        first = letters.index(letters[index])
        assert source == (None if first == index else first)


def test_numbers_alone_say_nothing_of_what_returns() -> None:
    form = parse_form("4+4+8")
    assert form.sources == (None, None, None)
    laid_out = form.laid_out(16, 96)
    assert laid_out.phrase_ends == (384, 768, 1536)
    assert laid_out.back == (0,) * 16
    with pytest.raises(SettingError, match=r"4\+4\+8 has 16 bars, but bars is 12"):
        form.laid_out(12, 96)


@pytest.mark.parametrize(
    ("typed", "bars", "advice"),
    [
        ("AABA", 18, "ask for 16 or 20 bars"),
        ("AABA", 2, "ask for 4 bars"),
        ("A8 B A8", 16, "ask for 17 bars"),
        ("ABC", 16, "ask for 15 or 18 bars"),
    ],
)
def test_a_length_that_does_not_divide_says_which_would(
    typed: str, bars: int, advice: str
) -> None:
    with pytest.raises(SettingError, match=advice):
        parse_form(typed).bars_of_sections(bars)
