from __future__ import annotations

from pathlib import Path

import pytest

import monody
from monody.corpus.choices import all_lines, choose_files
from monody.corpus.verdicts import DROPPED, DUPLICATE, KEPT
from monody.errors import MonodyError
from tests.builders.midi_files import Triple, midi_file, tune, write_tunes


def _chords(notes: list[Triple]) -> list[Triple]:
    """Put a third under each note: no melody, until its top line is taken."""
    return [
        (p - under, start, length) for p, start, length in notes for under in (0, 4)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files: three tunes, a copy, and an arrangement of two lines and chords."""
    write_tunes(tmp_path, 3)
    (tmp_path / "zz-copy.mid").write_bytes((tmp_path / "tune-001.mid").read_bytes())
    lines: list[list[Triple]] = [list(tune(7)), list(tune(8)), _chords(list(tune(9)))]
    arranged = midi_file(lines, ticks_per_quarter=24)
    (tmp_path / "arranged.mid").write_bytes(arranged)
    return tmp_path


def _found(corpus: monody.Corpus) -> list[tuple[str, int]]:
    """Return the file and the track of each melody that is used."""
    used = corpus.melodies.take(corpus.used)
    return [(melody.source, melody.track + 1) for melody in used]


def test_a_file_is_left_out_and_its_copy_takes_its_place(folder: Path) -> None:
    corpus = monody.read_corpus(folder)
    assert corpus.verdicts[-1].verdict == DUPLICATE
    chosen = choose_files(corpus, leave_out=["tune-001.mid"])
    verdicts = {verdict.path: verdict for verdict in chosen.verdicts}
    out = verdicts["tune-001.mid"]
    assert (out.verdict, out.reason, out.melodies) == (DROPPED, "left out by hand", 0)
    assert verdicts["zz-copy.mid"].verdict == KEPT
    assert ("zz-copy.mid", 1) in _found(chosen)
    assert len(corpus.used) == len(chosen.used)
    assert corpus.verdicts[-1].verdict == DUPLICATE  # as it was


def test_one_line_of_a_file_is_taken_alone(folder: Path) -> None:
    corpus = monody.read_corpus(folder)
    first, second, *_ = [track for name, track in _found(corpus) if "arr" in name]
    chosen = choose_files(corpus, tracks={"arranged.mid": second})
    assert ("arranged.mid", second) in _found(chosen)
    assert ("arranged.mid", first) not in _found(chosen)
    assert "not the line that was chosen" in chosen.verdicts[0].left_out
    assert chosen.verdicts[0].tracks == (second,)


def test_a_track_that_was_no_melody_gives_its_top_line(folder: Path) -> None:
    corpus = monody.read_corpus(folder)
    lines = {m.track + 1 for m in all_lines(corpus).melodies if "arr" in m.source}
    [chords] = lines - {track for name, track in _found(corpus) if "arr" in name}
    chosen = choose_files(corpus, tracks={"arranged.mid": chords})
    [melody] = [one for one in chosen.melodies if one.source == "arranged.mid"]
    assert melody.track == chords - 1
    assert melody.pitches.tolist() == [pitch for pitch, _, _ in tune(9)]
    files = chosen.melodies.info["file"].tolist()
    assert files == sorted(files)
    assert chosen.melodies.sources[files[0]] == "arranged.mid"


def test_what_is_not_there_is_said(folder: Path) -> None:
    corpus = monody.read_corpus(folder)
    with pytest.raises(MonodyError, match=r"no file 'gone\.mid' in .*: read it again"):
        choose_files(corpus, leave_out=["gone.mid"])
    with pytest.raises(MonodyError, match="no melody in track 9 of 'tune-000.mid'"):
        choose_files(corpus, tracks={"tune-000.mid": 9})


def test_nothing_chosen_changes_nothing(folder: Path) -> None:
    corpus = monody.read_corpus(folder)
    chosen = choose_files(corpus)
    assert [*chosen.verdicts] == [*corpus.verdicts]
    assert chosen.melodies.fingerprint() == corpus.melodies.fingerprint()
    assert chosen.copy_of.tolist() == corpus.copy_of.tolist()


def test_a_training_learns_from_what_was_chosen(folder: Path) -> None:
    chosen = choose_files(monody.read_corpus(folder), leave_out=["tune-002.mid"])
    split = monody.split_corpus(chosen, seed=1)
    assert len(split.train) + len(split.held_out) == len(chosen.used)
    assert "tune-002.mid" not in {name for name, _ in _found(chosen)}
