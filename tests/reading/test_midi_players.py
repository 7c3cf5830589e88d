"""One player, one line: whatever channels, programs and banks it uses."""

from __future__ import annotations

import pytest

from monody.reading.midi.parse import read_midi
from tests.builders.midi_files import (
    Event,
    Triple,
    control,
    event_file,
    meta,
    off,
    on,
    played,
    program,
    sysex,
)

QUARTER = 480
LINE: list[Triple] = [(60 + i % 5, i * QUARTER, QUARTER) for i in range(12)]
LOWER: list[Triple] = [(p - 12, s, d) for p, s, d in LINE]
HEAD: list[Event] = [meta(0, "set_tempo", tempo=500_000)]


def _lines(data: bytes) -> list[list[Triple]]:
    return [
        sorted(
            zip(
                track.pitch.tolist(),
                track.start.tolist(),
                track.duration.tolist(),
                strict=True,
            ),
            key=lambda note: note[1:2] + note[:1],
        )
        for track in read_midi(data).tracks
    ]


def _on_channels(channels: list[int], notes: list[Triple] = LINE) -> list[Event]:
    """Play each note on the next of some channels."""
    return [
        event
        for i, note in enumerate(notes)
        for event in played([note], channels[i % len(channels)])
    ]


def test_changes_of_program_leave_a_line_whole() -> None:
    changes = [program(i * QUARTER, 40 + i % 3) for i in range(8)]
    data = event_file(HEAD, [*changes, *played(LINE)])
    assert _lines(data) == [LINE]


def test_the_program_of_a_line_is_that_of_most_of_its_notes() -> None:
    changes = [program(0, 0), program(2 * QUARTER, 73), program(11 * QUARTER, 5)]
    [track] = read_midi(event_file([*changes, *played(LINE)])).tracks
    assert track.program == 73


def test_changes_of_bank_leave_a_line_whole() -> None:
    banks = [
        event
        for i in range(6)
        for event in (
            control(2 * i * QUARTER, 0, i),
            control(2 * i * QUARTER, 32, 1),
            program(2 * i * QUARTER, 48 + i),
        )
    ]
    assert _lines(event_file(HEAD, [*banks, *played(LINE)])) == [LINE]


@pytest.mark.parametrize("file_format", [0, 1])
@pytest.mark.parametrize("channels", [[0, 1, 2, 3, 4, 5], [1, 2], [*range(1, 15)]])
def test_a_channel_for_each_string_or_note_is_one_line(
    channels: list[int], file_format: int
) -> None:
    channels = [channel for channel in channels if channel != 9]
    data = event_file(_on_channels(channels), file_format=file_format)
    assert _lines(data) == [LINE]


def test_legato_from_string_to_string_is_one_line() -> None:
    legato = [(p, s, d + 40) for p, s, d in LINE]
    assert _lines(event_file(HEAD, _on_channels([0, 1, 2], legato))) == [legato]


def test_a_guitar_with_some_chords_is_one_player() -> None:
    chords = [(p - 5, s, d) for p, s, d in LINE[::3]]
    events = [*_on_channels([0, 2, 1, 3], LINE), *_on_channels([4, 5], chords)]
    [line] = _lines(event_file(HEAD, events))
    assert line == sorted([*LINE, *chords], key=lambda note: note[1:2] + note[:1])


def test_chords_of_mpe_are_one_player() -> None:
    zone = [control(0, 101, 0), control(0, 100, 6), control(0, 6, 15)]
    chords = [(p + up, s, d) for p, s, d in LINE for up in (0, 4, 7)]
    events = [*zone, *_on_channels([1, 2, 3], chords)]
    assert [len(line) for line in _lines(event_file(events))] == [36]


def test_a_violin_that_changes_its_channel_for_pizzicato_is_one_player() -> None:
    violin = [
        *[program(0, 40, 0), program(0, 45, 1)],
        *played(LINE[:6], 0),
        *played(LINE[6:], 1),
    ]
    assert _lines(event_file(violin, played(LOWER, 5))) == [LINE, LOWER]


@pytest.mark.parametrize("file_format", [0, 1])
def test_lines_that_sound_together_are_apart(file_format: int) -> None:
    data = event_file([*played(LINE, 3), *played(LOWER, 7)], file_format=file_format)
    assert _lines(data) == [LINE, LOWER]


def test_voices_of_a_choir_are_apart() -> None:
    voices = [[(p - 4 * i, s, d) for p, s, d in LINE] for i in range(4)]
    events = [event for i, voice in enumerate(voices) for event in played(voice, i)]
    assert _lines(event_file(events, file_format=0)) == voices


def test_two_instruments_of_a_band_that_never_meet_are_two_players() -> None:
    band = [
        *[program(0, 73, 0), program(0, 56, 1)],
        *played(LINE[:6], 0),
        *played(LINE[6:], 1),
    ]
    assert _lines(event_file(band, file_format=0)) == [LINE[:6], LINE[6:]]


def test_tracks_on_one_channel_keep_their_own_programs_and_pedals() -> None:
    flute = [program(0, 73), *played(LINE)]
    short = [(p, s, 240) for p, s, _ in LOWER]
    piano = [program(0, 0), control(0, 64, 127), control(9000, 64, 0), *played(short)]
    first, second = read_midi(event_file(HEAD, flute, piano)).tracks
    assert (first.program, second.program) == (73, 0)
    assert set(first.duration.tolist()) == {QUARTER}
    assert second.duration.tolist()[:11] == [QUARTER] * 11


def test_a_track_without_notes_steers_the_channels_of_others() -> None:
    steering = [program(0, 73, 2), program(0, 40, 4)]
    data = event_file(steering, played(LINE, 2), played(LOWER, 4))
    assert [track.program for track in read_midi(data).tracks] == [73, 40]


def test_tracks_have_their_names() -> None:
    data = event_file(
        [meta(0, "track_name", name="A Song")],
        [meta(0, "track_name", name="Flöte"), *played(LINE)],
    )
    assert [track.name for track in read_midi(data).tracks] == ["Flöte"]


KITS = {
    "channel 10": ([], 9),
    "GM2 bank": ([control(0, 0, 120, 3), program(0, 0, 3)], 3),
    "XG drum bank": ([control(0, 0, 127, 3), program(0, 0, 3)], 3),
    "XG effects bank": ([control(0, 0, 126, 3), program(0, 0, 3)], 3),
    "GS part": ([sysex(0, "41 10 42 12 40 14 15 01 16")], 3),
    "GS part beyond channel 10": ([sysex(0, "41 10 42 12 40 1b 15 02 0e")], 11),
    "XG part": ([sysex(0, "43 10 4c 08 03 07 01")], 3),
}


@pytest.mark.parametrize("kind", KITS)
def test_drum_kits_are_known_by_bank_and_message(kind: str) -> None:
    events, channel = KITS[kind]
    data = event_file(HEAD, [*events, *played(LINE, channel)], played(LOWER, 5))
    assert [track.is_drum for track in read_midi(data).tracks] == [True, False]


@pytest.mark.parametrize(
    "name",
    [
        *["Drums", "DRUMS 2", "Drum Kit", "Percussion", "Batteria", "Schlagzeug"],
        *["Batterie", "Batería", "Percusión", "Bateria", "Slagverk", "Ударные"],
        *["ドラム", "Joe's drums", "Snare", "Hi-Hat (closed)", "Bass Drum", "Perc."],
    ],
)
def test_drum_kits_are_known_by_name(name: str) -> None:
    kit = [meta(0, "track_name", name="x"), *played(LINE)]
    data = event_file(HEAD, kit)
    body = name.encode()
    old, new = b"\xff\x03\x01x", b"\xff\x03" + bytes([len(body)]) + body
    at = data.index(old)
    size_at = data.rindex(b"MTrk", 0, at) + 4
    size = int.from_bytes(data[size_at : size_at + 4], "big") + len(body) - 1
    data = data[:size_at] + size.to_bytes(4, "big") + data[size_at + 4 :]
    [track] = read_midi(data.replace(old, new)).tracks
    assert (track.name, track.is_drum) == (name, True)


@pytest.mark.parametrize(
    "name",
    ["Steel Drums", "Tuned Percussion", "Percussive Organ", "Drumond", "Timpani", ""],
)
def test_instruments_with_pitches_are_no_drum_kits(name: str) -> None:
    data = event_file(HEAD, [meta(0, "track_name", name=name), *played(LINE)])
    assert [track.is_drum for track in read_midi(data).tracks] == [False]


def test_a_title_that_speaks_of_drums_makes_no_kit() -> None:
    for name, is_kit in (("The Drum of War", False), ("Drums", True)):
        song = [meta(0, "track_name", name=name), *played(LINE)]
        [track] = read_midi(event_file(song, file_format=0)).tracks
        assert track.is_drum is is_kit


def test_channel_10_may_be_a_melody_by_its_bank() -> None:
    data = event_file([control(0, 0, 121, 9), program(0, 11, 9), *played(LINE, 9)])
    assert [track.is_drum for track in read_midi(data).tracks] == [False]


def test_banks_of_a_roland_are_melodies() -> None:
    reset = sysex(0, "41 10 42 12 40 00 7f 00 41")
    data = event_file([reset, control(0, 0, 127, 3), *played(LINE, 3)])
    assert [track.is_drum for track in read_midi(data).tracks] == [False]


def test_a_drum_kit_beside_a_line_in_one_track_is_apart() -> None:
    kit = [(36, s, 60) for _, s, _ in LINE]
    tracks = read_midi(event_file([*played(LINE), *played(kit, 9)])).tracks
    assert [(track.is_drum, len(track.pitch)) for track in tracks] == [
        (False, 12),
        (True, 12),
    ]


def test_patterns_keep_their_own_tempo_and_meter() -> None:
    from monody.reading.midi.parse import read_patterns

    waltz = [
        meta(0, "time_signature", numerator=3, denominator=4),
        meta(0, "set_tempo", tempo=400_000),
    ]
    march = [
        meta(0, "time_signature", numerator=2, denominator=4),
        meta(0, "set_tempo", tempo=600_000),
    ]
    data = event_file([*waltz, *played(LINE)], [*march, *played(LOWER)], file_format=2)
    first, second = read_patterns(data)
    assert [str(score.meters[0]) for score in (first, second)] == ["3/4", "2/4"]
    assert [round(score.tempos[0][1]) for score in (first, second)] == [150, 100]
    assert (first.piece, second.piece) == (0, 1)
    assert [len(score.tracks) for score in (first, second)] == [1, 1]


def test_note_offs_in_another_track_end_the_notes() -> None:
    ons = [on(s, p) for p, s, _ in LINE]
    offs = [off(s + 300, p) for p, s, _ in LINE]
    assert _lines(event_file(ons, offs)) == [[(p, s, 300) for p, s, _ in LINE]]
