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
from collections.abc import Sequence
from importlib.metadata import version
from itertools import accumulate
from typing import NamedTuple

from abc_rewrites import NAMED_ENDING, OLD_CHORD, UNDEFINED, Rewrite, rewritten, tunes
from header import print_header
from monody.music.meter import COMMON_TIME, Meter
from monody.reading.abc.parse import written_tune
from monody.reading.notation.written_score import (
    WRITTEN_TICKS_PER_QUARTER,
    bar_ticks,
)
from second_opinion import UNEXPLAINED, Tally, needed, print_table

Note = tuple[float, int, float]  # onset and length in quarters, pitch between


class Reading(NamedTuple):
    """What a reader made of a tune."""

    notes: list[Note]
    bars: list[float]


REWRITES = (
    NAMED_ENDING,
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
    OLD_CHORD,
    *UNDEFINED,
    Rewrite("ties of chords are lost (4.11)", r"(?<=\])-|-(?=[^\[|]*\])", "",
            both=True),
    Rewrite("` parts a note from its broken rhythm (4.7)", "`", ""),
)  # fmt: skip


# Looked at by hand: no other notation says the same to music21.
_TURNS = "voices that take turns line by line begin at the start again (7.2)"
_BARS_OF_REST = "Z, bars of rest, takes no time (4.5)"
_IN_CHORD = "an accidental in a chord does not last for its bar (4.2)"
BY_HAND = {
    "oneills1850/0351-0400.abc#36": _BARS_OF_REST,
    "oneills1850/0626-0700.abc#11": _BARS_OF_REST,
    "oneills1850/1176-1275.abc#9": _BARS_OF_REST,
    "oneills1850/0550-0625.abc#47": _IN_CHORD,
    "ryansMammoth/WalkAroundBrudderBones.abc#0": _IN_CHORD,
    "oneills1850/0550-0625.abc#20": "an inline unit length ends a bar (3.2)",
    "oneills1850/0951-0981.abc#13": "bars in a new meter are cut as in the old one",
    "airdsAirs/book6.abc#147": _TURNS,  # its two parts hide it from the rewrite
    "ryansMammoth/HeadlightJig.abc#0": "an accidental before no note changes a length",
}
_LOST_HEADER = "lines of the header that are no fields are read as fields (2.2.1)"
CAUSES = (_LOST_HEADER, _TURNS, *dict.fromkeys(rewrite.cause for rewrite in REWRITES))


def _without_history(tune: str) -> str:
    """Leave out the lines of the header that are no fields (3.1.13, 3.1.17)."""
    header, key, body = re.split(r"(?m)(^K:.*$)", tune, maxsplit=1)
    fields = [line for line in header.split("\n") if re.match(r"[A-Z]:|%", line)]
    return "\n".join([*fields, key]) + body


def _by_voice(tune: str) -> str:
    """Put the lines of each voice that begin with its inline field together (7.2)."""
    header, key, body = re.split(r"(?m)(^K:.*$)", tune, maxsplit=1)
    voices: dict[str, list[str]] = {}
    for line in body.split("\n"):
        found = re.match(r"\[V: *([^\]]*)\](.*)", line)
        if found:
            voices.setdefault(found[1], []).append(found[2])
        elif line.strip() and not line.startswith("%"):
            return tune
    parts = [f"V:{name}\n" + "\n".join(lines) for name, lines in voices.items()]
    return "\n".join([header + key, *parts]) if parts else tune


def ours(tune: str) -> tuple[Reading, list[tuple[float, float]]]:
    """Read a tune ourselves; also return where measures are too long, and how long."""
    score = written_tune(tune)
    starts = list(accumulate((m.ticks for m in score.measures), initial=0))
    notes, long, meter = [], [], COMMON_TIME
    for measure, start in zip(score.measures, starts, strict=False):
        for _, numerator, denominator in measure.meters:
            meter = Meter(0, numerator, denominator)
        if measure.ticks > bar_ticks(*meter[1:]):
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
    from music21 import converter, harmony, stream

    score = converter.parse(tune, format="abc")
    if not isinstance(score, stream.Score):
        raise TypeError("expected one tune")
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


def equal(one: Reading, long: list[tuple[float, float]], other: Reading) -> bool:
    """Compare readings; music21 cuts measures that are too long, which is no matter."""
    if len(one.notes) != len(other.notes):
        return False
    for (a, p, b), (c, q, d) in zip(
        sorted(one.notes), sorted(other.notes), strict=True
    ):
        if p != q or abs(a - c) > 0.005 or abs(b - d) > 0.005:
            return False
    extra = set(other.bars) - set(one.bars)
    within = all(any(s < bar < s + length for s, length in long) for bar in extra)
    return within and not set(one.bars) - set(other.bars)


def explained(tune: str) -> tuple[list[str], list[str]]:
    """Return why the readers differ; for what is unexplained, also where."""

    def explain(causes: Sequence[str]) -> bool:
        other = _rewritten_reading(tune, causes)
        return other is not None and equal(*_own_reading(tune, causes), other)

    if explain([]):
        return [], []
    kept = needed(CAUSES, explain)
    if kept:
        return kept, []
    other = _rewritten_reading(tune, CAUSES) or Reading([], [])
    return [UNEXPLAINED], _differences(_own_reading(tune, CAUSES)[0], other)


def _own_reading(
    tune: str, causes: Sequence[str]
) -> tuple[Reading, list[tuple[float, float]]]:
    """Read a tune ourselves, without what the standard leaves open."""
    return ours(rewritten(tune, [one for one in REWRITES if one.both], causes))


def _rewritten_reading(tune: str, causes: Sequence[str]) -> Reading | None:
    """Let music21 read a tune without the notation that it misreads for some causes."""
    if _LOST_HEADER in causes:
        tune = _without_history(tune)
    if _TURNS in causes:
        tune = _by_voice(tune)
    try:
        return theirs(f"%abc-2.1\n{rewritten(tune, REWRITES, causes)}")
    except Exception:  # music21 raises errors of any kind
        return None


def _differences(own: Reading, other: Reading) -> list[str]:
    """Name the first difference."""
    pairs = zip([*sorted(own.notes), None], [*sorted(other.notes), None], strict=False)
    for place, (a, b) in enumerate(pairs):
        if a != b:
            return [f"note {place}: {a} {b}"]
    return [f"bars {sorted(set(own.bars) ^ set(other.bars))[:4]}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    warnings.simplefilter("ignore")
    print_header("monody", "music21")
    tally = Tally("three collections", f"music21 {version('music21')}")
    for name, tune in tunes(parser.parse_args().every):
        causes, differences = explained(tune)
        if causes == [UNEXPLAINED] and name in BY_HAND:
            causes, differences = [BY_HAND[name]], []
        tally.add(len(ours(tune)[0].notes), causes)
        if differences:
            print(name, *differences, flush=True)
    print_table([tally])


if __name__ == "__main__":
    main()
