"""One part of a form that a browser sends: a file or a text."""

from __future__ import annotations

from typing import BinaryIO

from python_multipart.multipart import parse_options_header


class Part:
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
