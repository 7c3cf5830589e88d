from __future__ import annotations

import importlib.util
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from monody.errors import MonodyError
from monody.music.keys import key_signature
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.reading.musicxml.measures import FILE_TICKS_PER_QUARTER
from monody.reading.musicxml.parse import read_musicxml
from monody.render.notation.musicxml import to_musicxml
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples
from tests.builders.tunes_to_write import tune_to_write

music21: Any = pytest.importorskip("music21")


def _parsed(xml: str) -> Any:
    """Return the ``music21.stream.Part`` of a score."""
    return music21.converter.parseData(xml, format="musicxml").parts[0]


def _notes(part: Any) -> list[tuple[float, Fraction, Fraction]]:
    """Return pitch, start and duration of each note in ticks, ties joined."""
    return [
        (
            note.pitch.ps,
            Fraction(note.offset) * 24,
            Fraction(note.duration.quarterLength) * 24,
        )
        for note in part.flatten().stripTies(matchByPitch=False).notes
    ]


def _meters(part: Any) -> list[tuple[float, int, int]]:
    return [
        (sign.getOffsetInHierarchy(part) * 24, sign.numerator, sign.denominator)
        for sign in part.recurse().getElementsByClass("TimeSignature")
    ]


def _exact(melody: Melody) -> list[tuple[float, Fraction, Fraction]]:
    return [(pitch, Fraction(at), Fraction(ticks)) for pitch, at, ticks in melody]


def assert_reads_back(melody: Melody) -> None:
    """Check a score by music21's reader."""
    part = _parsed(to_musicxml(melody, "a melody"))
    assert _notes(part) == _exact(melody)
    shown = [tuple(meter) for meter in melody.meters if meter.tick < melody.end]
    assert _meters(part) == shown
    if melody.key is not None:
        [key] = part.recurse().getElementsByClass("Key")
        assert (key.sharps, key.mode == "minor") == key_signature(melody.key)


@pytest.mark.parametrize("seed", range(30))
def test_music21_reads_it_back(seed: int) -> None:
    assert_reads_back(tune_to_write(seed))


@settings(max_examples=examples(15))
@given(melodies())
def test_any_melody_reads_back(melody: Melody) -> None:
    assert_reads_back(melody)


@pytest.mark.parametrize("seed", range(3))
def test_monody_reads_it_back(seed: int) -> None:
    melody = tune_to_write(seed)
    score = read_musicxml(to_musicxml(melody, "").encode(), 2**24)
    [track] = score.tracks
    scale = FILE_TICKS_PER_QUARTER // 24
    assert track.pitch.tolist() == melody.pitches.tolist()
    assert track.start.tolist() == (melody.starts * scale).tolist()
    assert track.duration.tolist() == (melody.durations * scale).tolist()
    assert score.tempos == ((0, melody.bpm),)
    assert score.keys == ((0, melody.key),)


def test_tempo_title_and_program() -> None:
    melody = replace(tune(1, bars=1), bpm=119.99988, program=73)
    score = music21.converter.parseData(to_musicxml(melody, "A & B"), format="musicxml")
    assert score.metadata.movementName == "A & B"
    [mark] = score.recurse().getElementsByClass("MetronomeMark")
    assert mark.getQuarterBPM() == 120
    assert score.parts[0].getInstrument().midiProgram == 73


def test_a_triplet_has_one_bracket_and_its_notes_a_beam() -> None:
    notes = [(60, 0, 8), (62, 8, 8), (64, 16, 8), (65, 24, 72)]
    xml = to_musicxml(Melody.from_notes(notes), "")
    assert xml.count('type="start">') == xml.count('type="stop"') == 1
    assert xml.count("<actual-notes>3<") == 3
    assert xml.count(">begin</beam>") == xml.count(">end</beam>") == 1


def test_accidentals_are_printed_once_a_bar() -> None:
    notes = [(66, 24 * place, 24) for place in range(8)]
    melody = replace(Melody.from_notes(notes), key="C major")
    assert to_musicxml(melody, "").count("<accidental>sharp<") == 2
    assert "<accidental>" not in to_musicxml(replace(melody, key="G major"), "")


def test_a_low_melody_stands_in_the_bass_clef() -> None:
    low = Melody.from_notes([(43, 0, 96)])
    assert "<sign>F</sign>" in to_musicxml(low, "")


def test_a_bar_of_rest_is_one_rest() -> None:
    xml = to_musicxml(Melody.from_notes([(60, 108, 108)], [Meter(0, 9, 8)]), "")
    assert xml.count('<rest measure="yes"') == xml.count("<rest") == 1


def test_the_same_melody_is_the_same_file() -> None:
    melody = tune_to_write(1)
    assert to_musicxml(melody, "x") == to_musicxml(melody, "x")
    assert "encoding-date" not in to_musicxml(melody, "x")


def test_without_music21_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MonodyError, match=r"pip install 'monody\[score\]'"):
        to_musicxml(tune(1), "")
