from __future__ import annotations

import os
from pathlib import Path

import pytest

from monody.corpus.public_domain import COLLECTIONS, write_collection
from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.reading.abc import read_abc, title_of, tunes_of
from monody.reading.extraction.extract import extract
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import read_back

BOOK = """% a book
X: 1
T: First
M: 4/4
L: 1/8
K: C
CDEF GABc | c4 G4 | c8 |]

X: 2
T: Second
M: 6/8
L: 1/8
R: hornpipe
K: D
A | "Am"d2e {g}f2g | ~a3 f2z | d6 | d5 :|
"""


def _melody(tune: str) -> Melody:
    [melody] = extract([read_abc(tune)], ReadSettings(min_notes=1)).melodies
    return melody


def test_a_book_is_split_into_tunes() -> None:
    first, second = tunes_of(BOOK)
    assert (title_of(first), title_of(second)) == ("First", "Second")
    assert title_of("X: 1\nK: C\nC") == ""


def test_notes_lengths_and_meter() -> None:
    melody = _melody(tunes_of(BOOK)[0])
    assert melody.pitches[:8].tolist() == [60, 62, 64, 65, 67, 69, 71, 72]
    assert melody.durations.tolist() == [12] * 8 + [48, 48, 96]
    assert str(melody.meters[0]) == "4/4"
    assert melody.key == "C major"


def test_a_pickup_ends_on_a_bar_line_and_extras_are_left_out() -> None:
    melody = _melody(tunes_of(BOOK)[1])
    assert str(melody.meters[0]) == "6/8"
    assert melody.starts[:2].tolist() == [60, 72]
    # No grace note, no swing, the ornament's note as printed, the repeat played.
    assert melody.durations[:6].tolist() == [12, 24, 12, 24, 12, 36]
    assert len(melody) == 2 * 9


@pytest.mark.parametrize(
    ("first_bar", "start"), [("C4 z4", 0), ("C2 z2", 48), ("z2 C2-", 72), ("C2", 72)]
)
def test_a_first_bar_may_end_in_a_rest_or_a_tie(first_bar: str, start: int) -> None:
    tune = f"X: 1\nM: 4/4\nL: 1/8\nK: C\n{first_bar} | CDEF GABc | c8 |]\n"
    melody = _melody(tune)
    assert melody.starts[0] == start
    assert melody.starts[melody.pitches == 62].tolist() == [96 + 12]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_collection_becomes_midi_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    # The first tunes only: all of them take seconds.
    monkeypatch.setattr(
        "monody.corpus.public_domain._tunes", lambda name: _some(name)[:5]
    )
    report = write_collection(name.upper(), tmp_path, lambda *now: seen.append(now))
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


def test_an_unknown_collection_and_a_missing_music21(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MonodyError, match="expected one of oneills1850, airdsAirs"):
        write_collection("beatles", tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MonodyError, match=r"pip install 'monody\[demo\]'"):
        write_collection("oneills1850", tmp_path)


def test_the_terminal_is_as_before(capfd: pytest.CaptureFixture[str]) -> None:
    read_abc("X: 1\nM: 2/4\nL: 1/8\nK: C\nCDEFGAB ??? c |\n")
    os.write(1, b"after\n")
    assert capfd.readouterr() == ("after\n", "")
