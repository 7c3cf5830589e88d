"""A report on a corpus, printed: what it is in words, then its files, then the music.

What is wrong and what to do about it comes first, and the files that need the user lead
the list.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from monody.corpus.report import Report
from monody.corpus.verdicts import DROPPED, DUPLICATE, KEPT, RECOVERED
from monody.corpus.wording import (
    FileRow,
    captions,
    counted,
    in_order,
    label_in_words,
    reason_in_words,
    summary,
)
from monody.music.key_words import key_in_words
from monody.music.keys import KEY_NAMES
from monody.sentences import pitch_in_words, translated
from monody.translation import gettext as _
from monody.translation import grouped, marked

STYLES = {
    DROPPED: "bold red",
    RECOVERED: "yellow",
    DUPLICATE: "cyan",
    KEPT: "green",
}
BAR_STYLE = "cyan"

# All widths are in cells of the terminal: a Chinese character takes two.
VERDICT_CELLS = 11  # the verdict and the space after it
TITLES = FileRow(*marked((
    "verdict", "file", "melodies", "notes", "meter", "tempo", "key", "track"
)), "", "")  # fmt: skip
# The columns after the file, numbers above 0: melodies, notes, meter, tempo; and track.
MUSIC_CELLS, TRACK_CELLS = (9, 8, -8, -8), -7
MIN_PATH_CELLS, MAX_PATH_CELLS = 12, 60
MIN_CHART_CELLS, MAX_CHART_CELLS = 36, 56
MAX_COLUMN_CELLS = 3  # of a pitch

LINES_AT_A_TIME = 500  # printing each for itself takes twice as long
MAX_BARS = 9  # of a chart; the rarest beyond are added up
MAX_PROBLEMS = 12  # of each kind
PITCH_LINES = 5  # height of the chart of pitches
RISING = " ▁▂▃▄▅▆▇█"
GROWING = " ▏▎▍▌▋▊▉█"
PLAIN = str.maketrans("×→…▁▂▃▄▅▆▇█▏▎▍▌▋▊▉", "x>~...::###.......")  # not UTF-8


def print_report(report: Report, console: Console, max_rows: int | None = 60) -> None:
    """Print a report.

    Args:
        report: What became of the corpus.
        console: Where to; its width decides the layout.
        max_rows: Files that are listed; ``None`` lists them all.
    """
    lines = chain(
        wrapped(Text(summary(report)), console),
        _problem_lines(report, console),
        _title(_("Files"), console),
        _table_lines(report, console, max_rows),
        _chart_lines(report, console),
    )
    while batch := list(islice(lines, LINES_AT_A_TIME)):
        for line in batch:
            line.rstrip()
        console.print(Text("\n").join(batch), soft_wrap=True)


def wrapped(text: Text, console: Console, indent: int = 0) -> Iterator[Text]:
    """Yield text as lines that fit; what the terminal cannot encode is spelled out.

    Args:
        text: Text that is printable.
        console: Where it will be printed.
        indent: Cells to leave free before each line.
    """
    text = _encodable(text, console.encoding)
    room = max(console.width - indent, 1)
    fits = text.cell_len <= room  # wrapping takes longer than all the rest
    for line in [text] if fits else text.wrap(console, room, overflow="fold"):
        line.pad_left(indent)
        yield line


def _encodable(text: Text, encoding: str) -> Text:
    """Leave text alone where the terminal can show it; else spell it, uncoloured."""
    if encoding.lower().startswith("utf"):
        return text
    plain = text.plain.translate(PLAIN)
    return Text(plain.encode(encoding, "backslashreplace").decode(encoding))


def _title(title: str, console: Console) -> Iterator[Text]:
    yield Text()
    yield from wrapped(Text(title, "bold"), console)


def _table_lines(
    report: Report, console: Console, max_rows: int | None
) -> Iterator[Text]:
    """Yield a line for each file, and beneath it what there is to say."""
    titles = FileRow(*(_(title) if title else "" for title in TITLES))
    yield from wrapped(_file_line(titles, "bold", console.width), console)
    before: tuple[str, ...] = ()  # all but the path of the row above
    for row in islice(in_order(report.files), max_rows):
        line = _file_line(row, STYLES[row.verdict], console.width)
        beside = f"{line.plain}  {row.finding}"
        if not _has_music(row) and cell_len(beside) <= console.width:
            yield from wrapped(line.append(f"  {row.finding}", "dim"), console)
        else:
            yield from wrapped(line, console)
            yield from _remark(row.finding, console)
        if row[2:] != before:  # not the same for each of a hundred files
            yield from _advice(row.advice, console)
        before = row[2:]
    files = report.totals.files
    listed = files if max_rows is None else max_rows
    if files > listed:
        text = _("… and {more}: --all shows them, --html FILE has everything.").format(
            more=counted(files - listed, "more file")
        )
        yield from wrapped(Text(text), console)


def _advice(advice: str, console: Console) -> Iterator[Text]:
    return _remark(f"→ {advice}" if advice else "", console)


def _remark(remark: str, console: Console) -> Iterator[Text]:
    if remark:
        yield from wrapped(Text(remark, "dim"), console, VERDICT_CELLS)


def _has_music(row: FileRow) -> bool:
    return bool(row.melodies or row.notes or row.meter)


def _file_line(row: FileRow, style: str, width: int) -> Text:
    """Write the verdict, the path and the music in their columns, as many as fit."""
    room, columns = width - VERDICT_CELLS, [*MUSIC_CELLS, -_key_cells(), TRACK_CELLS]
    while columns and room - sum(map(abs, columns)) < MIN_PATH_CELLS:
        columns.pop()
    path_cells = min(room - sum(map(abs, columns)), MAX_PATH_CELLS)
    if not _has_music(row):
        room = room if cell_len(row.path) > path_cells else path_cells
        columns, path_cells = [], room
    line = Text(set_cell_size(_(row.verdict), VERDICT_CELLS))
    line.stylize(style)
    line.append(set_cell_size(shortened(row.path, path_cells), path_cells))
    for text, cells in zip(row[2:], columns, strict=False):
        line.append(
            text.rjust(cells) if cells > 0 else f"  {text}"[:-cells].ljust(-cells)
        )
    return line


def _key_cells() -> int:
    """Return the cells of a column that the longest name of a key fits into."""
    return 2 + max(len(key_in_words(key)) for key in KEY_NAMES)


def shortened(path: str, cells: int) -> str:
    """Cut out a path's middle: ``shortened("songs/old.mid", 9) == "so…ld.mid"``.

    Args:
        path: Text that is printable.
        cells: Cells of the terminal that it may take.
    """
    if cell_len(path) <= cells:
        return path
    head = (cells - 1) // 3
    tail = set_cell_size(path[::-1], cells - 1 - head)[::-1]
    return f"{set_cell_size(path, head)}…{tail}"


def _problem_lines(report: Report, console: Console) -> Iterator[Text]:
    """Yield why files were dropped and what to do, then what was repaired."""
    for verdict, title in (
        (DROPPED, _("What to do about the files that were dropped")),
        (RECOVERED, _("What was repaired; there is nothing to do")),
    ):
        found = [problem for problem in report.problems if problem.verdict == verdict]
        if found:
            yield from _title(title, console)
        for problem in found[:MAX_PROBLEMS]:
            files = counted(problem.files, "file").rjust(VERDICT_CELLS - 2)
            line = Text.assemble(
                (files, STYLES[verdict]), f"  {reason_in_words(problem)}"
            )
            yield from wrapped(line, console)
            yield from _advice(translated(problem.advice), console)
        if found[MAX_PROBLEMS:]:
            rest = counted(len(found) - MAX_PROBLEMS, "rarer reason")
            yield from _remark(_("… and {more}").format(more=rest), console)


def _chart_lines(report: Report, console: Console) -> Iterator[Text]:
    """Yield the pitches as columns and the other histograms as bars, side by side."""
    titles = captions(report.totals.melodies_used, report.totals.keys_estimated)
    pitches = report.histograms.get("pitch")
    if pitches:
        yield from _title(titles["pitch"], console)
        for line in _pitch_lines(pitches, console.width):
            yield from wrapped(Text(line), console)
    across = _charts_across(console.width)
    cells = min(console.width // across - 2, MAX_CHART_CELLS)
    charts = [
        _bar_lines(titles[name], counts, cells)
        for name, counts in report.histograms.items()
        if counts and name != "pitch"
    ]
    for start in range(0, len(charts), across):
        yield Text()
        for lines in zip_longest(*charts[start : start + across], fillvalue=Text()):
            yield from wrapped(_side_by_side(lines, cells), console)


def _charts_across(width: int) -> int:
    """Choose 1, 2 or 4 columns, so that 4 charts fill their lines."""
    fitting = width // (MIN_CHART_CELLS + 2)
    return 4 if fitting >= 4 else 2 if fitting >= 2 else 1


def _side_by_side(lines: Sequence[Text], cells: int) -> Text:
    """Put a line of each chart beside the next."""
    joined = Text()
    for line in lines:
        padding = " " * max(cells + 2 - line.cell_len, 0)
        joined.append_text(line).append(padding)
    joined.rstrip()
    return joined


def _bar_lines(title: str, counts: dict[str, int], cells: int) -> list[Text]:
    """Draw a line for each label: its count and a bar, ``cells`` wide at most."""
    shown = {label_in_words(label): count for label, count in _largest(counts).items()}
    peak = max(shown.values())
    label_cells = max(map(len, shown))
    count_cells = len(grouped(peak))
    room = max(cells - label_cells - count_cells - 2, 1)
    lines = [Text(line, "bold") for line in textwrap.wrap(title, max(cells, 1))]
    for label, count in shown.items():
        figures = f"{label:{label_cells}} {grouped(count):>{count_cells}} "
        lines.append(Text.assemble(figures, (_bar(count / peak * room), BAR_STYLE)))
    return lines


def _largest(counts: dict[str, int]) -> dict[str, int]:
    """Keep the order of the labels, but add up the rarest if there are many."""
    if len(counts) <= MAX_BARS:
        return counts
    by_count = sorted(counts, key=lambda label: -counts[label])
    rare = set(by_count[MAX_BARS - 1 :])
    shown = {label: count for label, count in counts.items() if label not in rare}
    return {
        **shown,
        _("{count} others").format(count=len(rare)): sum(
            counts[label] for label in rare
        ),
    }


def _bar(cells: float) -> str:
    """Draw a bar of this many cells, to an eighth; the least still shows."""
    eighths = max(round(8 * cells), 1 if cells else 0)
    return GROWING[8] * (eighths // 8) + GROWING[eighths % 8].strip()


def _pitch_lines(counts: dict[str, int], width: int) -> Iterator[str]:
    """Draw a column for each pitch, the Cs named beneath, and say it in words."""
    labels, heights = list(counts), list(counts.values())
    together = -(-len(labels) // width)  # pitches in a column
    columns = [
        sum(heights[start : start + together])
        for start in range(0, len(heights), together)
    ]
    cells = min(width // len(columns), MAX_COLUMN_CELLS)
    eighths = [_eighths(count, max(columns)) for count in columns]
    for line in reversed(range(PITCH_LINES)):
        blocks = (RISING[min(max(height - 8 * line, 0), 8)] for height in eighths)
        yield "".join(block * cells for block in blocks).rstrip()
    yield _octaves(labels, cells, together)[:width]
    often = sorted(counts, key=lambda label: -counts[label])[:3]
    commonest = ", ".join(
        f"{pitch_in_words(label)} ({grouped(counts[label])})" for label in often
    )
    yield _("{lowest} to {highest}; most often {pitches}").format(
        lowest=pitch_in_words(labels[0]),
        highest=pitch_in_words(labels[-1]),
        pitches=commonest,
    )


def _eighths(count: int, peak: int) -> int:
    """Scale a count to the height of the chart; the least still shows."""
    return max(round(8 * PITCH_LINES * count / peak), 1 if count else 0)


def _octaves(labels: Sequence[str], cells: int, together: int) -> str:
    """Write the name of each C beneath its column."""
    line = ""
    for index, label in enumerate(labels):
        if label.startswith("C") and "#" not in label:
            line = line.ljust(index // together * cells) + pitch_in_words(label)
    return line
