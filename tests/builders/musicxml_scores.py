"""MusicXML written note by note, and what is read of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from monody.reading.musicxml.parse import read_musicxml
from monody.reading.notation.performed import SCORE_TICKS_PER_QUARTER
from monody.reading.raw_score import RawScore, RawTrack, UnreadableError

QUARTER = SCORE_TICKS_PER_QUARTER
EIGHTH, BAR = QUARTER // 2, 4 * QUARTER
MIB = 2**20
DIVISIONS = 420  # to the quarter note of these scores: tuplets of 3, 5 and 7


def note(
    pitch: str, quarters: float = 1, more: str = "", *, chord: bool = False
) -> str:
    """Write a note: ``"C4"``, ``"B-4"``, ``"F#5"``, or ``"rest"``."""
    duration = f"<duration>{round(quarters * DIVISIONS)}</duration>"
    if pitch == "rest":
        return f"<note><rest/>{duration}{more}</note>"
    alter = {"-": -1, "#": 1}.get(pitch[1], 0)
    return (
        f"<note>{'<chord/>' if chord else ''}<pitch><step>{pitch[0]}</step>"
        f"<alter>{alter}</alter><octave>{pitch[-1]}</octave></pitch>"
        f"{duration}{more}</note>"
    )


def notes(pitches: str, quarters: float = 1) -> str:
    """Write notes of one length: ``"C4 D4"``."""
    return "".join(note(pitch, quarters) for pitch in pitches.split())


def back(quarters: float) -> str:
    """Move back by quarters."""
    return f"<backup><duration>{round(quarters * DIVISIONS)}</duration></backup>"


def forward(quarters: float) -> str:
    """Move on by quarters."""
    return f"<forward><duration>{round(quarters * DIVISIONS)}</duration></forward>"


def bar_line(location: str, inside: str) -> str:
    """Write a bar line with signs."""
    return f'<barline location="{location}">{inside}</barline>'


def ending(number: str, inside: str, close: str = "") -> str:
    """Write a measure in an ending."""
    start = f'<ending number="{number}" type="start"/>'
    stop = f'<ending number="{number}" type="stop"/>'
    return bar_line("left", start) + inside + bar_line("right", stop + close)


def time_signature(beats: int | str, beat_type: int) -> str:
    """Write a time signature."""
    return f"<time><beats>{beats}</beats><beat-type>{beat_type}</beat-type></time>"


def attributes(*more: str) -> str:
    """Write the attributes of a part, its divisions first."""
    return f"<attributes><divisions>{DIVISIONS}</divisions>{''.join(more)}</attributes>"


def part(*measures: str) -> str:
    """Number the measures of a part."""
    return "".join(
        f'<measure number="{number}">{measure}</measure>'
        for number, measure in enumerate(measures, 1)
    )


def score_of(*parts: str, entries: Sequence[str] = ()) -> str:
    """Write a score; ``entries``: what the list of parts says of each."""
    said = list(entries) + [""] * (len(parts) - len(entries))
    listed = "".join(
        f'<score-part id="P{index}"><part-name>x</part-name>{entry}</score-part>'
        for index, entry in enumerate(said)
    )
    body = "".join(f'<part id="P{i}">{part}</part>' for i, part in enumerate(parts))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
        '"http://www.musicxml.org/dtds/partwise.dtd">\n'
        f'<score-partwise version="4.0"><part-list>{listed}</part-list>{body}'
        "</score-partwise>"
    )


def read(text: str) -> RawScore:
    """Read a score."""
    return read_musicxml(text.encode(), MIB)


def rows_of(track: RawTrack) -> list[tuple[int, int, int]]:
    """Pitch, start and duration of each note."""
    columns = (track.pitch.tolist(), track.start.tolist(), track.duration.tolist())
    return list(zip(*columns, strict=True))


def only_line(*measures: str) -> list[tuple[int, int, int]]:
    """Read a score of one part, one staff."""
    [track] = read(score_of(part(*measures))).tracks
    return rows_of(track)


def played(*measures: str) -> list[int]:
    """Return the pitches of a score of one part, one staff, in order of time."""
    return [pitch for pitch, _, _ in only_line(*measures)]


def refusal(text: str) -> str:
    """Return why a score is not read."""
    with pytest.raises(UnreadableError) as caught:
        read(text)
    assert caught.value.reason.advice
    return caught.value.reason.text


START = attributes("<key><fifths>0</fifths></key>", time_signature(4, 4))
OPEN = bar_line("left", '<repeat direction="forward"/>')
CLOSE = bar_line("right", '<repeat direction="backward"/>')
TUNE = score_of(part(START + notes("C4 D4 E4 F4"), notes("G4 A4 B4 C5")))
