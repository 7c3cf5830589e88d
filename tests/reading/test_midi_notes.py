"""Notes of MIDI files: where they begin and end, and which of them are heard."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.reading.midi.chunks import MidiFile
from monody.reading.midi.exact import exact_tracks
from monody.reading.midi.parse import read_midi
from monody.reading.midi.plain import parsed, plain_tracks
from monody.reading.raw_score import RawScore, RawTrack
from tests.builders.midi_files import (
    Event,
    Triple,
    control,
    event_file,
    meta,
    midi_file,
    off,
    on,
    played,
)
from tests.builders.profile import examples

QUARTER = 480


def _notes(track: RawTrack) -> list[Triple]:
    columns = (track.pitch, track.start, track.duration)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return sorted(rows, key=lambda note: (note[1], note[0], note[2]))


def _only(events: list[Event], end: int | None = None) -> tuple[list[Triple], RawScore]:
    """Read the notes of a file of one track, which ends at a tick."""
    ends = [] if end is None else [meta(end, "end_of_track")]
    score = read_midi(event_file([*events, *ends]))
    [track] = score.tracks
    return _notes(track), score


def test_two_voices_on_one_pitch_end_in_the_order_in_which_they_began() -> None:
    events = [on(0, 60), on(240, 60), off(480, 60), off(960, 60)]
    assert _only(events)[0] == [(60, 0, 480), (60, 240, 720)]


def test_a_unison_written_as_on_off_on_off_is_one_sounding_note() -> None:
    events = [on(0, 60), off(0, 60), on(0, 60), off(480, 60)]
    notes, score = _only(events)
    assert notes == [(60, 0, 480)]
    assert score.repairs == ("silent notes left out: 1",)


@pytest.mark.parametrize("offs_at_the_end", [1, 2, 3])
def test_a_note_without_length_behind_its_end_moves_no_other_end(
    offs_at_the_end: int,
) -> None:
    twice = [off(480, 60), off(480, 60), on(480, 60), on(480, 60)]
    later = [off(720, 60), on(960, 60), off(1200, 60), on(1440, 60)]
    ends = [off(1680, 60)] * offs_at_the_end
    notes, score = _only([on(0, 60), *twice, *later, *ends])
    assert notes == [(60, 0, 480), (60, 480, 240), (60, 960, 240), (60, 1440, 240)]
    assert score.repairs == ("silent notes left out: 1",)


def test_two_notes_of_a_unison_after_an_end_too_many_both_sound() -> None:
    events = [on(0, 60), off(480, 60), off(480, 60), on(480, 60), on(480, 60)]
    notes, _ = _only([*events, off(720, 60), off(960, 60), on(960, 60), off(1440, 60)])
    assert notes == [(60, 0, 480), (60, 480, 240), (60, 480, 480), (60, 960, 480)]


@pytest.mark.parametrize("pitch", [36, 60, 84])
def test_a_note_without_length_beside_a_sounding_one_is_silent(pitch: int) -> None:
    events = [on(0, 64), on(0, pitch), off(0, pitch), off(480, 64)]
    assert _only(events)[0] == [(64, 0, 480)]
    later = [on(0, 64), on(240, pitch), off(240, pitch), off(480, 64)]
    assert _only(later)[0] == [(64, 0, 480)]


def test_a_note_of_least_velocity_beside_a_sounding_one_is_silent() -> None:
    events = [on(0, 64), on(0, 84, velocity=1), off(480, 84), off(480, 64)]
    assert _only(events)[0] == [(64, 0, 480)]


def test_a_faint_note_beside_quiet_ones_is_meant() -> None:
    events = [on(0, 64, velocity=24), on(0, 84, velocity=1), off(480, 84), off(480, 64)]
    assert _only(events)[0] == [(64, 0, 480), (84, 0, 480)]


def test_quiet_notes_and_notes_without_length_that_are_alone_are_kept() -> None:
    quiet = [on(0, 60, velocity=1), off(480, 60), on(480, 62, velocity=1), off(960, 62)]
    assert _only(quiet)[0] == [(60, 0, 480), (62, 480, 480)]
    struck = [on(0, 60), off(0, 60), on(480, 62), off(480, 62)]
    assert [note[:2] for note in _only(struck)[0]] == [(60, 0), (62, 480)]


LINE: list[Triple] = [(60, 0, 480), (62, 480, 480), (64, 960, 480)]


def test_the_last_note_lasts_to_the_end_of_the_track() -> None:
    notes, score = _only([*played(LINE[:2]), on(960, 64)], end=1920)
    assert notes == [*LINE[:2], (64, 960, 960)]
    assert score.repairs == ("notes without an end closed: 1",)


def test_the_last_note_is_as_long_as_the_one_before_where_the_track_ends() -> None:
    assert _only([*played(LINE[:2]), on(960, 64)])[0] == LINE
    assert _only([on(0, 60)])[0] == [(60, 0, QUARTER)]


def test_a_pitch_struck_again_and_again_is_so_many_notes() -> None:
    events = [on(0, 60), on(480, 60), on(960, 60), off(1440, 60)]
    assert _only(events)[0] == [(60, 0, 480), (60, 480, 480), (60, 960, 480)]


def test_no_note_of_a_file_without_note_offs_is_lost() -> None:
    events = [on(s, p) for p, s, _ in LINE]
    assert _only(events, end=1440)[0] == LINE


def test_one_missing_note_off_does_not_move_the_ends_of_the_others() -> None:
    repeated: list[Triple] = [(60, 480 * i, 400) for i in range(8)]
    events = [e for e in played(repeated) if e[0] != 880 or e[1].type == "note_on"]
    expected = [*repeated]
    expected[1] = (60, 480, 480)
    assert _only(events)[0] == expected


@pytest.mark.parametrize("number", [120, 123, 124, 125, 126, 127])
def test_all_notes_off_ends_what_sounds(number: int) -> None:
    events = [on(0, 60), control(400, number, 0), on(480, 62), control(900, number, 0)]
    assert _only(events, end=1920)[0] == [(60, 0, 400), (62, 480, 420)]


def test_all_notes_off_where_nothing_sounds_changes_nothing() -> None:
    events = [control(0, 123, 0), *played(LINE), control(1440, 123, 0)]
    notes, score = _only(events)
    assert (notes, score.repairs) == (LINE, ())


def test_the_pedal_holds_notes_up_to_the_next() -> None:
    events = [
        *[control(0, 64, 127), control(1400, 64, 0)],
        *played([(60, 0, 100), (62, 480, 100), (64, 960, 100)]),
    ]
    notes, score = _only(events)
    assert notes == [(60, 0, 480), (62, 480, 480), (64, 960, 440)]
    assert score.repairs == ("notes held by the pedal: 3",)


@pytest.mark.parametrize("value", [0, 63])
def test_a_pedal_that_is_up_holds_nothing(value: int) -> None:
    short = [(60, 0, 100), (62, 480, 100)]
    events = [control(0, 64, value), *played(short), control(900, 64, 0)]
    assert _only(events)[0] == short


def test_a_pedal_that_is_never_let_go_is_a_setting() -> None:
    short = [(60, 0, 100), (62, 480, 100)]
    assert _only([control(0, 64, 127), *played(short)])[0] == short


def test_a_reset_of_all_controllers_lets_the_pedal_go() -> None:
    events = [control(0, 64, 127), *played([(60, 0, 100)]), control(300, 121, 0)]
    assert _only(events)[0] == [(60, 0, 300)]


def test_chords_under_the_pedal_are_held_together() -> None:
    chords = [(p, s, 100) for s in (0, 480) for p in (60, 64, 67)]
    events = [control(0, 64, 127), *played(chords), control(960, 64, 0)]
    assert _only(events)[0] == [(p, s, 480) for p, s, _ in chords]


def _signs(*signs: tuple[int, int, int]) -> list[tuple[int, str]]:
    data = midi_file([LINE], meters=signs)
    return [(meter.tick, str(meter)) for meter in read_midi(data).meters]


@pytest.mark.parametrize("every", [240, 480, 960, 1920])
def test_a_meter_written_again_moves_no_bar_line(every: int) -> None:
    signs = [(tick, 4, 4) for tick in range(0, 8000, every)]
    placed = _signs(*signs)
    assert all(tick % 1920 == 0 for tick, _ in placed)
    assert {name for _, name in placed} == {"4/4"}


def test_a_meter_written_at_every_beat_can_change() -> None:
    waltz = [(tick, 3, 4) for tick in range(0, 2880, 480)]
    march = [(tick, 2, 4) for tick in range(2880, 4800, 480)]
    assert _signs(*waltz, *march) == [(0, "3/4"), (2880, "2/4")]


def test_a_meter_written_again_after_a_pickup_begins_the_bars() -> None:
    assert _signs((0, 4, 4), (480, 4, 4)) == [(0, "4/4"), (480, "4/4")]


tunes = st.lists(
    st.lists(
        st.tuples(st.integers(0, 127), st.integers(0, 9999), st.integers(1, 999)),
        min_size=1,
        max_size=14,
    ),
    min_size=1,
    max_size=3,
)


def _apart(notes: list[Triple]) -> list[Triple]:
    """Keep notes whose pitch does not sound yet: others read as one wants."""
    kept: list[Triple] = []
    until: dict[int, int] = {}
    for pitch, start, length in sorted(notes, key=lambda note: note[1]):
        if start >= until.get(pitch, 0):
            kept.append((pitch, start, length))
            until[pitch] = start + length
    return kept


@settings(max_examples=examples(60))
@given(tracks=tunes, ticks=st.integers(1, 32767))
def test_healthy_files_read_the_same_fast_and_exactly(
    tracks: list[list[Triple]], ticks: int
) -> None:
    apart = [_apart(notes) for notes in tracks]
    file = MidiFile(midi_file(apart, ticks_per_quarter=ticks))
    scores = parsed(file)
    assert scores is not None
    fast, exact = plain_tracks(file, scores), exact_tracks(file)
    assert fast is not None
    assert fast[1] == exact[1] == ()
    assert [_notes(track) for track in fast[0]] == [*map(_sorted, apart)]
    for one, other in zip(fast[0], exact[0], strict=True):
        assert _notes(one) == _notes(other)
        assert (one.program, one.is_drum, one.name, one.index) == (
            other.program,
            other.is_drum,
            other.name,
            other.index,
        )


def _sorted(notes: list[Triple]) -> list[Triple]:
    return sorted(notes, key=lambda note: (note[1], note[0], note[2]))


strikes = st.lists(
    st.tuples(
        st.integers(0, 960),  # tick
        st.sampled_from([60, 61]),  # pitch, or a controller's value
        st.sampled_from(["on", "off", "quiet", "pedal", "silence", "reset"]),
        st.sampled_from([0, 0, 0, 1]),  # channel
    ),
    max_size=30,
)


def _event(tick: int, pitch: int, kind: str, channel: int) -> Event:
    if kind in ("on", "quiet"):
        return on(tick, pitch, channel, velocity=80 if kind == "on" else 1)
    if kind == "off":
        return off(tick, pitch, channel)
    number = {"pedal": 64, "silence": 123, "reset": 121}[kind]
    return control(tick, number, 127 * (pitch - 60), channel)


@settings(max_examples=examples(150))
@given(strikes)
def test_whatever_is_struck_fast_and_exact_reading_agree(
    struck: list[tuple[int, int, str, int]],
) -> None:
    file = MidiFile(event_file([_event(*strike) for strike in struck]))
    scores = parsed(file)
    assert scores is not None
    fast, exact = plain_tracks(file, scores), exact_tracks(file)
    if fast is not None:
        assert fast[1] == exact[1]
        assert [*map(_notes, fast[0])] == [*map(_notes, exact[0])]
    starts = [(t, p) for t, p, kind, _ in struck if kind in ("on", "quiet")]
    read = [(n[1], n[0]) for track in exact[0] for n in _notes(track)]
    silent = sum(int(text.split(": ")[1]) for text in exact[1] if "silent" in text)
    assert len(read) + silent == len(starts)
    assert set(read) <= set(starts)
