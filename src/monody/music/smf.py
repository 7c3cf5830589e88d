"""The events inside the tracks of a standard MIDI file (SMF), byte by byte.

``EventCursor`` is the one reader of MIDI events: it follows a track of any bytes, and
says where they cannot be followed any further. With it come the texts in a file: the
meta events FF 01, which any program may write and keep. symusic neither writes nor
reads them, so they are put into its bytes and found there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

MAX_NUMBER = 2**28 - 1  # of variable length: four bytes of seven bits
MAX_TEXT_BYTES = MAX_NUMBER
TRACK_MARK = b"MTrk"
META, SYSEX, ESCAPE = 0xFF, 0xF0, 0xF7  # the events that say their length
TEXT, END = 0x01, 0x2F  # kinds of meta event
NOTE_ON = 0x90  # and the channel
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # data of system messages; others have none


class CutTrackError(Exception):
    """The events of a track cannot be followed any further."""


class EventCursor:
    """A place among the events of a track, which moves on as they are read.

    Args:
        data: The whole file.
        start: Where the track's first event begins.
        end: Where its last event ends, or should.

    Attributes:
        at: The place of the next byte.
        tick: The time of the event that ``events`` has read, or could not read whole.

    Example:
        >>> from monody.music.smf import EventCursor, data_bytes
        >>> events = EventCursor(bytes.fromhex("8148 90 3c50 60 3c00"), 0, 8)
        >>> events.number()  # ticks since the event before
        200
        >>> status = events.channel_status(events.byte())
        >>> status, list(events.take(data_bytes(status)))
        (144, [60, 80])
        >>> events.number()
        96
        >>> status = events.channel_status(events.byte())  # 3c: running status
        >>> status, list(events.take(data_bytes(status)))
        (144, [60, 0])
        >>> events.more()
        False
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.at = start
        self.tick = 0
        self._data = data
        self._end = end
        self._status = 0  # of the last channel event

    def more(self) -> bool:
        """Say whether bytes are left."""
        return self.at < self._end

    def byte(self) -> int:
        """Read a byte.

        Raises:
            CutTrackError: If none is left.
        """
        if not self.more():
            raise CutTrackError
        self.at += 1
        return self._data[self.at - 1]

    def take(self, size: int) -> bytes:
        """Read ``size`` bytes.

        Raises:
            CutTrackError: If fewer are left.
        """
        if self.at + size > self._end:
            raise CutTrackError
        self.at += size
        return self._data[self.at - size : self.at]

    def number(self) -> int:
        """Read a number of variable length.

        Four bytes hold up to ``MAX_NUMBER``. More of them are an error of the file, but
        may be padding; a number that is larger reads as ``MAX_NUMBER + 1``.

        Raises:
            CutTrackError: If it does not end.
        """
        byte = self.byte()
        value = byte & 127
        while byte > 127:
            byte = self.byte()
            # The bound keeps a megabyte of continuations from a number of that size.
            value = min(value << 7 | byte & 127, MAX_NUMBER + 1)
        return value

    def channel_status(self, first: int) -> int:
        """Return the status of a channel event, so that its data come next.

        Args:
            first: The first byte of the event, just read. Below 128 it is no status but
                the first data byte, which is put back: the status of the channel event
                before is in force (running status).

        Raises:
            CutTrackError: If there was no channel event before.
        """
        if first > 127:
            self._status = first
        elif self._status:
            self.at -= 1
        else:
            raise CutTrackError
        return self._status

    def events(self) -> Iterator[tuple[int, bytes]]:
        """Yield the status and the data of each event, up to the end of the track.

        The data of a meta event begin with its kind. Where the events cannot be
        followed any further, there are no more.

        Example:
            >>> from monody.music.smf import EventCursor
            >>> data = bytes.fromhex("00c028 60903c50 00ff2f00")
            >>> track = EventCursor(data, 0, len(data))
            >>> [(track.tick, hex(status)) for status, _ in track.events()]
            [(0, '0xc0'), (96, '0x90')]
        """
        with suppress(CutTrackError):
            while self.more():
                self.tick += self.number()
                status = self.byte()
                if status == META:
                    kind = self.byte()
                    body = bytes([kind]) + self.take(self.number())
                    if kind == END:
                        return
                elif status in (SYSEX, ESCAPE):
                    body = self.take(self.number())
                else:
                    if status < SYSEX:
                        status = self.channel_status(status)
                    body = self.take(data_bytes(status))
                yield status, body


def data_bytes(status: int) -> int:
    """Count the data bytes of a channel event or a system message.

    Args:
        status: 0x80 or more, but none of ``META``, ``SYSEX`` and ``ESCAPE``, which say
            their length themselves.

    Example:
        >>> from monody.music.smf import data_bytes
        >>> data_bytes(0x90), data_bytes(0xC0)  # a note-on, a change of program
        (2, 1)
    """
    if status < SYSEX:
        return 1 if 0xC0 <= status < 0xE0 else 2
    return _SYSTEM_BYTES.get(status, 0)


def number_bytes(value: int) -> bytes:
    """Write a number of up to 28 bits, seven to a byte.

    Example:
        >>> from monody.music.smf import number_bytes
        >>> number_bytes(20_000).hex()
        '819c20'
    """
    if value < 128:
        return bytes((value,))
    out = [value & 127]
    while value := value >> 7:
        out.append(value & 127 | 128)
    return bytes(reversed(out))


def with_text(data: bytes, text: str) -> bytes:
    """Put a text at tick 0, before all else in the first track of a MIDI file.

    Args:
        data: A whole and sound MIDI file. Texts that it holds already stay.
        text: Written as UTF-8; other programs read ASCII without doubt.

    Returns:
        The file with the text.

    Raises:
        ValueError: If the file has no track, or the text is longer than 2**28 - 1
            bytes or no Unicode (half of a surrogate pair).

    Example:
        >>> from monody.music.smf import texts_of, with_text
        >>> from pathlib import Path
        >>> tune = Path("data/midi/tune-000.mid").read_bytes()
        >>> texts_of(with_text(tune, "made on a Sunday"))
        ['made on a Sunday']
    """
    body = text.encode("utf-8")
    if len(body) > MAX_TEXT_BYTES:
        raise ValueError(f"a MIDI text holds {MAX_TEXT_BYTES:,} bytes, not {len(body)}")
    mark = data.find(TRACK_MARK)
    if mark < 0:
        raise ValueError("expected a MIDI file, got bytes without a track (MTrk)")
    event = bytes((0, META, TEXT)) + number_bytes(len(body)) + body
    start = mark + 8  # the mark and the chunk's length have four bytes each
    size = int.from_bytes(data[mark + 4 : start], "big") + len(event)
    return data[: mark + 4] + size.to_bytes(4, "big") + event + data[start:]


def texts_of(data: bytes) -> list[str]:
    """Return every text of every track, in the order of the file.

    Args:
        data: The bytes of any file, also one that another program saved again or cut.
            Damage is never an error: the texts that can be found are read. The time
            grows linearly with the size.

    Returns:
        The texts, read as UTF-8 or else as Latin-1, the usual choice of old programs.

    Example:
        >>> from monody.music.smf import texts_of
        >>> texts_of(b"MTrk" + bytes.fromhex("0000000a 00ff0102 6869 00ff2f00"))
        ['hi']
    """
    return [
        _decoded(body[1:])
        for _, status, body in _events_in(data)
        if status == META and body[0] == TEXT
    ]


def strikes_of(data: bytes) -> list[tuple[int, int]]:
    """List the pitch and the velocity of each note that is struck in a file, in order.

    Args:
        data: The file, or any other bytes: then there are none, or a few.

    Example:
        >>> from monody import Melody, midi_bytes
        >>> from monody.music.smf import strikes_of
        >>> strikes_of(midi_bytes(Melody.from_notes([(60, 0, 24), (62, 24, 24)])))
        [(60, 100), (62, 88)]
    """
    strikes = [
        (tick, body[0], body[1])
        for tick, status, body in _events_in(data)
        if status & 0xF0 == NOTE_ON and body[1]
    ]
    return [(pitch, velocity) for _, pitch, velocity in sorted(strikes)]


def _events_in(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield each event of each track of a file: its tick, its status, its data."""
    mark = data.find(TRACK_MARK)
    while mark >= 0:
        track = _track_at(data, mark)
        for status, body in track.events():
            yield track.tick, status, body
        mark = data.find(TRACK_MARK, track.at)


def _track_at(data: bytes, mark: int) -> EventCursor:
    """Go to the first event of the track whose chunk begins at ``mark``."""
    start = mark + 8
    end = start + int.from_bytes(data[mark + 4 : start], "big")
    if not data.startswith(TRACK_MARK, end):
        # The last track; or a wrong length, and the track's own end must do.
        end = len(data)
    return EventCursor(data, start, end)


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
