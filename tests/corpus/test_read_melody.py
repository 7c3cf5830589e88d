from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.meter import COMMON_TIME, Meter
from monody.music.midi_file import write_midi
from tests.builders.melodies import melodies
from tests.builders.midi_files import midi_file, tune

SAME_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@SAME_FOLDER
@given(
    melodies(),
    st.sampled_from([None, *KEY_NAMES]),
    st.integers(0, 127),
    st.floats(5, 900),
)
def test_what_monody_writes_is_read_exactly(
    tmp_path: Path, melody: Melody, key: str | None, program: int, bpm: float
) -> None:
    path = tmp_path / "1.mid"
    written = replace(melody, key=key, program=program, bpm=bpm)
    write_midi(written, path, text="about it")
    read = read_melody(path)
    assert read.bpm == pytest.approx(bpm, rel=1e-3)  # MIDI has whole microseconds
    assert replace(read, bpm=bpm) == written
    assert read.source == "1.mid"


def test_a_silence_at_the_beginning_stays(tmp_path: Path) -> None:
    # Reading as training does would begin with the bar of the first note.
    late = Melody.from_notes([(60, 900, 7), (62, 990, 5)])
    write_midi(late, tmp_path / "late.mid")
    assert read_melody(tmp_path / "late.mid") == late


def test_a_note_after_years_of_silence_is_read_like_any_other_file(
    tmp_path: Path,
) -> None:
    notes = [(60, 0, 1), (62, 2**27, 1)]  # quarters: as ticks no 32-bit number
    (tmp_path / "a.mid").write_bytes(midi_file([notes], ticks_per_quarter=1))
    assert len(read_melody(tmp_path / "a.mid"))


def test_a_file_without_meter_and_tempo_has_the_usual_ones(tmp_path: Path) -> None:
    notes = [(60, 0, 24), (62, 30, 24)]
    (tmp_path / "a.mid").write_bytes(
        midi_file([notes], ticks_per_quarter=24, tempos=[], meters=[])
    )
    read = read_melody(tmp_path / "a.mid")
    assert [tuple(note) for note in read] == notes
    assert read.meters == (COMMON_TIME,)
    assert (read.bpm, read.key) == (120.0, None)


def test_a_meter_that_begins_later_follows_common_time(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(
        midi_file([list(tune(3))], ticks_per_quarter=24, meters=[(192, 3, 4)])
    )
    read = read_melody(tmp_path / "a.mid")
    assert read.meters == (COMMON_TIME, Meter(192, 3, 4))


# --- any other file is read as training does


def test_of_several_tracks_the_longest_melody_is_taken(tmp_path: Path) -> None:
    long, short = tune(1, bars=8), tune(2, bars=4)
    data = midi_file([list(short), list(long)], ticks_per_quarter=24)
    (tmp_path / "two.mid").write_bytes(data)
    assert read_melody(tmp_path / "two.mid").notes.tolist() == long.notes.tolist()


def test_chords_leave_one_line(tmp_path: Path) -> None:
    chords = [
        (note.pitch + up, note.start, note.duration)
        for note in tune(1)
        for up in (-19, -12, 0)
    ]
    (tmp_path / "chords.mid").write_bytes(midi_file([chords], ticks_per_quarter=24))
    read = read_melody(tmp_path / "chords.mid")
    assert read.pitches.tolist() == tune(1).pitches.tolist()


def test_a_finer_grid_is_read_to_the_nearest_tick(tmp_path: Path) -> None:
    played = [
        (note.pitch, note.start * 20 + note.start % 3, note.duration * 20 - 15)
        for note in tune(1)
    ]
    (tmp_path / "played.mid").write_bytes(midi_file([played], ticks_per_quarter=480))
    read = read_melody(tmp_path / "played.mid")
    assert read.pitches.tolist() == tune(1).pitches.tolist()
    assert read.starts.tolist() == tune(1).starts.tolist()


def test_drums_are_no_melody(tmp_path: Path) -> None:
    drums = midi_file([list(tune(1))], ticks_per_quarter=24, channel=9)
    (tmp_path / "drums.mid").write_bytes(drums)
    with pytest.raises(MonodyError, match="no usable melody"):
        read_melody(tmp_path / "drums.mid")


@pytest.mark.parametrize("data", [b"", b"MThd", b"no MIDI at all" * 9])
def test_what_is_no_midi_file_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.mid").write_bytes(data)
    with pytest.raises(MonodyError, match="bad.mid"):
        read_melody(tmp_path / "bad.mid")


def test_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="no file .*none.mid.*: name a MIDI file"):
        read_melody(tmp_path / "none.mid")


def test_a_tune_in_abc_will_do(tmp_path: Path) -> None:
    text = "X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n"
    (tmp_path / "scale.abc").write_text(text)
    read = read_melody(tmp_path / "scale.abc")
    assert read.pitches.tolist() == [60, 62, 64, 65, 67, 69, 71, 72]
