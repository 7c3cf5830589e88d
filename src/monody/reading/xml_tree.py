"""XML from strangers: parsed to a tree that is safe to read."""

from __future__ import annotations

import math
import warnings
from xml.etree import ElementTree as ET
from xml.parsers import expat

from monody.reading.raw_score import GET_IT_AGAIN, UnreadableError

_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]


def parsed_xml(data: bytes, kind: str) -> ET.Element:
    """Parse XML that declares no entities: they could grow without bound.

    Args:
        data: The whole text.
        kind: What it should be, such as "MusicXML", for the reason of a refusal.

    Raises:
        UnreadableError: If it is not XML, damaged, or declares entities.

    Example:
        >>> from monody.reading.xml_tree import parsed_xml
        >>> parsed_xml(b"<score><part/></score>", "MusicXML")[0].tag
        'part'
        >>> parsed_xml(b"X:1", "MusicXML")
        Traceback (most recent call last):
        ...
        monody.reading.raw_score.UnreadableError: not MusicXML: it is not XML
    """
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse_entity
    try:
        with warnings.catch_warnings():
            # Of codecs that a file may name, and no score does: unicode_escape.
            warnings.simplefilter("ignore")
            parser.Parse(data, True)
    except expat.ExpatError as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from error
        raise _not_xml(data, kind, str(error)) from error
    except (ValueError, LookupError) as error:
        raise _not_xml(data, kind, str(error)) from error
    root = builder.close()
    if root.tag.lower() == "html":
        raise _web_page(kind)
    return root


def _refuse_entity(*_: object) -> None:
    raise UnreadableError(
        "XML that declares entities, as no score does",
        "open it in a notation program and export it again",
    )


def _not_xml(data: bytes, kind: str, error: str) -> UnreadableError:
    """Say why data does not parse, by its looks."""
    head = (
        data[:1024].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    )
    if not data:
        return UnreadableError("empty file", GET_IT_AGAIN)
    if b"<html" in head or b"<!doctype html" in head:
        return _web_page(kind)
    if not head.startswith((b"<", b"\xff\xfe<", b"\xfe\xff<")):
        return UnreadableError(f"not {kind}: it is not XML", f"export it as {kind}")
    return UnreadableError(f"damaged XML: {error}", GET_IT_AGAIN)


def _web_page(kind: str) -> UnreadableError:
    return UnreadableError(
        f"a web page, not {kind}", f"download the {kind} file that the page links to"
    )


def number_in(element: ET.Element, path: str) -> float:
    """Return the number in a descendant's text; 0 if there is none.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.xml_tree import number_in
        >>> sound = ET.fromstring("<a><b><c> 12 </c></b></a>")
        >>> number_in(sound, "b/c"), number_in(sound, "b")
        (12.0, 0.0)
    """
    return finite_number(element.findtext(path, ""))


def finite_number(text: str) -> float:
    """Return the number that a text is; 0 if it is none.

    Example:
        >>> from monody.reading.xml_tree import finite_number
        >>> finite_number("1e3"), finite_number("nan"), finite_number("")
        (1000.0, 0.0, 0.0)
    """
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0
