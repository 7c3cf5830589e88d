from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from monody.reading.archives import Archive
from monody.reading.file_types import is_music_name, is_other_name, is_readable_name
from monody.reading.find import find_files
from monody.reading.formats import read_scores
from monody.reading.raw_score import ReadScores, UnreadableError
from tests.builders.kern_files import kern
from tests.builders.midi_files import midi_file
from tests.builders.musescore_files import FOUR_FOUR, chord, measure, mscx, mscz, voices

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
        (gzip.compress(bytes(10**6), mtime=0), "a.mid.gz", "larger than 0.1 MB"),
        (
            gzip.compress(gzip.compress(GOOD, mtime=0), mtime=0),
            "a.mid.gz",
            "packed more than once",
        ),
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


MUSESCORE = mscx(4, measure(voices(FOUR_FOUR + chord("whole", 60))))
KERN = b"!!!OTL: A tune\n" + kern("4c", "4d").encode()


@pytest.mark.parametrize(
    "name", ["a.mid", "a.xml", "a.xyz", "a.mscx", "a.krn", "a.abc"]
)
def test_musescore_and_kern_are_read_under_any_name(name: str) -> None:
    assert _pitches(_read(MUSESCORE, name)) == [[60]]
    assert _pitches(_read(KERN, name)) == [[60, 62]]
    assert _pitches(_read(gzip.compress(KERN), name + ".gz")) == [[60, 62]]


@pytest.mark.parametrize("name", ["a.mid", "a.mscz", "a.mxl"])
def test_packed_musescore_is_told_by_what_is_in_it(name: str) -> None:
    assert _pitches(_read(mscz({"score.mscx": MUSESCORE}), name)) == [[60]]
    archive = _zip({"tune.mscx": MUSESCORE})
    assert _pitches(_read(archive, "a.mscz")) == [[60]]
    [score] = _read(archive, "a.mid").scores
    assert score.repairs == ("unpacked: it is a zip archive",)


def test_musescore_in_utf_16_is_read() -> None:
    text = MUSESCORE.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert _pitches(_read(text.encode("utf-16"))) == [[60]]


def test_a_kern_collection_gives_a_score_for_each_piece() -> None:
    book = kern("4c") + "!!!OTL: 2\n" + kern("4d") + kern("*^")[:-1] + kern("4e")
    found = _read(book.encode(), "a.krn")
    assert _pitches(found) == [[60], [62]]
    assert [score.piece for score in found.scores] == [0, 1]
    assert len(found.left_out) == 1


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"RIFF\x24\0\0\0WAVEfmt ", "recorded sound (WAV)"),
        (b"ID3\x03\0\0", "recorded sound (MP3)"),
        (b"\xff\xfb\x90\x64", "recorded sound (MP3)"),
        (b"\xff\xf3\x40\xc0", "recorded sound (MP3)"),
        (b"fLaC\0\0", "recorded sound (FLAC)"),
        (b"OggS\0\x02", "recorded sound (Ogg)"),
        (b"\0\0\0\x20ftypM4A ", "recorded sound (MP4)"),
        (b"\xff\xf1\x50\x80", "recorded sound (AAC)"),
        (b"FORM\0\0\0\0AIFF", "recorded sound (AIFF)"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "recorded sound (WMA)"),
        (b"\x18FICHIER GUITAR PRO v5.00", "Guitar Pro"),
        (b"BCFZ\0\0", "Guitar Pro"),
        (_zip({"VERSION": b"7.0", "Content/score.gpif": b"<GPIF/>"}), "Guitar Pro"),
        (b"\x0fSIBELIUS\0", "Sibelius"),
        (b"ENIGMA BINARY FILE", "Finale"),
        (b'% a tune\n\\version "2.24.0"\n{ c4 }', "LilyPond"),
        (b'<?xml version="1.0"?>\n<mei xmlns="http://x">', "MEI"),
        (
            gzip.compress(b'<?xml version="1.0"?>\n<Ableton Major="5">', mtime=0),
            "Ableton",
        ),
        (b"FLhd\x06\0", "FL Studio"),
        (b"<REAPER_PROJECT 0.1", "Reaper"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_brought_in_place_of_music_is_named_by_its_content(
    data: bytes, what: str
) -> None:
    for name in ("a.mid", "a.xml", "a.krn", "a.xyz"):
        with pytest.raises(UnreadableError) as caught:
            _read(data + bytes(100), name)
        assert what in str(caught.value)
        assert caught.value.reason.advice


OTHERS = ("a.mp3", "b.WAV", "c.flac", "d.m4a", "e.gp5", "f.gp", "g.sib", "h.musx",
          "i.cpr", "j.als", "k.ly", "l.mei", "m.ogg", "n.aiff", "o.wma")  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_brought_in_place_of_music_is_named_by_its_suffix(name: str) -> None:
    assert is_other_name(name)
    assert is_readable_name(name)
    assert not is_music_name(name)
    for data in (b"?" * 99, gzip.compress(b"?"), _zip({"x": b""})):
        with pytest.raises(UnreadableError) as caught:
            _read(data, name)
        assert "MIDI" in caught.value.reason.advice


def test_recorded_sound_is_no_better_for_a_higher_limit() -> None:
    packed = _zip({"a.wav": bytes(10**6)})
    with pytest.raises(UnreadableError, match="recorded sound"):
        Archive(packed).read(0, 1000)


def test_music_beside_recorded_sound_is_read() -> None:
    both = _zip({"a.mid": GOOD, "a.mp3": b"ID3\x03"})
    assert _pitches(_read(both, "tune.mid")) == [[60, 62]]


def test_a_folder_lists_what_gets_a_verdict_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a.mscx", "b.mscz", "c.krn", "d.krn.gz", "e.mp3", "f.gp4", "g.mid"):
        (tmp_path / name).touch()
    for name in ("h.txt", "i.png", "j.pdf", "k.mp4", "l.gz", "m", "n.jpg", "o.csv"):
        (tmp_path / name).touch()
    found = find_files(tmp_path).names
    assert [name[0] for name in found] == list("abcdefg")
