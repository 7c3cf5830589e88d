"""From the bytes of a MIDI file to its notes, validated.

symusic parses; this module believes nothing that it returns. It runs in a child process
(``worker``), because any parser may die of untrusted bytes.
"""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter

from symusic.core import ScoreTick, TrackTick

from monody.music.keys import key_name
from monody.music.meter import Meter, is_meter
from monody.reading.midi.repair import HEADER_SEARCH_BYTES, repair_midi
from monody.reading.raw_score import (
    GET_IT_AGAIN,
    RawScore,
    RawTrack,
    UnreadableError,
)

MIN_TEMPO_MSPQ, MAX_TEMPO_MSPQ = 6_000, 15_000_000  # 10,000 to 4 bpm


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
    if b"MThd" not in data[:HEADER_SEARCH_BYTES]:
        raise not_midi(data)
    score = None if _looks_damaged(data) else _parse(data)
    if score is not None:
        return validated(score)
    repaired = repair_midi(data)
    if repaired is None:
        raise UnreadableError("corrupt MIDI: no track can be read", GET_IT_AGAIN)
    score = _parse(repaired.data)
    if score is None:
        reason = "corrupt MIDI: it cannot be read even when salvaged"
        raise UnreadableError(reason, GET_IT_AGAIN)
    return replace(validated(score), repairs=repaired.repairs)


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


def _looks_damaged(data: bytes) -> bool:
    """Tell whether symusic might read this wrongly without an error.

    A header that counts fewer tracks than there are hides the others; sysex packets can
    shift the clock; behind a chunk that lies about its length all else is lost.
    """
    if not data.startswith(b"MThd") or len(data) < 14:
        return True
    counted = int.from_bytes(data[10:12], "big")
    return (
        counted != data.count(b"MTrk") or b"\xf7" in data or not _chunks_fill_it(data)
    )


def _chunks_fill_it(data: bytes) -> bool:
    """Tell whether the chunks follow one another up to the end of the file."""
    place = 0
    while place + 8 <= len(data):
        place += 8 + int.from_bytes(data[place + 4 : place + 8], "big")
    return place == len(data)


def _parse(data: bytes) -> ScoreTick | None:
    """Let symusic parse; ``None`` where it cannot."""
    try:
        return ScoreTick.from_midi(data)
    except (RuntimeError, ValueError):
        return None


def validated(score: ScoreTick) -> RawScore:
    """Keep the values of a parsed score that make sense.

    Args:
        score: As symusic parsed it, in ticks.

    Raises:
        UnreadableError: If the time division is not positive.
    """
    if score.ticks_per_quarter < 1:
        reason = "no usable time division (ticks per quarter of 0)"
        raise UnreadableError(reason, GET_IT_AGAIN)
    tempos = [
        (int(tempo.time), 60e6 / tempo.mspq)
        for tempo in score.tempos
        if tempo.time >= 0 and MIN_TEMPO_MSPQ <= tempo.mspq <= MAX_TEMPO_MSPQ
    ]
    meters = [
        Meter(int(sign.time), int(sign.numerator), int(sign.denominator))
        for sign in score.time_signatures
        if sign.time >= 0 and is_meter(sign.numerator, sign.denominator)
    ]
    keys = [
        (int(sign.time), key_name(sign.key, minor=sign.tonality == 1))
        for sign in score.key_signatures
        if sign.time >= 0 and -7 <= sign.key <= 7 and sign.tonality in (0, 1)
    ]
    return RawScore(
        ticks_per_quarter=int(score.ticks_per_quarter),
        tracks=tuple(map(_track, range(len(score.tracks)), score.tracks)),
        tempos=tuple(sorted(tempos, key=itemgetter(0))),
        meters=tuple(sorted(meters, key=itemgetter(0))),
        keys=tuple(sorted(keys, key=itemgetter(0))),
    )


def _track(index: int, track: TrackTick) -> RawTrack:
    """Copy a track; its notes are validated later, with those of other files."""
    notes = track.notes.numpy()  # (notes,) each
    program = track.program
    return RawTrack(
        pitch=notes["pitch"],
        start=notes["time"],
        duration=notes["duration"],
        program=program if 0 <= program <= 127 else 0,
        is_drum=track.is_drum,
        index=index,
    )
