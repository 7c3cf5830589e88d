from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from symusic.core import ScoreTick

from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.music.scale import parse_scale
from monody.reading.abc.parse import read_abc
from monody.reading.abc.tune_book import title_of, tunes_of
from monody.render.notation.abc import to_abc
from tests.builders.melodies import melodies
from tests.builders.profile import examples
from tests.builders.tunes_to_write import tune_to_write, tune_with_pickup


def _music(melody: Melody) -> str:
    """Return what stands below the header."""
    return to_abc(melody, "").partition("K:")[2].partition("\n")[2]


def assert_reads_back(melody: Melody) -> None:
    [tune] = tunes_of(to_abc(melody, "a melody"))
    score = read_abc(tune)
    [track] = score.tracks
    scale = score.ticks_per_quarter // 24
    assert track.pitch.tolist() == melody.pitches.tolist()
    assert track.start.tolist() == (melody.starts * scale).tolist()
    assert track.duration.tolist() == (melody.durations * scale).tolist()
    assert [meter._replace(tick=meter.tick // scale) for meter in score.meters] == list(
        melody.meters
    )
    assert score.keys == ((0, melody.key),)
    [(_, bpm)] = score.tempos
    beat = melody.meters[0].beat_ticks / 24
    assert round(bpm / beat) == round(melody.bpm / beat)


def _from_first_note(notes: Sequence[tuple[float, ...]]) -> Any:
    """Return ``(notes, 3)``: pitch, ticks since the first note, duration in ticks."""
    return np.array(notes) - [0, notes[0][1], 0]


@pytest.mark.parametrize("seed", range(30))
def test_monody_reads_it_back(seed: int) -> None:
    assert_reads_back(tune_to_write(seed))


@pytest.mark.parametrize("seed", range(7))
def test_monody_reads_pickups_back(seed: int) -> None:
    assert_reads_back(tune_with_pickup(seed))


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("write", [tune_to_write, tune_with_pickup])
def test_music21_reads_it_back(seed: int, write: Any) -> None:
    """Notes and first meter: it takes no sign of a change, and makes up others."""
    music21: Any = pytest.importorskip("music21")
    melody: Melody = write(seed)
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
    exact = [tuple(map(float, note)) for note in melody]
    assert _from_first_note(notes) == pytest.approx(_from_first_note(exact))
    first = part.recurse().getElementsByClass("TimeSignature").first()
    assert first.ratioString == str(melody.meters[0])


@pytest.mark.skipif(not shutil.which("abc2midi"), reason="no abc2midi")
@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("write", [tune_to_write, tune_with_pickup])
def test_abc2midi_reads_it_back(seed: int, write: Any, tmp_path: Path) -> None:
    melody: Melody = write(seed)
    tune, midi = tmp_path / "tune.abc", tmp_path / "tune.mid"
    tune.write_text(to_abc(melody, "x"), "utf-8")
    command = [str(shutil.which("abc2midi")), str(tune), "-o", str(midi), "-quiet"]
    subprocess.run(command, check=True, capture_output=True)
    score = ScoreTick.from_file(midi)
    [track] = [track for track in score.tracks if len(track.notes)]
    per_tick = score.ticks_per_quarter / 24
    notes = sorted(track.notes, key=lambda note: note.time)
    found = [
        # It begins each note 1/480 of a quarter late.
        (note.pitch, round(note.time / per_tick), round(note.duration / per_tick))
        for note in notes
    ]
    exact = [tuple(map(float, note)) for note in melody]
    assert _from_first_note(found).tolist() == _from_first_note(exact).tolist()
    beat = melody.meters[0].beat_ticks / 24
    assert score.tempos[0].qpm / beat == pytest.approx(round(melody.bpm / beat))


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


def test_a_change_of_meter_reads_back_in_its_place() -> None:
    meters = [Meter(0, 3, 4), Meter(144, 7, 8)]
    notes = [(60, 0, 72), (62, 72, 72), (64, 144, 84)]
    [tune] = tunes_of(to_abc(Melody.from_notes(notes, meters), ""))
    found = read_abc(tune)
    scale = found.ticks_per_quarter // 24
    assert [(meter.tick // scale, str(meter)) for meter in found.meters] == [
        (0, "3/4"), (144, "7/8")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("C major", "C"),
        ("Bb minor", "Bbm"),
        ("D dorian", "Ddor"),
        ("E phrygian", "Ephr"),
        ("F lydian", "Flyd"),
        ("Bb mixolydian", "Bbmix"),
        ("B locrian", "Bloc"),
        ("A aeolian", "Am"),
        ("G ionian", "G"),
        ("E blues", "Em"),
        ("G# major", "Ab"),
        ("C chromatic", "C"),
    ],
)
def test_the_key_names_its_mode(key: str, field: str) -> None:
    abc = to_abc(replace(Melody.from_notes([(60, 0, 24)]), key=key), "")
    assert f"\nK:{field}\n" in abc


@pytest.mark.parametrize("mode", ["dorian", "phrygian", "lydian", "mixolydian"])
def test_a_mode_needs_no_accidentals(mode: str) -> None:
    scale = parse_scale(f"E {mode}")
    notes = [(64 + up, 24 * place, 24) for place, up in enumerate(scale.degrees)]
    melody = replace(Melody.from_notes(notes), key=scale.name)
    assert _music(melody) == "E2 F2 G2 A2 | B2 c2 d2 z2 |]\n"
    [track] = read_abc(tunes_of(to_abc(melody, ""))[0]).tracks
    assert track.pitch.tolist() == melody.pitches.tolist()


@pytest.mark.parametrize(
    ("meter", "bpm", "field"),
    [
        ((4, 4), 120, "1/4=120"),
        ((6, 8), 180, "3/8=120"),
        ((9, 8), 100, "3/8=67"),
        ((2, 2), 120, "1/2=60"),
        ((3, 8), 60, "1/8=120"),
        ((3, 1), 4, "1/1=1"),
    ],
)
def test_the_tempo_counts_beats(meter: tuple[int, int], bpm: float, field: str) -> None:
    melody = Melody.from_notes([(60, 0, 12)], [Meter(0, *meter)], bpm=bpm)
    assert f"\nQ:{field}\n" in to_abc(melody, "")


def test_a_pickup_is_a_short_bar_on_the_line_that_it_leads_to() -> None:
    notes = [(67, 72, 24), *((72, 96 * bar, 96) for bar in range(1, 6))]
    melody = replace(Melody.from_notes(notes), key="C major")
    assert _music(melody) == "G2 | c8 | c8 | c8 | c8 |\nc8 |]\n"


def test_accidentals_are_written_out_after_ties() -> None:
    """Else abc2midi, abcjs and music21 differ on the notes after the bar line."""
    notes = [(73, 72, 48), (73, 120, 24), (73, 144, 24), (73, 168, 24)]
    melody = replace(Melody.from_notes(notes), key="A minor")
    assert _music(melody) == "^c2- | ^c2 ^c2 c2 c2 |]\n"
    of_key = replace(melody, key="A major")
    assert _music(of_key) == "c2- | c2 c2 c2 c2 |]\n"


def test_double_sharps_are_always_written() -> None:
    """A second one in a bar without its sign is a sharp to music21."""
    notes = [(67, 0, 24), (67, 24, 24), (68, 48, 48)]
    melody = replace(Melody.from_notes(notes), key="G# minor")
    assert _music(melody) == "^^F2 ^^F2 G4 |]\n"


def test_a_whole_rest_is_two_where_abcjs_takes_it_for_a_bar() -> None:
    meters = [Meter(0, 2, 4), Meter(48, 4, 4)]
    notes = [(60, 0, 48), (60, 144, 96)]
    melody = replace(Melody.from_notes(notes, meters), key="C major")
    assert _music(melody) == "C4 | [M:4/4] z4z4 | C8 |]\n"


def test_a_bar_that_is_too_short_shows_no_new_meter() -> None:
    meters = [Meter(0, 4, 4), Meter(168, 4, 4)]
    melody = Melody.from_notes([(60, 0, 96), (60, 96, 72), (60, 168, 96)], meters)
    assert _music(replace(melody, key="C major")) == "C8 | C6 | C8 |]\n"


@pytest.mark.parametrize(
    ("meter", "music"),
    [
        ((3, 8), "CCC | CCC | Czz |]"),
        ((5, 8), "CC CCC | CC z2z |]"),
        ((7, 8), "CC CC CCC |]"),
        ((6, 8), "CCC CCC | Czz z3 |]"),
        ((2, 2), "CCCC CCCz |]"),
    ],
)
def test_beams_show_the_beats(meter: tuple[int, int], music: str) -> None:
    notes = [(60, 12 * place, 12) for place in range(7)]
    melody = Melody.from_notes(notes, [Meter(0, *meter)])
    assert _music(replace(melody, key="C major")) == f"{music}\n"


@pytest.mark.parametrize(
    ("title", "field"),
    [("100% pure", "100\\% pure"), ("a\\b", "a\\\\b"), ("two\x00\nlines", "two lines")],
)
def test_a_title_is_one_line_of_text(title: str, field: str) -> None:
    assert f"\nT:{field}\n" in to_abc(Melody.from_notes([(60, 0, 24)]), title)


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
