"""The table of collections, and whose style each tune is in."""

from __future__ import annotations

import re

import pytest

from monody.corpus.public_domain import (
    BOOKS,
    COLLECTIONS,
    FETCHED,
    STYLES,
    collection_of,
    style_of,
)
from monody.errors import MonodyError


def test_every_collection_says_what_it_is_and_under_which_terms() -> None:
    for name, one in COLLECTIONS.items():
        assert re.fullmatch(r"\w+", name)  # no dash, which ends it in file names
        assert one.title
        assert one.years
        assert one.style in STYLES
        assert one.licence in ("CC0 1.0", "public domain")
        assert one.stated
        assert one.tunes > 0


def test_a_collection_is_a_book_or_fetched_at_a_commit() -> None:
    assert {*BOOKS, *FETCHED} == {*COLLECTIONS}
    for name in FETCHED:
        assert COLLECTIONS[name].source.startswith("https://github.com/")
        assert re.fullmatch(r"[0-9a-f]{40}", COLLECTIONS[name].commit)


def test_every_style_has_a_collection() -> None:
    assert {one.style for one in COLLECTIONS.values()} == {*STYLES}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_the_name_of_a_file_tells_its_collection_and_style(name: str) -> None:
    assert collection_of(f"{name}-A-B_1.mid") == name
    assert style_of(f"{name}-0001.mid") == COLLECTIONS[name].style


@pytest.mark.parametrize("source", ["tune.mid", "lieder", "my-song.mid", "", "-a.mid"])
def test_other_files_are_of_no_style(source: str) -> None:
    with pytest.raises(MonodyError, match="expected COLLECTION-NAME.mid with one of"):
        style_of(source)
