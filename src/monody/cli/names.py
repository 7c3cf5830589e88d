"""The command ``monody names``: what instruments, keys and styles are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from monody.cli.options import HeadedCommand
from monody.cli.spoken_help import SpokenChoice
from monody.sentences import pitch_in_words
from monody.settings.known_names import FORMS, STYLES
from monody.translation import gettext as _
from monody.translation import marked

if TYPE_CHECKING:
    Rows = Iterator[tuple[str, str]]

KINDS = marked(
    {
        "instruments": "for --midi_instrument: those of General MIDI, by name or "
        "number",
        "ranges": "for --range: instruments and voices, and what they can play or sing",
        "keys": "for --key: notes and modes, in their languages",
        "meters": "for --meter: those that the model knows by name",
        "forms": "for --form: how forms are written, and those that have a name",
        "styles": "for --style: those of the base model",
    }
)
REMARKS = marked(
    {
        "meters": "Any other will do whose lower number is 1, 2, 4, 8, 16 or 32 and "
        "whose bar is no longer than four whole notes, such as 11/8.",
        "forms": "The same letter again is the same music, note for note; with a prime "
        "(') it is varied: at least half of its notes are the same, but not all. Put "
        'quotes around spaces and primes: --form "A A\' B A".',
        "styles": "A model of your own has learnt one style, that of its corpus.",
    }
)


KIND_NAMES = marked(("instruments", "ranges", "keys", "meters", "forms", "styles"))


class _Kind(SpokenChoice):
    """One of ``KINDS``; ``key`` is as good as ``keys``, ``tonalidad`` as its plural."""

    def spellings(self, choice: str) -> list[str]:
        """Return what a kind may be called."""
        names = super().spellings(choice)
        return [name.removesuffix(end) for end in ("", "s", "es") for name in names]


@click.command(cls=HeadedCommand)
@click.argument("kind", type=_Kind(KIND_NAMES), required=False)
@click.pass_context
def names(context: click.Context, kind: str | None) -> None:
    r"""List the names of instruments, ranges, keys, meters, forms or styles.

    \b
    monody names instruments   for --midi_instrument
    monody names ranges        for --range
    monody names keys          for --key, in English, Spanish, French, Italian, German
    monody names meters        for --meter
    monody names forms         for --form
    monody names styles        for --style
    """
    formatter = context.make_formatter()
    if kind == "keys":
        _write_keys(formatter)
    else:
        formatter.write_dl([*_ROWS.get(kind or "", _kinds)()])
    if kind in REMARKS:
        formatter.write_text(_(REMARKS[kind]))
    click.echo(formatter.getvalue(), nl=False)


def _kinds() -> Rows:
    """Yield what can be listed."""
    for kind, about in KINDS.items():
        yield f"monody names {kind}", _(about)


def _instruments() -> Rows:
    """Yield each program number and its instrument."""
    from monody.music.general_midi import GENERAL_MIDI

    for number, name in enumerate(GENERAL_MIDI):
        said = _(name)
        yield f"{number:3}", name if said == name else f"{name}: {said}"


def _ranges() -> Rows:
    """Yield each range and whose it is."""
    from monody.music.instrument_ranges import RANGES

    for known_as, pitches in RANGES.items():
        names = dict.fromkeys(_(name) for name in known_as.split(", "))
        said = "..".join(map(pitch_in_words, pitches.split("..")))
        yield said, ", ".join(names)


def _meters() -> Rows:
    """Yield each meter and the beats of its bar."""
    from monody.models.events import METERS
    from monody.music.meter import Meter

    beats = {
        12: _("8ths"),
        24: _("quarters"),
        36: _("dotted quarters"),
        48: _("halves"),
    }
    for name in METERS[:-1]:  # the last is "other"
        meter = Meter(0, *map(int, name.split("/")))
        count = meter.bar_ticks // meter.beat_ticks
        yield name, f"{count} {beats[meter.beat_ticks]}"


def _forms() -> Rows:
    """Yield each form and what is so called."""
    for form, about in FORMS.items():
        yield form, _(about)


def _styles() -> Rows:
    """Yield each style and what is of it."""
    for style, about in STYLES.items():
        yield _(style), _(about)


_ROWS = {
    "instruments": _instruments,
    "ranges": _ranges,
    "meters": _meters,
    "forms": _forms,
    "styles": _styles,
}


def _write_keys(formatter: click.HelpFormatter) -> None:
    """Write the notes and the modes that make a key, and examples."""
    from monody.music.mode_names import MODE_NAMES

    formatter.write_text(
        _(
            "A note and a mode: D dorian, Am, do mayor, fa# menor, Es-Dur; a note "
            "alone is "
            "major. Or a list of notes: C,D,E,G,A or do,re,mi,sol,la. Accents and "
            "case do "
            "not count. H is B natural; B is B flat only before a German mode: B-Dur."
        )
    )
    formatter.write_paragraph()
    with formatter.section(_("Notes")):
        formatter.write_dl([*_notes()])
    with formatter.section(_("Modes")):
        modes = MODE_NAMES.items()
        formatter.write_dl([_own_first(mode, names) for mode, names in modes])


def _own_first(mode: str, languages: Sequence[str]) -> tuple[str, str]:
    """Return a mode's name in the language of the task, and those in the others."""
    names = [mode, *(name.split(", ")[0] for name in languages)]
    said = _(mode)
    return said, ", ".join(name for name in dict.fromkeys(names) if name != said)


def _notes() -> Rows:
    """Yield each note in the language of the task, and in the others."""
    from monody.music.key_words import note_in_words
    from monody.music.note_names import GERMAN, LETTERS, SOLFEGE

    in_german = {english: name.capitalize() for name, english in GERMAN.items()}
    solfege = {letter: name for name, letter in reversed(SOLFEGE.items())}
    for letter in LETTERS:
        for sign, word in (("", ""), ("#", " sostenido"), ("b", " bemol")):
            name = solfege[letter]
            others = [letter + sign, f"{name}{sign}", f"{name}{word}" if sign else ""]
            others.append(in_german.get(letter + sign, ""))
            said = note_in_words(letter + sign)
            yield said, ", ".join(one for one in others if one and one != said)
