"""From a MuseScore file to the same raw score that MIDI gives.

Pitches are stored as they sound, without octave lines. Notes that are hidden sound;
notes marked as silent and slashes do not, and are named. Grace notes stay out.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from monody.reading.archives import Archive
from monody.reading.musescore.score import written_score
from monody.reading.notation.performed import performed
from monody.reading.raw_score import RawScore, UnreadableError
from monody.reading.xml_tree import parsed_xml
from monody.translation import marked

SAVE_AGAIN = marked("open it in MuseScore and save it again")
ROOT = "museScore"
_ZIP = b"PK\x03\x04"
_SUFFIX = ".mscx"
_CONTAINER = "META-INF/container.xml"


def read_musescore(data: bytes, max_bytes: int) -> RawScore:
    """Parse a MuseScore file; each voice of a staff is a line.

    Args:
        data: The whole file: XML text (.mscx), or an archive of it (.mscz).
        max_bytes: The largest unpacked size.

    Raises:
        UnreadableError: If it is none, is damaged or too large, or holds no staff.

    Example:
        >>> from monody.reading.musescore.parse import read_musescore
        >>> chord = "<durationType>whole</durationType><Note><pitch>60</pitch></Note>"
        >>> measure = f"<Measure><voice><Chord>{chord}</Chord></voice></Measure>"
        >>> score = f'<Score><Staff id="1">{measure}</Staff></Score>'
        >>> data = f'<museScore version="4.20">{score}</museScore>'.encode()
        >>> read_musescore(data, max_bytes=1_000_000).tracks[0].pitch.tolist()
        [60]
    """
    if data.startswith(_ZIP):
        data = _unpacked(Archive(data), max_bytes)
    root = parsed_xml(data, "MuseScore")
    if root.tag != ROOT:
        raise UnreadableError(
            f"XML, but not MuseScore: its root is <{root.tag[:40]}>", SAVE_AGAIN
        )
    kind = f"MuseScore, version {root.get('version', 'unknown')[:10]}"
    return performed(written_score(root), kind)


def _unpacked(archive: Archive, max_bytes: int) -> bytes:
    """Return the score in an archive; its parts and pictures are left."""
    names = archive.names()
    scores = [name for name in names if name.lower().endswith(_SUFFIX)]
    # Parts are written once more, in folders of their own.
    outside = [name for name in scores if "/" not in name.replace("\\", "/")]
    named = _in_container(archive, names, max_bytes)
    for name in (named, *outside, *scores):
        if name in scores:
            return archive.read(names.index(name), max_bytes)
    raise UnreadableError("a MuseScore archive without a score", SAVE_AGAIN)


def _in_container(archive: Archive, names: list[str], max_bytes: int) -> str:
    """Return the score that the archive's table of contents names; "" without one."""
    if _CONTAINER not in names:
        return ""
    try:
        text = archive.read(names.index(_CONTAINER), max_bytes)
        root: ET.Element = parsed_xml(text, "MuseScore")
    except UnreadableError:  # the names of the members tell as well
        return ""
    paths = [item.get("full-path", "") for item in root.iter("rootfile")]
    return next((path for path in paths if path.lower().endswith(_SUFFIX)), "")
