"""What a browser sends: files, written to the disk as they come, under safe names.

A form of files and texts comes in one request. Each file goes straight to the disk, so
that no upload fills the memory; ``security`` limits what comes in all. Folders are kept
as sub-folders, and zip archives stay as they are: the reading opens them.
"""

from __future__ import annotations

import filecmp
import re
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from monody.errors import MonodyError
from monody.file_names import (
    MAX_STEM_BYTES,
    folded,
    off_devices,
    portable_stem,
    seen_part,
)
from monody.reading.file_types import is_readable_name
from monody.studio.words import _
from monody.temporary import TemporaryFolder
from monody.translation import grouped

MAX_FILES = 20_000
MAX_TEXT_BYTES = 4096  # of a field that is no file
MAX_FOLDERS = 8  # within each other; of more, the innermost count
MAX_FOLDER_BYTES = 100  # of the name of a folder
_BETWEEN = re.compile(r"[/\\]+")


class Upload:
    r"""The files and the texts of one request.

    Args:
        folder: Where the files go; it is there.
        content_type: What the request says that it is.

    Raises:
        MonodyError: If the request is no form.

    Example:
        >>> from pathlib import Path
        >>> from monody.studio.uploads import Upload
        >>> upload = Upload(Path("data"), "multipart/form-data; boundary=x")
        >>> part = b'Content-Disposition: form-data; name="name"\r\n\r\nAirs'
        >>> upload.write(b"--x\r\n" + part + b"\r\n--x--")
        >>> upload.texts["name"], upload.files
        ('Airs', [])
    """

    def __init__(self, folder: Path, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or b"boundary" not in options:
            raise MonodyError("expected a form of files (multipart/form-data)")
        self.files: list[PurePosixPath] = []  # by their names in ``folder``
        self._wanted: list[PurePosixPath] = []  # what each would be called alone
        self.passed_over = 0  # files that are no music
        self.texts: dict[str, str] = {}
        self._folder = folder
        self._whole = False
        self._taken: set[str] = set()
        self._part = _Part()
        try:
            self._parser = self._parser_of(options[b"boundary"])
        except FormParserError as error:
            raise _no_form(error) from error

    def _parser_of(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, i, end: self._part.name(data[i:end]),
                "on_header_value": lambda data, i, end: self._part.value(data[i:end]),
                "on_header_end": lambda: self._part.end_header(),
                "on_headers_finished": self._open,
                "on_part_data": lambda data, i, end: self._take(data[i:end]),
                "on_part_end": self._end,
                "on_end": self._note_end,
            },
        )

    def write(self, data: bytes) -> None:
        """Take the next bytes of the request.

        Raises:
            MonodyError: If they are no form, or there are too many of them.
            OSError: If they cannot be written.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _no_form(error) from error

    def finish(self) -> None:
        """Make sure that all of the form has come.

        Raises:
            MonodyError: If it has not.
        """
        if not self._whole:
            raise _no_form("it breaks off")

    def close(self) -> None:
        """Let go of a file that did not come whole."""
        self._part.close()

    def move_into(self, folder: Path) -> int:
        """Move the files to where they stay; what is there already is not put twice.

        Args:
            folder: It is there, on the same disk.

        Returns:
            How many files are new.
        """
        there = {
            folded(path.relative_to(folder).as_posix()): path
            for path in folder.rglob("*")
        }
        added = 0
        for name, wanted in zip(self.files, self._wanted, strict=True):
            source = self._folder / name
            for free in names_like(wanted):
                path = there.get(folded(str(free)))
                if path is None:
                    there[folded(str(free))] = folder / free
                    (folder / free).parent.mkdir(parents=True, exist_ok=True)
                    source.rename(folder / free)
                    added += 1
                    break
                if path.is_file() and filecmp.cmp(source, path, shallow=False):
                    break
        return added

    def _note_end(self) -> None:
        self._whole = True

    def _begin(self) -> None:
        self._part = _Part()

    def _open(self) -> None:
        """Begin a file where the part is one, and its name one that is read."""
        sent = self._part.filename
        if sent is None:
            return
        name = safe_name(sent)
        if name is None:
            self.passed_over += bool(sent)
            return
        if len(self.files) >= MAX_FILES:
            raise _too_much()
        self._wanted.append(name)
        name = free_name(name, self._taken)
        self._taken.add(folded(str(name)))
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._part.file = path.open("xb")
        self.files.append(name)

    def _take(self, data: bytes) -> None:
        if self._part.file is not None:
            self._part.file.write(data)
        elif self._part.filename is None:
            self._part.text += data
            if len(self._part.text) > MAX_TEXT_BYTES:
                raise _no_form("a text in it is too long")

    def _end(self) -> None:
        part = self._part
        if part.filename is None and part.field and len(self.texts) < MAX_FOLDERS:
            self.texts[part.field] = part.text.decode("utf-8", "replace")
        part.close()


class _Part:
    """One part of a form: its headers, and where its content goes."""

    def __init__(self) -> None:
        self.field = ""
        self.filename: str | None = None  # of a file, as it was sent
        self.file: BinaryIO | None = None
        self.text = bytearray()
        self._name, self._value = bytearray(), bytearray()

    def name(self, data: bytes) -> None:
        """Take some of the name of a header."""
        self._name += data

    def value(self, data: bytes) -> None:
        """Take some of the value of a header; the parser limits both."""
        self._value += data

    def end_header(self) -> None:
        """Note what a header says."""
        if self._name.lower() == b"content-disposition":
            _kind, options = parse_options_header(bytes(self._value))
            self.field = options.get(b"name", b"").decode("utf-8", "replace")
            if b"filename" in options:
                self.filename = options[b"filename"].decode("utf-8", "replace")
        self._name.clear()
        self._value.clear()

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()


def _no_form(why: object) -> MonodyError:
    return MonodyError(f"the upload is no whole form: {why}; drop the files again")


def _too_much() -> MonodyError:
    return MonodyError(
        _(
            "At most {files} files at a time: drop a part first, and add the rest."
        ).format(files=grouped(MAX_FILES))
    )


def safe_name(sent: str) -> PurePosixPath | None:
    r"""Return the name that a file gets, made of the one that it was sent with.

    Args:
        sent: Anything; folders are divided by ``/`` or ``\``.

    Returns:
        A relative path that leads nowhere but down and that every system takes;
        ``None`` where the file is hidden, or none that is read.

    Example:
        >>> from monody.studio.uploads import safe_name
        >>> str(safe_name("airs/slow/My Air.mid")), str(safe_name("../../aux.MID"))
        ('airs/slow/My Air.mid', '_aux.MID')
        >>> safe_name("airs/.hidden.mid"), safe_name("cover.png")
        (None, None)
    """
    composed = unicodedata.normalize("NFC", sent)  # macOS keeps accents apart
    parts = [part for part in _BETWEEN.split(composed) if part not in ("", ".", "..")]
    if not parts or any(part.startswith((".", "__MACOSX")) for part in parts):
        return None
    *folders, name = parts
    if not is_readable_name(name):
        return None
    stem, dot, suffix = name.rpartition(".")
    safe = [seen_part(folder, MAX_FOLDER_BYTES) for folder in folders[-MAX_FOLDERS:]]
    kept = [_no_file(off_devices(folder)) for folder in safe if folder]
    most = MAX_STEM_BYTES - len(suffix)
    return PurePosixPath(*kept, f"{portable_stem(stem, most)}{dot}{suffix}")


def _no_file(folder: str) -> str:
    """Return a name that no file gets here, so that a folder never meets one."""
    return folder.replace(".", "-") if is_readable_name(folder) else folder


def free_name(name: PurePosixPath, taken: set[str]) -> PurePosixPath:
    """Return a name that nothing has yet, numbered if need be.

    Args:
        name: The one that is wanted.
        taken: Those that are taken, ``folded``: some disks know no case.

    Example:
        >>> from pathlib import PurePosixPath
        >>> from monody.studio.uploads import free_name
        >>> str(free_name(PurePosixPath("airs/A.mid"), {"airs/a.mid"}))
        'airs/A-2.mid'
    """
    return next(free for free in names_like(name) if folded(str(free)) not in taken)


def names_like(name: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield a name, and then the same with numbers, from 2 on.

    Example:
        >>> from itertools import islice
        >>> from pathlib import PurePosixPath
        >>> from monody.studio.uploads import names_like
        >>> [str(each) for each in islice(names_like(PurePosixPath("airs/a.mid")), 3)]
        ['airs/a.mid', 'airs/a-2.mid', 'airs/a-3.mid']
    """
    yield name
    for number in count(2):
        yield name.with_name(f"{name.stem}-{number}{name.suffix}")


@asynccontextmanager
async def received(
    parts: AsyncIterator[bytes], content_type: str, beside: Path
) -> AsyncIterator[Upload]:
    """Write an upload to the disk; what was not moved away by the end is removed.

    Args:
        parts: The body of a request.
        content_type: What it says that it is.
        beside: The folder in which it gets a folder of its own.

    Raises:
        MonodyError: If it is no form, or too large.
    """
    making = await run_in_threadpool(TemporaryFolder, beside)
    try:
        upload = Upload(making.path, content_type)
        try:
            async for part in parts:
                await run_in_threadpool(upload.write, part)
            upload.finish()
        finally:
            upload.close()
        yield upload
    finally:
        await run_in_threadpool(making.remove)
