"""The facts about a melody that its reading is checked by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monody.corpus.histograms import NOTE_VALUES
from monody.music.heard_form import form_letters
from monody.music.key_finding import heard_scale
from monody.music.melody import Melody, lines_around
from monody.music.meter import TICKS_PER_QUARTER, Meter, meter_at
from monody.reading.overview import LineFacts
from monody.render.notation.abc import to_abc
from monody.translation import marked

SHOWN_BARS = 4


@dataclass(frozen=True)
class MelodyFacts:
    """A melody that was found in a line.

    Args:
        notes: How many it has.
        bars: How many it has, repeats played.
        meters: ``(bar, "6/8")`` of each that it changes to, from 1.
        short_bars: Numbers of the bars that end before their meter says.
        meter_from: What the meter was taken from: ``"signature"``, ``"accents"``,
            ``"bar lengths"``, or ``"default"``.
        bpm: Quarter notes a minute.
        beat: The value of a beat, such as ``"dotted quarter"``.
        beats_a_minute: At that tempo.
        tempo_from: What the tempo was taken from: ``"file"``, ``"notes"``, or
            ``"default"``.
        declared_bpm: The tempo that the file gives it.
        tempos: How many tempos the file has.
        key: Such as ``"D minor"``; empty if it is written and heard in none.
        key_is_written: Whether the file says so; else it sounds like it.
        begins: Where the first note is.
        form: Its form in letters; empty if it is all one section.
        abc_fields: The fields of ABC that its first bars are to be read with.
        abc: Its first bars.
    """

    notes: int
    bars: int
    meters: tuple[tuple[int, str], ...]
    short_bars: tuple[int, ...]
    meter_from: str
    bpm: float
    beat: str
    beats_a_minute: float
    tempo_from: str
    declared_bpm: float
    tempos: int
    key: str
    key_is_written: bool
    begins: str
    form: str
    abc_fields: str
    abc: tuple[str, ...]


def melody_facts(
    melody: Melody, line: LineFacts, pickup_quarters: float = 0.0, *, is_first: bool
) -> MelodyFacts:
    """Gather the facts about a melody.

    Args:
        melody: The melody.
        line: Where it was found.
        pickup_quarters: Length of the pickup that the page begins with, or 0.
        is_first: Whether it is the first of its line.

    Example:
        >>> from monody import Melody
        >>> from monody.cli.melody_facts import melody_facts
        >>> from monody.reading.overview import LineFacts, TempoSource
        >>> from monody.reading.raw_score import MeterSource
        >>> sources = MeterSource.SIGNATURE, TempoSource.FILE
        >>> line = LineFacts(0, "", 0, False, 2, 60, 64, 3, *sources, 120.0, 1)
        >>> melody = Melody.from_notes([(60, 72, 24), (64, 96, 96)])
        >>> facts = melody_facts(melody, line, is_first=True)
        >>> facts.begins, facts.bars
        ('on beat 4 of bar 3', 2)
    """
    lines = lines_around(melody)
    key = melody.key or _heard_key(melody)
    beat = melody.meters[0].beat_ticks
    fields, *bars = _as_abc(replace(melody, key=key), lines)
    in_pickup = pickup_quarters if is_first and line.first_bar == 1 else 0.0
    return MelodyFacts(
        notes=len(melody),
        bars=len(lines) - 1,
        meters=tuple(_changes(melody.meters, lines)),
        short_bars=tuple(_short_bars(melody.meters, lines)),
        meter_from=line.meter_from.value,
        bpm=round(melody.bpm, 1),
        beat=NOTE_VALUES.get(beat, ""),
        beats_a_minute=round(melody.bpm * TICKS_PER_QUARTER / beat, 1),
        tempo_from=line.tempo_from.value,
        declared_bpm=round(line.declared_bpm, 1),
        tempos=line.tempos,
        key=key or "",
        key_is_written=melody.key is not None,
        begins=_beginning(melody, line.first_bar * is_first, in_pickup),
        form=form_letters(melody),
        abc_fields=fields,
        abc=tuple(bars),
    )


def _heard_key(melody: Melody) -> str | None:
    """Return the key that a melody sounds in, ``None`` if all sound as good."""
    pitches, durations = melody.pitches.tolist(), melody.durations.tolist()
    return heard_scale(pitches, durations).signature


def _changes(
    meters: Sequence[Meter], lines: Sequence[int]
) -> Iterator[tuple[int, str]]:
    """Yield the bar and the name of each meter that differs from the one before."""
    bars = {tick: bar for bar, tick in enumerate(lines, start=1)}
    before = ""
    for meter in meters:
        if str(meter) != before and meter.tick in bars:
            before = str(meter)
            yield bars[meter.tick], before


def _short_bars(meters: Sequence[Meter], lines: Sequence[int]) -> Iterator[int]:
    for bar, (start, end) in enumerate(pairwise(lines), start=1):
        if end - start < meter_at(start, meters).bar_ticks:
            yield bar


def _beginning(melody: Melody, bar: int, pickup_quarters: float) -> str:
    """Say where the first note is.

    Args:
        melody: Whose first bar its first note begins in.
        bar: The number of that bar in the file; 0 where it is not known.
        pickup_quarters: Length of the pickup that it begins in, or 0.
    """
    beat, since = divmod(int(melody.starts[0]), melody.meters[0].beat_ticks)
    beat += 1
    where = f"bar {bar}" if bar else marked("a bar")
    if since:
        where = marked(f"after beat {beat} of {where}")
    else:
        where = marked(f"on beat {beat} of {where}")
    ticks = round(pickup_quarters * TICKS_PER_QUARTER)
    if not ticks:
        return where
    value = NOTE_VALUES.get(ticks)
    if not value:
        quarters = f"{ticks / TICKS_PER_QUARTER:.3g}"
        return marked(f"{where}, in a pickup of {quarters} quarters")
    if value.startswith("8"):
        return marked(f"{where}, in a pickup of an {value}")
    return marked(f"{where}, in a pickup of a {value}")


def _as_abc(melody: Melody, lines: Sequence[int]) -> Iterator[str]:
    """Yield the fields that the first bars of a melody need in ABC, then the bars."""
    # One bar more, so that a note that is held into it keeps its tie.
    cut = lines[: SHOWN_BARS + 2][-1]
    header, _, music = to_abc(melody.between(0, cut), "").partition("\nK:")
    fields = [line for line in header.splitlines() if line[:2] in ("M:", "L:")]
    key, _, music = music.partition("\n")
    yield " ".join([*fields, f"K:{key}"])
    bars = [bar.strip() for bar in music.replace("\n", "").split("|")]
    yield from [bar for bar in bars if bar not in ("", "]")][:SHOWN_BARS]
