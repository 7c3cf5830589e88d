"""From melodies that were written to the page that shows them, and its files.

What an extra is needed for, and is not installed, is left out and said once.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monody.corpus.report import counted
from monody.errors import MonodyError
from monody.files import write_bytes
from monody.generation.generate import Generation
from monody.generation.retries import GeneratedMelody
from monody.music.melody import Melody
from monody.music.scale import heard_scale
from monody.pages.layout import Card, Link, write_page
from monody.render.forms import render
from monody.render.roll.captions import bar_count

MAX_CARDS = 20  # of one run; a page of a thousand players is no page
MAX_BARS = 128  # of a staff; a longer one takes seconds to engrave
MEDIA_TYPES = {  # of the files that stand in the page as well
    "MIDI": "audio/midi",
    "MusicXML": "application/vnd.recordare.musicxml+xml",
    "ABC": "text/vnd.abc",
}

Progress = Callable[[int, int], None]  # melodies done, and all of them


@dataclass(frozen=True)
class Shown:
    """A page that was written, and a line for each thing that it could not show."""

    page: Path
    left_out: tuple[str, ...]


def show(
    generation: Generation,
    paths: Sequence[Path],
    sound_bank: Path | None = None,
    progress: Progress | None = None,
) -> Shown:
    """Write the page of melodies beside their MIDI files, with sound and scores.

    Args:
        generation: What was written.
        paths: Its MIDI files, all in one folder.
        sound_bank: A ``.sf2`` file that plays; by default monody's own sound.
        progress: Called after each melody.

    Raises:
        MonodyError: If the sound bank cannot be played.
    """
    folder = paths[0].parent
    maker = CardMaker(folder, sound_bank)
    shown = paths[:MAX_CARDS]
    cards = []
    for path, melody, piece in zip(
        shown, generation.melodies, generation.pieces, strict=False
    ):
        cards.append(maker.card(path.name, melody, piece, path, generation))
        if progress:
            progress(len(cards), len(shown))
    more = len(paths) - len(cards)
    if more:
        maker.leave_out(
            f"the page shows the first {len(cards)}; {more} more lie beside it"
        )
    title = f"{counted(len(paths), 'melody')} by monody"
    about = [f"Model: {generation.made_from['model']}", *maker.left_out]
    page = write_page(cards, folder, title, about)
    return Shown(page, tuple(maker.left_out))


class CardMaker:
    """Renders the melodies of one page.

    Args:
        folder: Where the page goes.
        sound_bank: A ``.sf2`` file that plays; by default monody's own sound.
    """

    def __init__(self, folder: Path, sound_bank: Path | None = None) -> None:
        self._folder = folder
        self._sound_bank = sound_bank
        self.left_out: list[str] = []  # a line for each thing that is not shown

    def card(
        self,
        name: str,
        melody: Melody,
        piece: GeneratedMelody,
        path: Path,
        generation: Generation,
    ) -> Card:
        """Render one melody, and gather what is known of it.

        Args:
            name: What the card is headed with.
            melody: As it was written.
            piece: What is known of it.
            path: Its MIDI file, in the folder of the page or below; all other files go
                beside it.
            generation: What it was written with.

        Raises:
            MonodyError: If the sound bank cannot be played.
        """
        made = {"WAV": self._written(melody, path, "wav")}
        if bar_count(melody) <= MAX_BARS:
            made["MusicXML"] = self._written(melody, path, "musicxml")
        else:
            self.leave_out(
                f"no staff of more than {MAX_BARS} bars: monody render --to musicxml"
            )
        made["ABC"] = self._written(melody, path, "abc")
        files = {"MIDI": path, **{kind: out for kind, out in made.items() if out}}
        return Card(
            name=name,
            melody=melody,
            facts=_facts(melody, piece, generation),
            label=piece.novelty.label if piece.novelty else "",
            said=piece.novelty.said if piece.novelty else "",
            sound=self._place(files["WAV"]) if "WAV" in files else "",
            staff=self._staff(files.get("MusicXML")),
            files=tuple(self._link(kind, out) for kind, out in files.items()),
        )

    def _place(self, path: Path) -> str:
        """Say where a file lies, seen from the page."""
        return path.relative_to(self._folder).as_posix()

    def _link(self, kind: str, path: Path) -> Link:
        """Offer a file.

        To a page that is opened from disk, each file beside it is a stranger: a browser
        shows it in place of the page instead of saving it. It does save what stands in
        the page, so the small files do.
        """
        target = self._place(path)
        if kind in MEDIA_TYPES:
            content = base64.b64encode(path.read_bytes()).decode("ascii")
            target = f"data:{MEDIA_TYPES[kind]};base64,{content}"
        return Link(kind, path.name, target)

    def leave_out(self, line: str) -> None:
        """Note what is not shown, once."""
        if line not in self.left_out:
            self.left_out.append(line)

    def _written(self, melody: Melody, path: Path, form: str) -> Path | None:
        """Write a file beside the MIDI file, where what it takes is installed."""
        out = path.with_suffix(f".{form}")
        try:
            write_bytes(out, render(melody, form, path.stem, self._sound_bank))
        except MonodyError as error:
            if form == "wav" and self._sound_bank is not None:
                raise
            self.leave_out(str(error))
            return None
        return out

    def _staff(self, score: Path | None) -> str:
        """Engrave a score, where that can be done."""
        from monody.render.notation.staff import to_svg_staff

        if score is None:
            return ""
        try:
            return to_svg_staff(score.read_text("utf-8"))
        except MonodyError as error:
            self.leave_out(str(error))
            return ""


def _facts(
    melody: Melody, piece: GeneratedMelody, generation: Generation
) -> tuple[tuple[str, str], ...]:
    """Say what a caption says of a melody."""
    heard = heard_scale(melody.pitches.tolist(), melody.durations.tolist())
    settings = generation.settings
    # A MIDI file knows major and minor only: of D dorian it says A minor.
    key = settings.scale.name if settings.scale else melody.key
    meters = dict.fromkeys(str(meter) for meter in melody.meters)
    return (
        ("key", key or f"{heard.name} (heard)"),
        ("meter", ", ".join(meters)),
        ("tempo", f"{melody.bpm:.0f} bpm"),
        ("seed", f"{settings.seed}, melody {piece.draft.task.index + 1}"),
        ("temperature", settings.temperature_text),
        ("bits a note", f"{piece.draft.bits_per_note:.2f}"),
    )
