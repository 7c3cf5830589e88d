"""One track of a damaged MIDI file, read and written again event by event.

``repair`` deals with the chunks around it. Each flaw that is mended is noted by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monody.music.smf import (
    END,
    ESCAPE,
    MAX_NUMBER,
    META,
    SYSEX,
    TRACK_MARK,
    CutTrackError,
    EventCursor,
    data_bytes,
    number_bytes,
)
from monody.translation import marked

MAX_TICK = 2**31 - 1  # symusic's clock has 32 bits and would wrap around
_TEMPO = 0x51
_META_BYTES = {_TEMPO: 3, 0x58: 4, 0x59: 2}  # symusic reads beyond a shorter event
END_OF_TRACK = b"\xff\x2f\x00"
# What cannot be kept leaves an empty text behind: it holds the event's place in time.
_EMPTY_TEXT = b"\xff\x01\x00"
_STRAY_DATA = re.compile(rb"[\x80-\xff]")
_SYSEX_BODY = re.compile(rb"[\x00-\x7f]*+\xf7?")
_SYSEX_TO_END = re.compile(rb"[\x00-\x7f]*+\xf7")
_SYSEX_WITHOUT_LENGTH = re.compile(rb"[\x00-\x7f]*+\xf7[\x00-\x7f]*+[\x80-\xff]")
_CUT = marked("cut at the last whole event of {}")
_TOO_LATE = marked("cut {} where its time runs past 32 bits")
_NO_END = marked("end of track added to {}")
_AFTER_END = marked("bytes after the end of {} ignored")
_CLAMPED = marked("stray data bytes clamped in {}")
_RUNNING = marked("running status after a meta event or sysex written out in {}")
_OVERLONG = marked("overlong number put right in {}")
_SHORT_META = marked("malformed meta event dropped from {}")
_SYSTEM = marked("system message dropped from {}")
_SYSEX = marked("malformed sysex dropped from {}")
_ESCAPE = marked("sysex continuation dropped from {}")
WRONG_LENGTH = marked("wrong chunk length of {} put right")


@dataclass(frozen=True)
class TrackChunk:
    """Where the events of a track lie, and what was wrong around them."""

    start: int
    end: int
    flaws: tuple[str, ...]


def is_track(data: bytes, at: int) -> bool:
    """Tell whether a track's chunk begins here."""
    return data.startswith(TRACK_MARK, at)


class _TooLateError(Exception):
    """The time of a track runs past what symusic can count."""


class RebuiltTrack:
    """A track, read and written again event by event.

    Args:
        data: The whole file.
        chunk: Where the track lies in it.
        keep_tempos: Whether tempo events count. Under SMPTE division they do not:
            ticks are parts of a second there, and a tempo would bend them.
    """

    def __init__(self, data: bytes, chunk: TrackChunk, *, keep_tempos: bool) -> None:
        self.out = bytearray()
        self.ended = False  # by an event of its own
        self.events = 0
        self.flaws = dict.fromkeys(chunk.flaws)  # a set that keeps its order
        self._data = data
        self._cursor = EventCursor(data, chunk.start, chunk.end)
        self._end = chunk.end
        self._keep_tempos = keep_tempos
        self._tick = 0
        self._status_lapsed = False  # running status, by a meta event or sysex

    @property
    def at(self) -> int:
        """The place in the file of the next byte."""
        return self._cursor.at

    def rebuild(self) -> None:
        """Read to the end of the track, or to where it makes no sense any more."""
        try:
            while self._cursor.more() and not self.ended:
                self._event()
            if not self.ended:
                self._note_flaw(_NO_END)
        except CutTrackError:
            self._note_flaw(_CUT)
        except _TooLateError:
            self._note_flaw(_TOO_LATE)
        if not self.ended:
            self.out += b"\x00" + END_OF_TRACK
        elif self._cursor.more():
            self._judge_rest()

    def _note_flaw(self, flaw: str) -> None:
        self.flaws[flaw] = None

    def _judge_rest(self) -> None:
        """Name what lies between the end that the events and the chunk's length say."""
        if is_track(self._data, self.at):
            self._note_flaw(WRONG_LENGTH)
        elif WRONG_LENGTH not in self.flaws:
            self._note_flaw(_AFTER_END)

    def _event(self) -> None:
        delta = self._number()
        if delta > MAX_NUMBER:
            delta = 0  # no music waits that long: keep the notes after it together
        if self._tick + delta > MAX_TICK:
            raise _TooLateError
        status = self._cursor.byte()
        if status < SYSEX:
            event = self._channel_event(status)
        elif status == META:
            event = self._meta_event()
        else:
            event = self._system_event(status)
        self._tick += delta
        self.out += number_bytes(delta)
        self.out += event
        self.events += not self.ended

    def _number(self) -> int:
        """Read a number of variable length; more than four bytes may be padding."""
        start = self.at
        value = self._cursor.number()
        if self.at - start > 4:
            self._note_flaw(_OVERLONG)
        return value

    def _channel_event(self, first: int) -> bytes:
        status = self._cursor.channel_status(first)
        if first < 0x80 and self._status_lapsed:
            self._note_flaw(_RUNNING)
        self._status_lapsed = False
        body = self._cursor.take(data_bytes(status))
        if _STRAY_DATA.search(body):
            self._note_flaw(_CLAMPED)
            body = bytes(min(byte, 127) for byte in body)
        return bytes((status,)) + body

    def _meta_event(self) -> bytes:
        self._status_lapsed = True
        kind = self._cursor.byte()
        if kind == END:
            return self._end_of_track()
        size = self._number()
        body = self._cursor.take(size)
        if kind > 127 or size < _META_BYTES.get(kind, 0):
            self._note_flaw(_SHORT_META)
            return _EMPTY_TEXT
        if kind == _TEMPO and not self._keep_tempos:
            return _EMPTY_TEXT
        return bytes((META, kind)) + number_bytes(size) + body

    def _end_of_track(self) -> bytes:
        self.ended = True
        if self._data[self.at : min(self.at + 1, self._end)] == b"\x00":
            self._cursor.at += 1
        else:
            self._note_flaw(_NO_END)
        return END_OF_TRACK

    def _system_event(self, status: int) -> bytes:
        if status not in (SYSEX, ESCAPE):
            self._note_flaw(_SYSTEM)
            self._cursor.take(data_bytes(status))
            return _EMPTY_TEXT
        self._status_lapsed = True
        size = self._number()
        if status == ESCAPE:
            # Good MIDI, but symusic 0.6.0 takes the bytes for delta times and notes.
            self._cursor.take(size)
            self._note_flaw(_ESCAPE)
            return _EMPTY_TEXT
        if self._is_misread_sysex(size):
            return self._skip_sysex()
        body = self._cursor.take(size)
        if not _SYSEX_BODY.fullmatch(body):
            self._note_flaw(_SYSEX)
            return _EMPTY_TEXT
        return b"\xf0" + number_bytes(size) + body

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
            raise CutTrackError  # it was never closed: no event after it can be found
        self._note_flaw(_SYSEX)
        self._cursor.at = match.end()
        return _EMPTY_TEXT
