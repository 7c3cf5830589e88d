from __future__ import annotations

import struct

import pytest

from monody.reading.midi.parse import read_midi
from monody.reading.raw_score import UnreadableError
from tests.builders.midi_files import midi_file

GOOD = midi_file([[(60, 0, 480), (62, 480, 480)]], ticks_per_quarter=480)


def test_notes_tempos_and_meters_are_read() -> None:
    score = read_midi(
        midi_file(
            [[(60, 0, 480), (62, 480, 240)]],
            tempos=[(0, 120.0), (480, 90.0)],
            meters=[(0, 3, 4)],
            program=40,
        )
    )
    assert score.ticks_per_quarter == 480
    [track] = [track for track in score.tracks if len(track.pitch)]
    assert track.pitch.tolist() == [60, 62]
    assert track.start.tolist() == [0, 480]
    assert track.duration.tolist() == [480, 240]
    assert track.program == 40
    assert [round(bpm) for _, bpm in score.tempos] == [120, 90]
    assert [str(meter) for meter in score.meters] == ["3/4"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"<!DOCTYPE html><html>not found</html>", "a web page"),
        (b"\x00" * 500, "no MThd header"),
        (GOOD[:20], "no track can be read"),
        (GOOD[:10], "no track can be read"),
        (GOOD[:12] + struct.pack(">H", 0) + GOOD[14:], "ticks per quarter"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as caught:
        read_midi(data)
    assert caught.value.reason.advice


@pytest.mark.parametrize("length", range(len(GOOD)))
def test_a_file_cut_anywhere_is_read_or_refused(length: int) -> None:
    try:
        score = read_midi(GOOD[:length])
    except UnreadableError:
        return
    for track in score.tracks:
        assert set(track.pitch.tolist()) <= {60, 62}


def test_what_was_mended_is_named() -> None:
    assert read_midi(GOOD).repairs == ()
    wrapped = b"RIFF\0\0\0\0RMIDdata" + struct.pack("<I", len(GOOD)) + GOOD
    for data in (wrapped, GOOD[:-6]):
        score = read_midi(data)
        assert score.repairs
        assert len(score.tracks[0].pitch) >= 1


def test_stray_data_bytes_are_clamped() -> None:
    # The velocity of the first note-on becomes 0xC0, which no data byte may be.
    at = GOOD.index(bytes([0x90, 60, 80])) + 2
    score = read_midi(GOOD[:at] + b"\xc0" + GOOD[at + 1 :])
    assert "clamped" in score.repairs[0]
    assert score.tracks[0].pitch[0] == 60


def test_meaningless_meters_and_tempos_are_left_out() -> None:
    data = midi_file([[(60, 0, 480)]], meters=[(0, 4, 4)])
    at = data.index(b"\xff\x58\x04") + 3
    nonsense = data[:at] + bytes([4, 9]) + data[at + 2 :]  # 4/512
    at = nonsense.index(b"\xff\x51\x03") + 3
    nonsense = nonsense[:at] + b"\x00\x00\x00" + nonsense[at + 3 :]
    score = read_midi(nonsense)
    assert score.meters == ()
    assert score.tempos == ()
    assert len(score.tracks[0].pitch) == 1
