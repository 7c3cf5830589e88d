"""The article of a card: what every page of monody shows of a melody."""

from __future__ import annotations

from monody.errors import MonodyError, printable
from monody.pages.player import Card, Link, engraved
from monody.studio.card_files import provenance_of
from monody.studio.page import environment
from monody.studio.studio import Studio

FEW_BARS = 4
KINDS = {"MIDI": ".mid", "WAV": ".wav", "MusicXML": ".musicxml", "ABC": ".abc"}


def article(studio: Studio, card_id: str, bars_in_row: int | None = None) -> str:
    """Return the article of a card, as HTML.

    Args:
        studio: Whose card.
        card_id: The card.
        bars_in_row: Bars side by side in the roll; by default as many as suit it. Where
            they are few, the lines of the staff are short, too.

    Raises:
        UnknownError: If there is no such card.
        MonodyError: If its file was damaged.
    """
    saved, melody = studio.cards.get(card_id), studio.cards.melody(card_id)
    path = studio.cards.path(card_id)
    made = provenance_of(path)
    key = None if made is None else made.settings.key
    narrow = bars_in_row is not None and bars_in_row <= FEW_BARS
    try:
        staff = engraved(melody, saved.name, key, narrow=narrow)
    except MonodyError:  # too long: a card without a staff, as on every page
        staff = ""
    links = {kind: _address(card_id, ending) for kind, ending in KINDS.items()}
    card = Card(
        name=printable(saved.name),
        melody=melody,
        label=saved.label,
        said=saved.said,
        sound=links["WAV"],
        staff=staff,
        files=tuple(
            Link(kind, f"{saved.name}{KINDS[kind]}", link)
            for kind, link in links.items()
        ),
        bars_in_row=bars_in_row,
        given_ticks=0 if made is None else made.given_ticks,
    )
    template = environment().get_template("article.html")
    return template.render(card=card, saved=saved, number=card_id)


def _address(card_id: str, ending: str) -> str:
    """Return the address of a file of a card."""
    return f"/api/cards/{card_id}/{card_id}{ending}"
