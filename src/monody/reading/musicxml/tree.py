"""From the bytes of a MusicXML file, plain or MXL, to a tree that is safe to read.

The tree declares no entities, is a score, and has its measures in parts.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from monody.reading.archives import Archive, check_size
from monody.reading.raw_score import UnreadableError
from monody.reading.xml_tree import parsed_xml
from monody.translation import marked

EXPORT_AGAIN = marked("open it in a notation program and export it as MusicXML again")

_CONTAINER = "META-INF/container.xml"


def score_tree(data: bytes, max_bytes: int) -> ET.Element:
    """Parse a MusicXML file to its root, ``score-partwise``.

    Args:
        data: The whole file: MusicXML text, or an MXL archive.
        max_bytes: The largest unpacked size.

    Raises:
        UnreadableError: If it is not MusicXML, is damaged or too large.

    Example:
        >>> from monody.reading.musicxml.tree import score_tree
        >>> measures = b"<measure><part id='P1'/></measure>"
        >>> data = b"<score-timewise>" + measures + b"</score-timewise>"
        >>> root = score_tree(data, max_bytes=1000)
        >>> root.tag, root.find("part/measure") is not None
        ('score-partwise', True)
    """
    return _partwise(parsed_xml(_unpacked(data, max_bytes), "MusicXML"))


def _unpacked(data: bytes, max_bytes: int) -> bytes:
    """Return the MusicXML text of a plain or compressed file."""
    if not data.startswith(b"PK"):
        check_size(len(data), max_bytes)
        return data
    archive = Archive(data)
    return archive.read(_score_place(archive, max_bytes), max_bytes)


def _score_place(archive: Archive, max_bytes: int) -> int:
    """Return the member that the container names, else the only one that can be it."""
    names = archive.names()
    places = {name: place for place, name in enumerate(names)}  # the last of a name
    if _CONTAINER in places:
        container = parsed_xml(archive.read(places[_CONTAINER], max_bytes), "MusicXML")
        rootfile = container.find(".//{*}rootfile")
        path = None if rootfile is None else rootfile.get("full-path")
        if path is not None and path in places:
            return places[path]
    scores = [
        place
        for place, name in enumerate(names)
        if name.lower().endswith((".xml", ".musicxml"))
        and not name.startswith(("META-INF/", "__MACOSX/"))
    ]
    if len(scores) == 1:
        return scores[0]
    if scores:
        reason = (
            f"an archive of {len(scores)} XML files that does not say which to read"
        )
    else:
        reason = "an archive without MusicXML"
    raise UnreadableError(reason, "unpack it and add the files themselves")


def _partwise(root: ET.Element) -> ET.Element:
    """Return a score's root with its measures in parts.

    Raises:
        UnreadableError: If it is not the root of a score.
    """
    if root.tag not in ("score-partwise", "score-timewise"):
        reason = f"XML, but not MusicXML: its root is <{root.tag[:40]}>"
        raise UnreadableError(reason, "export it as MusicXML")
    if root.tag == "score-partwise":
        return root
    score = ET.Element("score-partwise")
    score.extend(root.findall("part-list"))
    parts: dict[str | None, ET.Element] = {}
    for measure in root.iterfind("measure"):
        for piece in measure.iterfind("part"):
            name = piece.get("id")
            if name not in parts:
                parts[name] = ET.SubElement(score, "part", piece.attrib)
            ET.SubElement(parts[name], "measure", measure.attrib).extend(piece)
    return score
