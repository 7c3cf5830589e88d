"""The article of a card: what every page of monody shows of a melody."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from monody.errors import MonodyError
from monody.generation.provenance import scale_of
from monody.pages.player import Card, Link
from monody.studio.card_files import staff_of
from monody.studio.studio import Studio

if TYPE_CHECKING:
    from jinja2 import Environment

KINDS = {"MIDI": ".mid", "WAV": ".wav", "MusicXML": ".musicxml", "ABC": ".abc"}


def article(studio: Studio, card_id: str) -> str:
    """Return the article of a card, as HTML.

    Args:
        studio: Whose card.
        card_id: The card.

    Raises:
        UnknownError: If there is no such card.
        MonodyError: If its file was damaged.
    """
    saved, melody = studio.cards.get(card_id), studio.cards.melody(card_id)
    try:
        staff = staff_of(melody, saved, scale_of(studio.cards.path(card_id)))
    except MonodyError:  # too long: a card without a staff, as on every page
        staff = ""
    links = {kind: _address(card_id, ending) for kind, ending in KINDS.items()}
    card = Card(
        name=saved.name,
        melody=melody,
        label=saved.label,
        said=saved.said,
        sound=links["WAV"],
        staff=staff,
        files=tuple(
            Link(kind, f"{saved.name}{KINDS[kind]}", link)
            for kind, link in links.items()
        ),
    )
    template = _environment().get_template("article.html")
    return template.render(card=card, saved=saved, number=card_id)


def _address(card_id: str, ending: str) -> str:
    """Return the address of a file of a card."""
    return f"/api/cards/{card_id}/{card_id}{ending}"


@cache
def _environment() -> Environment:
    """Return the templates of the studio and, below them, those of all pages."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader(
            [PackageLoader("monody.studio"), PackageLoader("monody.pages")]
        ),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
