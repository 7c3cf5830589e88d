"""Tune books are decoded, split into tunes, and written out as MIDI files."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from monody.corpus.public_domain import BOOKS
from monody.corpus.tune_books import write_book
from monody.errors import MonodyError
from monody.reading.abc.parse import read_abc
from monody.reading.abc.tune_book import abc_text, looks_like_abc, title_of, tunes_of
from monody.reading.formats import read_scores
from tests.builders.midi_files import read_back
from tests.builders.written_music import lengths, pitches

BOOK = "X:1\nT:Für Elise\nM:2/4\nL:1/4\nK:C\nCDEF|GABc|\n"


def _read(data: bytes, name: str = "a.abc") -> list[list[int]]:
    scores = read_scores(data, name, 10**6).scores
    return [pitches(score) if score.tracks else [] for score in scores]


def test_a_book_is_split_into_tunes_with_titles() -> None:
    first, second = tunes_of("% a book\nX: 1\nT: First\nK:C\nC\n\nX:2\nK:D\nT:2nd %\n")
    assert (title_of(first), title_of(second)) == ("First", "2nd")
    assert title_of("X: 1\nK: C\nC") == ""


@pytest.mark.parametrize(
    "data",
    [
        BOOK.encode(),
        BOOK.encode("utf-8-sig"),
        BOOK.encode("latin-1"),
        BOOK.encode("utf-16"),
        codecs.BOM_UTF16_BE + BOOK.encode("utf-16-be"),
        BOOK.replace("ü", "u").encode("utf-16-le"),
        BOOK.replace("ü", "u").encode("utf-16-be"),
        BOOK.replace("\n", "\r\n").encode(),
        BOOK.replace("\n", "\r").encode(),
        BOOK.replace("X:1", "  X:1").encode(),
        BOOK.replace("X:1", "X: 1 ").encode(),
        BOOK.replace("X:1", "X:").encode(),
        BOOK.replace("X:1\n", "").encode(),
        b"\n\n%abc-2.1\n% by me\n\n" + BOOK.encode(),
        b"From: a friend\nSubject: a tune\n\nHere it is.\n\n" + BOOK.encode(),
        BOOK.encode() + b"\nText about the tune abc def\nT:abc|def|\n",
        BOOK.replace("\nM:", "\n\nM:").encode(),
    ],
)
def test_a_tune_is_read_however_it_is_stored(data: bytes) -> None:
    assert _read(data) == [[60, 62, 64, 65, 67, 69, 71, 72]]


@pytest.mark.parametrize("data", [BOOK.encode("utf-16"), b"% x\n X:1\nK:C\nC\n", BOOK])
def test_a_book_is_known_by_its_first_lines(data: bytes | str) -> None:
    data = data.encode() if isinstance(data, str) else data
    assert looks_like_abc(data)
    assert _read(data, "a.mid")


@pytest.mark.parametrize("data", [b"", b"X", b"X1:", b"<html>", b"Dear X: hello"])
def test_other_files_are_no_books(data: bytes) -> None:
    assert not looks_like_abc(data)


def test_tunes_without_an_empty_line_between_them() -> None:
    assert _read(b"X:1\nK:C\nC|\nX:2\nK:C\nD|\n") == [[60], [62]]


def test_tunes_without_numbers() -> None:
    assert _read(b"T:a\nK:C\nC|\n\nT:b\nK:C\nD|\n") == [[60], [62]]


def test_a_tune_without_music_is_a_tune_without_notes() -> None:
    assert _read(b"X:1\n\nX:2\nK:C\nD|\n\nX:") == [[], [62], []]


def test_the_header_of_a_book_holds_for_all_of_its_tunes() -> None:
    book = "%abc\nM:3/4\nL:1/16\n\nX:1\nK:C\nC|\n\nX:2\nL:1/2\nK:C\nD|\n"
    scores = [read_abc(tune) for tune in tunes_of(book)]
    assert [lengths(score) for score in scores] == [[0.25], [2]]
    assert [str(score.meters[0]) for score in scores] == ["3/4", "3/4"]


def test_a_tune_that_mail_has_mangled() -> None:
    assert _read(b"X:1\nL:1/4\nK:G\n=3DF F|=20\nG =\nA|\n") == [[65, 65, 67, 69]]
    assert _read(b"X:1\nL:1/4\nK:G\n=FD F=E|\n") == [[65, 62, 65, 64]]


def test_lines_end_as_they_like() -> None:
    assert abc_text(b"a\rb\r\nc\n") == "a\nb\nc\n"


@pytest.mark.parametrize("name", BOOKS)
def test_a_collection_becomes_midi_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    # The first tunes only: all of them take seconds.
    monkeypatch.setattr("monody.corpus.tune_books._tunes", lambda name: _some(name)[:5])
    report = write_book(name, tmp_path, lambda *now: seen.append(now))
    files = sorted(tmp_path.iterdir())
    assert report.name == name
    assert report.written == len(files) == 5 - sum(report.left_out.values())
    assert seen[-1] == (5, 5)
    for file in files:
        notes, _ = read_back(file)
        assert len(notes) >= 8


def _some(name: str) -> list[str]:
    import importlib.util

    origin = importlib.util.find_spec("music21")
    assert origin is not None
    assert origin.origin is not None
    folder = Path(origin.origin).parent / "corpus" / name
    first = min(folder.glob("*.abc"))
    more = sorted(folder.glob("*.abc"))[:5]
    texts = [path.read_text("utf-8", errors="replace") for path in (first, *more[1:])]
    return [tune for text in texts for tune in tunes_of(text)]


def test_a_missing_music21(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MonodyError, match=r"pip install 'monody\[base\]'"):
        write_book("oneills1850", tmp_path)
