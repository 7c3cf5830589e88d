"""From melodies that were written to the page that shows them, and its files.

What an extra is needed for, and is not installed, is left out and said once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monody.attempts import Piece
from monody.errors import MonodyError
from monody.files import write_bytes
from monody.generation import Generation
from monody.melody import Melody, lines_around
from monody.render.forms import render
from monody.render.page import Card, write_page
from monody.scales import heard_scale

MOST_CARDS = 20  # of one run; a page of a thousand players is no page
MOST_BARS = 48  # of a staff; a longer one takes seconds to engrave


@dataclass
class Shown:
    """The page of a run, and what could not be shown."""

    page: Path = field(default_factory=Path)
    left_out: list[str] = field(default_factory=list)  # a line each


def show(
    generation: Generation, paths: Sequence[Path], sound_bank: Path | None = None
) -> Shown:
    """Write the page of melodies beside their MIDI files, with sound and scores.

    Args:
        generation: What was written.
        paths: Its MIDI files, all in one folder.
        sound_bank: A ``.sf2`` file that plays; by default monody's own sound.

    Raises:
        MonodyError: If the sound bank cannot be played.
    """
    shown = Shown()
    written = zip(generation.melodies, generation.pieces, paths, strict=True)
    cards = [
        _card(melody, piece, path, generation, sound_bank, shown)
        for melody, piece, path in list(written)[:MOST_CARDS]
    ]
    more = len(paths) - len(cards)
    if more:
        line = f"the page shows the first {len(cards)}; {more} more lie beside it"
        shown.left_out.append(line)
    count = len(paths)
    title = f"{count} melod{'y' if count == 1 else 'ies'} by monody"
    model = str(generation.made_from["model"])
    about = [f"Model: {model}", *shown.left_out]
    shown.page = write_page(cards, paths[0].parent, title, about)
    return shown


def _card(
    melody: Melody,
    piece: Piece,
    path: Path,
    generation: Generation,
    sound_bank: Path | None,
    shown: Shown,
) -> Card:
    """Render one melody, and gather what is known of it."""
    score = path.with_suffix(".musicxml")
    files = [("MIDI", path.name)]
    forms = [("wav", "WAV"), ("musicxml", "MusicXML"), ("abc", "ABC")]
    if len(lines_around(melody)) - 1 > MOST_BARS:
        forms.remove(("musicxml", "MusicXML"))
        line = f"no staff of more than {MOST_BARS} bars: monody render --to musicxml"
        _leave_out(line, shown)
    for form, name in forms:
        out = path.with_suffix(f".{form}")
        try:
            write_bytes(out, render(melody, form, path.stem, sound_bank))
        except MonodyError as error:
            if form == "wav" and sound_bank is not None:
                raise
            _leave_out(str(error), shown)
            continue
        files.append((name, out.name))
    return Card(
        name=path.name,
        melody=melody,
        facts=_facts(melody, piece, generation),
        label=piece.novelty.label if piece.novelty else "",
        said=piece.novelty.said if piece.novelty else "",
        sound=next((name for kind, name in files if kind == "WAV"), ""),
        staff=_staff(score, shown) if ("MusicXML", score.name) in files else "",
        files=tuple(files),
    )


def _staff(score: Path, shown: Shown) -> str:
    """Engrave a score, where that can be done."""
    from monody.render.staff import to_svg_staff

    try:
        return to_svg_staff(score.read_text("utf-8"))
    except MonodyError as error:
        _leave_out(str(error), shown)
        return ""


def _leave_out(line: str, shown: Shown) -> None:
    if line not in shown.left_out:
        shown.left_out.append(line)


def _facts(
    melody: Melody, piece: Piece, generation: Generation
) -> tuple[tuple[str, str], ...]:
    """Say what a caption says of a melody."""
    heard = heard_scale(melody.pitches.tolist(), melody.durations.tolist())
    settings = generation.settings
    pitch, rhythm = settings.temperatures
    bold = f"{pitch:g}" if pitch == rhythm else f"{pitch:g}, rhythm {rhythm:g}"
    meters = dict.fromkeys(str(meter) for meter in melody.meters)
    return (
        ("key", melody.key or f"{heard.name} (heard)"),
        ("meter", ", ".join(meters)),
        ("tempo", f"{melody.bpm:.0f} bpm"),
        ("seed", f"{settings.seed}, melody {piece.draft.task.index + 1}"),
        ("temperature", bold),
        ("bits a note", f"{piece.draft.bits_per_note:.2f}"),
    )
