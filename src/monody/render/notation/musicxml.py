"""From a melody to MusicXML, the score that notation programs open; by music21.

monody decides where notes are cut and how they are spelled; music21 adds beams, the
accidentals to print and the clef.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element

from monody.extras import extra_module
from monody.music.melody import Melody
from monody.render.notation.measures import Group, Measure, measures_of
from monody.render.notation.spelling import Spelled, spelled, written_key


def to_musicxml(melody: Melody, title: str) -> str:
    """Write a melody as MusicXML at sounding pitch.

    Pitches, times, meters and key are exact.

    Args:
        melody: The melody, from tick 0 to the end of its last bar.
        title: Its title.

    Raises:
        MonodyError: If music21 is not installed.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.musicxml import to_musicxml
        >>> score = to_musicxml(Melody.from_notes([(60, 0, 48), (62, 48, 48)]), "Two")
        >>> score.count("<note"), "<work-title>Two</work-title>" in score
        (2, True)
    """
    music21 = extra_module("music21", "score", "scores need")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of music21's: nothing that a user can mend
        exporter = music21.musicxml.m21ToXml.ScoreExporter(
            _score(music21, melody, title), makeNotation=False
        )
        _forget_maker(exporter.parse())
        data: bytes = exporter.asBytes()
    return data.decode()


def _score(music21: ModuleType, melody: Melody, title: str) -> object:
    """Build a ``music21.stream.Score`` of one part, its notation complete."""
    key = written_key(melody)
    names = spelled(melody, key)
    bars = measures_of(melody)
    measures = [
        _measure(music21, bar, number, names) for number, bar in enumerate(bars, 1)
    ]
    tonic, mode = key.tonic.replace("b", "-"), "minor" if key.minor else "major"
    measures[0].keySignature = music21.key.Key(tonic, mode)
    # MIDI files make 119.99988 of 120.
    measures[0].insert(0, music21.tempo.MetronomeMark(number=round(melody.bpm, 2)))
    measures[-1].rightBarline = "final"
    part = music21.stream.Part(id="P1")
    part.partName = ""
    part.insert(0, _instrument(music21, melody.program))
    part.append(measures)
    _tie(music21, bars, part.recurse().notes)
    measures[0].clef = music21.clef.bestClef(part, recurse=True)
    part.makeAccidentals(inPlace=True, cautionaryNotImmediateRepeat=False)
    part.makeBeams(inPlace=True, setStemDirections=False)  # programs know them
    score = music21.stream.Score(id="score")
    score.insert(0, music21.metadata.Metadata(title=title))
    score.insert(0, part)
    return score


def _instrument(music21: ModuleType, program: int) -> object:
    """Return a ``music21.instrument.Instrument`` that sounds as it is written."""
    instrument = music21.instrument.Instrument("")
    instrument.partId, instrument.instrumentId = "P1", "I1"  # else random
    instrument.midiChannel, instrument.midiProgram = 0, program
    return instrument


def _measure(
    music21: ModuleType, bar: Measure, number: int, names: Sequence[Spelled]
) -> Any:
    """Build a ``music21.stream.Measure``, without ties.

    Args:
        music21: The library.
        bar: The bar.
        number: Of the bar, from 1.
        names: Of the melody's notes.
    """
    measure = music21.stream.Measure(number=number)
    if bar.new_meter:
        measure.timeSignature = music21.meter.TimeSignature(str(bar.meter))
    if not bar.groups:
        rest = music21.note.Rest(quarterLength=bar.quarters)
        rest.fullMeasure = True
        measure.append(rest)
    for group in bar.groups:
        measure.append(list(_elements(music21, group, names)))
    return measure


def _elements(
    music21: ModuleType, group: Group, names: Sequence[Spelled]
) -> Iterator[object]:
    """Make a ``music21.note.Note`` or ``Rest`` of each note of a group."""
    types = music21.duration.Duration
    last = len(group.notes) - 1
    shortest = types(min(one.value for one in group.notes)).type
    for place, one in enumerate(group.notes):
        duration = types(one.value)
        if group.triplet:
            triplet = music21.duration.Tuplet(3, 2, shortest)
            ends = {(True, False): "start", (False, True): "stop"}
            both = "startStop" if last == 0 else None
            triplet.type = ends.get((place == 0, place == last), both)
            duration.appendTuplet(triplet)
        if one.note is None:
            yield music21.note.Rest(duration=duration)
            continue
        letter, alter, octave = names[one.note]
        pitch = music21.pitch.Pitch(step=letter, octave=octave)
        if alter:
            pitch.accidental = music21.pitch.Accidental(alter)
        yield music21.note.Note(pitch, duration=duration)


def _tie(music21: ModuleType, bars: Sequence[Measure], elements: Iterable[Any]) -> None:
    """Tie the pieces of each note.

    Args:
        music21: The library.
        bars: The bars that were written.
        elements: The ``music21.note.Note`` of each of its notes.
    """
    notes = [one for bar in bars for group in bar.groups for one in group.notes]
    before = None
    written = (one for one in notes if one.note is not None)
    for one, element in zip(written, elements, strict=True):
        held = one.note == before
        if held or one.tied:
            kind = ("continue" if one.tied else "stop") if held else "start"
            element.tie = music21.tie.Tie(kind)
        before = one.note


def _forget_maker(root: Element) -> None:
    """Remove the day and the composer that music21 adds.

    Args:
        root: The ``score-partwise`` element.
    """
    for parent, child in (
        ("identification", "creator"),
        ("identification/encoding", "encoding-date"),
    ):
        for element in root.iterfind(parent):
            for unwanted in element.findall(child):
                element.remove(unwanted)
