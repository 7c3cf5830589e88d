"""What goes wrong with the machine is never remembered as a fault of the file."""

from __future__ import annotations

import errno
import gzip
import os
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path
from xml.parsers import expat

import pytest

from monody.corpus import corpus as corpus_module
from monody.corpus.corpus import Corpus, read_corpus
from monody.errors import MonodyError
from monody.music.midi_file import midi_bytes
from monody.reading import xml_tree
from monody.reading.formats import read_scores
from monody.reading.packed import open_archive
from monody.reading.worker import TOO_MUCH_MEMORY, Reader
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import tune

# Each is what a reading process finds, by way of a module that Python imports first.
TROUBLES = {
    "the disk fails": """
import errno, zipfile
def failing(*_):
    raise OSError(errno.EIO, "Input/output error")
zipfile.ZipFile._RealGetContents = failing
""",
    "the disk fails within an archive": """
import errno, zipfile
def failing(*_):
    raise OSError(errno.EIO, "Input/output error")
zipfile.ZipExtFile.read = failing
""",
    "too many files are open": """
import errno, zipfile
def failing(*_):
    raise OSError(errno.EMFILE, "Too many open files")
zipfile.ZipFile.__init__ = failing
""",
    "no memory to list an archive": """
import zipfile
class Ends(zipfile.ZipFile):
    def infolist(self):
        zipfile.ZipFile = real
        raise MemoryError
real, zipfile.ZipFile = zipfile.ZipFile, Ends
""",
    "no memory to unpack": """
import zlib
def failing(*_, **__):
    raise zlib.error("Error -4 while decompressing data")
class Failing:
    decompress = failing
zlib.decompressobj = lambda *_, **__: Failing()
""",
    "no memory for XML": """
from xml.parsers import expat
class Failing:
    def Parse(self, *_):
        error = expat.ExpatError("out of memory")
        error.code = 1
        raise error
expat.ParserCreate = Failing
""",
    "the reader is killed": """
import os, signal, sys, zipfile
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
zipfile.ZipFile._RealGetContents = killed
""",
}

_MUSICXML = b"""<score-partwise><part-list><score-part id="P1"/></part-list>
<part id="P1"><measure><attributes><divisions>1</divisions></attributes>%s</measure>
</part></score-partwise>"""
_NOTE = b"""<note><pitch><step>%s</step><octave>4</octave></pitch>
<duration>1</duration></note>"""


@pytest.fixture
def music(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files that need all sorts of unpacking, whose readings are remembered."""
    monkeypatch.setenv("MONODY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(corpus_module, "SETTLED_SECONDS", -3600.0)
    folder = tmp_path / "music"
    folder.mkdir()
    (folder / "a.mid.gz").write_bytes(gzip.compress(midi_bytes(tune(1))))
    notes = b"".join(_NOTE % bytes([letter]) for letter in b"CDEFGABAGFED")
    (folder / "b.musicxml").write_bytes(_MUSICXML % notes)
    with zipfile.ZipFile(folder / "c.zip", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("c.mid", midi_bytes(tune(2)))
    return folder


def _dropped(corpus: Corpus) -> list[str]:
    return [item.path for item in corpus.verdicts if item.verdict == "dropped"]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_the_machine_refused_is_read_the_next_time(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    troubled = tmp_path / "troubled"
    troubled.mkdir()
    (troubled / "sitecustomize.py").write_text(TROUBLES[trouble])
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(troubled), *sys.path]))
        assert _dropped(read_corpus(music))
    assert _dropped(read_corpus(music)) == []


def test_a_temporary_folder_that_cannot_be_made_is_one_sentence(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(music / "c.zip" / "none"))
    with pytest.raises(MonodyError, match=r"c\.zip.*Not a directory.*TMPDIR"):
        read_corpus(music, ReadSettings(cache=False))


def test_a_temporary_folder_that_is_full_is_one_sentence_and_leaves_nothing(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(corpus_module, "read_into", full)
    with pytest.raises(MonodyError, match="No space left on device; make room there"):
        read_corpus(music, ReadSettings(cache=False))
    assert list(tmp_path.glob("monody-*")) == []


def test_where_files_before_it_took_the_memory_a_file_is_read_alone(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(ReadSettings())
    opened = reader._open
    calls: list[str] = []

    def crowded(path: str, member: int) -> object:
        calls.append(path)
        file = opened(path, member)
        if len(calls) == 2:
            file.scores, file.left_out, file.key = [], [TOO_MUCH_MEMORY], None
        return file

    monkeypatch.setattr(reader, "_open", crowded)
    path = str(music / "a.mid.gz")
    read = reader.read([(path, -1), (path, -1)])
    assert [len(report.left_out) for report in read.reports] == [0, 0]
    assert len(read.melodies) == 2
    assert len(calls) == 3


def test_want_of_memory_is_told_from_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        eof = False

        def Parse(self, *_: object) -> None:  # noqa: N802 - expat's name
            error = expat.ExpatError("out of memory")
            error.code = 1
            raise error

        def decompress(self, *_: object) -> None:
            raise zlib.error("Error -4 while decompressing data: insufficient memory")

    monkeypatch.setattr(expat, "ParserCreate", Full)
    with pytest.raises(MemoryError):
        xml_tree.parsed_xml(b"<score-partwise/>", "MusicXML")
    monkeypatch.setattr(zlib, "decompressobj", lambda **_: Full())
    with pytest.raises(MemoryError):
        read_scores(b"\x1f\x8b", "a.mid.gz", max_bytes=1000)


def test_an_archive_that_may_not_be_opened_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(zipfile, "ZipFile", closed)
    with pytest.raises(PermissionError):
        open_archive(str(tmp_path / "book.zip"))
    (tmp_path / "book.zip").touch()
    read = Reader(ReadSettings()).read([(str(tmp_path / "book.zip"), -1)])
    assert read.reports[0].left_out_text == "1 × cannot be opened: Permission denied"
    assert read.keys == [None]


def test_a_folder_that_may_not_be_read_is_asked_again(tmp_path: Path) -> None:
    read = Reader(ReadSettings()).read([(str(tmp_path), -1)])
    assert read.reports[0].left_out_text == "1 × a folder that may not be read"
    assert read.keys == [None]
