"""From the bytes of a MIDI file to its notes, validated.

symusic parses; this module believes nothing that it returns. It runs in a child process
(``worker``), because any parser may die of untrusted bytes.
"""

from __future__ import annotations

from dataclasses import replace

from monody.reading.midi.chunks import MidiFile
from monody.reading.midi.exact import exact_tracks
from monody.reading.midi.plain import parsed, plain_tracks
from monody.reading.midi.repair import HEADER_SEARCH_BYTES, repair_midi
from monody.reading.midi.signs import keys_of, meters_of, tempos_of
from monody.reading.raw_score import GET_IT_AGAIN, RawScore, UnreadableError
from monody.translation import marked


def read_midi(data: bytes) -> RawScore:
    """Parse a MIDI file.

    Args:
        data: The whole file.

    Raises:
        UnreadableError: If the bytes are not MIDI or have no usable time division.

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.midi.parse import read_midi
        >>> score = read_midi(Path("data/midi/tune-000.mid").read_bytes())
        >>> score.ticks_per_quarter, score.tempos, [len(t.pitch) for t in score.tracks]
        (24, ((0, 120.0),), [48])
        >>> read_midi(b"<html>")
        Traceback (most recent call last):
        ...
        monody.reading.raw_score.UnreadableError: a web page, not MIDI
    """
    return read_patterns(data)[0]


def read_patterns(data: bytes) -> list[RawScore]:
    """Parse a MIDI file that may hold several patterns (format 2), each a piece.

    A pattern has a tempo and a meter of its own. Those without notes are left out.

    Args:
        data: The whole file.

    Returns:
        One score, or several.

    Raises:
        UnreadableError: If the bytes are not MIDI or have no usable time division.
    """
    if b"MThd" not in data[:HEADER_SEARCH_BYTES]:
        raise not_midi(data)
    file = MidiFile(data)
    scores = None if file.looks_damaged else _scores(file)
    if scores is not None:
        return scores
    repaired = repair_midi(data)
    if repaired is None:
        raise UnreadableError("corrupt MIDI: no track can be read", GET_IT_AGAIN)
    scores = _scores(MidiFile(repaired.data))
    if scores is None:
        reason = "corrupt MIDI: it cannot be read even when salvaged"
        raise UnreadableError(reason, GET_IT_AGAIN)
    return [
        replace(score, repairs=(*repaired.repairs, *score.repairs)) for score in scores
    ]


def not_midi(data: bytes) -> UnreadableError:
    """Say what a file without a MIDI header looks like instead.

    Example:
        >>> from monody.reading.midi.parse import not_midi
        >>> not_midi(b"").reason.text
        'empty file'
    """
    if not data:
        return UnreadableError("empty file", GET_IT_AGAIN)
    if data[:512].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return UnreadableError(
            "a web page, not MIDI", "download the MIDI file that the page links to"
        )
    return UnreadableError(
        "not a MIDI file: no MThd header", "export it as a Standard MIDI File"
    )


def _scores(file: MidiFile) -> list[RawScore] | None:
    """Read the pieces of a sound file; ``None`` where symusic cannot."""
    if not file.is_whole:
        return None
    pieces = [*file.patterns()] if file.has_patterns else [file]
    scores = [_score(piece) for piece in pieces]
    read = [score for score in scores if score is not None]
    if len(read) < len(scores):
        return None
    playing = [score for score in read if score.tracks] or read[:1]
    if len(playing) == 1:
        return playing
    return [replace(score, piece=piece) for piece, score in enumerate(playing)]


def _score(file: MidiFile) -> RawScore | None:
    """Read a piece."""
    if file.ticks_per_quarter < 1:
        reason = "no usable time division (ticks per quarter of 0)"
        raise UnreadableError(reason, GET_IT_AGAIN)
    parts = parsed(file)
    if parts is None:
        return None
    tracks, repairs = plain_tracks(file, parts) or exact_tracks(file)
    return RawScore(
        ticks_per_quarter=file.ticks_per_quarter,
        tracks=tracks,
        tempos=tuple(tempos_of(parts)),
        meters=tuple(meters_of(parts, file.ticks_per_quarter)),
        keys=tuple(keys_of(parts)),
        repairs=repairs,
        kind=marked(f"MIDI format {file.format}"),
    )
