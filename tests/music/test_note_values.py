from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.corpus.histograms import NOTE_VALUES
from monody.errors import SettingError
from monody.music.meter import MAX_BAR_TICKS, is_meter
from monody.music.note_values import (
    MAX_TICKS,
    parse_bars,
    parse_counts,
    parse_meter,
    parse_note_values,
)


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("8ths", 12), ("8th", 12), ("1/8", 12), ("Eighths", 12), ("8th notes", 12),
        ("16ths", 6), ("sixteenths", 6), ("quarters", 24), ("4ths", 24), ("1/4", 24),
        ("halves", 48), ("half notes", 48), ("wholes", 96), ("32nds", 3),
        ("thirty-seconds", 3), ("8th triplets", 8), ("12ths", 8), ("24ths", 4),
        ("1/4 triplet", 16), ("dotted quarters", 36), ("3/8", 36), ("4/1", 384),
        ("1/96", 1),
    ],
)  # fmt: skip
def test_a_single_value_means_none_finer(text: str, ticks: int) -> None:
    allowed = parse_note_values(f" {text} ")
    assert allowed == {t for t in range(1, 385) if t % ticks == 0}
    assert min(allowed) == ticks
    assert parse_note_values(f"only {text}") == {ticks}


def test_a_list_means_only_these() -> None:
    assert parse_note_values("1/4,1/8,3/8,1/2") == {24, 12, 36, 48}
    assert parse_note_values("1/4., 1/8") == {36, 12}
    assert parse_note_values("quarters,8th triplets") == {24, 8}
    assert parse_note_values("only 1/4, 1/8") == {24, 12}


def test_the_statistics_names_are_understood() -> None:
    assert parse_note_values(",".join(NOTE_VALUES.values())) == set(NOTE_VALUES)
    assert MAX_TICKS == MAX_BAR_TICKS


@given(st.integers(1, 384), st.integers(1, 999))
def test_fractions_are_exact_or_refused(above: int, below: int) -> None:
    ticks, rest = divmod(96 * above, below)
    text = f"only {above}/{below}"
    if rest or not 1 <= ticks <= MAX_TICKS:
        with pytest.raises(SettingError):
            parse_note_values(text)
    else:
        assert parse_note_values(text) == {ticks}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1/64", "1/64 is not from 1 tick"),
        ("64ths", "64ths is not from 1 tick"),
        ("5/1", "in whole ticks"),
        ("1/8,", "'' is no note value"),
        ("", "'' is no note value"),
        ("only", "'only' is no note value"),
        ("1/4,fast", "'fast' is no note value"),
        ("8", "'8' is no note value"),
        ("1/0", "'1/0' is no note value"),
        ("dotted 1/4.", "is no note value"),
        ("-1/4", "is no note value"),
    ],
)
def test_other_durations_are_refused(text: str, reason: str) -> None:
    expected = r"^durations must be such as 8ths or 1/4,1/8,3/8, not .*: .*"
    with pytest.raises(SettingError, match=expected + reason):
        parse_note_values(text)


def test_counts() -> None:
    assert parse_counts("4") == (4, 4)
    assert parse_counts("0 .. 64") == (0, 64)
    for text in ("", "8..4", "65", "-1", "4.5", "4..", "٣", "four", "9" * 5000):
        with pytest.raises(SettingError, match=r"^density must be such as 4 or 4\.\.8"):
            parse_counts(text)


def test_bars() -> None:
    assert parse_bars("5", "bars") == (5, 5)
    for text in ("5-8", "5..8", "5–8", " 5 - 8 "):
        assert parse_bars(text, "bars") == (5, 8)
    for text in ("0", "0-4", "8-5", "5-", "-5", "5-6-7"):
        with pytest.raises(SettingError, match=r"^redo must be such as 5 or 5-8, fr"):
            parse_bars(text, "redo")


@given(st.integers(0, 99), st.integers(0, 99))
def test_meters_are_those_that_a_melody_can_have(above: int, below: int) -> None:
    text = f"{above}/{below}"
    if is_meter(above, below):
        assert parse_meter(text) == (above, below)
    else:
        with pytest.raises(SettingError, match="^meter must be such as 6/8"):
            parse_meter(text)


@given(st.text())
def test_any_other_text_is_one_line_of_error(text: str) -> None:
    for parse in (parse_note_values, parse_counts, parse_meter):
        with pytest.raises(SettingError) as error:
            parse(f"no number {text}")
        assert len(str(error.value).splitlines()) == 1
