"""The files of a card, made when they are asked for: sound, scores, pictures."""

from __future__ import annotations

from jinja2 import (
    Environment,
    FileSystemLoader,
    PackageLoader,
    ChoiceLoader,
    StrictUndefined,
)

from monody.pages.player import Card, Link
from monody.music.melody import Melody
from monody.render.forms import render
from monody.render.notation.staff import to_svg_staff
from monody.render.roll.roll import roll_svg
from monody.studio.cards import UnknownError
from monody.studio.studio import Studio
from monody.studio.words import _

# What a file of each ending is served as.
FORMS = {
    ".mid": "audio/midi",
    ".wav": "audio/wav",
    ".musicxml": "application/vnd.recordare.musicxml+xml",
    ".abc": "text/vnd.abc",
}


def file_of(studio: Studio, card_id: str, name: str) -> tuple[bytes, str]:
    """Return a file of a card and its media type."""
    card = studio.cards.get(card_id)
    if name == "roll.svg":
        svg = roll_svg(studio.cards.melody(card_id), card.name, heading=False)
        return svg.encode(), "image/svg+xml"
    if name == "staff.svg":
        return _staff(studio.cards.melody(card_id), card.name).encode(), "image/svg+xml"
    for ending, media in FORMS.items():
        if name == f"{card_id}{ending}":
            if ending == ".mid":
                return studio.cards.path(card_id).read_bytes(), media
            return render(studio.cards.melody(card_id), ending[1:], card.name), media
    raise UnknownError(_("There is no such file."))


def _staff(melody: Melody, title: str) -> str:
    return to_svg_staff(render(melody, "musicxml", title).decode())


def article(studio: Studio, card_id: str) -> str:
    """Return the article of a card: what every page of monody shows of a melody."""
    saved = studio.cards.get(card_id)
    melody = studio.cards.melody(card_id)
    address = f"/api/cards/{card_id}"
    kinds = {"MIDI": "mid", "WAV": "wav", "MusicXML": "musicxml", "ABC": "abc"}
    card = Card(
        saved.name,
        melody,
        label=saved.label,
        said=saved.said,
        sound=f"{address}/{card_id}.wav",
        staff=_staff(melody, saved.name),
        files=tuple(
            Link(kind, f"{saved.name}.{ending}", f"{address}/{card_id}.{ending}")
            for kind, ending in kinds.items()
        ),
    )
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("monody.studio"), PackageLoader("monody.pages")]
        ),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("article.html").render(card=card, number=card_id)
