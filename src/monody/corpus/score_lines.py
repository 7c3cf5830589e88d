"""The one line of a score that is its melody: what is sung, or the first violin's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

from monody.reading.abc.parse import written_tune
from monody.reading.abc.tune_book import abc_text, tunes_of
from monody.reading.musescore import score as musescore
from monody.reading.musescore.players import staves_of
from monody.reading.musicxml import parse as musicxml
from monody.reading.musicxml.tree import score_tree
from monody.reading.notation.performed import performed
from monody.reading.notation.written_score import WrittenMeasure, WrittenScore
from monody.reading.raw_score import RawScore, UnreadableError
from monody.reading.xml_tree import parsed_xml

THEME_BARS = 64  # of a movement, which begins with its themes
_LEAVE_IT = "leave it out"
_SIGNS = ("divisions", "key", "time", "transpose")  # of MusicXML, in its order
_IS_FREE = re.compile(r"^C:\s*copyright:\s*public domain", re.IGNORECASE | re.MULTILINE)


def vocal_line(data: bytes) -> list[RawScore]:
    """Read the first staff of a MuseScore file that has words.

    Args:
        data: The whole file, not packed (.mscx).

    Raises:
        UnreadableError: If it is none, or has no words.

    Example:
        >>> from monody.corpus.score_lines import vocal_line
        >>> sung = "<durationType>whole</durationType><Lyrics/><Note><pitch>60</pitch>"
        >>> measure = f"<Measure><voice><Chord>{sung}</Note></Chord></voice></Measure>"
        >>> score = f'<Score><Staff id="1">{measure}</Staff></Score>'
        >>> data = f'<museScore version="3.02">{score}</museScore>'.encode()
        >>> vocal_line(data)[0].tracks[0].pitch.tolist()
        [60]
    """
    root = parsed_xml(data, "MuseScore")
    found = root.find("Score")
    staves = staves_of(root if found is None else found)
    printed = [staff for staff, player in staves if not player.is_copy]
    sung = (place for place, staff in enumerate(printed) if _has_words(staff))
    staff = next(sung, None)
    if staff is None:
        raise UnreadableError("no part with words", _LEAVE_IT)
    return [_line(musescore.written_score(root), staff)]


def _has_words(staff: ET.Element) -> bool:
    return next(staff.iter("Lyrics"), None) is not None


def hymn_tune(data: bytes) -> list[RawScore]:
    r"""Read the first voice of each tune of an ABC file that says it is free.

    Args:
        data: The whole file.

    Raises:
        UnreadableError: If it does not say that it is in the public domain.

    Example:
        >>> from monody.corpus.score_lines import hymn_tune
        >>> tune = b"X:1\nC: copyright: public domain.\nL:1/4\nK:C\nCDEF|GABc|\n"
        >>> hymn_tune(tune)[0].tracks[0].pitch.tolist()
        [60, 62, 64, 65, 67, 69, 71, 72]
    """
    text = abc_text(data)
    if not _IS_FREE.search(text):
        raise UnreadableError("does not say that it is public domain", _LEAVE_IT)
    return [_line(written_tune(tune), staff=0) for tune in tunes_of(text)]


def first_violin(data: bytes, max_bytes: int) -> list[RawScore]:
    """Read the uppermost part of a MusicXML file: the beginning of each movement.

    A movement begins where measures are counted from the first again.

    Args:
        data: The whole file.
        max_bytes: The most that it may unpack to.

    Raises:
        UnreadableError: If it is none, damaged or too large.

    Example:
        >>> from monody.corpus.score_lines import first_violin
        >>> note = "<note><pitch><step>C</step><octave>5</octave></pitch>"
        >>> note += "<duration>4</duration></note>"
        >>> signs = "<attributes><divisions>1</divisions></attributes>"
        >>> movement = f'<measure number="1">{signs}{note}</measure>'
        >>> movement += f'<measure number="2">{note}</measure>'
        >>> part = f"<part>{movement}{movement}</part>"
        >>> data = f"<score-partwise>{part}</score-partwise>".encode()
        >>> [score.tracks[0].pitch.tolist() for score in first_violin(data, 10_000)]
        [[72, 72], [72, 72]]
    """
    root = score_tree(data, max_bytes)
    for part in root.findall("part")[1:]:
        root.remove(part)
    measures = root.findall("part/measure")
    if not measures:
        raise UnreadableError("no measures", _LEAVE_IT)
    return [
        _line(musicxml.written_score(_with_measures(root, opening)), staff=0)
        for opening in _openings(measures)
    ]


def _openings(measures: Sequence[ET.Element]) -> Iterator[list[ET.Element]]:
    """Yield the first measures of each movement, with the signs that hold there."""
    numbers = [_number(measure) for measure in measures]
    counted = [(number, at) for at, number in enumerate(numbers) if number >= 0]
    begins = [at for (before, _), (now, at) in pairwise(counted) if now < before]
    for start, end in pairwise([0, *begins, len(measures)]):
        first, *others = measures[start : min(end, start + THEME_BARS)]
        signed = ET.Element("measure", first.attrib)
        own = {sign.tag for sign in first.iterfind("attributes/*")}
        missing = [kind for kind in _SIGNS if kind not in own]
        signed.append(_in_force(measures[:start], missing))
        signed.extend(first)
        yield [signed, *others]


def _in_force(measures: Sequence[ET.Element], kinds: Sequence[str]) -> ET.Element:
    """Return the last sign of each kind in some measures."""
    last = {
        sign.tag: sign
        for measure in measures
        for sign in measure.iterfind("attributes/*")
    }
    signs = ET.Element("attributes")
    signs.extend(last[kind] for kind in kinds if kind in last)
    return signs


def _with_measures(root: ET.Element, measures: Sequence[ET.Element]) -> ET.Element:
    """Return a score of one part with other measures."""
    score = ET.Element(root.tag, root.attrib)
    for child in root:
        if child.tag == "part":
            ET.SubElement(score, "part", child.attrib).extend(measures)
        else:
            score.append(child)
    return score


def _number(measure: ET.Element) -> int:
    """Return the number of a measure; -1 if it is not counted, as after a repeat."""
    text = measure.get("number", "")
    return int(text) if text.isascii() and text.isdigit() else -1


def _line(score: WrittenScore, staff: int) -> RawScore:
    """Play what is on one staff, in the order of the page."""
    measures = [_of_staff(score, measure, staff) for measure in score.measures]
    return first_track(performed(replace(score, measures=measures, parts=())))


def _of_staff(
    score: WrittenScore, measure: WrittenMeasure, staff: int
) -> WrittenMeasure:
    """Return a measure with the notes of one staff, which is played once."""
    return WrittenMeasure(
        notes=[note for note in measure.notes if score.lines[note.line].staff == staff],
        ticks=measure.ticks,
        meters=measure.meters,
        keys=measure.keys,
        tempos=measure.tempos,
    )


def first_track(score: RawScore) -> RawScore:
    """Return a score with only the first of its tracks that has notes and no drums.

    Where two voices of a staff sound together, the first of them is the upper one.

    Example:
        >>> from pathlib import Path
        >>> from monody.corpus.score_lines import first_track
        >>> from monody.reading.midi.parse import read_midi
        >>> score = read_midi(Path("data/midi/tune-000.mid").read_bytes())
        >>> len(first_track(score).tracks)
        1
    """
    playing = [one for one in score.tracks if len(one.pitch) and not one.is_drum]
    return replace(score, tracks=tuple(playing[:1]))
