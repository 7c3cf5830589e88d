from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.reading.abc import read_abc, title_of, tunes_of
from monody.render.notation.abc import to_abc
from tests.builders.melodies import melodies
from tests.builders.profile import examples
from tests.builders.tunes_to_write import tune_to_write


def _music(melody: Melody) -> str:
    """Return what stands below the header."""
    return to_abc(melody, "").partition("K:")[2].partition("\n")[2]


def assert_reads_back(melody: Melody) -> None:
    [tune] = tunes_of(to_abc(melody, "a melody"))
    score = read_abc(tune)
    [track] = score.tracks
    scale = score.ticks_per_quarter // 24
    assert track.pitch.tolist() == melody.pitches.tolist()
    # abc2midi begins each note 1/480 of a quarter late.
    assert np.rint(track.start / scale).tolist() == melody.starts.tolist()
    assert np.rint(track.duration / scale).tolist() == melody.durations.tolist()
    # abc2midi puts a change of meter where the latest note ended.
    assert [str(meter) for meter in score.meters] == list(map(str, melody.meters))
    assert score.keys == ((0, melody.key),)
    assert [round(bpm) for _, bpm in score.tempos] == [round(melody.bpm)]


@pytest.mark.parametrize("seed", range(30))
def test_monody_reads_it_back(seed: int) -> None:
    assert_reads_back(tune_to_write(seed))


@pytest.mark.parametrize("seed", range(27))
def test_music21_reads_it_back(seed: int) -> None:
    """Up to a change of meter, and without double sharps: it reads neither."""
    music21: Any = pytest.importorskip("music21")
    melody = tune_to_write(seed)
    melody = melody.between(0, melody.meters[1].tick)
    part = music21.converter.parse(to_abc(melody, "x"), format="abc").parts[0]
    notes: list[tuple[float, float, float]] = []
    is_tied = False
    for note in part.flatten().notes:
        start = float(note.offset * 24)
        if is_tied:  # joined here: music21 joins no more than two
            assert notes[-1][0] == note.pitch.ps
            start = notes.pop()[1]
        end = float((note.offset + note.quarterLength) * 24)
        notes.append((note.pitch.ps, start, end - start))
        is_tied = note.tie is not None and note.tie.type in ("start", "continue")
    assert np.array(notes) == pytest.approx(melody.notes)
    signs = part.recurse().getElementsByClass("TimeSignature")
    assert [sign.ratioString for sign in signs] == [str(melody.meters[0])]


def test_the_header() -> None:
    melody = replace(Melody.from_notes([(62, 0, 96)], bpm=99.6), key="D minor")
    assert to_abc(melody, "A\ntitle ").splitlines() == [
        "%abc-2.1", "X:1", "T:A title", "M:4/4", "L:1/8", "Q:1/4=100", "K:Dm", "D8 |]"
    ]  # fmt: skip
    assert title_of(tunes_of(to_abc(melody, "A\ntitle "))[0]) == "A title"


def test_beams_beats_ties_and_lines_of_four_bars() -> None:
    notes = [(60 + place % 8, 12 * place, 12) for place in range(40)]
    melody = Melody.from_notes([*notes[:-1], (71, 468, 36)])
    lines = _music(replace(melody, key="C major")).splitlines()
    assert lines[0].startswith("C^C D^D EF ^FG | ")
    assert lines[0].endswith(" |")
    assert len(lines) == 2
    assert lines[1].endswith("B- | B2 z2 z4 |]")


def test_octaves() -> None:
    pitches = (24, 36, 48, 60, 72, 84, 96)
    notes = [(pitch, 12 * place, 12) for place, pitch in enumerate(pitches)]
    assert _music(Melody.from_notes(notes)) == "C,,,C,, C,C cc' c''z |]\n"


def test_accidentals_hold_to_the_bar_line() -> None:
    pitches = (66, 66, 64, 65, 66, 76, 77, 65)
    notes = [(pitch, 24 * place, 24) for place, pitch in enumerate(pitches)]
    melody = replace(Melody.from_notes(notes), key="C major")
    # In bar 2, each natural is needed by one of two rules: all octaves, or its own.
    assert _music(melody) == "^F2 F2 E2 =F2 | ^F2 e2 =f2 =F2 |]\n"


def test_a_change_of_meter_reads_back_where_it_stands() -> None:
    meters = [Meter(0, 3, 4), Meter(144, 7, 8)]
    notes = [(60, 0, 72), (62, 72, 72), (64, 144, 84)]
    [tune] = tunes_of(to_abc(Melody.from_notes(notes, meters), ""))
    found = read_abc(tune)
    assert [(meter.tick // 20, str(meter)) for meter in found.meters] == [
        (0, "3/4"), (144, "7/8")
    ]  # fmt: skip


def test_triplets_and_rests() -> None:
    two_thirds = Melody.from_notes([(60, 0, 16), (62, 16, 8), (64, 24, 8)])
    assert _music(two_thirds) == "(3:2:2C2D (3:2:2Ez2 z4 |]\n"
    notes = [(60, 0, 8), (62, 8, 8), (64, 16, 8), (65, 24, 16), (64, 56, 16)]
    melody = replace(Melody.from_notes(notes), key="C major")
    assert _music(melody) == "(3CDE (3F2z2E2 z2 |]\n"


def test_a_change_of_meter_and_a_bar_of_rest() -> None:
    meters = [Meter(0, 6, 8), Meter(72, 9, 8)]
    melody = Melody.from_notes([(60, 0, 72), (60, 180, 24)], meters)
    assert _music(melody) == "C6 | [M:9/8] z9 | C2z z3 z3 |]\n"


@settings(max_examples=examples(20))
@given(melodies())
def test_any_melody_is_one_tune(melody: Melody) -> None:
    """Some are too short or too long for ABC's common readers, but all are written."""
    [tune] = tunes_of(to_abc(melody, "x"))
    assert tune.isascii()
    assert tune.endswith(" |]\n")
