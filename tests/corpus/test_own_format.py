from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import monody
from monody.errors import MonodyError
from monody.music.melody import Melody


def read_words(path: Path) -> Iterator[Melody]:
    """Read tunes of quarters, one in a line."""
    for line in path.read_text("utf-8").splitlines():
        pitches = [int(word) for word in line.split()]
        yield Melody.from_notes([(p, 24 * at, 24) for at, p in enumerate(pitches)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_text("60 62 64\n67 65 64 62\n")
    (tmp_path / "b.txt").write_text("sixty")
    (tmp_path / "c.txt").write_text("")
    (tmp_path / "d.txt").write_bytes(b"\xff")
    (tmp_path / "deep" / "e.txt").write_text("200")
    (tmp_path / "deep" / "f.txt").write_text("62 64 66")
    (tmp_path / "g.mid").write_bytes(b"MThd")
    return tmp_path


def test_every_file_has_a_verdict(folder: Path) -> None:
    corpus = monody.read_own(folder, read_words, "*.txt")
    verdicts = {each.path: (each.verdict, each.melodies) for each in corpus.verdicts}
    assert verdicts == {
        "a.txt": ("kept", 2),
        "b.txt": ("dropped", 0),
        "c.txt": ("dropped", 0),
        "d.txt": ("dropped", 0),
        "deep/e.txt": ("dropped", 0),
        "deep/f.txt": ("duplicate", 1),
    }
    reasons = {each.path: each.reason for each in corpus.verdicts}
    assert "sixty" in reasons["b.txt"]
    assert reasons["c.txt"] == "no melody"
    assert "utf-8" in reasons["d.txt"]
    assert "0 to 127" in reasons["deep/e.txt"]
    assert [melody.source for melody in corpus.melodies] == [
        "a.txt", "a.txt", "deep/f.txt",
    ]  # fmt: skip
    assert [melody.piece for melody in corpus.melodies] == [0, 1, 0]
    assert corpus.used.tolist() == [0, 1]


@pytest.mark.parametrize("wrong", [{"key": "H major"}, {"program": 128}])
def test_what_no_corpus_can_keep_is_a_reason(
    folder: Path, wrong: dict[str, object]
) -> None:
    def read(_: Path) -> list[Melody]:
        return [
            replace(Melody.from_notes([(60, 0, 24)]), **wrong)  # type: ignore[arg-type]
        ]

    corpus = monody.read_own(folder, read)
    assert {each.verdict for each in corpus.verdicts} == {"dropped"}
    assert str(next(iter(wrong.values()))) in corpus.verdicts[0].reason


def test_a_fault_of_the_reader_stops(folder: Path) -> None:
    with pytest.raises(KeyError):
        monody.read_own(folder, lambda path: {}[path])


def test_a_folder_must_have_such_files(folder: Path) -> None:
    with pytest.raises(MonodyError, match="named like"):
        monody.read_own(folder, read_words, "*.tsv")
    with pytest.raises(MonodyError, match="no folder"):
        monody.read_own(folder / "a.txt", read_words)


def test_a_corpus_of_a_reader_is_learnt_from_like_any_other(tmp_path: Path) -> None:
    for at in range(12):
        steps = [60 + (3 * at + step * step) % 13 for step in range(16)]
        (tmp_path / f"{at}.txt").write_text(" ".join(map(str, steps)))
    corpus = monody.read_own(tmp_path, read_words)
    split = monody.split_corpus(corpus, seed=1)
    assert (
        sorted((*split.train, *split.validation, *split.test)) == corpus.used.tolist()
    )
