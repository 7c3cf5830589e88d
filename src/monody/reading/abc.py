"""From ABC text to the same raw score that MIDI gives.

symusic parses the tunes. Grace notes, ornaments, chord names and remarks are taken out
first: it fails on some of them, and a melody does not need them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from symusic.core import ScoreTick

from monody.music.meter import COMMON_TIME
from monody.reading.midi.parse import validated
from monody.reading.raw_score import RawScore, UnreadableError

_FIELD = re.compile(r"[A-Za-z]:")
# Chord names and remarks "…", grace notes {…}, decorations !…!, comments, ornaments.
_EXTRAS = re.compile(r'"[^"]*"|\{[^}]*\}|![^!|]*!|%.*|~')
# Lower than any tune goes: no tie reaches it.
_NOTE_AFTER = "C,,,,"
_BAR_LINE = re.compile(r"[|:\]]*\|[|:\]]*")


def tunes_of(text: str) -> list[str]:
    r"""Split a tune book into its tunes, each from its ``X:`` line on.

    Example:
        >>> from monody.reading.abc import tunes_of
        >>> tunes_of("Two tunes\nX:1\nK:C\nCDE|\nX:2\nK:C\nGAB|\n")
        ['X:1\nK:C\nCDE|\n', 'X:2\nK:C\nGAB|\n']
    """
    parts = re.split(r"(?m)^(?=X:)", text)
    return [part for part in parts if part.startswith("X:")]


def title_of(tune: str) -> str:
    r"""Return the first title of a tune, empty if it has none.

    Example:
        >>> from monody.reading.abc import title_of
        >>> title_of("X:1\nT: The Blackbird\nK:D\nDEFG|")
        'The Blackbird'
    """
    found = re.search(r"(?m)^T:[ \t]*(.*)$", tune)
    return found.group(1).strip() if found else ""


def read_abc(tune: str) -> RawScore:
    r"""Parse one tune.

    A first bar that is shorter than the meter is a pickup: the notes are moved so that
    it ends on a bar line.

    Args:
        tune: ABC text that begins with ``X:``.

    Raises:
        UnreadableError: If it cannot be parsed.

    Example:
        >>> from monody.reading.abc import read_abc
        >>> score = read_abc("X:1\nM:3/4\nL:1/4\nK:C\nG|c2d|e3|")
        >>> quarters = score.tracks[0].start / score.ticks_per_quarter
        >>> quarters.tolist()  # the pickup ends on the bar line at 3
        [2.0, 3.0, 5.0, 6.0]
    """
    header, body = _simplified(tune)
    score = validated(_parse(header + body))
    pickup = _first_bar_ticks(header, body)
    quarters_of_ticks = score.ticks_per_quarter / 24
    bar = (score.meters or (COMMON_TIME,))[0].bar_ticks * quarters_of_ticks
    late = round(bar - pickup) if 0 < pickup < bar else 0
    tracks = [replace(track, start=track.start + late) for track in score.tracks]
    return replace(score, tracks=tuple(tracks))


def _simplified(tune: str) -> tuple[str, str]:
    """Return header and music, without all that a melody does not need.

    The rhythm field goes too: it would make symusic swing every hornpipe.
    """
    header: list[str] = []
    body: list[str] = []
    for line in tune.splitlines():
        if _FIELD.match(line):
            part = body if body and line[0] in "KLMQ" else header
            if line[0] in "XTMLKQ":
                part.append(line.split("%")[0])
        elif line.strip() and not line.startswith("%"):
            body.append(_EXTRAS.sub("", line))
    return "\n".join(header) + "\n", "\n".join(body) + "\n"


def _first_bar_ticks(header: str, body: str) -> int:
    """Return the length of the music before the first bar line, in file ticks.

    It is where a note would start that is put at its end: a bar may end in a rest.
    """
    opening = body.lstrip("|:[] \n")
    music = _BAR_LINE.split(opening, maxsplit=1)[0]
    try:
        bar = _parse(f"{header}{music}{_NOTE_AFTER}|\n")
    except UnreadableError:
        return 0
    return max((note.time for track in bar.tracks for note in track.notes), default=0)


def _parse(text: str) -> ScoreTick:
    with _silenced():
        try:
            return ScoreTick.from_abc(text)
        except (RuntimeError, ValueError) as error:
            # Its message names a temporary file, so it differs at every reading.
            raise UnreadableError(
                "ABC that cannot be read", "check the notation of the tune"
            ) from error


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep the remarks that symusic prints from C++ off the terminal."""
    saved = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for descriptor, original in zip((1, 2), saved, strict=True):
            os.dup2(original, descriptor)
            os.close(original)
        os.close(nowhere)
