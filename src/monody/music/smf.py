"""Text inside a MIDI file: the meta events FF 01 that any program may write and keep.

symusic neither writes nor reads them, so they are put into its bytes and found there.
What may be read here is any file, also one that another program saved again or cut.
"""

from __future__ import annotations

from contextlib import suppress

MAX_TEXT_BYTES = 2**28 - 1  # a length of four bytes of seven bits
_TRACK = b"MTrk"
_META, _TEXT, _END = 0xFF, 0x01, 0x2F
_SYSEX, _ESCAPE = 0xF0, 0xF7
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # data of system messages; others have none


def with_text(data: bytes, text: str) -> bytes:
    """Put a text at tick 0, before all else in the first track of a MIDI file.

    Args:
        data: A whole and sound MIDI file. Texts that it holds already stay.
        text: What to write, as UTF-8; other programs read ASCII without doubt.

    Raises:
        ValueError: If the file has no track, or the text is longer than 2**28 - 1
            bytes or no Unicode (half of a surrogate pair).
    """
    body = text.encode("utf-8")
    if len(body) > MAX_TEXT_BYTES:
        raise ValueError(f"a MIDI text holds {MAX_TEXT_BYTES:,} bytes, not {len(body)}")
    mark = data.find(_TRACK)
    if mark < 0:
        raise ValueError("expected a MIDI file, got bytes without a track (MTrk)")
    event = bytes((0, _META, _TEXT)) + number_bytes(len(body)) + body
    start = mark + 8  # the mark and the chunk's length have four bytes each
    size = int.from_bytes(data[mark + 4 : start], "big") + len(event)
    return data[: mark + 4] + size.to_bytes(4, "big") + event + data[start:]


def texts_of(data: bytes) -> list[str]:
    """Return every text of every track, in the order of the file.

    Args:
        data: Any bytes. Of damaged ones, what can be found: never an error, and the
            time grows linearly with the size.

    Returns:
        The texts, read as UTF-8 or else as Latin-1, the usual choice of old programs.
    """
    texts: list[bytes] = []
    mark = data.find(_TRACK)
    while mark >= 0:
        events = _Events(data, mark)
        with suppress(_CutError):  # the next track may be whole
            _collect_texts(events, texts)
        mark = data.find(_TRACK, events.at)
    return [_decoded(text) for text in texts]


class _CutError(Exception):
    """The events of a track cannot be followed any further."""


class _Events:
    """The events of a track, read byte by byte.

    Args:
        data: The whole file.
        mark: Where the track's chunk begins.
    """

    def __init__(self, data: bytes, mark: int) -> None:
        self.at = mark + 8
        self._data = data
        self._end = self.at + int.from_bytes(data[mark + 4 : self.at], "big")
        if not data.startswith(_TRACK, self._end):
            # The last track; or a wrong length, and the track's own end must do.
            self._end = len(data)

    def more(self) -> bool:
        """Say whether bytes are left."""
        return self.at < self._end

    def byte(self) -> int:
        """Read a byte."""
        if not self.more():
            raise _CutError
        self.at += 1
        return self._data[self.at - 1]

    def take(self, size: int) -> bytes:
        """Read so many bytes."""
        if self.at + size > self._end:
            raise _CutError
        self.at += size
        return self._data[self.at - size : self.at]

    def number(self) -> int:
        """Read a number of variable length."""
        byte = self.byte()
        value = byte & 127
        while byte > 127:
            byte = self.byte()
            # The bound keeps a megabyte of continuations from a number of that size.
            value = min(value << 7 | byte & 127, MAX_TEXT_BYTES)
        return value


def _collect_texts(events: _Events, texts: list[bytes]) -> None:
    """Read a track to its end, or to where it makes no sense any more."""
    status = 0  # of the last channel event; it may serve those after it
    while events.more():
        events.number()  # the time since the event before
        byte = events.byte()
        if byte == _META:
            kind = events.byte()
            body = events.take(events.number())
            if kind == _TEXT:
                texts.append(body)
            elif kind == _END:
                return
        elif byte in (_SYSEX, _ESCAPE):
            events.take(events.number())
        elif byte > _SYSEX:
            events.take(_SYSTEM_BYTES.get(byte, 0))
        else:
            status = _skip_channel_event(events, byte, status)


def _skip_channel_event(events: _Events, byte: int, status: int) -> int:
    """Read a channel event that begins with this byte, and return its status."""
    if byte > 127:
        status = byte
    elif status:
        events.at -= 1  # it was no status but the first data byte
    else:
        raise _CutError
    events.take(1 if 0xC0 <= status < 0xE0 else 2)
    return status


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def number_bytes(value: int) -> bytes:
    """Write a number of up to 28 bits, seven to a byte.

    >>> number_bytes(20_000).hex()
    '819c20'
    """
    if value < 128:
        return bytes((value,))
    out = [value & 127]
    while value := value >> 7:
        out.append(value & 127 | 128)
    return bytes(reversed(out))
