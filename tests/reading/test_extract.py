from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.reading.extraction.extract import extract
from monody.reading.extraction.monophony import one_voice
from monody.reading.extraction.ornaments import unrolled, without_graces
from monody.reading.midi.parse import read_midi
from monody.reading.note_table import gather
from monody.reading.raw_score import RawScore, RawTrack
from monody.reading.reasons import FileReport
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import Triple, midi_file

SETTINGS = ReadSettings(
    min_notes=4, min_distinct_pitches=2, max_rest_quarters=8, line="tolerant"
)
QUARTER = 480
# Twenty quarters, C D C D …: one overlap or chord among them is 5 % or 10 %.
LINE: list[Triple] = [(60 + 2 * (i % 2), i * QUARTER, QUARTER) for i in range(40)]


def _melodies(data: bytes, settings: ReadSettings = SETTINGS) -> list[Melody]:
    return list(extract([read_midi(data)], settings).melodies)


def _report(data: bytes, settings: ReadSettings = SETTINGS) -> FileReport:
    [report] = extract([read_midi(data)], settings).reports
    return report


def _reason(data: bytes, settings: ReadSettings = SETTINGS) -> str:
    return _report(data, settings).left_out_text


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
    assert [len(melody) for melody in _melodies(data)] == [40]
    assert _report(data).repairs == ("doubled notes made single: 40",)


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
    data = midi_file([_played(bpm, jitter=0.004, late=0.3)])
    [melody] = _melodies(data)
    assert len(melody) == 200
    assert np.mean(melody.starts % 6 == 0) > 0.9
    assert _report(data).repairs[0].startswith("tempo fitted")
    level = melody.bpm / bpm
    assert min(abs(level - octave) for octave in (0.5, 1, 2)) < 0.01

    [as_declared] = _melodies(data, replace(SETTINGS, tempo="off"))
    assert np.mean(as_declared.starts % 6 == 0) < 0.5
    assert as_declared.bpm == 120.0


def test_a_good_grid_is_left_alone() -> None:
    for tempo in ("auto", "always"):
        settings = replace(SETTINGS, tempo=tempo)
        assert _report(midi_file([LINE]), settings).repairs == ()
        assert _melodies(midi_file([LINE]), settings) == _melodies(midi_file([LINE]))


def test_what_is_too_small_is_counted() -> None:
    assert _reason(midi_file([LINE[:3]])) == "1 × fewer than 4 notes"
    one_note = [(60, s, d) for _, s, d in LINE]
    assert _reason(midi_file([one_note])) == "1 × fewer than 2 different pitches"
    assert "no notes" in _reason(midi_file([]))


CHORDS: list[Triple] = [(p + up, s, d) for p, s, d in LINE for up in (-12, -8, 0)]


def test_the_strict_rule_wants_no_overlap_at_all() -> None:
    strict = replace(SETTINGS, line="strict")
    assert len(_melodies(midi_file([LINE]), strict)) == 1
    legato = [(p, s, d + 1) for p, s, d in LINE]
    assert _reason(midi_file([legato]), strict) == "1 × overlapping notes"


def test_a_skyline_is_the_top_of_whatever_sounds() -> None:
    [melody] = _melodies(midi_file([CHORDS]), replace(SETTINGS, line="skyline"))
    assert melody.pitches.tolist() == [pitch for pitch, _, _ in LINE]
    assert set(melody.durations.tolist()) == {24}


def test_under_a_held_note_nothing_is_the_top() -> None:
    held = [(72, bar * 4 * QUARTER, 4 * QUARTER) for bar in range(10)]
    data = midi_file([[*LINE, *held]])
    [melody] = _melodies(
        data, replace(SETTINGS, line="skyline", min_distinct_pitches=1)
    )
    assert set(melody.pitches.tolist()) == {72}


def test_a_broken_chord_is_a_chord_and_a_legato_descent_is_a_line() -> None:
    broken = [(p - 4 * i, s + 20 * i, d) for p, s, d in LINE for i in range(3)]
    skyline = replace(SETTINGS, line="skyline")
    [melody] = _melodies(midi_file([broken]), skyline)
    assert melody.pitches.tolist() == [pitch for pitch, _, _ in LINE]
    falling = [(100 - i, i * QUARTER, QUARTER + 50) for i in range(40)]
    [melody] = _melodies(midi_file([falling]), skyline)
    assert len(melody) == 40


def test_auto_takes_a_top_line_where_a_file_has_nothing_else() -> None:
    auto = replace(SETTINGS, line="auto")
    fewer = CHORDS[:60]
    data = midi_file([fewer, CHORDS])
    [melody] = _melodies(data, auto)
    assert (len(melody), melody.track) == (40, 1)  # the track with the most notes
    assert "top line of track 2 taken, 40 of 120 notes" in _report(data, auto).repairs
    [melody] = _melodies(midi_file([CHORDS, LINE]), auto)
    assert melody.track == 1
    assert _melodies(midi_file([CHORDS])) == []  # tolerant alone


def test_the_best_track_is_the_one_with_the_most_notes() -> None:
    best = replace(SETTINGS, tracks="best")
    data = midi_file([LINE[:10], LINE, LINE[:20]])
    assert [len(melody) for melody in _melodies(data)] == [10, 40, 20]
    assert [len(melody) for melody in _melodies(data, best)] == [40]
    assert _reason(data, best) == "2 × another track has more notes"


def test_only_the_pitches_and_meters_wanted_are_taken() -> None:
    low = [(p - 24, s, d) for p, s, d in LINE]
    high = replace(SETTINGS, pitch_range="C4..C6")
    assert len(_melodies(midi_file([LINE, low]), high)) == 1
    assert _reason(midi_file([low]), high) == "1 × notes outside C4..C6"
    waltz = midi_file([LINE], meters=[(0, 3, 4)])
    mixed = midi_file([LINE], meters=[(0, 3, 4), (12 * QUARTER, 4, 4)])
    wanted = replace(SETTINGS, meters="3/4, 6/8")
    assert len(_melodies(waltz, wanted)) == 1
    assert _reason(mixed, wanted) == "1 × the meter is 4/4"


def test_files_together_give_what_each_gives_alone() -> None:
    files = [
        midi_file([LINE, CHORDS]),
        midi_file([]),
        midi_file([_played(87.3, jitter=0.004, late=0.3)]),
        midi_file([CHORDS], meters=[(0, 3, 4), (12 * QUARTER, 2, 4)]),
        midi_file([LINE], ticks_per_quarter=96),
    ]
    auto = replace(SETTINGS, line="auto")
    together = extract([read_midi(data) for data in files], auto)
    alone = [extract([read_midi(data)], auto) for data in files]
    assert list(together.melodies) == [m for found in alone for m in found.melodies]
    assert together.reports == [found.reports[0] for found in alone]
    assert together.melodies.info["file"].tolist() == [0, 2, 3, 4]


def _late(notes: list[Triple], ticks: int) -> list[Triple]:
    return [(p, s + ticks, d) for p, s, d in notes]


def test_played_notes_that_just_miss_the_beat_are_put_on_it() -> None:
    rng = np.random.default_rng(5)
    played = [(p, s + int(rng.integers(0, 18)), d - 40) for p, s, d in LINE]
    data = midi_file([played])
    [melody] = _melodies(data)
    assert melody.starts.tolist() == [24 * i for i in range(40)]
    assert set(melody.durations.tolist()) == {24}
    onsets, ends = _report(data).repairs
    assert onsets.startswith("onsets just off the grid put on it: ")
    assert ends.startswith("note ends put on the grid: ")
    [as_played] = _melodies(data, replace(SETTINGS, tempo="off"))
    assert np.any(as_played.starts % 6 == 1)


def test_a_file_that_is_late_throughout_is_put_on_the_beat() -> None:
    [melody] = _melodies(midi_file([_late(LINE, 15)]))  # 3 % of a quarter
    assert set((melody.starts % 24).tolist()) == {0}


def test_notes_a_tick_apart_stay_apart_and_chords_together() -> None:
    # In ticks of 24: grace notes at 23 before the beat at 24, a chord at 11.
    beats = [(60, 24 * i, 12) for i in range(20)]
    near = [(62, 24 * i + 23, 1) for i in range(0, 20, 4)]
    chords = [(p, 24 * 3 + 11, 3) for p in (55, 57)]
    data = midi_file([[*beats, *near, *chords]], ticks_per_quarter=24)
    for settings in (SETTINGS, replace(SETTINGS, line="skyline", tempo="always")):
        for melody in _melodies(data, settings):
            assert np.all(np.diff(melody.starts) > 0)
            assert np.all(melody.ends[:-1] <= melody.starts[1:])


def test_a_long_note_under_others_hides_no_silence() -> None:
    later = _late(LINE, 80 * QUARTER)
    held = [(48, 10 * QUARTER, 60 * QUARTER)]
    first, second = _melodies(midi_file([[*LINE, *held, *later]]))
    assert len(second) == 40
    assert first.end < second.end + 40 * 24


def test_a_note_that_lasts_for_minutes_is_cut() -> None:
    data = midi_file([[*LINE, (64, 40 * QUARTER, 5000 * QUARTER)]])
    [melody] = _melodies(data)
    assert melody.durations[-1] == 64 * 24
    assert _report(data).repairs == ("overlong notes cut: 1",)


@given(
    st.lists(
        st.tuples(st.integers(50, 70), st.integers(0, 400), st.integers(1, 2000)),
        min_size=1,
        max_size=80,
    ),
    st.sampled_from(["strict", "tolerant", "skyline", "auto"]),
    st.sampled_from(["auto", "off", "always"]),
    st.sampled_from([4, 24, 96]),
)
def test_whatever_is_played_melodies_are_valid_and_rests_split_them(
    notes: list[Triple], line: str, tempo: str, ticks_per_quarter: int
) -> None:
    pitch, start, duration = np.array(notes).T
    track = RawTrack(pitch, start, duration, 0, False, 0)
    score = RawScore(ticks_per_quarter, (track,), (), (), ())
    settings = ReadSettings(min_notes=1, min_distinct_pitches=1, line=line, tempo=tempo)
    [report] = (found := extract([score], settings)).reports
    for melody in found.melodies:  # making them checks them
        rests = melody.starts[1:] - melody.ends[:-1]
        assert np.all(rests < 8 * 24)
        assert melody.starts[0] < 4 * 24
    assert len(found.melodies) or report.left_out


def _pitches_and_places(notes: list[Triple]) -> list[tuple[list[int], ...]]:
    return [
        (melody.pitches.tolist(), melody.starts.tolist(), melody.durations.tolist())
        for melody in _melodies(midi_file([notes]), replace(SETTINGS, line="auto"))
    ]


PLAIN = (
    [pitch for pitch, _, _ in LINE],
    [24 * i for i in range(40)],
    [24] * 40,
)


@pytest.mark.parametrize("order", [(0, 10, 20), (20, 10, 0), (0, 15, 7)])
@pytest.mark.parametrize("count", [1, 8])
def test_the_top_of_a_rolled_chord_is_on_the_beat_with_its_length(
    order: tuple[int, int, int], count: int
) -> None:
    rolled = [
        (p - down, s + late, d - late)
        for p, s, d in LINE[4 : 4 + count]
        for down, late in zip((12, 5, 0), order, strict=True)
    ]
    notes = [*LINE[:4], *rolled, *LINE[4 + count :]]
    assert _pitches_and_places(notes) == [PLAIN]


def test_a_chord_rolled_as_by_musescore_is_a_chord() -> None:
    p, s, d = LINE[8]
    rolled = [(p - 7 * (2 - i), s + 64 * i, d - 64 * i) for i in range(3)]
    assert _pitches_and_places([*LINE[:8], *rolled, *LINE[9:]]) == [PLAIN]


@pytest.mark.parametrize("ticks", [5, 10, 20, 30, 40, 55])
@pytest.mark.parametrize("up", [-2, 2])
@pytest.mark.parametrize("shortens", [True, False])
def test_grace_notes_before_the_beat_stay_out(
    ticks: int, up: int, shortens: bool
) -> None:
    notes = [*LINE]
    for i in (3, 8, 9, 20):
        p, s, d = notes[i - 1]
        notes[i - 1] = (p, s, d - ticks * shortens)
    graces = [(LINE[i][0] + up, LINE[i][1] - ticks, ticks) for i in (3, 8, 9, 20)]
    assert _pitches_and_places([*notes, *graces]) == [PLAIN]
    assert "grace notes left out: 4" in _report(midi_file([[*notes, *graces]])).repairs


@pytest.mark.parametrize("ticks", [10, 30, 62])
def test_grace_notes_on_the_beat_give_it_to_their_note(ticks: int) -> None:
    notes = [*LINE]
    for i in (3, 8):
        p, s, d = LINE[i]
        notes[i] = (p, s + ticks, d - ticks)
    graces = [(LINE[i][0] + 1, LINE[i][1], ticks) for i in (3, 8)]
    assert _pitches_and_places([*notes, *graces]) == [PLAIN]


def test_two_grace_notes_before_one_note_stay_out() -> None:
    graces = [(70, 4 * QUARTER - 50, 25), (71, 4 * QUARTER - 25, 25)]
    assert _pitches_and_places([*LINE, *graces]) == [PLAIN]


def test_runs_of_short_notes_and_dotted_rhythms_are_no_grace_notes() -> None:
    run = [(60 + i % 12, 30 * i, 30) for i in range(16)]
    [(pitches, _, _)] = _pitches_and_places([*run, *LINE[1:]])
    assert len(pitches) == 16 + 39
    dotted = [(60, 0, 210), (62, 210, 30), (64, 240, 240)]
    [(pitches, _, _)] = _pitches_and_places([*dotted, *LINE[1:]])
    assert pitches[:3] == [60, 62, 64]
    thirty_seconds = [(60, 0, 420), (62, 420, 60)]
    [(pitches, starts, _)] = _pitches_and_places([*thirty_seconds, *LINE[1:]])
    assert (pitches[1], starts[1]) == (62, 21)


def test_short_notes_of_notation_are_no_grace_notes() -> None:
    notes = [*LINE, (70, 4 * QUARTER - 20, 20)]
    pitch, start, duration = np.array(notes).T
    track = RawTrack(pitch, start, duration, 0, False, 0)
    score = RawScore(480, (track,), (), (), (), is_written=True)
    [melody] = extract([score], SETTINGS).melodies
    assert len(melody) == 41


def test_the_longer_of_two_voices_in_unison_is_heard() -> None:
    short = [(p, s, 60) for p, s, _ in LINE]
    assert _pitches_and_places([*short, *LINE]) == [PLAIN]
    assert _pitches_and_places([*LINE, *short]) == [PLAIN]


def test_a_pitch_that_is_struck_again_while_it_sounds_is_two_notes() -> None:
    again = [(60 + i // 4, i * QUARTER, QUARTER + 200) for i in range(40)]
    [(pitches, starts, lengths)] = _pitches_and_places(again)
    assert pitches == [60 + i // 4 for i in range(40)]
    assert starts == [24 * i for i in range(40)]
    assert lengths[:-1] == [24] * 39


def test_keyswitches_are_left_out_and_named() -> None:
    switches = [(24 + i % 3, s, 240) for i, (_, s, _) in enumerate(LINE[::4])]
    data = midi_file([[*LINE, *switches]])
    assert _pitches_and_places([*LINE, *switches]) == [PLAIN]
    assert _report(data).repairs == ("keyswitches left out: 10",)


def test_low_notes_of_a_bass_are_no_keyswitches() -> None:
    bass = [(28 + 3 * (i % 6), s, d) for i, (_, s, d) in enumerate(LINE)]
    [(pitches, _, _)] = _pitches_and_places(bass)
    assert pitches == [pitch for pitch, _, _ in bass]


@given(
    st.lists(
        st.tuples(st.integers(60, 64), st.integers(0, 2000), st.integers(1, 200)),
        min_size=1,
        max_size=60,
    )
)
def test_ornaments_leave_notes_in_order(notes: list[Triple]) -> None:
    pitch, start, length = np.array(notes).T
    track = RawTrack(pitch, start, length, 0, False, 0)
    quarters, played = np.array([96]), np.array([True])
    table = unrolled(gather([track], quarters), quarters, played)
    kept = without_graces(one_voice(table), quarters, played)
    assert np.all(np.diff(kept.start) >= 0)
    assert np.all(kept.end > kept.start)
