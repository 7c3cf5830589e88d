"""A melody on a page: a player, a piano roll, a staff and files to save.

``CardMaker`` renders the files of a melody and gathers what is known of it into a
``Card``. ``templates/player.html`` shows a card; ``player.js`` plays it. What cannot be
made, such as the staff of a very long melody, the page leaves out and says so once.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from monody.errors import MonodyError, printable
from monody.files import write_bytes
from monody.generation.generate import Generation
from monody.generation.provenance import given_ticks_of, scale_of
from monody.generation.retries import GeneratedMelody
from monody.music.heard_form import form_letters
from monody.music.key_finding import heard_scale
from monody.music.key_words import key_in_words
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, meter_at
from monody.music.scale import Scale
from monody.render.forms import render, render_melody
from monody.render.roll.captions import bar_count
from monody.render.roll.roll import roll_svg
from monody.render.roll.rows import numbered_lines
from monody.sentences import translated
from monody.settings.sampling import SampleSettings
from monody.translation import decimal, marked
from monody.translation import gettext as _

MAX_STAFF_BARS = 128  # a longer staff takes seconds to engrave
MIDI_ENDINGS = (".mid", ".midi")
MEDIA_TYPES = {  # of the files that are also embedded in the page
    "MIDI": "audio/midi",
    "MusicXML": "application/vnd.recordare.musicxml+xml",
    "ABC": "text/vnd.abc",
}


class Link(NamedTuple):
    """A file that a page offers."""

    kind: str  # such as "MIDI"
    name: str  # under which it is saved
    target: str  # its path from the page, or its whole content: ``data:…``


@dataclass(frozen=True)
class Card:
    """What the page says and offers of one melody.

    Example:
        >>> from monody.pages.player import Card
        >>> from monody.music.melody import Melody
        >>> card = Card("1.mid", Melody.from_notes([(60, 0, 24), (62, 24, 72)]))
        >>> card.ticks_per_second, card.bar_lines, card.first_bar
        (48.0, [0, 96], 1)
    """

    name: str
    melody: Melody
    facts: tuple[tuple[str, str], ...] = ()  # such as ("key", "D dorian")
    label: str = ""  # new, near-copy, copy or source
    said: str = ""  # a sentence more
    sound: str = ""  # the path of its WAV from the page; empty where there is none
    staff: str = ""  # an SVG
    narrow_staff: str = ""  # the same in shorter lines, shown where a window is narrow
    files: tuple[Link, ...] = ()
    bars_in_row: int | None = None  # of its roll; by default as many as suit it
    given_ticks: int = 0  # until when it holds the bars that it continues

    @property
    def ticks_per_second(self) -> float:
        """The tempo as ticks a second."""
        return self.melody.bpm * TICKS_PER_QUARTER / 60

    @property
    def bar_lines(self) -> list[int]:
        """The ticks of the bar lines of its roll, the closing one included."""
        return numbered_lines(self.melody)[0]

    @property
    def beats(self) -> list[int]:
        """The ticks of a beat in each of its bars: a meter may change."""
        meters = self.melody.meters
        return [meter_at(line, meters).beat_ticks for line in self.bar_lines[:-1]]

    @property
    def first_bar(self) -> int:
        """The number of its first bar: 0 for a pickup, else 1."""
        return numbered_lines(self.melody)[1]

    @property
    def given(self) -> str:
        """Which bars were there before the others; empty if none were."""
        lines, first = numbered_lines(self.melody)
        if not lines[0] < self.given_ticks < lines[-1]:
            return ""
        last = first - 1 + sum(line < self.given_ticks for line in lines)
        if last <= 1:
            return _("Bar 1, which is marked, was given; monody wrote what follows.")
        return _(
            "Bars 1 to {last}, which are marked, were given; monody wrote what follows."
        ).format(last=last)

    @property
    def roll(self) -> str:
        """Its piano roll, an SVG."""
        title = _("Piano roll of {name}").format(name=self.name)
        bars = self.bars_in_row
        return roll_svg(self.melody, title, bars_in_row=bars, heading=False)


def engraved(
    melody: Melody, title: str, key: str | None = None, *, narrow: bool = False
) -> str:
    """Engrave the staff of a card.

    Args:
        melody: One note or more.
        title: Of the score.
        key: That it was written in, if that is known: ``"D dorian"``.
        narrow: Whether its lines are short, as a phone wants them.

    Returns:
        An SVG.

    Raises:
        MonodyError: If the melody is too long for one.
    """
    from monody.render.notation.staff import NARROW, WIDE, to_svg_staff

    if bar_count(melody) > MAX_STAFF_BARS:
        raise MonodyError(
            _("A melody of more than {bars} bars has no staff here.").format(
                bars=MAX_STAFF_BARS
            )
        )
    score = render_melody(melody, "musicxml", title, key=key).decode()
    return to_svg_staff(score, NARROW if narrow else WIDE)


class CardMaker:
    """Renders the melodies of one page.

    Args:
        folder: Where the page goes.
        sound_bank: A ``.sf2`` file that plays; by default monody's own sound.

    Example:
        >>> from monody.pages.player import CardMaker
        >>> from pathlib import Path
        >>> maker = CardMaker(Path("."))
        >>> maker.leave_out("no staff")
        >>> maker.leave_out("no staff")
        >>> maker.left_out
        ['no staff']
    """

    def __init__(self, folder: Path, sound_bank: Path | None = None) -> None:
        self._folder = folder
        self._sound_bank = sound_bank
        self.left_out: list[str] = []  # a line for each thing that is not shown

    def card(
        self,
        name: str,
        melody: Melody,
        generated: GeneratedMelody,
        path: Path,
        generation: Generation,
    ) -> Card:
        """Render one melody, and gather what is known of it.

        Args:
            name: The heading of the card.
            melody: As it was written.
            generated: What is known of it.
            path: Its MIDI file, in the folder of the page or below; all other files go
                beside it.
            generation: The sampling run that wrote it.

        Returns:
            The card.

        Raises:
            MonodyError: If the sound bank cannot be played.
        """
        scale = generation.settings.scale
        wav, score = self._sound(melody, path), None
        files = {"MIDI": path, **({"WAV": wav} if wav else {})}
        if self._has_staff(melody):
            score = render(melody, "musicxml", path.stem, scale=scale)
            files["MusicXML"] = self._write(path, "musicxml", score)
        abc = render(melody, "abc", path.stem, scale=scale)
        files["ABC"] = self._write(path, "abc", abc)
        wide, narrow = self._staffs(score)
        return Card(
            name=name,
            melody=melody,
            facts=(
                *_music(melody, scale),
                *_form(melody, generation.settings),
                *_writing(generated, generation),
            ),
            label=generated.novelty.label if generated.novelty else "",
            said=generated.novelty.said if generated.novelty else "",
            sound=self._relative(wav) if wav else "",
            staff=wide,
            narrow_staff=narrow,
            files=tuple(self._link(kind, out) for kind, out in files.items()),
            given_ticks=generated.given_ticks(generation.settings),
        )

    def source(self, melody: Melody, path: Path, sound: Path) -> Card:
        """Render the melody that others were made of; its files stay as they are.

        Args:
            melody: As it was read.
            path: Its file, anywhere.
            sound: The WAV file to write, in the folder of the page.

        Raises:
            MonodyError: If the sound bank cannot be played.
        """
        scale = scale_of(path)
        wav, score = self._sound(melody, sound), None
        if self._has_staff(melody):
            score = render(melody, "musicxml", path.stem, scale=scale)
        files = {"WAV": wav} if wav else {}
        if path.suffix.lower() in MIDI_ENDINGS:
            files = {"MIDI": path, **files}
        wide, narrow = self._staffs(score)
        return Card(
            name=printable(path.name),
            melody=melody,
            facts=(*_music(melody, scale), *_form(melody)),
            label=marked("source"),
            said=_("What the melodies below were made of."),
            sound=self._relative(wav) if wav else "",
            staff=wide,
            narrow_staff=narrow,
            files=tuple(self._link(kind, out) for kind, out in files.items()),
            given_ticks=given_ticks_of(path),
        )

    def leave_out(self, line: str) -> None:
        """Note what is not shown, once."""
        if line not in self.left_out:
            self.left_out.append(line)

    def _has_staff(self, melody: Melody) -> bool:
        """Tell whether a melody is short enough to engrave; else say so."""
        short = bar_count(melody) <= MAX_STAFF_BARS
        if not short:
            self.leave_out(
                _(
                    "no staff of more than {count} bars: monody render --to musicxml"
                ).format(count=MAX_STAFF_BARS)
            )
        return short

    def _relative(self, path: Path) -> str:
        """Return the address of a file, from the page."""
        return quote(os.fsencode(path.relative_to(self._folder).as_posix()))

    def _link(self, kind: str, path: Path) -> Link:
        """Offer a file.

        When a page is opened from disk, a browser does not trust the files beside it:
        it shows them in place of the page instead of saving them. It does save what is
        embedded in the page, so small files are embedded.
        """
        if kind in MEDIA_TYPES:
            content = base64.b64encode(path.read_bytes()).decode("ascii")
            target = f"data:{MEDIA_TYPES[kind]};base64,{content}"
        else:
            target = self._relative(path)
        return Link(kind, printable(path.name), target)

    def _write(self, path: Path, form: str, data: bytes) -> Path:
        """Write a file beside a MIDI file; what can be made again need not last."""
        out = path.with_suffix(f".{form}")
        write_bytes(out, data, lasting=False)
        return out

    def _sound(self, melody: Melody, path: Path) -> Path | None:
        """Write the sound of a melody, if it is not too long; a sound bank must play.

        Args:
            melody: As it was written.
            path: Its MIDI file, or any other whose name it shall have.
        """
        try:
            data = render(melody, "wav", path.stem, self._sound_bank)
        except MonodyError as error:
            if self._sound_bank is not None:
                raise
            self.leave_out(translated(str(error)))
            return None
        return self._write(path, "wav", data)

    def _staffs(self, score: bytes | None) -> tuple[str, str]:
        """Engrave a score for wide windows and narrow ones, if it fits a picture."""
        from monody.render.notation.staff import NARROW, WIDE, to_svg_staff

        if score is None:
            return "", ""
        try:
            text = score.decode()
            return to_svg_staff(text, WIDE), to_svg_staff(text, NARROW)
        except MonodyError as error:
            self.leave_out(translated(str(error)))
            return "", ""


def _music(melody: Melody, scale: Scale | None) -> tuple[tuple[str, str], ...]:
    """List the facts of a melody: key, meter, tempo.

    Args:
        melody: The melody.
        scale: That it was asked to be in.
    """
    heard = heard_scale(melody.pitches.tolist(), melody.durations.tolist())
    # A MIDI file knows major and minor only: of D dorian it says A minor.
    key = scale.name if scale else melody.key
    said = _("{key} (heard)").format(key=key_in_words(heard.name))
    meters = dict.fromkeys(str(meter) for meter in melody.meters)
    return (
        (_("key"), key_in_words(key) if key else said),
        (_("meter"), ", ".join(meters)),
        (_("tempo"), _("{bpm} bpm").format(bpm=f"{melody.bpm:.0f}")),
    )


def _form(
    melody: Melody, settings: SampleSettings | None = None
) -> tuple[tuple[str, str], ...]:
    """Name the form of a melody, if it has one; as it was asked for, if it was."""
    named = settings.named_form if settings else None
    letters = form_letters(melody, named, settings.bars if settings else None)
    return ((_("form"), letters),) if letters else ()


def _writing(
    generated: GeneratedMelody, generation: Generation
) -> tuple[tuple[str, str], ...]:
    """List the facts of how a melody was written."""
    settings = generation.settings
    return (
        (
            _("seed"),
            _("{seed}, melody {number}").format(
                seed=settings.seed, number=generated.draft.task.index + 1
            ),
        ),
        (_("temperature"), settings.temperature_text),
        (_("bits a note"), decimal(generated.draft.bits_per_note, ".2f")),
    )
