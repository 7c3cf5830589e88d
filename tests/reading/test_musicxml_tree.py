from __future__ import annotations

import contextlib
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest

from monody.reading.musicxml.tree import score_tree
from monody.reading.raw_score import UnreadableError

MIB = 2**20
CONTAINER = '<container><rootfiles><rootfile full-path="{}"/></rootfiles></container>'
SCORE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">\n'
    '<score-partwise version="4.0"><part-list><score-part id="A"><part-name>x'
    '</part-name></score-part></part-list><part id="A"><measure number="1"><note/>'
    "</measure></part></score-partwise>"
)


def _archive(*members: tuple[str, str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return buffer.getvalue()


def _text(data: bytes) -> str:
    return ET.tostring(score_tree(data, MIB), "unicode")


def _reason(data: bytes, max_bytes: int = MIB) -> str:
    with pytest.raises(UnreadableError) as caught:
        score_tree(data, max_bytes)
    assert caught.value.reason.advice
    return caught.value.reason.text


def test_a_timewise_score_becomes_partwise() -> None:
    head = '<part-list><score-part id="A" /><score-part id="B" /></part-list>'
    timewise = "".join(
        f'<measure number="{number}">'
        f'<part id="A"><a{number} /></part><part id="B"><b{number} /></part></measure>'
        for number in (1, 2)
    )
    partwise = "".join(
        f'<part id="{name.upper()}"><measure number="1"><{name}1 /></measure>'
        f'<measure number="2"><{name}2 /></measure></part>'
        for name in "ab"
    )
    text = f"<score-timewise>{head}{timewise}</score-timewise>"
    assert _text(text.encode()) == f"<score-partwise>{head}{partwise}</score-partwise>"


def test_compressed_scores_with_and_without_a_container() -> None:
    box = "META-INF/container.xml"
    for members in (
        [(box, CONTAINER.format("in/a.xml")), ("b.xml", "<b/>"), ("in/a.xml", SCORE)],
        [("__MACOSX/._a.xml", "junk"), ("a.MusicXML", SCORE)],
        [(box, CONTAINER.format("gone.xml")), ("a.xml", SCORE)],
        [(box, "<container/>"), ("a.xml", SCORE)],
    ):
        assert _text(_archive(*members)) == _text(SCORE.encode())


def test_the_last_of_two_members_of_one_name_counts() -> None:
    box = ("META-INF/container.xml", CONTAINER.format("b.xml"))
    # Written under another name: zipfile warns of a name that is there already.
    data = _archive(box, ("a.xml", "<a/>"), ("b.xml", SCORE))
    assert _text(data.replace(b"a.xml", b"b.xml")) == _text(SCORE.encode())


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-16", "utf-16"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("UTF-8", "utf-8-sig"),
    ],
)
def test_encodings(declared: str, codec: str) -> None:
    text = SCORE.replace("UTF-8", declared).replace(">x<", ">Flöte<")
    assert ">Flöte<" in _text(text.encode(codec))


def test_an_archive_that_unpacks_to_too_much_is_refused() -> None:
    bomb = _archive(("tune.xml", " " * (8 * MIB)))
    assert len(bomb) < MIB / 100
    assert _reason(bomb).startswith("larger than")
    assert _reason(SCORE.encode(), 100).startswith("larger than")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"<!DOCTYPE html><html><p>404</html>", "a web page, not MusicXML"),
        (b"<?xml version='1.0'?><html><p>404</p></html>", "a web page, not MusicXML"),
        (b"<svg/>", "XML, but not MusicXML: its root is <svg>"),
        (b"\x00\x01garbage", "not MusicXML: it is not XML"),
        (b"MThd", "not MusicXML: it is not XML"),
        (b"PK\x03\x04 and no archive", "damaged zip archive"),
        (_archive(("a.txt", "")), "an archive without MusicXML"),
        (
            _archive(("a.xml", SCORE), ("b.xml", SCORE)),
            "an archive of 2 XML files that does not say which to read",
        ),
        (
            _archive(("a.xml", SCORE), method=zipfile.ZIP_BZIP2),
            "packed by another method than deflate",
        ),
    ],
)
def test_what_is_no_score_is_explained(data: bytes, reason: str) -> None:
    assert _reason(data) == reason


def test_an_encrypted_archive_is_explained() -> None:
    data = bytearray(_archive(("a.xml", SCORE)))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    assert _reason(bytes(data)) == "locked by a password"


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://localhost/a.dtd"> %a;',
    ],
)
def test_entities_are_refused(subset: str) -> None:
    text = f"<!DOCTYPE score-partwise [{subset}]><score-partwise>&b;</score-partwise>"
    assert _reason(text.encode()) == "XML that declares entities, as no score does"


def test_damage_is_an_error_that_says_so() -> None:
    data = SCORE.encode()
    for end in range(len(data) // 10, len(data), len(data) // 10):
        assert _reason(data[:end]).startswith("damaged XML: ")
    packed = _archive(("tune.xml", SCORE))
    for end in range(4, len(packed), len(packed) // 10):
        assert _reason(packed[:end]) == "damaged zip archive"
    flipped, too_new = bytearray(packed), bytearray(packed)
    flipped[len(packed) // 2] ^= 255
    assert _reason(bytes(flipped)) == "damaged in the archive"
    too_new[packed.index(b"PK\x01\x02") + 6] = 255
    assert _reason(bytes(too_new)) == "damaged zip archive"


def test_what_is_said_of_a_file_is_short_however_long_it_is() -> None:
    with pytest.raises(UnreadableError) as refused:
        score_tree(f'<?xml version="1.0" encoding="{"x" * 10**6}"?><a/>'.encode(), MIB)
    assert "unknown encoding: xxx" in refused.value.reason.text
    assert len(refused.value.reason.text) <= 200


def test_a_codec_of_python_s_warns_nobody() -> None:
    text = '<?xml version="1.0" encoding="unicode_escape"?><score-partwise/>'
    with contextlib.suppress(UnreadableError):
        score_tree(text.encode(), MIB)
