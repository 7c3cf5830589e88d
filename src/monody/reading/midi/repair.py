"""Broken MIDI bytes made into a plain standard MIDI file, as far as they can be read.

Damage is repaired at the level of bytes and chunks. Values that make no sense, such as
a tempo of 0 or a meter of n/0, are left to ``parse``. Each repair is named, because a
file that was changed must say so in its verdict. The work grows linearly with the file.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from monody.reading.midi.repair_track import (
    END_OF_TRACK,
    WRONG_LENGTH,
    RebuiltTrack,
    TrackChunk,
    is_track,
)
from monody.translation import marked

HEADER_SEARCH_BYTES = 65536  # junk that may come before the header
PATTERNS = 2  # the format of a file whose tracks are pieces of their own
MAX_TRACKS = 65535  # the header counts them in 16 bits
FRAMES_PER_SECOND = (24, 25, 29, 30)

_TAG = re.compile(rb"MT(?:rk|hd)")
_OTHER_TAG = re.compile(rb"(?!MThd|MTrk)[ -~]{4}")

_UNMARKED = marked("missing MTrk mark of {} restored")
_STRAY_BYTES = marked("stray bytes before {} skipped")


@dataclass(frozen=True)
class RepairedMidi:
    """A whole file, and the repairs that it took.

    Args:
        data: A valid standard MIDI file; the bytes that came if nothing was wrong.
        repairs: A short phrase each, such as "unwrapped from RIFF" or "cut at the last
            whole event of track 3"; tracks count from 1.
    """

    data: bytes
    repairs: tuple[str, ...]


def repair_midi(data: bytes) -> RepairedMidi | None:
    """Make a plain standard MIDI file of all that can be read.

    Unknown chunks and bytes after the last track are allowed in good files, so they
    alone are no repair. Notes keep their ticks whatever was repaired around them.

    Args:
        data: The whole file, whatever it may be.

    Returns:
        The file and its repairs. ``None`` if there is nothing to save: no header in
        the first 64 KiB, no track with an event, or no usable time division (without
        one the lengths of the notes mean nothing, and a guess would look like data).

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.midi.repair import repair_midi
        >>> whole = Path("data/midi/tune-000.mid").read_bytes()
        >>> repair_midi(whole).repairs
        ()
        >>> repair_midi(b"From: a friend" + whole).repairs
        ('bytes before the header skipped',)
        >>> repair_midi(b"no music") is None
        True
    """
    header = _find_header(data)
    if header is None:
        return None
    tracks = list(_tracks(data, header))
    if not any(track.events for track in tracks):
        return None
    patterns = header.format == PATTERNS
    file_format = (
        header.format if patterns or (header.format, len(tracks)) == (0, 1) else 1
    )
    repairs = (*_header_repairs(data, header, tracks), *_track_repairs(tracks))
    if not repairs:
        return RepairedMidi(data, ())
    division = header.ticks_per_quarter
    head = struct.pack(">4sIHHH", b"MThd", 6, file_format, len(tracks), division)
    chunks = (struct.pack(">4sI", b"MTrk", len(t.out)) + t.out for t in tracks)
    return RepairedMidi(b"".join((head, *chunks)), repairs)


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

    >>> from monody.reading.midi.repair import _smpte_ticks_per_quarter
    >>> _smpte_ticks_per_quarter(0xE728)  # 25 frames of 40 ticks: milliseconds
    500
    """
    frames, ticks_per_frame = 256 - (division >> 8), division & 255
    if frames not in FRAMES_PER_SECOND:
        return 0
    rate = 29.97 if frames == 29 else frames  # 29 means NTSC's drop frame
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


def _tracks(data: bytes, header: _Header) -> Iterator[RebuiltTrack]:
    """Rebuild one track after the other."""
    at, count = header.end, 0
    while count < MAX_TRACKS:
        chunk = _next_chunk(data, at, count, header.track_count)
        if chunk is None:
            return
        track = RebuiltTrack(data, chunk, keep_tempos=not header.is_smpte)
        track.rebuild()
        yield track
        count += 1
        # A length that lies can take in the tracks that follow.
        at = track.at if track.ended and is_track(data, track.at) else chunk.end


def _next_chunk(data: bytes, at: int, found: int, promised: int) -> TrackChunk | None:
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
        if is_track(data, at):
            if _ends_at(data, end):
                return TrackChunk(start, end, flaws)
            return TrackChunk(start, _next_tag(data, start), (*flaws, WRONG_LENGTH))
        if found < promised and _is_unmarked_track(data, start, end):
            return TrackChunk(start, end, (*flaws, _UNMARKED))
        if _is_unknown_chunk(data, at):
            at = end
        else:
            flaws, at = (_STRAY_BYTES,), _next_tag(data, at + 1)
    return None


def _is_unmarked_track(data: bytes, start: int, end: int) -> bool:
    return end <= len(data) and data.endswith(END_OF_TRACK, start, end)


def _ends_at(data: bytes, end: int) -> bool:
    """Say whether to believe that a track ends here."""
    if end >= len(data):
        return end == len(data)
    return _is_chunk(data, end) or data.endswith(END_OF_TRACK, 0, end)


def _header_repairs(
    data: bytes, header: _Header, tracks: list[RebuiltTrack]
) -> Iterator[str]:
    """Name the repairs outside the tracks."""
    if header.start and data.startswith(b"RIFF"):
        yield marked("unwrapped from RIFF")
    elif header.start:
        yield marked("bytes before the header skipped")
    if header.size != 6:
        yield marked(f"header length of {header.size} put right")
    if header.is_smpte:
        yield marked(
            f"SMPTE time turned into {header.ticks_per_quarter} ticks per quarter"
        )
    if header.format > PATTERNS or (header.format == 0 and len(tracks) > 1):
        yield marked(f"format {header.format} read as format 1")
    if header.track_count != len(tracks):
        yield marked(f"track count put right: {len(tracks)}, not {header.track_count}")


def _track_repairs(tracks: list[RebuiltTrack]) -> Iterator[str]:
    """Name the repairs in the tracks, each kind of flaw once."""
    numbers: dict[str, list[int]] = {}
    for number, track in enumerate(tracks, start=1):
        for flaw in track.flaws:
            numbers.setdefault(flaw, []).append(number)
    for flaw, where in numbers.items():
        yield flaw.format(_name_tracks(where))


def _name_tracks(numbers: list[int]) -> str:
    """Name a few tracks.

    >>> from monody.reading.midi.repair import _name_tracks
    >>> _name_tracks([1, 2, 5, 6, 7])
    'tracks 1, 2, 5 and 2 more'
    """
    if len(numbers) == 1:
        return marked(f"track {numbers[0]}")
    named = [str(number) for number in numbers[:3]]
    if len(numbers) > 3:
        named.append(marked(f"{len(numbers) - 3} more"))
    return marked(f"tracks {', '.join(named[:-1])} and {named[-1]}")
