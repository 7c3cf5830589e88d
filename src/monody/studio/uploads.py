"""What a browser sends: files, written to the disk as they come, under safe names.

A form of files and texts comes in one request. Each file goes straight to the disk, so
that no upload fills the memory; ``security`` limits what comes in all. Folders are kept
as sub-folders, and zip archives stay as they are: the reading opens them.
"""

from __future__ import annotations

import filecmp
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from monody.errors import MonodyError
from monody.file_names import folded
from monody.studio.upload_names import free_name, names_like, safe_name
from monody.studio.upload_part import Part
from monody.studio.words import _
from monody.temporary import TemporaryFolder
from monody.translation import grouped

MAX_FILES = 20_000
MAX_TEXT_BYTES = 4096  # of a field that is no file
MAX_TEXTS = 8


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
        self._part = Part()
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
        self._part = Part()

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
        # Not the first of them, which goes while this runs where the studio is ended.
        for parent in reversed(name.parents[:-1]):
            (self._folder / parent).mkdir(exist_ok=True)
        self._part.file = (self._folder / name).open("xb")
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
        if part.filename is None and part.field and len(self.texts) < MAX_TEXTS:
            self.texts[part.field] = part.text.decode("utf-8", "replace")
        part.close()


def _no_form(why: object) -> MonodyError:
    return MonodyError(f"the upload is no whole form: {why}; drop the files again")


def _too_much() -> MonodyError:
    return MonodyError(
        _(
            "At most {files} files at a time: drop a part first, and add the rest."
        ).format(files=grouped(MAX_FILES))
    )


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
