"""MusicXML read by monody and by Verovio.

    python benchmarks/musicxml_verovio.py [FILE...]

As in `musicxml_second_opinion`, with another reader, over the MusicXML suite in
music21's wheel. Verovio plays grace notes, ornaments and arpeggios, so both get the
files without them.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import verovio

from header import print_header
from monody.reading.musicxml.tree import score_tree
from musicxml_second_opinion import (
    MAX_BYTES,
    Note,
    Reading,
    Span,
    in_units,
    of_tree,
    shipped,
)
from second_opinion import UNEXPLAINED, Tally, print_table

XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
MEI = "{http://www.music-encoding.org/ns/mei}"
PERFORMED = (
    "accidental-mark", "arpeggiate", "non-arpeggiate", "ornaments",
    "articulations", "glissando", "fermata",
)  # fmt: skip

# Looked up by hand in each file; most were confirmed by leaving the element out.
_TYPE = "Verovio counts <type>: <duration> is what lasts"
_TUPLET = "Verovio counts <tuplet>, a look: <duration> is what lasts"
_ACCIDENTAL = "Verovio reads <accidental>, a look: <alter> alone sounds"
_MICROTONE = "Verovio plays no <alter> of 1.5: we round it"
_EMPTY = "Verovio's time map knows no measure without notes"
_NOT_OPENED = "no sign opens the repeat: Verovio goes further back"
CAUSES = {
    "01d-Pitches-Microtones.xml": _MICROTONE,
    "01e-Pitches-EditorialCautionaryAccidentals.xml": _ACCIDENTAL,
    "01f-Pitches-EditorialMicrotoneAccidentals.xml": _MICROTONE,
    "32c-MultipleNotationChildren.xml": _ACCIDENTAL,
    "02a-Rests-Durations.xml": _TYPE,
    "23c-Tuplet-Display-NonStandard.xml": _TUPLET,
    "23d-Tuplets-Nested.xml": _TUPLET,
    "23f-Tuplets-DurationButNoBracket.xml": _TUPLET,
    "32b-Articulations-Texts.xml": _TYPE,
    "33e-Spanners-OctaveShifts-InvalidSize.xml": _TYPE,
    "41c-StaffGroups.xml": "Verovio gives <unpitched> the pitch 0",
    "41g-PartNoId.xml": _EMPTY,
    "41h-TooManyParts.xml": _EMPTY,
    "51b-Header-Quotes.xml": _EMPTY,
    "51c-MultipleRights.xml": _EMPTY,
    "51d-EmptyTitle.xml": _EMPTY,
    "71e-TabStaves.xml": "Verovio reads <string> and <fret>: <pitch> sounds",
    "72b-TransposingInstruments-Full.xml": "Verovio misreads <octave-change>",
    "72c-TransposingInstruments-Change.xml": "Verovio transposes all as at first",
    "73a-Percussion.xml": "Verovio gives <unpitched> the pitch 0",
    "74a-FiguredBass.xml": _TYPE,
    "testTab.xml": "no <duration>: notes without length are left out",
    "43d-MultiStaff-StaffChange.xml": "each note of a chord has its own <staff>",
    "45c-RepeatMultipleTimes.xml": _NOT_OPENED,
    "45d-Repeats-Nested-Alternatives.xml": _NOT_OPENED,
    "45e-Repeats-Nested-Alternatives.xml": "Verovio does not play a first ending alone",
    "45f-Repeats-InvalidEndings.xml": "endings that no repeat belongs to",
}


def main() -> None:
    """Compare every file, print the table."""
    suite = [path for path in shipped() if "corpus" not in path.parts]
    verovio.enableLog(verovio.LOG_OFF)
    print_header("monody", "verovio", "music21")
    tally = Tally("MusicXML suite", f"Verovio {version('verovio')}")
    for path in [Path(name) for name in sys.argv[1:]] or suite:
        root = plain_tree(path)
        own, other = of_tree(root), theirs(root)
        kinds = differences(own, other)
        cause = CAUSES.get(path.name, UNEXPLAINED)
        tally.add(own.notes.total(), [cause] if kinds else [])
        if kinds and cause == UNEXPLAINED:
            print(path.name, *kinds, flush=True)
    print_table([tally])


def differences(own: Reading, other: Reading) -> list[str]:
    """Name what differs: notes, their staves, lengths of measures, playing order."""
    staves = [
        sorted(sorted(staff.items()) for staff in reading.staves if staff)
        for reading in (own, other)
    ]
    lengths = [
        [span.length for part in reading.parts for span in part]
        for reading in (own, other)
    ]
    found = {
        "error": own.error != other.error,
        "notes": own.notes != other.notes,
        "staves": staves[0] != staves[1],
        "measures": lengths[0] != lengths[1],
        "order": own.order != other.order,
    }
    return [name for name, differs in found.items() if differs]


def theirs(root: ElementTree.Element) -> Reading:
    """Read a file with Verovio."""
    text = ElementTree.tostring(root, "unicode")
    toolkit = verovio.toolkit()
    toolkit.setOptions(
        {
            "expandNever": True,
            "transposeToSoundingPitch": True,
            "xmlIdChecksum": True,
        }
    )
    if not toolkit.loadData(text):
        return Reading(error="Verovio does not load it")
    mei = ElementTree.fromstring(toolkit.getMEI())  # noqa: S314 - its own
    measures = [measure.get(XML_ID, "") for measure in mei.iter(f"{MEI}measure")]
    spans, rows = _as_written(toolkit, {name: i for i, name in enumerate(measures)})
    staves: dict[str, Counter[Note]] = {}
    for staff in mei.iter(f"{MEI}staff"):
        for note in staff.iter(f"{MEI}note"):
            if note.get(XML_ID) in rows:
                counter = staves.setdefault(staff.get("n", ""), Counter())
                counter[rows[note.get(XML_ID, "")]] += 1
    toolkit.setOptions({"expandNever": False})
    toolkit.loadData(text)
    order = [
        measures.index(re.sub(r"-rend\d+$", "", event["measureOn"]))
        for event in toolkit.renderToTimemap({"includeMeasures": True})
        if "measureOn" in event
    ]
    return Reading([*staves.values()], [spans], order)


def _as_written(
    toolkit: verovio.toolkit, index: dict[str, int]
) -> tuple[list[Span], dict[str, Note]]:
    """Return the measures, and each note by its identifier, as they are written."""
    events = toolkit.renderToTimemap({"includeMeasures": True})
    ends = {name: event["qstamp"] for event in events for name in event.get("off", [])}
    starts = [event["qstamp"] for event in events if "measureOn" in event]
    stops = [*starts[1:], events[-1]["qstamp"]] if starts else []
    spans = [
        Span(in_units(start), in_units(stop - start), in_units(stop - start))
        for start, stop in zip(starts, stops, strict=True)
    ]
    rows: dict[str, Note] = {}
    at = -1
    for event in events:
        at = index.get(event.get("measureOn", ""), at)
        for name in event.get("on", []):
            pitch = toolkit.getMIDIValuesForElement(name)["pitch"]
            onset = in_units(event["qstamp"] - starts[at])
            length = in_units(ends[name] - event["qstamp"])
            rows[name] = (at, onset, pitch, length)
    return spans, rows


def plain_tree(path: Path) -> ElementTree.Element:
    """Return the MusicXML of a file without what Verovio performs."""
    root = score_tree(path.read_bytes(), MAX_BYTES)
    for style in root.iter("measure-style"):  # Verovio makes one measure of its rests
        _remove(style, "multiple-rest")
    for measure in root.iter("measure"):
        for note in measure.findall("note"):
            if note.find("grace") is not None:
                measure.remove(note)
            for notations in note.findall("notations"):
                _remove(notations, *PERFORMED)
    return root


def _remove(parent: ElementTree.Element, *names: str) -> None:
    for name in names:
        for element in parent.findall(name):
            parent.remove(element)


if __name__ == "__main__":
    main()
