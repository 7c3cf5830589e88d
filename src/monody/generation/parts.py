"""The parts of a melody, which are written one by one.

A network that has learnt tunes of 32 bars has nothing to say in bar 60. So a melody
that is longer than nearly all of the corpus is made of parts of a usual length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from monody.generation.constraints.reachable import can_fill
from monody.generation.outlines import MelodyOutline, bars_asked
from monody.generation.primers import Primer
from monody.models.record import CorpusStyle
from monody.music.form import Form
from monody.music.meter import TICKS_PER_STEP
from monody.settings.sampling import SampleSettings

PHRASE_BARS = 4  # parts are a multiple of it


@dataclass(frozen=True, eq=False)
class Task:
    """What tells one melody of a generation from the others."""

    index: int  # counted from 0
    attempt: int  # 0; more where a melody was tried again
    primer: Primer | None


class Part(NamedTuple):
    """A part of a take of a melody; one of usual length has one part."""

    task: Task
    take: int
    outline: MelodyOutline
    number: int
    begins: int  # ticks from where the melody begins
    ticks: int  # how long it is
    form: Form | None  # None where the network ends it, or nothing is known


def parts_of(
    task: Task, outline: MelodyOutline, settings: SampleSettings, style: CorpusStyle
) -> list[Part]:
    """Divide a melody into parts of whole phrases; the last has what is left.

    Args:
        task: The melody.
        outline: What it follows.
        settings: What is asked of it.
        style: What the training melodies are like.

    Example:
        Twenty bars, where melodies of the corpus have eight at most:

        >>> from monody import SampleSettings
        >>> from monody.generation.outlines import MelodyOutline
        >>> from monody.generation.parts import Task, parts_of
        >>> from monody.models.record import CorpusStyle
        >>> from monody.music.meter import COMMON_TIME
        >>> style = CorpusStyle(
        ...     meter="4/4", bpm=120, bars=8, max_bars=8,
        ...     note_ticks=(12, 24), rest_ticks=(), hold_ticks=(),
        ...     pitch_range=(60, 72), places=(0, 12), repeats=(24,) * 64,
        ... )
        >>> outline = MelodyOutline(COMMON_TIME, 0, key=1, style=0, precedent=None)
        >>> settings = SampleSettings(bars=20, pickup=False)
        >>> parts = parts_of(Task(0, 0, None), outline, settings, style)
        >>> [part.ticks // COMMON_TIME.bar_ticks for part in parts]
        [8, 8, 4]
    """
    bars = bars_asked(settings, outline.meter)
    heard = task.primer.bars if task.primer else 0
    most = max(style.max_bars - heard, style.bars)
    whole = settings.free or settings.named_form is not None
    count = 1 if whole else -(-bars // most)
    size = max(round(bars / (count * PHRASE_BARS)), 1) * PHRASE_BARS
    begins = [size * part for part in range(count) if size * part < bars]
    if len(begins) > 1 and settings.notes_per_bar is not None:
        return _parts_on_bar_lines(task, outline, settings, [*begins, bars])
    ends = [*begins[1:], bars]
    return [
        _part(task, outline, settings, number, _Bars(begin, end, bars))
        for number, (begin, end) in enumerate(zip(begins, ends, strict=True))
    ]


class _Bars(NamedTuple):
    """Which bars of a melody a part has; a pickup comes before them."""

    begin: int
    end: int
    all: int  # that the melody has

    @property
    def length(self) -> int:
        return self.end - self.begin


def _part(
    task: Task,
    outline: MelodyOutline,
    settings: SampleSettings,
    number: int,
    bars: _Bars,
) -> Part:
    """Lay out a part; each begins at the place in the bar where the melody does."""
    bar = outline.meter.bar_ticks
    longest = bars.length * bar  # ticks
    exact = None
    if settings.file_length is not None:
        ticks = settings.file_length * TICKS_PER_STEP
        longest = exact = min(longest, ticks - bars.begin * bar)
    form, named = outline.form(bars.length, exact), settings.named_form
    if named is not None:
        form, exact = named.laid_out(bars.length, bar), longest
    ticks = longest
    if form is not None:
        if bars.end == bars.all and exact is None and outline.has_pickup:
            longest += bar - outline.position  # the pickup comes before the bars
        ticks = _until_its_end(form, longest, settings, outline)
        form = form.ending_at(form.begins + ticks)
    elif exact is None and not outline.has_pickup:
        ticks -= outline.position
    return Part(task, 0, outline, number, bars.begin * bar, ticks, form)


def _until_its_end(
    form: Form, longest: int, settings: SampleSettings, outline: MelodyOutline
) -> int:
    """Return how long a part is that ends where its form does.

    Where the note values asked for do not lead there, it goes on to the bar line.
    """
    ticks = min(form.end - form.begins, longest)
    if settings.file_length is not None or can_fill(settings.note_ticks, ticks):
        return ticks
    to_line = -(outline.position + ticks) % outline.meter.bar_ticks
    return min(ticks + to_line, longest)


def _parts_on_bar_lines(
    task: Task, outline: MelodyOutline, settings: SampleSettings, lines: Sequence[int]
) -> list[Part]:
    """Lay out parts that meet on bar lines.

    Where the notes of each bar are counted, no bar may lie in two parts: neither would
    know how many notes the other has.

    Args:
        task: The melody.
        outline: What it follows.
        settings: What is asked of it.
        lines: Bars in which the parts begin, and the first that is not there.
    """
    bar = outline.meter.bar_ticks
    total = None
    if settings.file_length is not None:
        total = outline.position + settings.file_length * TICKS_PER_STEP
    pickup = bar if outline.has_pickup else 0
    parts: list[Part] = []
    for number, (first, end) in enumerate(pairwise(lines)):
        own = outline if not number else replace(outline, position=0)
        begin = own.position if not number else first * bar + pickup  # its first note
        until = end * bar + pickup
        last = end == lines[-1]
        if total is not None:
            until = total if last else min(until, total)
        if until <= begin:
            break
        ticks = until - begin
        form = own.form(end - first, None if last and total is None else ticks)
        if form is not None:
            ticks = _until_its_end(form, ticks, settings, own)
            form = form.ending_at(form.begins + ticks)
        parts.append(Part(task, 0, own, number, begin - own.position, ticks, form))
    return parts
