"""From the bytes of a MusicXML file, plain or MXL, to a tree that is safe to read.

The tree declares no entities, is a score, and has its measures in parts.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET
from xml.parsers import expat

from monody.reading.archives import Archive, check_size
from monody.reading.raw_score import GET_IT_AGAIN, UnreadableError

EXPORT_AGAIN = "open it in a notation program and export it as MusicXML again"

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
    return _partwise(_parsed(_unpacked(data, max_bytes)))


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
        container = _parsed(archive.read(places[_CONTAINER], max_bytes))
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


def _parsed(data: bytes) -> ET.Element:
    """Parse XML that declares no entities: they could grow without bound.

    Raises:
        UnreadableError: If it is not XML, damaged, or declares entities.
    """
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _not_xml(data, str(error)) from error
    return builder.close()


def _refuse_entity(*_: object) -> None:
    raise UnreadableError("XML that declares entities, as no score does", EXPORT_AGAIN)


def _not_xml(data: bytes, error: str) -> UnreadableError:
    """Say why data does not parse, by its looks."""
    head = (
        data[:1024].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    )
    if not data:
        return UnreadableError("empty file", GET_IT_AGAIN)
    if b"<html" in head or b"<!doctype html" in head:
        return _web_page()
    if not head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff<")):
        return UnreadableError("not MusicXML: it is not XML", "export it as MusicXML")
    return UnreadableError(f"damaged XML: {error}", GET_IT_AGAIN)


def _web_page() -> UnreadableError:
    return UnreadableError(
        "a web page, not MusicXML", "download the MusicXML file that the page links to"
    )


def _partwise(root: ET.Element) -> ET.Element:
    """Return a score's root in the order that music21 reads: measures in parts.

    Raises:
        UnreadableError: If it is not the root of a score.
    """
    if root.tag.lower() == "html":
        raise _web_page()
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
