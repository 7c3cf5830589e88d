from __future__ import annotations

import numpy as np
import pytest

from monody.extract import extract
from monody.melody import Melody
from monody.midi_read import read_midi
from monody.settings import ReadSettings
from tests.midi_files import Triple, midi_file

SETTINGS = ReadSettings(min_notes=4, min_distinct_pitches=2, max_rest_quarters=8)
QUARTER = 480
# Twenty quarters, C D C D …: one overlap or chord among them is 5 % or 10 %.
LINE: list[Triple] = [(60 + 2 * (i % 2), i * QUARTER, QUARTER) for i in range(40)]


def _melodies(data: bytes, settings: ReadSettings = SETTINGS) -> list[Melody]:
    return extract(read_midi(data), settings).melodies


def _reason(data: bytes, settings: ReadSettings = SETTINGS) -> str:
    return extract(read_midi(data), settings).left_out


def test_a_plain_line_is_a_melody() -> None:
    [melody] = _melodies(midi_file([LINE]))
    assert melody.pitches.tolist() == [pitch for pitch, _, _ in LINE]
    assert melody.starts.tolist() == [24 * i for i in range(40)]
    assert set(melody.durations.tolist()) == {24}


def test_repeated_notes_stay_apart() -> None:
    notes = [(60, i * QUARTER, QUARTER) for i in range(8)] + [(62, 8 * QUARTER, 480)]
    [melody] = _melodies(midi_file([notes]))
    assert len(melody) == 9


def test_the_last_note_is_there() -> None:
    [melody] = _melodies(midi_file([LINE]))
    assert tuple(melody.notes[-1]) == (62, 39 * 24, 24)


@pytest.mark.parametrize("bpm", [30.0, 120.0, 333.0])
@pytest.mark.parametrize("ticks_per_quarter", [24, 96, 220, 480, 1024])
def test_the_grid_is_the_file_s_own_whatever_the_tempo(
    bpm: float, ticks_per_quarter: int
) -> None:
    notes = [
        (60 + i % 3, round(i * ticks_per_quarter / 4), ticks_per_quarter // 4)
        for i in range(16)
    ]
    data = midi_file([notes], ticks_per_quarter=ticks_per_quarter, tempos=[(0, bpm)])
    [melody] = _melodies(data)
    assert melody.starts.tolist() == [6 * i for i in range(16)]
    assert melody.bpm == pytest.approx(bpm, rel=1e-4)


def test_legato_overlaps_of_a_32nd_are_trimmed() -> None:
    legato = [(pitch, start, duration + 60) for pitch, start, duration in LINE]
    [melody] = _melodies(midi_file([legato]))
    assert set(melody.durations[:-1].tolist()) == {24}


def test_one_longer_overlap_in_twenty_is_trimmed_two_are_not() -> None:
    one = [*LINE]
    one[3] = (62, 3 * QUARTER, QUARTER + 240)
    [melody] = _melodies(midi_file([one]))
    assert melody.durations[3] == 24
    many = [(p, s, d + (240 if i % 10 == 0 else 0)) for i, (p, s, d) in enumerate(LINE)]
    assert _melodies(midi_file([many])) == []
    assert "polyphonic track" in _reason(midi_file([many]))


def test_of_a_stray_chord_the_highest_note_stays() -> None:
    [melody] = _melodies(midi_file([[*LINE, (48, 0, QUARTER)]]))
    assert melody.pitches[0] == 60
    assert len(melody) == 40


def test_a_doubled_voice_is_one_voice() -> None:
    data = midi_file([[note for note in LINE for _ in range(2)]])
    score = read_midi(data)
    assert [len(melody) for melody in extract(score, SETTINGS).melodies] == [40]


def test_chords_and_drums_are_no_melody() -> None:
    chords = [(p + up, s, d) for p, s, d in LINE for up in (0, 4)]
    assert _reason(midi_file([chords])) == "1 × polyphonic track"
    assert _reason(midi_file([LINE], channel=9)) == "1 × drum track"


def test_a_long_silence_splits_and_a_short_one_does_not() -> None:
    later = [(p, s + 48 * QUARTER, d) for p, s, d in LINE]
    first, second = _melodies(midi_file([[*LINE, *later]]))
    assert len(first) == len(second) == 40
    soon = [(p, s + 47 * QUARTER, d) for p, s, d in LINE]
    assert len(_melodies(midi_file([[*LINE, *soon]]))) == 1


def test_melodies_begin_in_the_bar_of_their_first_note() -> None:
    late = [(p, s + 11 * QUARTER, d) for p, s, d in LINE]  # the last beat of bar 3
    [melody] = _melodies(midi_file([late]))
    assert melody.starts[0] == 3 * 24
    [melody] = _melodies(midi_file([late], meters=[(0, 4, 4), (10 * QUARTER, 3, 4)]))
    assert melody.starts[0] == 24
    assert str(melody.meters[0]) == "3/4"


def test_meter_changes_and_the_longest_tempo_are_kept() -> None:
    data = midi_file(
        [LINE],
        meters=[(0, 3, 4), (12 * QUARTER, 2, 4)],
        tempos=[(0, 60.0), (QUARTER, 100.0), (39 * QUARTER, 40.0)],
    )
    [melody] = _melodies(data)
    assert [(m.tick, str(m)) for m in melody.meters] == [(0, "3/4"), (288, "2/4")]
    assert melody.bpm == pytest.approx(100.0)


def _played(bpm: float, jitter: float, late: float) -> list[Triple]:
    """Play a rhythm at a tempo into a file that declares 120 bpm."""
    rng = np.random.default_rng(3)
    lengths = rng.choice([0.25, 0.5, 0.5, 1.0], 200)
    quarters = np.cumsum(lengths) - lengths
    starts = (quarters * 60 / bpm + rng.normal(0, jitter, 200) + late) * 2 * QUARTER
    ticks = [round(start) for start in starts.tolist()]
    pitches = 60 + rng.integers(0, 12, 200)
    ends = [*ticks[1:], ticks[-1] + QUARTER]
    return [
        (pitch, start, max(end - start - 10, 1))
        for pitch, start, end in zip(pitches.tolist(), ticks, ends, strict=True)
    ]


@pytest.mark.parametrize("bpm", [87.3, 103.0, 134.9])
def test_onsets_that_ignore_the_grid_are_re_timed(bpm: float) -> None:
    score = read_midi(midi_file([_played(bpm, jitter=0.004, late=0.3)]))
    found = extract(score, SETTINGS)
    [melody] = found.melodies
    assert len(melody) == 200
    assert np.mean(melody.starts % 6 == 0) > 0.9
    assert found.repairs[0].startswith("re-timed")
    level = melody.bpm / bpm
    assert min(abs(level - octave) for octave in (0.5, 1, 2)) < 0.01

    off = ReadSettings(min_notes=4, min_distinct_pitches=2, tempo="off")
    [as_declared] = extract(score, off).melodies
    assert np.mean(as_declared.starts % 6 == 0) < 0.5
    assert as_declared.bpm == 120.0


def test_a_good_grid_is_left_alone() -> None:
    assert extract(read_midi(midi_file([LINE])), SETTINGS).repairs == ()


def test_what_is_too_small_is_counted() -> None:
    assert _reason(midi_file([LINE[:3]])) == "1 × fewer than 4 notes"
    one_note = [(60, s, d) for _, s, d in LINE]
    assert _reason(midi_file([one_note])) == "1 × fewer than 2 different pitches"
    assert "no notes" in _reason(midi_file([]))
