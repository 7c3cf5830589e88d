from __future__ import annotations

import io
import time
from collections.abc import Callable

import mido
import pretty_midi
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monody.music import smf as midi_text
from monody.music.smf import texts_of, with_text
from tests.builders.broken_files import (
    END,
    GOOD,
    MAX_NUMBER,
    amid,
    broken_files,
    chunk,
    meta,
    note,
    notes,
    one_track,
    riff,
    tracks_file,
    with_events,
)

BROKEN = broken_files()
HELLO = meta(1, b"hello")
SYSEX = b"\x00\xf0\x06\x43\xff\x01\x02hi\xf7"  # what stands in it is no text


def _saved_by_mido(data: bytes) -> bytes:
    buffer = io.BytesIO()
    mido.MidiFile(file=io.BytesIO(data)).save(file=buffer)
    return buffer.getvalue()


def _saved_by_pretty_midi(data: bytes) -> bytes:
    buffer = io.BytesIO()
    pretty_midi.PrettyMIDI(io.BytesIO(data)).write(buffer)
    return buffer.getvalue()


@given(st.text(), st.text())
@example("", "")
@example("MTrk", "MTrk\0\0\0\x04\0\xff\x2f\0")
@example("x" * 127, "x" * 128)
@example("x" * 16_383, "x" * 16_384)
@example("é" * 20_000, "𝄞" * 524_288)
def test_texts_come_back_the_last_written_first(first: str, second: str) -> None:
    assert texts_of(with_text(with_text(GOOD, first), second)) == [second, first]


@given(st.text())
def test_only_the_first_track_changes_and_its_length_is_right(text: str) -> None:
    data = with_text(GOOD, text)
    grown = len(data) - len(GOOD)
    assert (data[:18], data[22 + grown :]) == (GOOD[:18], GOOD[22:])
    size, old_size = (int.from_bytes(file[18:22], "big") for file in (data, GOOD))
    assert size == old_size + grown


@pytest.mark.parametrize("save", [_saved_by_mido, _saved_by_pretty_midi])
@pytest.mark.parametrize("text", ['{"seed": 7}', "x" * 20_000, "naïve 𝄞", ""])
def test_texts_survive_another_program(
    save: Callable[[bytes], bytes], text: str
) -> None:
    assert texts_of(save(with_text(GOOD, text))) == [text]


def test_texts_of_all_tracks_come_in_order() -> None:
    tracks = [
        HELLO + notes(4) + meta(1, b"again") + meta(3, b"a name, not a text"),
        meta(5, b"a lyric") + note(60) + meta(6, b"a marker"),
        notes(2) + meta(1, b"at the end"),
    ]
    chunks = [chunk(b"MTrk", events + END) for events in tracks]
    chunks.insert(1, chunk(b"XFIH", b"a chunk of another program"))
    assert texts_of(tracks_file(*chunks)) == ["hello", "again", "at the end"]


def test_old_programs_wrote_latin_1() -> None:
    assert texts_of(with_events(meta(1, b"caf\xe9"))) == ["café"]


@pytest.mark.parametrize(
    "before",
    [
        b"\x00\x90\x3c\x50\x60\x3c\x00",  # a note's end by running status
        b"\x00\x90\x3c\x50\x00\xff\x03\x01a\x60\x3c\x00",  # after a meta event
        b"\x00\xc0\x07\x00\x08\x00\xd0\x01\x00\x02",  # of one data byte each
        b"\x00\x90\x3c\x50" + SYSEX + b"\x60\x3c\x00",
        SYSEX,
        b"\x00\xf7\x03\xff\x01\x00",  # a sysex goes on, or bytes as they are
        b"\x00\xf1\x05\x00\xf2\x05\x05\x00\xf3\x05\x00\xf6\x00\xfe",
        b"\x00\xe0\x00\x40\x00\xb0\x07\x7f\x00\x0a\x40",
        b"\x00\xff\x7f\x81\x00" + b"\xff\x01\x02hi" * 25 + b"abc",
        MAX_NUMBER + b"\x90\x3c\x50" + b"\x80\x80\x80\x80\x60\x80\x3c\x00",
        meta(0x58, b"\x04\x02\x18\x08") + meta(0x51, b"\x07\xa1\x20"),
    ],
)
def test_other_events_are_stepped_over(before: bytes) -> None:
    assert texts_of(with_events(before + HELLO)) == ["hello"]
    assert texts_of(amid(before + HELLO)) == ["hello"]


def test_what_follows_a_flaw_is_lost_but_not_the_next_track() -> None:
    lost = chunk(b"MTrk", HELLO + b"\x00\xf0\x7fopen" + END)
    no_status = chunk(b"MTrk", b"\x00\x3c\x50" + HELLO + END)
    whole = chunk(b"MTrk", meta(1, b"whole") + END)
    assert texts_of(tracks_file(lost, no_status, whole)) == ["hello", "whole"]


@pytest.mark.parametrize("size", [0, 3, 20, 10_000, 2**32 - 1])
def test_a_wrong_chunk_length_hides_no_text(size: int) -> None:
    liar = chunk(b"MTrk", notes(2) + HELLO + END, size)
    other = chunk(b"MTrk", meta(1, b"other") + END)
    assert texts_of(tracks_file(liar, other)) == ["hello", "other"]


def test_a_wrapped_file_is_read_too() -> None:
    assert texts_of(riff(with_text(GOOD, "inside"))) == ["inside"]


@given(st.integers(0, len(GOOD) + 13))
def test_a_cut_file_has_its_text_or_none(length: int) -> None:
    data = with_text(GOOD, "passport")
    end = data.index(b"passport") + len("passport")
    assert texts_of(data[:length]) == (["passport"] if length >= end else [])


@given(st.binary(), st.binary())
def test_any_bytes_are_read_without_an_error(one: bytes, other: bytes) -> None:
    assert texts_of(one) == [] or b"MTrk" in one
    texts_of(b"MTrk" + one)
    texts_of(one_track(one + HELLO) + chunk(b"MTrk", other))


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_byte_gone_wrong_is_no_error(at: int, byte: int) -> None:
    data = with_text(GOOD, "passport")
    texts_of(data[:at] + bytes([byte]) + data[at + 1 :])


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_broken_files_are_no_error(kind: str) -> None:
    texts_of(BROKEN[kind])


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\xff",
        b"MTrk",
        b"MTrk\0\0\0\0",
        b"\x00\xf0\x7f",
        b"\x00\xff\x01\x00",
        b"\0\x90",
    ],
)
def test_the_time_grows_with_the_size_only(nonsense: bytes) -> None:
    began = time.process_time()
    texts_of(one_track(nonsense * (400_000 // len(nonsense))))
    assert time.process_time() - began < 2  # a quadratic reader needs minutes


def test_a_file_without_a_track_takes_no_text() -> None:
    with pytest.raises(ValueError, match="expected a MIDI file"):
        with_text(b"no MIDI", "text")


def test_a_text_that_no_length_can_say_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(midi_text, "MAX_TEXT_BYTES", 9)
    assert texts_of(with_text(GOOD, "x" * 9)) == ["x" * 9]
    with pytest.raises(ValueError, match="a MIDI text holds 9 bytes, not 10"):
        with_text(GOOD, "ä" * 5)


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        with_text(GOOD, "\ud800")
