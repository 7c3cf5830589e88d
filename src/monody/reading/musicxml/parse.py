"""From MusicXML, plain or compressed (MXL), to the raw score that all readers give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from monody.reading.musicxml.aligned import aligned, starts_of
from monody.reading.musicxml.measure_repeats import fill_repeats
from monody.reading.musicxml.part_lines import PartLines
from monody.reading.musicxml.part_measure import PartMeasure
from monody.reading.musicxml.part_reader import read_part
from monody.reading.musicxml.playing_signs import divided
from monody.reading.musicxml.tree import score_tree
from monody.reading.musicxml.voice_ties import join_voices_at_ties
from monody.reading.notation.performed import performed
from monody.reading.notation.written_score import Line, WrittenNote, WrittenScore
from monody.reading.raw_score import RawScore

MAX_PARTS = 1000


def read_musicxml(data: bytes, max_bytes: int) -> RawScore:
    """Parse a MusicXML file: its notes at sounding pitch, repeats played.

    Args:
        data: The whole file: MusicXML text, or an MXL archive.
        max_bytes: The largest unpacked size.

    Raises:
        UnreadableError: If it is not MusicXML, is damaged or too large, or does not
            say how long its notes are.

    Example:
        >>> from monody.reading.musicxml.parse import read_musicxml
        >>> read_musicxml(b"<opus/>", max_bytes=1_000_000)
        Traceback (most recent call last):
        ...
        monody.reading.raw_score.UnreadableError: XML, but not MusicXML: its root is ...
    """
    return performed(written_score(score_tree(data, max_bytes)), "MusicXML")


def written_score(root: ET.Element) -> WrittenScore:
    """Read a partwise score as it is on the page.

    Args:
        root: Its ``<score-partwise>``.

    Raises:
        UnreadableError: If it does not say how long its notes are.

    Example:
        >>> from monody.reading.musicxml.parse import written_score
        >>> from monody.reading.musicxml.tree import score_tree
        >>> text = b"<score-partwise><part><measure/></part></score-partwise>"
        >>> score = written_score(score_tree(text, max_bytes=1000))
        >>> len(score.lines), len(score.measures)
        (1, 1)
    """
    repairs: Counter[str] = Counter()
    sources = root.findall("part[measure]")
    if len(sources) > MAX_PARTS:
        repairs["parts too many"] += len(sources) - MAX_PARTS
        del sources[MAX_PARTS:]
    is_concert = root.find("defaults/concert-score") is not None
    parts = [read_part(part, repairs, is_concert=is_concert) for part in sources]
    for part in parts:
        fill_repeats(part, repairs)
    measures = aligned(parts)
    starts = starts_of(measures)
    for part in parts:
        join_voices_at_ties(part, starts)
    entries = {
        entry.get("id"): entry for entry in root.iterfind("part-list/score-part")
    }
    heads = [entries.get(source.get("id"), source) for source in sources]
    lines, notes = _lines(heads, parts, repairs)
    notes += [[] for _ in measures[len(notes) :]]
    return WrittenScore(
        lines,
        divided(measures, notes),
        repairs=list(_described(repairs)),
        title=_title(root),
    )


def _title(root: ET.Element) -> str:
    """Return the title of a work, or else of its movement; empty if it has none."""
    titles = (root.findtext("work/work-title"), root.findtext("movement-title"))
    return next((title.strip() for title in titles if title), "")


def _lines(
    heads: Sequence[ET.Element],
    parts: Sequence[Sequence[PartMeasure]],
    repairs: Counter[str],
) -> tuple[list[Line], list[list[WrittenNote]]]:
    """Sort the notes of all parts into lines.

    Args:
        heads: What the score says of each part.
        parts: The measures of each.
        repairs: Counts what is wrong, by its description.

    Returns:
        The lines, and the notes of each measure.
    """
    lines: list[Line] = []
    notes: list[list[WrittenNote]] = []
    for head, part in zip(heads, parts, strict=True):
        own = PartLines(head, part, lines)
        repairs["unpitched notes between pitched ones"] += own.left_out
        notes += [[] for _ in part[len(notes) :]]
        for together, measure in zip(notes, part, strict=False):
            together += own.written(measure.notes)
        lines += own.lines
    return lines, notes


def _described(repairs: Counter[str]) -> Iterator[str]:
    """Say what was wrong, and how many times."""
    for what, count in repairs.items():
        if count:
            yield f"{what}: {count:,}"
