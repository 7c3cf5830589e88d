"""Broken MIDI bytes made into a plain standard MIDI file, as far as they can be read.

Damage is repaired at the level of bytes and chunks; what the values mean (a tempo of 0,
a meter of n/0) is for ``midi_read`` to judge. Each repair is named, because a file that
was changed must say so in its verdict. The work grows linearly with the file.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEADER_SEARCH_BYTES = 65536  # junk that may come before the header
MAX_TRACKS = 65535  # the header counts them in 16 bits
MAX_TICK = 2**31 - 1  # symusic's clock has 32 bits and would wrap around
MAX_DELTA = 2**28 - 1  # four bytes of seven bits
FRAMES_PER_SECOND = (24, 25, 29, 30)

_META, _TEMPO, _END = 0xFF, 0x51, 0x2F
_META_BYTES = {_TEMPO: 3, 0x58: 4, 0x59: 2}  # symusic reads beyond a shorter event
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # data of system messages; others have none
_END_OF_TRACK = b"\xff\x2f\x00"
# What cannot be kept leaves an empty text behind: it holds the event's place in time.
_EMPTY_TEXT = b"\xff\x01\x00"

_TAG = re.compile(rb"MT(?:rk|hd)")
_OTHER_TAG = re.compile(rb"(?!MThd|MTrk)[ -~]{4}")
_STRAY_DATA = re.compile(rb"[\x80-\xff]")
_SYSEX_BODY = re.compile(rb"[\x00-\x7f]*+\xf7?")
_SYSEX_TO_END = re.compile(rb"[\x00-\x7f]*+\xf7")
_SYSEX_WITHOUT_LENGTH = re.compile(rb"[\x00-\x7f]*+\xf7[\x00-\x7f]*+[\x80-\xff]")

_CUT = "cut at the last whole event of {}"
_TOO_LATE = "cut {} where its time runs past 32 bits"
_LENGTH = "wrong chunk length of {} put right"
_UNMARKED = "missing MTrk mark of {} restored"
_STRAY_BYTES = "stray bytes before {} skipped"
_NO_END = "end of track added to {}"
_AFTER_END = "bytes after the end of {} ignored"
_CLAMPED = "stray data bytes clamped in {}"
_RUNNING = "running status after a meta event or sysex written out in {}"
_OVERLONG = "overlong number put right in {}"
_SHORT_META = "malformed meta event dropped from {}"
_SYSTEM = "system message dropped from {}"
_SYSEX = "malformed sysex dropped from {}"
_ESCAPE = "sysex continuation dropped from {}"
_HANGING = "hanging notes closed at the end of {}"


@dataclass(frozen=True)
class Salvaged:
    """A whole file, and what had to be done for it.

    Attributes:
        data: A valid standard MIDI file; the bytes that came if nothing was wrong.
        repairs: What was wrong and done, a short phrase each, such as "unwrapped from
            RIFF" or "cut at the last whole event of track 3"; tracks count from 1.
    """

    data: bytes
    repairs: tuple[str, ...]


def salvage(data: bytes) -> Salvaged | None:
    """Make a plain standard MIDI file of what can be read.

    Unknown chunks and bytes after the last track are allowed in good files, so they
    alone are no repair. Notes keep their ticks whatever was repaired around them.

    Args:
        data: The whole file, whatever it may be.

    Returns:
        The file and its repairs. ``None`` if there is nothing to save: no header in
        the first 64 KiB, no track with an event, or no usable time division (without
        one the lengths of the notes mean nothing, and a guess would look like data).
    """
    header = _find_header(data)
    if header is None:
        return None
    tracks = list(_tracks(data, header))
    if not any(track.events for track in tracks):
        return None
    file_format = 0 if header.format == 0 and len(tracks) == 1 else 1
    repairs = (*_header_repairs(data, header, tracks), *_track_repairs(tracks))
    if not repairs:
        return Salvaged(data, ())
    division = header.ticks_per_quarter
    head = struct.pack(">4sIHHH", b"MThd", 6, file_format, len(tracks), division)
    chunks = (struct.pack(">4sI", b"MTrk", len(t.out)) + t.out for t in tracks)
    return Salvaged(b"".join((head, *chunks)), repairs)


@dataclass(frozen=True)
class _Header:
    """The file's header; places are offsets into the bytes."""

    start: int
    end: int
    size: int
    format: int
    track_count: int
    ticks_per_quarter: int
    is_smpte: bool


def _find_header(data: bytes) -> _Header | None:
    """Return the first header that can be used, one of the right size if there is.

    Text that comes before a file may speak of headers too.
    """
    first = None
    for match in re.finditer(b"MThd", data[:HEADER_SEARCH_BYTES]):
        header = _header_at(data, match.start())
        if header is not None and header.size == 6:
            return header
        first = first or header
    return first


def _header_at(data: bytes, start: int) -> _Header | None:
    if start + 14 > len(data) or b"MTrk" in data[start + 8 : start + 17]:
        return None  # the file or the first track begins where the division would be
    size, file_format, track_count, division = struct.unpack_from(
        ">IHHH", data, start + 4
    )
    is_smpte = division >= 0x8000
    ticks = _smpte_ticks_per_quarter(division) if is_smpte else division
    if ticks < 1:
        return None
    declared_end = start + 8 + size
    end = declared_end if _is_chunk(data, declared_end) else start + 14
    return _Header(start, end, size, file_format, track_count, ticks, is_smpte)


def _smpte_ticks_per_quarter(division: int) -> int:
    """Count the ticks of half a second: a quarter at 120 bpm, MIDI's default tempo.

    >>> _smpte_ticks_per_quarter(0xE728)  # 25 frames of 40 ticks: milliseconds
    500
    """
    frames, ticks_per_frame = 256 - (division >> 8), division & 255
    if frames not in FRAMES_PER_SECOND:
        return 0
    rate = 29.97 if frames == 29 else frames  # 29 stands for NTSC's drop frame
    return round(rate * ticks_per_frame / 2)


def _is_chunk(data: bytes, at: int) -> bool:
    """Say whether a chunk begins here."""
    return bool(_TAG.match(data, at)) or _is_unknown_chunk(data, at)


def _is_unknown_chunk(data: bytes, at: int) -> bool:
    """Say whether this may be a chunk of some program's own: named, and not too long.

    The data bytes of notes can spell a name too, but then seldom a fitting length.
    """
    if not _OTHER_TAG.match(data, at) or at + 8 > len(data):
        return False
    return at + 8 + _size(data, at) <= len(data)


def _size(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 4 : at + 8], "big")


def _next_tag(data: bytes, at: int) -> int:
    match = _TAG.search(data, at)
    return match.start() if match else len(data)


@dataclass(frozen=True)
class _Chunk:
    """Where the events of a track lie, and what was wrong around them."""

    start: int
    end: int
    flaws: tuple[str, ...]


def _tracks(data: bytes, header: _Header) -> Iterator[_Track]:
    """Rebuild one track after the other."""
    at, count = header.end, 0
    while count < MAX_TRACKS:
        chunk = _next_chunk(data, at, count, header.track_count)
        if chunk is None:
            return
        track = _Track(data, chunk, keep_tempos=not header.is_smpte)
        track.rebuild()
        yield track
        count += 1
        # A length that lies can take in the tracks that follow.
        at = track.at if track.ended and _is_track(data, track.at) else chunk.end


def _is_track(data: bytes, at: int) -> bool:
    return data.startswith(b"MTrk", at)


def _next_chunk(data: bytes, at: int, found: int, promised: int) -> _Chunk | None:
    """Find the next track.

    Args:
        data: The whole file.
        at: Where to begin.
        found: How many tracks came before. A header after them begins another file.
        promised: How many the header counts. A chunk without the mark of a track is
            taken for one only if a track is missing.
    """
    flaws: tuple[str, ...] = ()
    while at + 8 <= len(data) and not (found and data.startswith(b"MThd", at)):
        start, end = at + 8, at + 8 + _size(data, at)
        if _is_track(data, at):
            if _ends_at(data, end):
                return _Chunk(start, end, flaws)
            return _Chunk(start, _next_tag(data, start), (*flaws, _LENGTH))
        if found < promised and _is_unmarked_track(data, start, end):
            return _Chunk(start, end, (*flaws, _UNMARKED))
        if _is_unknown_chunk(data, at):
            at = end
        else:
            flaws, at = (_STRAY_BYTES,), _next_tag(data, at + 1)
    return None


def _is_unmarked_track(data: bytes, start: int, end: int) -> bool:
    return end <= len(data) and data.endswith(_END_OF_TRACK, start, end)


def _ends_at(data: bytes, end: int) -> bool:
    """Say whether to believe that a track ends here."""
    if end >= len(data):
        return end == len(data)
    return _is_chunk(data, end) or data.endswith(_END_OF_TRACK, 0, end)


class _CutError(Exception):
    """The events of a track cannot be followed any further; the message is the flaw."""


class _Track:
    """A track, read and written anew event by event.

    Args:
        data: The whole file.
        chunk: Where the track lies in it.
        keep_tempos: Whether tempo events count. Under SMPTE division they do not:
            ticks are parts of a second there, and a tempo would bend them.
    """

    def __init__(self, data: bytes, chunk: _Chunk, *, keep_tempos: bool) -> None:
        self.out = bytearray()
        self.at = chunk.start
        self.ended = False  # by an event of its own
        self.events = 0
        self.flaws = dict.fromkeys(chunk.flaws)  # a set that keeps its order
        self._data = data
        self._end = chunk.end
        self._keep_tempos = keep_tempos
        self._tick = 0
        self._status = 0  # the channel status that running status repeats
        self._status_lapsed = False  # by a meta event or sysex since
        self._sounding: dict[int, int] = {}  # note-ons by channel and pitch

    def rebuild(self) -> None:
        """Read to the end of the track, or to where it makes no sense any more."""
        try:
            while self.at < self._end and not self.ended:
                self._event()
            if not self.ended:
                self._note_flaw(_NO_END)
        except _CutError as error:
            self._note_flaw(str(error))
        if not self.ended:
            self.out += b"\x00" + _END_OF_TRACK
        elif self.at < self._end:
            self._judge_rest()
        self._close_notes()

    def _note_flaw(self, flaw: str) -> None:
        self.flaws[flaw] = None

    def _judge_rest(self) -> None:
        """Name what lies between the end that the events and the chunk's length say."""
        if _is_track(self._data, self.at):
            self._note_flaw(_LENGTH)
        elif _LENGTH not in self.flaws:
            self._note_flaw(_AFTER_END)

    def _event(self) -> None:
        delta = self._number()
        if delta > MAX_DELTA:
            delta = 0  # no music waits that long: keep the notes after it together
        if self._tick + delta > MAX_TICK:
            raise _CutError(_TOO_LATE)
        status = self._byte()
        if status < 0xF0:
            event = self._channel_event(status)
        elif status == _META:
            event = self._meta_event()
        else:
            event = self._system_event(status)
        self._tick += delta
        self.out += _number_bytes(delta)
        self.out += event
        self.events += not self.ended

    def _byte(self) -> int:
        if self.at >= self._end:
            raise _CutError(_CUT)
        self.at += 1
        return self._data[self.at - 1]

    def _take(self, size: int) -> bytes:
        if self.at + size > self._end:
            raise _CutError(_CUT)
        self.at += size
        return self._data[self.at - size : self.at]

    def _number(self) -> int:
        """Read a number of variable length; more than four bytes may be padding."""
        byte = self._byte()
        value, start = byte & 127, self.at
        while byte > 127:
            byte = self._byte()
            # The bound keeps a megabyte of continuations from a number of that size.
            value = min(value << 7 | byte & 127, MAX_DELTA + 1)
        if self.at - start > 3:
            self._note_flaw(_OVERLONG)
        return value

    def _channel_event(self, status: int) -> bytes:
        if status < 0x80:
            status = self._running_status()
        self._status, self._status_lapsed = status, False
        body = self._take(1 if 0xC0 <= status < 0xE0 else 2)
        if _STRAY_DATA.search(body):
            self._note_flaw(_CLAMPED)
            body = bytes(min(byte, 127) for byte in body)
        if status < 0xA0:
            self._follow_note(status, *body)
        return bytes((status,)) + body

    def _running_status(self) -> int:
        self.at -= 1  # it was no status but the first data byte
        if not self._status:
            raise _CutError(_CUT)
        if self._status_lapsed:
            self._note_flaw(_RUNNING)
        return self._status

    def _follow_note(self, status: int, pitch: int, velocity: int) -> None:
        """Count what sounds: a note-off ends all that began on its pitch.

        Files in which one note-off ends two note-ons are common and not broken.
        """
        key = (status & 15) << 7 | pitch
        if status >= 0x90 and velocity:
            self._sounding[key] = self._sounding.get(key, 0) + 1
        else:
            self._sounding.pop(key, None)

    def _meta_event(self) -> bytes:
        self._status_lapsed = True
        kind = self._byte()
        if kind == _END:
            return self._end_of_track()
        size = self._number()
        body = self._take(size)
        if kind > 127 or size < _META_BYTES.get(kind, 0):
            self._note_flaw(_SHORT_META)
            return _EMPTY_TEXT
        if kind == _TEMPO and not self._keep_tempos:
            return _EMPTY_TEXT
        return bytes((_META, kind)) + _number_bytes(size) + body

    def _end_of_track(self) -> bytes:
        self.ended = True
        if self._data[self.at : min(self.at + 1, self._end)] == b"\x00":
            self.at += 1
        else:
            self._note_flaw(_NO_END)
        return _END_OF_TRACK

    def _system_event(self, status: int) -> bytes:
        if status not in (0xF0, 0xF7):
            self._note_flaw(_SYSTEM)
            self._take(_SYSTEM_BYTES.get(status, 0))
            return _EMPTY_TEXT
        self._status_lapsed = True
        size = self._number()
        if status == 0xF7:
            # Good MIDI, but symusic 0.6.0 takes the bytes for delta times and notes.
            self._take(size)
            self._note_flaw(_ESCAPE)
            return _EMPTY_TEXT
        if self._is_misread_sysex(size):
            return self._skip_sysex()
        body = self._take(size)
        if not _SYSEX_BODY.fullmatch(body):
            self._note_flaw(_SYSEX)
            return _EMPTY_TEXT
        return b"\xf0" + _number_bytes(size) + body

    def _is_misread_sysex(self, size: int) -> bool:
        """Say whether the size is wrong, or a data byte of a sysex without a size.

        A sysex ``F0 43 10 09 F7`` as it goes over the wire has none: 43 says Yamaha.
        The event that follows its F7 betrays it, for no sysex holds a status byte.
        """
        end = self.at + size
        if end > self._end:
            return True
        if self._data.endswith(b"\xf7", self.at, end):
            return False
        return bool(_SYSEX_WITHOUT_LENGTH.match(self._data, self.at, end))

    def _skip_sysex(self) -> bytes:
        match = _SYSEX_TO_END.match(self._data, self.at, self._end)
        if match is None:
            raise _CutError(_CUT)  # it was never closed: no event after it can be found
        self._note_flaw(_SYSEX)
        self.at = match.end()
        return _EMPTY_TEXT

    def _close_notes(self) -> None:
        """End what still sounds where the track ends, before its last event."""
        if not self._sounding:
            return
        self._note_flaw(_HANGING)
        del self.out[-len(_END_OF_TRACK) :]  # its delta is the first note-off's now
        for key, count in self._sounding.items():
            self.out += bytes((0x80 | key >> 7, key & 127, 0, 0)) * count
        self.out += _END_OF_TRACK


def _number_bytes(value: int) -> bytes:
    """Write a number of up to 28 bits, seven to a byte.

    >>> _number_bytes(480).hex()
    '8360'
    """
    if value < 128:
        return bytes((value,))
    out = [value & 127]
    while value := value >> 7:
        out.append(value & 127 | 128)
    return bytes(reversed(out))


def _header_repairs(
    data: bytes, header: _Header, tracks: list[_Track]
) -> Iterator[str]:
    """Name what was wrong outside the tracks."""
    if header.start and data.startswith(b"RIFF"):
        yield "unwrapped from RIFF"
    elif header.start:
        yield "bytes before the header skipped"
    if header.size != 6:
        yield f"header length of {header.size} put right"
    if header.is_smpte:
        yield f"SMPTE time turned into {header.ticks_per_quarter} ticks per quarter"
    # Format 2 holds tunes of their own. Side by side, as in format 1, each stays whole,
    # and a melody is looked for in one track at a time anyway.
    if header.format > 1 or (header.format == 0 and len(tracks) > 1):
        yield f"format {header.format} read as format 1"
    if header.track_count != len(tracks):
        yield f"track count put right: {len(tracks)}, not {header.track_count}"


def _track_repairs(tracks: list[_Track]) -> Iterator[str]:
    """Name what was wrong in the tracks, each kind of flaw once."""
    numbers: dict[str, list[int]] = {}
    for number, track in enumerate(tracks, start=1):
        for flaw in track.flaws:
            numbers.setdefault(flaw, []).append(number)
    for flaw, where in numbers.items():
        yield flaw.format(_name_tracks(where))


def _name_tracks(numbers: list[int]) -> str:
    """Name a few tracks.

    >>> _name_tracks([1, 2, 5, 6, 7])
    'tracks 1, 2, 5 and 2 more'
    """
    if len(numbers) == 1:
        return f"track {numbers[0]}"
    named = [str(number) for number in numbers[:3]]
    if len(numbers) > 3:
        named.append(f"{len(numbers) - 3} more")
    return f"tracks {', '.join(named[:-1])} and {named[-1]}"
