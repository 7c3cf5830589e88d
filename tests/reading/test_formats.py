from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from monody.reading.archives import Archive
from monody.reading.file_types import is_music_name
from monody.reading.formats import ReadScores, read_scores
from monody.reading.raw_score import UnreadableError
from tests.builders.midi_files import midi_file

GOOD = midi_file([[(60, 0, 480), (62, 480, 480)]])
BOOK = b"X:1\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n"
SCORE = b"""<?xml version="1.0"?><score-partwise><part-list><score-part id="P1">
<part-name/></score-part></part-list><part id="P1"><measure number="1"><attributes>
<divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time>
</attributes><note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration>
</note></measure></part></score-partwise>"""


def _zip(
    members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _read(data: bytes, name: str = "a.mid", max_bytes: int = 100_000) -> ReadScores:
    return read_scores(data, name, max_bytes)


def _pitches(found: ReadScores) -> list[list[int]]:
    return [
        [pitch for track in score.tracks for pitch in track.pitch.tolist()]
        for score in found.scores
    ]


@pytest.mark.parametrize(
    ("data", "pitches"), [(GOOD, [60, 62]), (BOOK, [60, 62, 64, 65, 67, 69, 71, 72])]
)
@pytest.mark.parametrize("name", ["a.mid", "a.xyz", "A.KAR"])
def test_the_content_decides_not_the_name(
    data: bytes, pitches: list[int], name: str
) -> None:
    assert _pitches(_read(data, name)) == [pitches]


def test_musicxml_is_read_under_any_name() -> None:
    pytest.importorskip("music21")
    for name in ("a.musicxml", "a.xml", "a.mid"):
        assert _pitches(_read(SCORE, name)) == [[60]]
    assert _pitches(_read(_zip({"a.xml": SCORE}), "a.mxl")) == [[60]]
    container = (
        b'<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
    )
    packed = _zip({"META-INF/container.xml": container, "a.xml": SCORE})
    assert _pitches(_read(packed, "a.mid")) == [[60]]


def test_packed_files_are_unpacked_and_it_is_said_where_the_name_does_not() -> None:
    assert _read(gzip.compress(GOOD), "a.mid.gz").scores[0].repairs == ()
    [score] = _read(gzip.compress(GOOD), "a.mid").scores
    assert score.repairs == ("unpacked: it is a gzip file",)
    [score] = _read(_zip({"inner.mid": GOOD}), "a.mid").scores
    assert score.repairs == ("unpacked: it is a zip archive",)


def test_a_gzip_file_of_several_members_is_read_whole() -> None:
    packed = gzip.compress(GOOD[:50]) + gzip.compress(GOOD[50:])
    found = _read(packed, "a.mid.gz")
    assert _pitches(found) == [[60, 62]]
    assert found.scores[0].repairs == ()
    with pytest.raises(UnreadableError, match="larger than 0.1 MB"):
        _read(gzip.compress(bytes(60_000)) * 2, "a.mid.gz")


def test_a_gzip_file_that_was_cut_gives_what_is_left() -> None:
    packed = gzip.compress(GOOD)
    [score] = _read(packed[:-12], "a.mid.gz").scores
    assert "gzip file cut short" in score.repairs[0]


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"\x1f\x8b" + bytes(30), "a.mid.gz", "damaged gzip file"),
        (gzip.compress(bytes(10**6)), "a.mid.gz", "larger than 0.1 MB"),
        (gzip.compress(gzip.compress(GOOD)), "a.mid.gz", "packed more than once"),
        (_zip({"a.mid": GOOD, "b.mid": GOOD}), "a.mid", "zip archive of 2 music files"),
        (_zip({"a.txt": GOOD}), "a.mid", "zip archive of 0 music files"),
        (_zip({"a.zip": _zip({})}), "a.mid", "an archive inside an archive"),
        (_zip({"a.mid": bytes(10**6)}), "a.mid", "larger than 0.1 MB"),
        (b"PK\x03\x04" + bytes(30), "a.mid", "damaged zip archive"),
        (b"no tune at all", "a.abc", "no line begins with X:"),
        (b"", "a.abc", "no line begins with X:"),
        (b"<html>", "a.mid", "a web page"),
        (b"", "a.mid", "empty file"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(
    data: bytes, name: str, reason: str
) -> None:
    with pytest.raises(UnreadableError, match=reason) as caught:
        _read(data, name)
    assert caught.value.reason.advice


def test_of_a_tune_book_the_readable_tunes_are_read() -> None:
    found = _read(BOOK + b"\nX:2\nT:no music\n\n" + BOOK, "a.abc")
    assert found.scores[0].piece == 0
    assert len(found.scores) + len(found.left_out) == 3
    assert _pitches(found)[0] == _pitches(found)[-1]


def test_a_latin_1_book_with_dos_line_ends_is_read() -> None:
    book = "X:1\r\nT:Für Élise\r\nM:4/4\r\nL:1/4\r\nK:C\r\nCDEF|GABc|\r\n"
    for encoding in ("latin-1", "utf-8", "utf-8-sig"):
        assert _pitches(_read(book.encode(encoding), "a.abc"))[0][0] == 60


def test_archives_that_cannot_be_trusted() -> None:
    locked = bytearray(_zip({"a.mid": GOOD}))
    locked[6] |= 1  # the flags, at the member and in the directory
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnreadableError, match="locked by a password"):
        Archive(bytes(locked)).read(0, 10**6)
    other = _zip({"a.mid": bytes(10**6)}, zipfile.ZIP_BZIP2)
    with pytest.raises(UnreadableError, match="another method"):
        Archive(other).read(0, 10**6)
    wrong = bytearray(_zip({"a.mid": GOOD}, zipfile.ZIP_STORED))
    wrong[wrong.index(b"MThd") + 40] ^= 1
    with pytest.raises(UnreadableError, match="damaged in the archive"):
        Archive(bytes(wrong)).read(0, 10**6)


def test_members_are_music_or_archives_and_not_hidden() -> None:
    names = ("b.mid", "a/B.MIDI", "c.txt", ".d.mid", "x/.y/e.mid", "f.ZIP", "g.abc.gz")
    members = Archive(_zip(dict.fromkeys(names, b""))).members()
    assert [member.name for member in members] == [
        "a/B.MIDI", "b.mid", "f.ZIP", "g.abc.gz",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.mid", "A.MIDI", "b.kar.gz", "c.ABC", "d.mxl"])
def test_names_of_music(name: str) -> None:
    assert is_music_name(name)


@pytest.mark.parametrize("name", ["a", "mid", "a.mid.txt", "a.gz", "a.mp3", "a.zip"])
def test_names_of_other_things(name: str) -> None:
    assert not is_music_name(name)


def test_a_member_without_a_name_hides_no_other() -> None:
    data = _zip({"QQQ": b"", "a.mid": GOOD}).replace(b"QQQ", b"\0QQ")
    archive = Archive(data)
    assert [member.name for member in archive.members()] == ["a.mid"]
    with pytest.raises(UnreadableError, match="changed while it was read"):
        archive.read(7, 10**6)
