"""MusicXML read by monody and by Verovio: ``benchmarks/musicxml_verovio.py [FILE...]``.

As in `musicxml_second_opinion`, over the same files, with another reader. Verovio plays
grace notes, ornaments and arpeggios, so it gets the files without them.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from fractions import Fraction
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
    ours,
    shipped,
)
from second_opinion import UNEXPLAINED, Tally, print_table

XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
MEI = "{http://www.music-encoding.org/ns/mei}"
PERFORMED = (
    "arpeggiate", "non-arpeggiate", "ornaments", "articulations", "technical",
    "glissando", "fermata",
)  # fmt: skip


def theirs(root: ElementTree.Element) -> Reading:
    """Read a file with Verovio."""
    text = ElementTree.tostring(root, "unicode")
    toolkit = verovio.toolkit()
    toolkit.setOptions(
        {
            "expandNever": True,
            "xmlIdChecksum": True,
        }
    )
    if not toolkit.loadData(text):
        return Reading(error="Verovio does not load it")
    mei = ElementTree.fromstring(toolkit.getMEI())
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
            onset = in_units(event["qstamp"]) - spans[at].start
            length = in_units(ends[name] - event["qstamp"])
            rows[name] = (at, onset, pitch, length)
    return spans, rows


def plain_tree(path: Path) -> ElementTree.Element:
    """Return the MusicXML of a file without what Verovio performs, at written pitch."""
    root = score_tree(path.read_bytes(), MAX_BYTES)
    for attributes in root.iter("attributes"):
        _remove(attributes, "transpose")
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
