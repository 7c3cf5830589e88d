"""Where the meter, the tempo and the key of a melody were taken from, in words."""

from __future__ import annotations

from collections.abc import Sequence

from monody.cli.melody_facts import MelodyFacts
from monody.corpus.report import counted

MAX_LISTED = 6  # changes of meter, or numbers of bars


def facts_in_words(melody: MelodyFacts) -> dict[str, str]:
    """Return the facts about a melody by the names that they are shown with.

    The last says how its first bars are written, which are shown next.
    """
    facts = {
        "meter": _meter(melody),
        "tempo": _tempo(melody),
        "key": _key(melody),
        "begins": melody.begins,
    }
    if melody.form:
        facts["form"] = melody.form
    if melody.short_bars:
        facts["short"] = _bars(melody.short_bars)
    return {**facts, "as ABC": melody.abc_fields}


def _meter(melody: MelodyFacts) -> str:
    (_, first), *others = melody.meters
    changes = [f"{name} from bar {bar}" for bar, name in others[:MAX_LISTED]]
    rest = len(others) - len(changes)
    if rest > 0:
        changes.append(f"{counted(rest, 'more change')}")
    text = ", then ".join([first, *changes])
    return {
        "signature": f"{text}, from the file",
        "accents": f"{text}, by the accents: the file counts single beats",
        "bar lengths": f"{text}, from the length of the bars: no meter is written",
    }.get(melody.meter_from, f"{text}: no meter is written")


def _tempo(melody: MelodyFacts) -> str:
    in_beats = ""
    if melody.beat != "quarter" and melody.beat:
        beats = "halves" if melody.beat == "half" else f"{melody.beat}s"
        in_beats = f" in quarters, {melody.beats_a_minute:g} in {beats}"
    text = f"{melody.bpm:g} bpm{in_beats}"
    if melody.tempo_from == "notes":
        declared = f"says {melody.declared_bpm:g}" if melody.tempos else "names none"
        return f"{text}, fitted to the notes; the file {declared}"
    if melody.tempo_from == "default":
        return f"{text}: the default, as none is written"
    several = f", the longest of {melody.tempos:,}" if melody.tempos > 1 else ""
    return f"{text}, from the file{several}"


def _key(melody: MelodyFacts) -> str:
    if melody.key_is_written:
        return f"{melody.key}, from the file"
    return f"none is written; it sounds in {melody.key or 'none either'}"


def _bars(numbers: Sequence[int]) -> str:
    """List the first bars: ``bars 8, 16 and 2 more``."""
    listed = ", ".join(map(str, numbers[:MAX_LISTED]))
    text = f"{'bar' if len(numbers) == 1 else 'bars'} {listed}"
    rest = len(numbers) - MAX_LISTED
    return f"{text} and {rest:,} more" if rest > 0 else text
