"""What is said of a file shows as itself, whatever the file holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.errors import MAX_SAID, brief
from monody.reading.raw_score import UnreadableError

# DEL, a C1 control, one that turns text around, an invisible one, a line's end.
HIDDEN = ("\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\u2028", "\n", "\udc80")


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_reason_has_no_character_that_does_not_show(hidden: str) -> None:
    reason = UnreadableError(f"its root is <sco{hidden}re>", "save it again").reason
    assert reason.text.isprintable()
    assert reason.text.startswith("its root is <sco\\")


@given(st.text(st.characters(exclude_categories=()), max_size=3 * MAX_SAID))
def test_what_is_said_of_a_text_is_short_and_shows(text: str) -> None:
    said = brief(text)
    assert said.isprintable()
    assert len(said) <= MAX_SAID
    if text.isprintable() and len(text) <= MAX_SAID:
        assert said == text
