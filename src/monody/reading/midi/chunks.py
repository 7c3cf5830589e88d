"""The chunks of a sound MIDI file: its header, its tracks, and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monody.music.smf import TRACK_MARK
from monody.reading.midi.drum_kits import is_drum_name
from monody.reading.midi.repair import PATTERNS
from monody.reading.midi.repair_track import END_OF_TRACK

HEAD_BYTES = 14  # of the header, in any file that is sound
_SOUND_HEAD = b"MThd\0\0\0\x06"
_TRACK_NAME = 0x03
# Names of the track and of its instrument, 0x04.
_NAME = re.compile(rb"\xff([\x03\x04])([\x01-\x7f])")


class MidiFile:
    """A MIDI file. But for `looks_damaged`, it must be sound.

    Args:
        data: The whole file, which begins with its header.

    Attributes:
        data: As given.
        bodies: The events of each track.
        names: The name of each track; "" where it has none.
        format: 0 to 2.
        ticks_per_quarter: 1 or more in a sound file.

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.midi.chunks import MidiFile
        >>> file = MidiFile(Path("data/midi/tune-000.mid").read_bytes())
        >>> file.ticks_per_quarter, len(file.bodies), file.names
        (24, 2, ['', ''])
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.format = int.from_bytes(data[8:10], "big")
        self.ticks_per_quarter = int.from_bytes(data[12:14], "big")
        chunks, self._end = _chunks(data)
        self.bodies = [body for mark, body in chunks if mark == TRACK_MARK]
        self._named = [_names(body) for body in self.bodies]
        self.names = [named.get(_TRACK_NAME, "") for named in self._named]

    @property
    def looks_damaged(self) -> bool:
        """Whether symusic might read it wrongly without an error.

        A header that counts fewer tracks than there are hides the others; sysex packets
        can shift the clock; behind a chunk that lies about its length all else is lost.
        """
        if len(self.data) < HEAD_BYTES or not self.data.startswith(_SOUND_HEAD):
            return True
        counted = int.from_bytes(self.data[10:12], "big")
        return (
            counted != self.data.count(TRACK_MARK)
            or b"\xf7" in self.data
            or self._end != len(self.data)
        )

    @property
    def is_whole(self) -> bool:
        """Whether each track ends with the event that says so."""
        return all(body.endswith(END_OF_TRACK) for body in self.bodies)

    @property
    def has_patterns(self) -> bool:
        """Whether its tracks are pieces of their own (format 2)."""
        return self.format == PATTERNS

    def patterns(self) -> Iterator[MidiFile]:
        """Yield each track as a file of its own."""
        head = self.data[:8] + b"\0\0\0\1" + self.data[12:HEAD_BYTES]
        for body in self.bodies:
            yield MidiFile(
                b"".join((head, TRACK_MARK, len(body).to_bytes(4, "big"), body))
            )

    def is_named_drums(self, track: int) -> bool:
        """Tell whether a track or its instrument has the name of a drum kit."""
        return any(
            is_drum_name(name, is_title=track == 0 and kind == _TRACK_NAME)
            for kind, name in self._named[track].items()
        )


def _chunks(data: bytes) -> tuple[list[tuple[bytes, bytes]], int]:
    """Return the mark and the content of each chunk after the header, and their end."""
    chunks: list[tuple[bytes, bytes]] = []
    at = HEAD_BYTES
    while at + 8 <= len(data):
        start = at + 8
        at = start + int.from_bytes(data[at + 4 : start], "big")
        chunks.append((data[start - 8 : start - 4], data[start:at]))
    return chunks, at


def _names(body: bytes) -> dict[int, str]:
    """Find the first name of a track, and that of its instrument, by kind of event.

    The bytes are searched, not followed: a longer name than 127 bytes is none.
    """
    names: dict[int, str] = {}
    for match in _NAME.finditer(body):
        text = body[match.end() : match.end() + match[2][0]]
        names.setdefault(match[1][0], _decoded(text).strip("\0 "))
    return names


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")
