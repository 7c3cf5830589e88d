"""One file on the terminal, so that a musician sees whether it was read as it is meant.

Each line of the file is named with what became of it; beneath each melody are its first
bars, and where its meter, tempo, key and pickup were taken from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from monody.cli.corpus_report import STYLES, VERDICT_CELLS, shortened, wrapped
from monody.cli.file_facts import FileFacts, PieceOfFile, TrackFacts
from monody.cli.melody_facts import SHOWN_BARS, MelodyFacts
from monody.cli.melody_words import facts_in_words
from monody.corpus.corpus import Corpus
from monody.corpus.verdicts import Verdict
from monody.corpus.wording import counted, repair_in_words, verdict_in_words
from monody.errors import printable
from monody.reading.file_types import is_archive_name
from monody.reading.overview import Overview
from monody.reading.pool import ReadPool, Source
from monody.reading.reasons import Reason
from monody.sentences import pitch_in_words, translated
from monody.translation import gettext as _
from monody.translation import grouped

MAX_PIECES, MAX_TRACKS, MAX_MELODIES = 5, 20, 4  # shown, of a piece or a track

NUMBER, NAME, INSTRUMENT, NOTES, RANGE, BARS = 5, 20, 22, 8, 10, 6  # cells
INDENT = NUMBER + 2
LABEL = 10  # cells of the name of a fact


def overview_of(corpus: Corpus, max_pieces: int = 0) -> Overview | Reason:
    """Describe the one file of a corpus, in a child process.

    Args:
        corpus: What was read of the file, or of the archive that it is in.
        max_pieces: How many tunes of a tune book to describe; 0 is all.

    Returns:
        The overview; the reason where the file cannot be read.

    Raises:
        MonodyError: If the child does not start.
    """
    path = str(corpus.root)
    with ReadPool(replace(corpus.settings, n_jobs=1)) as pool:
        members = pool.members(path) if is_archive_name(path) else []
        if isinstance(members, Reason):
            return members
        place = members[0][0] if members else -1
        return pool.overview(Source(path, path, place), max_pieces)


def print_file(
    verdict: Verdict, facts: FileFacts, console: Console, *, every: bool = False
) -> None:
    """Print what became of a file, and what is in it.

    Args:
        verdict: What became of it.
        facts: What is in it.
        console: Where to.
        every: Whether to list every tune, track and melody.
    """
    for line in chain(
        _verdict_lines(verdict, facts, console), _body(facts, console, every=every)
    ):
        line.rstrip()
        console.print(line, soft_wrap=True)


def _verdict_lines(
    verdict: Verdict, facts: FileFacts, console: Console
) -> Iterator[Text]:
    row = verdict_in_words(verdict)
    title = Text(set_cell_size(_(row.verdict), VERDICT_CELLS), STYLES[row.verdict])
    yield from wrapped(title.append(row.path, "bold"), console)
    found = ""
    if verdict.melodies:
        melodies, notes = (
            counted(verdict.melodies, "melody"), counted(verdict.notes, "note")
        )  # fmt: skip
        found = f"{melodies}, {notes}"
    about = "; ".join(part for part in (_kind(facts), found) if part)
    advice = f"→ {row.advice}" if row.advice else ""
    for remark in (about, row.finding, advice):
        if remark:
            yield from wrapped(Text(remark, "dim"), console, VERDICT_CELLS)


def _kind(facts: FileFacts) -> str:
    """Say what the file is."""
    if not facts.pieces:
        return ""
    first = facts.pieces[0]
    parts = [printable(translated(first.kind))]
    if first.ticks_per_quarter:
        parts.append(_("{count} ticks a quarter").format(count=first.ticks_per_quarter))
    if facts.pieces_in_file > 1:
        parts.append(counted(facts.pieces_in_file, "tune"))
    return ", ".join(parts)


def _body(facts: FileFacts, console: Console, *, every: bool) -> Iterator[Text]:
    """Yield the lines about what is in the file."""
    if not any(piece.tracks for piece in facts.pieces):
        return
    yield Text()
    titles = _columns(
        _("track"), _("name"), _("instrument"), _("notes"), _("range"), _("bars")
    )
    yield from wrapped(Text(titles, "bold"), console)
    is_book = facts.pieces_in_file > 1
    shown = facts.pieces if every else facts.pieces[:MAX_PIECES]
    for piece in shown:
        yield from _piece(piece, console, is_book=is_book, every=every)
    yield from _more(facts.pieces_in_file - len(shown), "more tune", console, 0)


def _more(count: int, noun: str, console: Console, indent: int) -> Iterator[Text]:
    if count > 0:
        text = _("… and {more}: --all shows them.").format(more=counted(count, noun))
        yield from wrapped(Text(text), console, indent)


def _piece(
    piece: PieceOfFile, console: Console, *, is_book: bool, every: bool
) -> Iterator[Text]:
    """Yield the lines about a piece: its title, then each track."""
    title = printable(piece.title)
    if is_book:
        yield Text()
        heading = _("Tune {number}").format(number=piece.number)
        title = f"{heading}{f': {title}' if title else ''}"
    if title:
        yield from wrapped(Text(title, "bold"), console)
    if piece.played and piece.played != piece.measures:
        text = _("{measures} written, {played} played").format(
            measures=counted(piece.measures, "measure"), played=grouped(piece.played)
        )
        yield from _fact(_("repeats"), text, console)
    if is_book and piece.repairs:
        yield from _fact(_("repaired"), _repaired(piece.repairs), console)
    if not piece.tracks:
        yield from _fact(_("left out"), _("no notes"), console)
    shown = piece.tracks if every else piece.tracks[:MAX_TRACKS]
    told: dict[str, str] = {}
    for track in shown:
        alone = not is_book and len(piece.tracks) == 1
        yield from _track(track, told, console, every=every, alone=alone)
    yield from _more(len(piece.tracks) - len(shown), "more track", console, INDENT)


def _track(
    track: TrackFacts,
    told: dict[str, str],
    console: Console,
    *,
    every: bool,
    alone: bool,
) -> Iterator[Text]:
    """Yield the lines about a track.

    Args:
        track: The track.
        told: The facts that were told last; those that are the same are not repeated.
        console: Where they will be printed.
        every: Whether to list every melody.
        alone: Whether the verdict on the file has said what was done to it.
    """
    bars = sum(melody.bars for melody in track.melodies)
    row = _columns(
        str(track.track),
        printable(track.name),
        _(track.instrument) if track.instrument else "",
        grouped(track.notes),
        _range(track),
        grouped(bars) if bars else "",
    )
    style = "" if track.melodies else "dim"
    yield from wrapped(Text(row, style), console)
    for reason, advice, count in track.left_out:
        times = f"{grouped(count)} × " if count > 1 else ""
        text = f"{times}{translated(reason)} → {translated(advice)}"
        yield from _fact(_("left out"), printable(text), console)
    if track.repairs and not alone:
        yield from _fact(_("repaired"), _repaired(track.repairs), console)
    shown = track.melodies if every else track.melodies[:MAX_MELODIES]
    for number, melody in enumerate(shown, start=1):
        if len(track.melodies) > 1:
            text = _("{number} of {all}, {notes} in {bars}").format(
                number=number,
                all=len(track.melodies),
                notes=counted(melody.notes, "note"),
                bars=counted(melody.bars, "bar"),
            )
            yield from _fact(_("melody"), text, console)
        yield from _melody(melody, told, console)
    yield from _more(len(track.melodies) - len(shown), "more melody", console, INDENT)


def _repaired(repairs: Sequence[str]) -> str:
    """Say what was done to a piece or a track."""
    return printable("; ".join(map(repair_in_words, repairs)))


def _range(track: TrackFacts) -> str:
    if track.lowest == track.highest:
        return pitch_in_words(track.lowest)
    return "..".join(map(pitch_in_words, (track.lowest, track.highest)))


def _melody(
    melody: MelodyFacts, told: dict[str, str], console: Console
) -> Iterator[Text]:
    """Yield the facts about a melody that differ from what was told, and its bars."""
    facts = facts_in_words(melody)
    for label, text in facts.items():
        if told.get(label) != text:
            yield from _fact(label, text, console)
    told.clear()
    told.update(facts)
    yield from _bars(melody, console)


def _bars(melody: MelodyFacts, console: Console) -> Iterator[Text]:
    """Yield the first bars, as many to a line as fit."""
    end = " |]" if melody.bars <= SHOWN_BARS else " | …"
    indent = INDENT + LABEL
    line = ""
    for number, bar in enumerate(melody.abc, start=1):
        closed = f"{bar}{end if number == len(melody.abc) else ' |'}"
        if line and indent + len(line) + 1 + len(closed) > console.width:
            yield from wrapped(Text(line, "cyan"), console, indent)
            line = ""
        line = f"{line} {closed}" if line else closed
    yield from wrapped(Text(line, "cyan"), console, indent)


def _fact(label: str, text: str, console: Console) -> Iterator[Text]:
    """Yield a fact after its name; further lines of it are indented."""
    lines = wrapped(Text(text), console, INDENT + LABEL)
    for number, line in enumerate(lines):
        if number == 0:
            line = Text(f"{'':{INDENT}}{label:{LABEL}}", "dim") + line[INDENT + LABEL :]
        yield line


def _columns(
    number: str, name: str, instrument: str, notes: str, span: str, bars: str
) -> str:
    """Write a line of the list of tracks."""
    cells = (
        number.rjust(NUMBER),
        "  ",
        set_cell_size(shortened(name, NAME - 1), NAME),
        set_cell_size(shortened(instrument, INSTRUMENT - 1), INSTRUMENT),
        notes.rjust(NOTES),
        "  ",
        span.ljust(RANGE),
        bars.rjust(BARS),
    )
    return "".join(cells).rstrip()
