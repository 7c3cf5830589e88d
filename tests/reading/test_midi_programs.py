"""Files as the big programs write them, with what is typical of each."""

from __future__ import annotations

import io

import mido
import pytest

from monody.music.melody import Melody
from monody.reading.extraction.extract import extract
from monody.reading.midi.parse import read_midi
from monody.settings.reading import ReadSettings
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
    program,
    sysex,
)

# Two bars of 4/4, twice: quarters, eighths, a half, in ticks of 24 to the quarter.
RHYTHM = [24, 24, 12, 12, 24, 12, 12, 24, 48] * 2
PITCHES = [60, 62, 64, 64, 65, 67, 65, 64, 60, 62, 64, 65, 67, 69, 67, 65, 64, 62]
STARTS = [sum(RHYTHM[:i]) for i in range(len(RHYTHM))]
TUNE: list[Triple] = list(zip(PITCHES, STARTS, RHYTHM, strict=True))


def _tune(quarter: int) -> list[Triple]:
    """Return the tune in ticks of a file."""
    return [(p, s * quarter // 24, d * quarter // 24) for p, s, d in TUNE]


def _melodies(data: bytes) -> list[Melody]:
    return list(extract([read_midi(data)], ReadSettings()).melodies)


def _check(data: bytes) -> Melody:
    """Check that a file holds the tune and nothing else."""
    [melody] = _melodies(data)
    assert melody.notes.tolist() == [list(note) for note in TUNE]
    return melody


def _without_tempo(data: bytes) -> None:
    assert b"\xff\x51" not in data


def test_a_clip_of_ableton_has_no_tempo_and_one_track() -> None:
    name = [meta(0, "track_name", name="Clip"), meta(0, "time_signature")]
    data = event_file([*name, *played(_tune(96))], ticks_per_quarter=96, file_format=0)
    _without_tempo(data)
    assert _check(data).bpm == 120.0


def test_logic_names_regions_and_sends_its_controllers() -> None:
    head = [
        meta(0, "smpte_offset", frame_rate=25, hours=1),
        meta(0, "set_tempo", tempo=500_000),
        meta(0, "time_signature"),
        meta(0, "key_signature", key="C"),
    ]
    track = [
        meta(0, "track_name", name="Inst 1"),
        meta(0, "text", text="Region 1"),
        meta(0, "marker", text="Verse"),
        control(0, 7, 100),
        control(0, 10, 64),
        control(0, 121, 0),
        *played(_tune(480)),
        control(7680, 123, 0),
    ]
    assert _check(event_file(head, track)).key == "C major"


def test_reaper_writes_all_notes_off_at_the_end() -> None:
    track = [*played(_tune(960)), control(15_360, 123, 0)]
    _check(
        event_file(
            [meta(0, "track_name", name="Piano"), *track],
            ticks_per_quarter=960,
            file_format=0,
        )
    )


def test_cubase_writes_ports_and_keyswitches() -> None:
    switches = [
        event for at in (0, 1920, 3840) for event in (on(at, 24), off(at + 240, 24))
    ]
    track = [
        meta(0, "midi_port", port=1),
        meta(0, "channel_prefix", channel=0),
        meta(0, "track_name", name="Solo Violin"),
        *switches,
        *played(_tune(480)),
    ]
    _check(event_file([meta(0, "track_name", name="Project")], track))


def test_keyswitches_just_before_the_notes_are_none_of_them() -> None:
    switches = [
        event for at in (950, 2870, 4790) for event in (on(at, 26), off(at + 30, 26))
    ]
    _check(event_file([*switches, *played(_tune(480))]))


def test_fl_studio_writes_96_ticks_and_a_track_for_the_tempo() -> None:
    head = [meta(0, "set_tempo", tempo=461_538), meta(0, "text", text="FL")]
    track = [program(0, 0), meta(0, "track_name", name="FL Keys"), *played(_tune(96))]
    melody = _check(event_file(head, track, ticks_per_quarter=96))
    assert melody.bpm == pytest.approx(130, abs=0.01)


def test_garageband_writes_each_event_with_its_status() -> None:
    track = b"".join(
        _delta(wait) + bytes([status, pitch, velocity])
        for wait, status, pitch, velocity in _statuses(_tune(480))
    )
    _check(_one_track(track))


def test_finale_writes_note_ons_of_velocity_0_by_running_status() -> None:
    events = [
        _delta(wait) + bytes([pitch, velocity if status == 0x90 else 0])
        for wait, status, pitch, velocity in _statuses(_tune(1024))
    ]
    events[0] = events[0][:1] + b"\x90" + events[0][1:]
    _check(_one_track(b"".join(events), quarter=1024))


def _statuses(notes: list[Triple]) -> list[tuple[int, int, int, int]]:
    """Return the wait, status, pitch and velocity of each event."""
    events, clock = [], 0
    for tick, message in sorted(played(notes), key=lambda event: event[0]):
        status = 0x90 if message.type == "note_on" else 0x80
        events.append((tick - clock, status, message.note, message.velocity))
        clock = tick
    return events


def _delta(wait: int) -> bytes:
    low = bytes([wait & 127])
    return low if wait < 128 else bytes([wait >> 7 | 128]) + low


def _one_track(events: bytes, quarter: int = 480) -> bytes:
    body = events + b"\0\xff\x2f\0"
    head = b"MThd\0\0\0\6\0\0\0\1" + quarter.to_bytes(2, "big")
    return head + b"MTrk" + len(body).to_bytes(4, "big") + body


def _gated(notes: list[Triple], share: float) -> list[Triple]:
    return [(p, s, int(d * share)) for p, s, d in notes]


@pytest.mark.parametrize("share", [0.9, 0.95, 0.98])
@pytest.mark.parametrize("quarter", [480, 960])
def test_musescore_and_sibelius_let_notes_go_early(share: float, quarter: int) -> None:
    notes = _gated(_tune(quarter), share)
    notes[-1] = _tune(quarter)[-1]  # nothing follows it
    _check(midi_file([notes], ticks_per_quarter=quarter))


def test_musescore_sends_its_controllers_at_the_start_and_ends_a_tick_early() -> None:
    start = [
        meta(0, "track_name", name="Violin"),
        *[control(0, number, 0) for number in (121, 0, 32)],
        *[program(0, 40), control(0, 7, 100), control(0, 10, 64)],
        *[control(0, 91, 0), control(0, 93, 0), meta(0, "midi_port", port=0)],
    ]
    notes = [(p, s, d - 1) for p, s, d in _tune(480)]
    melody = _check(event_file([*start, *played(notes)]))
    assert melody.program == 40


def test_staccato_stays_staccato_and_rests_stay_rests() -> None:
    staccato = _gated(_tune(480), 0.5)
    [melody] = _melodies(midi_file([staccato]))
    assert melody.durations.tolist() == [ticks // 2 for ticks in RHYTHM]


def test_a_written_rest_after_a_long_note_stays() -> None:
    notes = [(60 + i % 4, i * 1920, 1800) for i in range(10)]  # a 16th's rest
    [melody] = _melodies(midi_file([notes]))
    assert set(melody.durations.tolist()) == {90}


def test_sibelius_plays_a_little_beside_the_beat() -> None:
    beside = [
        (p, s + (7, -9, 5, 12)[i % 4] * (i > 0), d)
        for i, (p, s, d) in enumerate(_tune(480))
    ]
    [melody] = _melodies(midi_file([beside]))
    assert melody.pitches.tolist() == PITCHES
    assert melody.starts.tolist() == STARTS


def test_guitar_pro_gives_a_track_two_channels() -> None:
    notes = _tune(960)
    track = [
        meta(0, "track_name", name="Lead Guitar"),
        *[program(0, 29, 0), program(0, 29, 1)],
        *[
            event
            for i, note in enumerate(notes)
            for event in played([note], i % 5 == 2)
        ],
    ]
    bass = [
        meta(0, "track_name", name="Bass"),
        *[program(0, 33, 2), program(0, 33, 3)],
        *played([(p - 24, s, d) for p, s, d in notes], 2),
    ]
    lead, low = _melodies(event_file(track, bass, ticks_per_quarter=960))
    assert lead.notes.tolist() == [list(note) for note in TUNE]
    assert (lead.program, low.program) == (29, 33)


def test_a_reset_of_general_midi_is_no_damage() -> None:
    data = event_file([sysex(0, "7e 7f 09 01"), *played(_tune(480))])
    score = read_midi(data)
    assert score.repairs == ()
    _check(data)


def test_cue_points_lyrics_and_names_of_instruments_are_no_music() -> None:
    texts: list[Event] = [
        meta(0, "instrument_name", name="Soprano"),
        *[meta(480 * i, "lyrics", text=f"la{i}") for i in range(8)],
        *[meta(1920 * i, "cue_marker", text="take") for i in range(2)],
    ]
    _check(event_file([*texts, *played(_tune(480))]))


def test_repeated_notes_a_tick_apart_stay_apart() -> None:
    repeated = [(60 + i // 4, i * 240, 239) for i in range(16)]
    [melody] = _melodies(midi_file([repeated]))
    assert melody.durations.tolist() == [12] * 16


def test_files_made_here_are_those_that_mido_reads() -> None:
    data = event_file([meta(0, "track_name", name="x"), *played(_tune(480))])
    assert len(mido.MidiFile(file=io.BytesIO(data)).tracks) == 1
