"""Our reading of ABC beside music21's, tune by tune, over its three collections.

    python benchmarks/abc_second_opinion.py [--every N]

Compared are pitches, onsets, lengths and bar lines in the order of the page, ties
joined. Where the readings differ, the tune is given to music21 again with the
notation that it is known to misread written otherwise (`REWRITES`, each of which means
the same by the ABC standard 2.1). A difference that this removes is explained by the
rewrites that changed the tune; what is left is printed in full.
"""

from __future__ import annotations

import argparse
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from monody.corpus.public_domain import COLLECTIONS
from monody.music.meter import COMMON_TIME, Meter
from monody.reading.abc.parse import written_tune
from monody.reading.abc.tune_book import abc_text, tunes_of
from monody.reading.notation.bar_grid import full_bar
from monody.reading.notation.written_score import WRITTEN_TICKS_PER_QUARTER

Note = tuple[float, int, float]  # onset and length in quarters, pitch between


class Reading(NamedTuple):
    """What a reader made of a tune."""

    notes: list[Note]
    bars: list[float]


class Rewrite(NamedTuple):
    """Another way to write the same, for a reader that misreads the first one."""

    cause: str
    pattern: str
    by: str
    within_quotes: bool = False


REWRITES = (
    Rewrite("annotations with signs in them are read as music (4.19)", r'"[^"]*"?', "",
            True),
    Rewrite("a note with a decoration of one letter is dropped (4.14)",
            r"(?<!!)[H-WYh-wy~.](?![:])(?![^!|]*!)", ""),
    Rewrite("the old line break ! hides notes (4.14)", r"![^!|\s]{1,40}!|!", " "),
    Rewrite("inline voices are one voice (7.2)", r"\[(V:[^\]]*)\]", "\n\\1\n"),
    Rewrite("broken rhythm is lost beside a slur or tie (4.4)",
            r"([A-Ga-g][,']*)>-\1(?![\d/])", r"\g<1>3/2-\g<1>/2"),
    Rewrite("an inline field is not obeyed (3.2)", r"\[([KML]:[^\]]*)\]", "\n\\1\n"),
    Rewrite("broken rhythm is lost beside a slur or tie (4.4)",
            r"(\)*)(-?)(\)*)([<>]+)(-?)(\)*)", r"\4"),
    Rewrite("broken rhythm is lost beside a slur or tie (4.4)", r"\((?!\d)|\)", ""),
    Rewrite("spaces around broken rhythm (4.4)", r"\s*([<>]+)\s*", r"\1"),
    Rewrite("// is read as / after a number (4.3)", r"(\d)//(?!/|\d)", r"\1/4"),
    Rewrite("grace notes within broken rhythm (4.12)", r"\{[^}]*\}", ""),
    Rewrite(":: at the end of a line hides notes (4.8)", r"::", ":||:"),
    Rewrite("the invisible rest x takes no time (4.5)", "x", "z"),
    Rewrite("=20, which mail leaves behind, is an accidental (4.2)", r"=20", ""),
    Rewrite("` parts a note from its broken rhythm (4.7)", "`", ""),
)  # fmt: skip


# Looked at by hand: no other notation says the same to music21.
BY_HAND = {
    "oneills1850/1701-1780.abc#65": "a note of a chord has a length of its own (4.17)",
}
_LOST_HEADER = "lines of the header that are no fields are read as fields (2.2.1)"


def _in_music(rewrite: Rewrite, tune: str) -> str:
    """Rewrite the lines of music only, outside of quotation marks."""
    lines = []
    for line in tune.split("\n"):
        if re.match(r"[A-Za-z]:|%", line):
            lines.append(line)
            continue
        parts = [line] if rewrite.within_quotes else re.split(r'("[^"]*")', line)
        parts[::2] = [re.sub(rewrite.pattern, rewrite.by, part) for part in parts[::2]]
        lines.append("".join(parts))
    return "\n".join(lines)


def _without_history(tune: str) -> str:
    """Leave out the lines of the header that are no fields (3.1.13, 3.1.17)."""
    header, key, body = re.split(r"(?m)(^K:.*$)", tune, maxsplit=1)
    fields = [line for line in header.split("\n") if re.match(r"[A-Z]:|%", line)]
    return "\n".join([*fields, key]) + body


def ours(tune: str) -> tuple[Reading, list[tuple[float, float]]]:
    """Read a tune ourselves; also return where measures are too long, and how long."""
    score = written_tune(tune)
    starts = list(accumulate((m.ticks for m in score.measures), initial=0))
    notes, long, meter = [], [], COMMON_TIME
    for measure, start in zip(score.measures, starts, strict=False):
        for _, numerator, denominator in measure.meters:
            meter = Meter(0, numerator, denominator)
        if measure.ticks > full_bar(meter):
            long.append((_quarters(start), _quarters(measure.ticks)))
        notes += [
            (_quarters(start + n.start), n.pitch, _quarters(n.ticks), n.tied)
            for n in measure.notes
            if n.ticks
        ]
    return Reading(_joined(notes), sorted({_quarters(s) for s in starts[:-1]})), long


def _quarters(ticks: int) -> float:
    return round(ticks / WRITTEN_TICKS_PER_QUARTER, 3)


def theirs(tune: str) -> Reading:
    """Let music21 read a tune."""
    from music21 import converter, harmony

    score = converter.parse(tune, format="abc")
    notes, bars = [], set()
    for part in score.parts:
        for measure in part.getElementsByClass("Measure"):
            bars.add(round(float(measure.offset), 3))
        for item in part.recurse().notes:
            if item.duration.isGrace or isinstance(item, harmony.ChordSymbol):
                continue
            start = round(float(item.getOffsetInHierarchy(part)), 3)
            for note in item.notes if item.isChord else [item]:
                tied = note.tie is not None and note.tie.type != "stop"
                length = round(float(item.quarterLength), 3)
                notes.append((start, note.pitch.midi, length, tied))
    return Reading(_joined(notes), sorted(bars))


def _joined(notes: list[tuple[float, int, float, bool]]) -> list[Note]:
    """Join tied notes."""
    joined: list[Note] = []
    held: dict[int, int] = {}
    for start, pitch, length, tied in sorted(notes):
        index = held.pop(pitch, -1)
        if index >= 0 and abs(joined[index][0] + joined[index][2] - start) < 0.01:
            before = joined[index]
            joined[index] = (before[0], pitch, round(start + length - before[0], 3))
        else:
            index = len(joined)
            joined.append((start, pitch, length))
        if tied:
            held[pitch] = index
    return joined


def equal(one: Reading, other: Reading, long: list[tuple[float, float]]) -> bool:
    """Compare readings; music21 cuts measures that are too long, which is no matter."""
    if len(one.notes) != len(other.notes):
        return False
    for (a, p, b), (c, q, d) in zip(sorted(one.notes), sorted(other.notes), strict=True):
        if p != q or abs(a - c) > 0.005 or abs(b - d) > 0.005:
            return False
    extra = set(other.bars) - set(one.bars)
    within = all(any(s < bar < s + length for s, length in long) for bar in extra)
    return within and not set(one.bars) - set(other.bars)


def explained(tune: str) -> tuple[str, list[str]]:
    """Return "equal", or what explains the difference, or "" and the differences."""
    own, long = ours(tune)
    tune = f"%abc-2.1\n{tune}"
    try:
        if equal(own, theirs(tune), long):
            return "equal", []
    except Exception as error:  # music21 raises errors of any kind
        first = f"music21 fails: {type(error).__name__}"
    else:
        first = ""
    needed = [_LOST_HEADER, *dict.fromkeys(rewrite.cause for rewrite in REWRITES)]
    other = _rewritten_reading(tune, needed)
    if other is None or not equal(own, other, long):
        return "", _differences(own, other or Reading([], []))
    for cause in tuple(needed):  # leave out those that change nothing
        fewer = [one for one in needed if one != cause]
        other = _rewritten_reading(tune, fewer)
        if other is not None and equal(own, other, long):
            needed = fewer
    return first or " + ".join(needed), []


def _rewritten_reading(tune: str, causes: list[str]) -> Reading | None:
    """Let music21 read a tune without the notation that it misreads for some causes."""
    if _LOST_HEADER in causes:
        tune = _without_history(tune)
    for rewrite in REWRITES:
        if rewrite.cause in causes:
            tune = _in_music(rewrite, tune)
    try:
        return theirs(tune)
    except Exception:  # of any kind
        return None


def _differences(own: Reading, other: Reading) -> list[str]:
    """Name the first difference."""
    pairs = zip([*sorted(own.notes), None], [*sorted(other.notes), None], strict=False)
    for place, (a, b) in enumerate(pairs):
        if a != b:
            return [f"note {place}: {a} {b}"]
    return [f"bars {sorted(set(own.bars) ^ set(other.bars))[:4]}"]


def tunes(every: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every so-manieth tune."""
    import music21

    root = Path(music21.__file__).parent / "corpus"
    place = 0
    for collection in COLLECTIONS:
        for file in sorted((root / collection).glob("*.abc")):
            for index, tune in enumerate(tunes_of(abc_text(file.read_bytes()))):
                place += 1
                if place % every == 0:
                    yield f"{collection}/{file.name}#{index}", tune


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    for name, tune in tunes(parser.parse_args().every):
        cause, differences = explained(tune)
        if not cause and name in BY_HAND:
            cause, differences = BY_HAND[name], []
        counts[cause or "unexplained"] += 1
        if differences:
            print(name, *differences, flush=True)
    for cause, count in counts.most_common():
        print(f"| {cause} | {count} |")


if __name__ == "__main__":
    main()
