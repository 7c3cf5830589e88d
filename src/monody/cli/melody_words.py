"""Where the meter, the tempo and the key of a melody were taken from, in words."""

from __future__ import annotations

from collections.abc import Sequence

from monody.cli.melody_facts import MelodyFacts
from monody.corpus.wording import counted
from monody.music.key_words import key_in_words
from monody.sentences import translated
from monody.translation import decimal, grouped, marked
from monody.translation import gettext as _

BEATS = marked({  # of meters, by the note value of one
    "half": "halves", "8th": "8ths", "16th": "16ths", "dotted 8th": "dotted 8ths",
    "dotted quarter": "dotted quarters", "dotted half": "dotted halves",
    "whole": "wholes", "32nd": "32nds", "dotted 16th": "dotted 16ths",
    "dotted whole": "dotted wholes",
})  # fmt: skip
MAX_LISTED = 6  # changes of meter, or numbers of bars


def facts_in_words(melody: MelodyFacts) -> dict[str, str]:
    """Return the facts about a melody by the names that they are shown with.

    The last says how its first bars are written, which are shown next.
    """
    facts = {
        _("meter"): _meter(melody),
        _("tempo"): _tempo(melody),
        _("key"): _key(melody),
        _("begins"): translated(melody.begins),
    }
    if melody.form:
        facts[_("form")] = melody.form
    if melody.short_bars:
        facts[_("short")] = _bars(melody.short_bars)
    return {**facts, _("as ABC"): melody.abc_fields}


def _meter(melody: MelodyFacts) -> str:
    (_bar, first), *others = melody.meters
    changes = [
        _("{meter} from bar {bar}").format(meter=name, bar=bar)
        for bar, name in others[:MAX_LISTED]
    ]
    rest = len(others) - len(changes)
    if rest > 0:
        changes.append(counted(rest, "more change"))
    text = _(", then ").join([first, *changes])
    said = {
        "signature": _("{meters}, from the file"),
        "accents": _("{meters}, by the accents: the file counts single beats"),
        "bar lengths": _("{meters}, from the length of the bars: no meter is written"),
    }.get(melody.meter_from, _("{meters}: no meter is written"))
    return said.format(meters=text)


def _tempo(melody: MelodyFacts) -> str:
    text = _("{bpm} bpm").format(bpm=decimal(melody.bpm, "g"))
    if melody.beat != "quarter" and melody.beat:
        beats = _(BEATS.get(melody.beat, melody.beat))
        text = _("{bpm} bpm in quarters, {beats_bpm} in {beats}").format(
            bpm=decimal(melody.bpm, "g"),
            beats_bpm=decimal(melody.beats_a_minute, "g"),
            beats=beats,
        )
    if melody.tempo_from == "notes":
        said = _("{tempo}, fitted to the notes; the file names none")
        if melody.tempos:
            said = _("{tempo}, fitted to the notes; the file says {declared}")
        return said.format(tempo=text, declared=decimal(melody.declared_bpm, "g"))
    if melody.tempo_from == "default":
        return _("{tempo}: the default, as none is written").format(tempo=text)
    said = _("{tempo}, from the file")
    if melody.tempos > 1:
        said = _("{tempo}, from the file, the longest of {count}")
    return said.format(tempo=text, count=grouped(melody.tempos))


def _key(melody: MelodyFacts) -> str:
    if melody.key_is_written:
        return _("{key}, from the file").format(key=key_in_words(melody.key))
    if not melody.key:
        return _("none is written; it sounds in none either")
    return _("none is written; it sounds in {key}").format(key=key_in_words(melody.key))


def _bars(numbers: Sequence[int]) -> str:
    """List the first bars: ``bars 8, 16 and 2 more``."""
    listed = ", ".join(map(str, numbers[:MAX_LISTED]))
    rest = len(numbers) - MAX_LISTED
    text = _("bar {numbers}") if len(numbers) == 1 else _("bars {numbers}")
    if rest > 0:
        text = _("bars {numbers} and {count} more")
    return text.format(numbers=listed, count=grouped(rest))
