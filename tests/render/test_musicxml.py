from __future__ import annotations

import importlib.util
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from monody.music.keys import key_signature
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.music.scale import MODES, parse_scale
from monody.reading.musicxml.parse import read_musicxml
from monody.render.notation.musicxml import to_musicxml
from monody.render.pickup import has_pickup
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples
from tests.builders.tunes_to_write import tune_to_write, tune_with_pickup

music21: Any = pytest.importorskip("music21")

Row = tuple[float, Fraction, Fraction]
# What the schema takes from two others, which no package ships.
BORROWED = {
    "xml": ("http://www.w3.org/XML/1998/namespace", "lang space"),
    "xlink": ("http://www.w3.org/1999/xlink", "href type role title show actuate"),
}


def _score(melody: Melody, title: str = "") -> ET.Element:
    return ET.fromstring(to_musicxml(melody, title))


def _texts(score: ET.Element, tag: str) -> list[str | None]:
    return [element.text for element in score.iter(tag)]


def _parsed(xml: str) -> Any:
    """Return the ``music21.stream.Part`` of a score."""
    return music21.converter.parseData(xml, format="musicxml").parts[0]


def _notes(part: Any) -> list[Row]:
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


def _exact(melody: Melody) -> list[Row]:
    return [(pitch, Fraction(at), Fraction(ticks)) for pitch, at, ticks in melody]


def _first_bar_is_short_by(xml: str, melody: Melody) -> int:
    """Return the ticks that a pickup lacks."""
    first = ET.fromstring(xml).find("part/measure")
    assert first is not None
    return melody.meters[0].bar_ticks - sum(
        int(text or 0) for text in _texts(first, "duration")
    )


def assert_reads_back(melody: Melody) -> None:
    """Check a score by music21's reader, which begins at the first note of a pickup."""
    xml = to_musicxml(melody, "a melody")
    part = _parsed(xml)
    late = _first_bar_is_short_by(xml, melody) if has_pickup(melody) else 0
    found = [(pitch, start + late, ticks) for pitch, start, ticks in _notes(part)]
    assert found == _exact(melody)
    shown = [tuple(meter) for meter in melody.meters if meter.tick < melody.end]
    meters = [(max(tick + late * (tick > 0), 0), *m) for tick, *m in _meters(part)]
    assert meters == shown
    if melody.key is not None:
        [key] = part.recurse().getElementsByClass("Key")
        assert (key.sharps, key.mode == "minor") == key_signature(melody.key)


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema of MusicXML 4.0, which the ``musicxml`` package ships."""
    etree = pytest.importorskip("lxml.etree")
    spec = importlib.util.find_spec("musicxml")
    if spec is None or spec.origin is None:
        pytest.skip("no musicxml package")

    class Local(etree.Resolver):  # type: ignore[name-defined]
        def resolve(self, url: str, _public_id: str, context: object) -> object:
            space, names = BORROWED.get(Path(url).stem, ("", ""))
            if not space:
                return None
            attributes = "".join(f'<x:attribute name="{n}"/>' for n in names.split())
            text = (
                f'<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" '
                f'targetNamespace="{space}">{attributes}</x:schema>'
            )
            return self.resolve_string(text, context, base_url=url)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    folder = Path(spec.origin).parent / "generate_classes"
    path = str(folder / "musicxml_4_0.xsd")
    return etree.XMLSchema(etree.parse(path, parser))


@pytest.mark.parametrize("seed", range(30))
def test_music21_reads_it_back(seed: int) -> None:
    assert_reads_back(tune_to_write(seed))


@pytest.mark.parametrize("seed", range(7))
def test_music21_reads_pickups_back(seed: int) -> None:
    assert_reads_back(tune_with_pickup(seed))


@settings(max_examples=examples(15))
@given(melodies())
def test_any_melody_reads_back(melody: Melody) -> None:
    assert_reads_back(melody)


@pytest.mark.parametrize("seed", range(14))
@pytest.mark.parametrize("write", [tune_to_write, tune_with_pickup])
def test_monody_reads_it_back(seed: int, write: Any) -> None:
    melody = write(seed)
    score = read_musicxml(to_musicxml(melody, "").encode(), 2**24)
    [track] = score.tracks
    scale = score.ticks_per_quarter // 24
    assert track.pitch.tolist() == melody.pitches.tolist()
    assert track.start.tolist() == (melody.starts * scale).tolist()
    assert track.duration.tolist() == (melody.durations * scale).tolist()
    assert [meter._replace(tick=meter.tick // scale) for meter in score.meters] == list(
        melody.meters
    )
    assert score.tempos == ((0, melody.bpm),)
    assert score.keys == ((0, melody.key),)
    assert score.repairs == ()


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("write", [tune_to_write, tune_with_pickup])
def test_it_is_valid(seed: int, write: Any, schema: Any) -> None:
    from lxml import etree

    schema.assertValid(etree.fromstring(to_musicxml(write(seed), "A & B").encode()))


@settings(max_examples=examples(100))
@given(melody=melodies())
def test_any_melody_is_valid_from_the_lowest_octave_up(
    melody: Melody, schema: Any
) -> None:
    """The schema counts octaves from 0; pitch 12 may be the B sharp below."""
    from lxml import etree

    notes = melody.notes.copy()
    notes[:, 0] = notes[:, 0].clip(min=13)
    xml = to_musicxml(replace(melody, notes=notes), "")
    schema.assertValid(etree.fromstring(xml.encode()))


def test_tempo_title_and_program() -> None:
    melody = replace(tune(1, bars=1), bpm=119.99988, program=73)
    score = music21.converter.parseData(to_musicxml(melody, "A & B"), format="musicxml")
    assert score.metadata.movementName == "A & B"
    [mark] = score.recurse().getElementsByClass("MetronomeMark")
    assert mark.getQuarterBPM() == 120
    assert score.parts[0].getInstrument().midiProgram == 73


@pytest.mark.parametrize(
    ("meter", "beat", "dots", "per_minute"),
    [
        ((4, 4), "quarter", 0, "90"),
        ((3, 4), "quarter", 0, "90"),
        ((6, 8), "quarter", 1, "60"),
        ((12, 8), "quarter", 1, "60"),
        ((6, 16), "eighth", 1, "120"),
        ((7, 8), "eighth", 0, "180"),
        ((2, 2), "half", 0, "45"),
        ((2, 1), "whole", 0, "22.5"),
    ],
)
def test_the_tempo_is_in_beats_and_sounds_in_quarters(
    meter: tuple[int, int], beat: str, dots: int, per_minute: str
) -> None:
    score = _score(Melody.from_notes([(60, 0, 12)], [Meter(0, *meter)], bpm=90))
    assert _texts(score, "beat-unit") == [beat]
    assert len(_texts(score, "beat-unit-dot")) == dots
    assert _texts(score, "per-minute") == [per_minute]
    [sound] = score.iter("sound")
    assert sound.get("tempo") == "90"


@pytest.mark.parametrize(
    "title", ["two\nlines", "two \x00\x1b lines", "two\ud800lines"]
)
def test_any_title_makes_a_document(title: str) -> None:
    score = _score(tune(1, bars=1), title)
    assert score.findtext("work/work-title") == "two lines"


@pytest.mark.parametrize(
    ("key", "fifths", "mode"),
    [
        ("D dorian", "0", "dorian"),
        ("E phrygian", "0", "phrygian"),
        ("Bb lydian", "-1", "lydian"),
        ("A mixolydian", "2", "mixolydian"),
        ("B locrian", "0", "locrian"),
        ("F# aeolian", "3", "aeolian"),
        ("G ionian", "1", "ionian"),
        ("C# minor", "4", "minor"),
        ("C harmonic minor", "-3", "minor"),
        ("G major pentatonic", "1", "major"),
        ("E blues", "1", "minor"),
        ("Cb major", "-7", "major"),
        ("C whole tone", "0", None),
    ],
)
def test_the_mode_is_named(key: str, fifths: str, mode: str | None) -> None:
    score = _score(replace(Melody.from_notes([(60, 0, 24)]), key=key))
    assert (score.findtext(".//fifths"), score.findtext(".//mode")) == (fifths, mode)


@pytest.mark.parametrize(
    "mode", [mode for mode in MODES if MODES[mode].sharps is not None]
)
def test_music21_hears_the_tonic_of_every_mode(mode: str) -> None:
    for tonic in ("C", "F#", "Eb", "A"):
        scale = parse_scale(f"{tonic} {mode}")
        melody = replace(Melody.from_notes([(60, 0, 24)]), key=scale.name)
        [key] = _parsed(to_musicxml(melody, "")).recurse().getElementsByClass("Key")
        assert key.tonic.pitchClass == scale.tonic


def test_a_mode_that_is_heard_needs_no_accidentals() -> None:
    pitches = (62, 65, 69, 71, 72, 69, 65, 64, 62)
    notes = [(pitch, 24 * place, 24) for place, pitch in enumerate(pitches)]
    score = _score(Melody.from_notes(notes))
    assert (score.findtext(".//fifths"), score.findtext(".//mode")) == ("0", "dorian")
    assert not _texts(score, "accidental")


def test_a_pickup_is_a_short_measure_that_is_not_counted() -> None:
    notes = [(67, 60, 12), (72, 72, 36), (74, 108, 36)]
    score = _score(Melody.from_notes(notes, [Meter(0, 6, 8)]))
    first, second = score.iter("measure")
    assert first.attrib == {"number": "0", "implicit": "yes"}
    assert _texts(first, "duration") == ["12"]
    assert second.attrib == {"number": "1"}


def test_a_pickup_in_the_middle_of_a_triplet_keeps_its_rest() -> None:
    notes = [(67, 80, 8), (69, 88, 8), (72, 96, 96)]
    first = next(_score(Melody.from_notes(notes)).iter("measure"))
    assert _texts(first, "duration") == ["8", "8", "8"]
    assert len(_texts(first, "rest")) == 1


def test_a_late_first_note_in_the_first_half_of_a_bar_is_no_pickup() -> None:
    score = _score(Melody.from_notes([(60, 24, 72), (62, 96, 96)]))
    assert [bar.get("number") for bar in score.iter("measure")] == ["1", "2"]
    assert next(score.iter("measure")).find("note/rest") is not None


def test_ties_sound_and_are_seen() -> None:
    score = _score(Melody.from_notes([(60, 72, 144), (60, 216, 24)]))
    notes = [note for note in score.iter("note") if note.find("pitch") is not None]
    ties = [[tie.get("type") for tie in note.iter("tie")] for note in notes]
    assert ties == [["start"], ["stop", "start"], ["stop"], []]
    assert ties == [[tie.get("type") for tie in note.iter("tied")] for note in notes]


def test_a_triplet_has_one_bracket_and_its_notes_a_beam() -> None:
    notes = [(60, 0, 8), (62, 8, 8), (64, 16, 8), (65, 24, 72)]
    xml = to_musicxml(Melody.from_notes(notes), "")
    assert xml.count('type="start">') == xml.count('type="stop"') == 1
    assert xml.count("<actual-notes>3<") == 3
    assert xml.count("<normal-type>eighth<") == 3
    assert xml.count(">begin</beam>") == xml.count(">end</beam>") == 1
    assert xml.count('bracket="no"') == 1


def test_a_triplet_of_two_values_says_what_it_counts() -> None:
    score = _score(Melody.from_notes([(60, 0, 16), (62, 16, 8), (64, 24, 72)]))
    assert _texts(score, "type")[:2] == ["quarter", "eighth"]
    assert _texts(score, "normal-type") == ["eighth", "eighth"]
    [opening] = (one for one in score.iter("tuplet") if one.get("type") == "start")
    assert opening.get("bracket") == "yes"


def test_accidentals_are_printed_once_a_bar() -> None:
    notes = [(66, 24 * place, 24) for place in range(8)]
    melody = replace(Melody.from_notes(notes), key="C major")
    assert to_musicxml(melody, "").count("<accidental>sharp<") == 2
    assert "<accidental>" not in to_musicxml(replace(melody, key="G major"), "")


def test_no_accidental_after_a_tie_but_on_what_follows() -> None:
    notes = [(66, 72, 48), (65, 120, 24), (66, 144, 24), (66, 168, 24)]
    score = _score(replace(Melody.from_notes(notes), key="A minor"))
    signs = [
        (note.findtext("pitch/alter"), note.findtext("accidental"))
        for note in score.iter("note")
        if note.find("pitch") is not None
    ]
    assert signs == [
        ("1", "sharp"), ("1", None), (None, "natural"), ("1", "sharp"), ("1", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pitch", "program", "clef"),
    [
        (43, 0, ("F", "4", None)),
        (72, 0, ("G", "2", None)),
        (60, 0, ("G", "2", None)),
        (50, 25, ("G", "2", "-1")),  # a guitar
        (33, 33, ("F", "4", "-1")),  # a bass
        (105, 72, ("G", "2", "1")),  # a piccolo
    ],
)
def test_the_clef_fits_range_and_instrument(
    pitch: int, program: int, clef: tuple[str, str, str | None]
) -> None:
    score = _score(replace(Melody.from_notes([(pitch, 0, 96)]), program=program))
    found = score.find(".//clef")
    assert found is not None
    tags = ("sign", "line", "clef-octave-change")
    assert tuple(found.findtext(tag) for tag in tags) == clef
    assert read_musicxml(ET.tostring(score), 2**24).tracks[0].pitch.tolist() == [pitch]


def test_a_bar_of_rest_is_one_rest() -> None:
    xml = to_musicxml(Melody.from_notes([(60, 108, 108)], [Meter(0, 9, 8)]), "")
    assert xml.count('<rest measure="yes"') == xml.count("<rest") == 1


def test_a_bar_that_is_too_short_shows_no_new_meter() -> None:
    meters = [Meter(0, 4, 4), Meter(168, 4, 4), Meter(264, 3, 4)]
    score = _score(Melody.from_notes([(60, 0, 96), (62, 168, 168)], meters))
    times = [
        (time.findtext("beats"), time.get("print-object"))
        for time in score.iter("time")
    ]
    assert times == [("4", None), ("4", "no"), ("3", None)]


def test_the_same_melody_is_the_same_file() -> None:
    melody = tune_to_write(1)
    assert to_musicxml(melody, "x") == to_musicxml(melody, "x")
    assert "encoding-date" not in to_musicxml(melody, "x")
    assert _texts(_score(melody), "software") == ["monody"]


def test_no_notes_are_a_bar_of_rest() -> None:
    xml = to_musicxml(Melody.from_notes([]), "")
    assert xml.count("<measure") == xml.count('<rest measure="yes"') == 1
