from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import mido
import pretty_midi
import pytest
import symusic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.music.midi_file import (
    BEAT_VELOCITY,
    DOWNBEAT_VELOCITY,
    OFFBEAT_VELOCITY,
    midi_bytes,
    velocities,
    write_midi,
)
from monody.music.smf import texts_of
from monody.reading.midi.parse import read_midi
from tests.builders.melodies import melodies
from tests.builders.midi_files import read_back, tune
from tests.builders.profile import examples


@settings(max_examples=examples(50))
@given(melodies())
def test_mido_reads_back_every_note(
    tmp_path_factory: pytest.TempPathFactory, melody: Melody
) -> None:
    path = tmp_path_factory.getbasetemp() / "melody.mid"
    write_midi(melody, path)
    notes, end = read_back(path)
    assert notes == [tuple(note) for note in melody]
    assert end == max(melody.end, melody.meters[-1].tick)


def test_pretty_midi_agrees_on_tempo_meter_program_and_name(tmp_path: Path) -> None:
    line = Melody.from_notes([(60, 0, 24), (60, 24, 24), (62, 48, 96)])
    melody = Melody(line.notes, (Meter(0, 6, 8), Meter(72, 3, 4)), bpm=90, program=40)
    write_midi(melody, tmp_path / "a.mid", "a tune")
    file = pretty_midi.PrettyMIDI(str(tmp_path / "a.mid"))
    [instrument] = file.instruments
    assert (instrument.name, instrument.program) == ("a tune", 40)
    assert len(instrument.notes) == 3  # the repeated and the last one too
    assert file.get_tempo_changes()[1].tolist() == pytest.approx([90], rel=1e-5)
    signs = [(s.numerator, s.denominator) for s in file.time_signature_changes]
    assert signs == [(6, 8), (3, 4)]
    assert file.get_end_time() == pytest.approx(6 * 60 / 90)


def test_velocities_follow_the_meter() -> None:
    eighths = [(60, 12 * i, 12) for i in range(8)]
    simple = velocities(Melody.from_notes(eighths)).tolist()
    down, beat, off = DOWNBEAT_VELOCITY, BEAT_VELOCITY, OFFBEAT_VELOCITY
    assert simple == [down, off, beat, off, beat, off, beat, off]
    compound = Melody.from_notes(eighths, meters=[Meter(0, 6, 8)])
    assert velocities(compound).tolist() == [down, off, off, beat, off, off, down, off]


def test_a_failed_write_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_midi(Melody.from_notes([(60, 0, 24)]), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_melody_is_the_same_bytes() -> None:
    melody = Melody.from_notes([(60, 0, 24)])
    assert midi_bytes(melody) == midi_bytes(melody)


@pytest.mark.parametrize("key", KEY_NAMES)
def test_the_key_is_written(key: str) -> None:
    data = midi_bytes(replace(tune(1), key=key))
    assert read_midi(data).keys == ((0, key),)
    [said] = [
        message.key
        for message in mido.MidiFile(file=io.BytesIO(data)).tracks[0]
        if message.type == "key_signature"
    ]
    assert said == key.replace(" major", "").replace(" minor", "m")


def _mido_events(data: bytes) -> list[mido.Message]:
    [track] = mido.MidiFile(file=io.BytesIO(data), charset="utf-8").tracks
    return list(track)


@settings(max_examples=examples(50))
@given(melodies(), st.text())
@example(tune(1), "MThd and MTrk, as marks in a text")
@example(tune(1), "never \x00 an end \x7f of a track")
@example(tune(1), '{"settings": ' + "7" * 20_000 + "}")
def test_a_text_comes_first_and_nothing_else_changes(melody: Melody, text: str) -> None:
    plain, data = midi_bytes(melody), midi_bytes(melody, text=text)
    assert texts_of(plain) == []
    assert texts_of(data) == [text]
    said, *events = _mido_events(data)
    assert (said.type, said.time, said.text) == ("text", 0, text)
    assert events == _mido_events(plain)
    score: Any = symusic.Score.from_midi(data)
    plain_score: Any = symusic.Score.from_midi(plain)
    assert score.dumps_midi() == plain_score.dumps_midi()
    read, plain_read = read_midi(data), read_midi(plain)
    assert read.repairs == plain_read.repairs == ()
    assert (read.tempos, read.meters) == (plain_read.tempos, plain_read.meters)
    [track], [plain_track] = read.tracks, plain_read.tracks
    for ours, expected in (
        (track.pitch, plain_track.pitch),
        (track.start, plain_track.start),
        (track.duration, plain_track.duration),
    ):
        assert ours.tolist() == expected.tolist()


@settings(max_examples=examples(20))
@given(melodies())
def test_pretty_midi_finds_the_text_and_the_same_notes(melody: Melody) -> None:
    passport = '{"seed": 7}'
    plain, said = (
        pretty_midi.PrettyMIDI(io.BytesIO(midi_bytes(melody, text=text)))
        for text in (None, passport)
    )
    assert [event.text for event in said.text_events] == [passport]
    assert str(said.instruments[0].notes) == str(plain.instruments[0].notes)


def test_a_text_is_written_to_the_file(tmp_path: Path) -> None:
    melody = replace(tune(1), meters=(Meter(0, 6, 8), Meter(72, 3, 4)), key="G minor")
    write_midi(melody, tmp_path / "a.mid", "a tune", text="how it was made")
    data = (tmp_path / "a.mid").read_bytes()
    assert data == midi_bytes(melody, "a tune", "how it was made")
    assert texts_of(data) == ["how it was made"]
    assert read_back(tmp_path / "a.mid")[0] == [tuple(note) for note in melody]


def test_the_track_ends_with_its_last_note() -> None:
    melody = tune(3)
    assert sum(event.time for event in _mido_events(midi_bytes(melody))) == (
        melody.end * 20
    )
