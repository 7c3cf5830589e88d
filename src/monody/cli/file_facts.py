"""The facts about one file that a musician checks a reading by.

An `Overview` says what is in the file, the corpus what became of it. Here they are put
together, each line with its melodies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from monody.cli.melody_facts import MelodyFacts, melody_facts
from monody.music.general_midi import GENERAL_MIDI
from monody.music.melody import Melody
from monody.music.pitch import pitch_name
from monody.reading.extraction.extract import FEWER_NOTES
from monody.reading.overview import LineFacts, Overview, PieceOverview
from monody.translation import marked


@dataclass(frozen=True)
class TrackFacts:
    """A track of a file, or a line of written music.

    Args:
        track: Its number, from 1.
        name: What the file calls it; not yet safe to show.
        instrument: Its General MIDI name, or ``"drums"``; empty where it is not known.
        notes: How many it has, before any is left out.
        lowest: Its lowest pitch, such as ``"C4"``; empty without notes.
        highest: Its highest pitch.
        left_out: ``(reason, advice, count)`` of what is left out of it.
        repairs: What was done to it.
        melodies: Those that were found in it.
    """

    track: int
    name: str
    instrument: str
    notes: int
    lowest: str
    highest: str
    left_out: tuple[tuple[str, str, int], ...]
    repairs: tuple[str, ...]
    melodies: tuple[MelodyFacts, ...]


@dataclass(frozen=True)
class PieceOfFile:
    """All of a file, or a tune of a tune book.

    Args:
        number: From 1.
        kind: What the file is, such as ``"MIDI format 1"``.
        title: What the file calls it; not yet safe to show.
        ticks_per_quarter: Of a MIDI file; 0 of written music.
        measures: Measures on the page; 0 where there is none.
        played: Measures that sound, with all repeats.
        repairs: What was wrong with it, and done.
        tracks: In their order.
    """

    number: int
    kind: str
    title: str
    ticks_per_quarter: int
    measures: int
    played: int
    repairs: tuple[str, ...]
    tracks: tuple[TrackFacts, ...]


@dataclass(frozen=True)
class FileFacts:
    """What is in a file.

    Args:
        pieces: The first ones.
        pieces_in_file: How many there are.
    """

    pieces: tuple[PieceOfFile, ...]
    pieces_in_file: int

    def to_json(self) -> dict[str, object]:
        """Return the facts as JSON values."""
        return asdict(self)


def file_facts(overview: Overview, melodies: Sequence[Melody]) -> FileFacts:
    """Put together what is in a file and the melodies that were found in it.

    Args:
        overview: Of the file.
        melodies: All that were found, in order.

    Example:
        >>> from monody.cli.file_facts import file_facts
        >>> from monody.reading.overview import Overview
        >>> file_facts(Overview((), 0), []).to_json()
        {'pieces': (), 'pieces_in_file': 0}
    """
    of_line: defaultdict[tuple[int, int], list[Melody]] = defaultdict(list)
    for melody in melodies:
        of_line[melody.piece, melody.track].append(melody)
    pieces = (
        PieceOfFile(
            number=piece.facts.index + 1,
            kind=piece.facts.kind
            or (marked("notation") if piece.facts.is_written else "MIDI"),
            title=piece.facts.title,
            ticks_per_quarter=(
                0 if piece.facts.is_written else piece.facts.ticks_per_quarter
            ),
            measures=piece.facts.measures,
            played=piece.facts.played,
            repairs=piece.repairs,
            tracks=tuple(
                _track(piece, place, of_line[piece.facts.index, line.index])
                for place, line in enumerate(piece.lines)
            ),
        )
        for piece in overview.pieces
    )
    return FileFacts(tuple(pieces), overview.pieces_in_file)


def _track(piece: PieceOverview, place: int, melodies: Sequence[Melody]) -> TrackFacts:
    line, report = piece.lines[place], piece.reports[place]
    left_out, pickup = report.left_out, piece.facts.pickup_quarters
    if not melodies and not left_out:  # it would be one, were it alone
        left_out = ((FEWER_NOTES, 1),)
    return TrackFacts(
        track=line.index + 1,
        name=line.name,
        instrument=_instrument(line, is_written=piece.facts.is_written),
        notes=line.notes,
        lowest=pitch_name(line.lowest) if line.lowest >= 0 else "",
        highest=pitch_name(line.highest) if line.highest >= 0 else "",
        left_out=tuple((why.text, why.advice, count) for why, count in left_out),
        repairs=report.repairs,
        melodies=tuple(
            melody_facts(melody, line, pickup, is_first=number == 0)
            for number, melody in enumerate(melodies)
        ),
    )


def _instrument(line: LineFacts, *, is_written: bool) -> str:
    if line.is_drum:
        return marked("drums")
    if is_written and not line.program:  # few pages name one: it need not be a piano
        return ""
    return GENERAL_MIDI[line.program % len(GENERAL_MIDI)]
