"""What is known of a melody besides its notes: ``melodies/ID.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from monody.saved.damage import DamagedError, damage_in, require
from monody.saved.plain_json import read_json
from monody.saved.values import listed, shown_text, table, whole
from monody.studio.folder import is_id

KINDS = ("composed", "varied", "rewritten", "continued", "answered", "phrase",
         "dropped", "source", "heard")  # fmt: skip
SOURCE = "source"  # heard of a collection: not in the list, gone with the server
HEARD = "heard"  # on the way of a training, which lists it
UNLISTED = (SOURCE, HEARD)
MAX_BYTES = 2**18
TEXTS = ("id", "name", "created", "what", "label", "said", "form")


@dataclass(frozen=True)
class SavedCard:
    """What is known of a melody, besides its notes."""

    id: str
    kind: str
    name: str
    created: str  # in UTC, ISO 8601
    heart: bool = False
    deleted: bool = False
    parent: str | None = None  # the card that it was made of
    what: str = ""  # was done, such as "temperature 0.8"
    model: str | None = None  # that wrote it; None for the base model, or nobody
    settings: dict[str, Any] = field(default_factory=dict)  # it was asked for with
    label: str = ""  # new, near-copy, copy
    said: str = ""  # a sentence more
    form: str = ""  # such as AABA
    velocities: tuple[int, ...] = ()  # that each note was played with, if it was

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> SavedCard:
        """Rebuild what ``to_json`` returned.

        Raises:
            DamagedError: If it is no card of this version.
        """
        known = {each.name for each in fields(cls)}
        require(set(saved) <= known, "the card has what no card has")
        try:
            card = cls(**saved)
        except TypeError as error:
            raise DamagedError("the card lacks what every card has") from error
        texts: dict[str, Any] = {
            name: shown_text(getattr(card, name)) for name in TEXTS
        }
        require(card.kind in KINDS and is_id(card.id), "the card is of no known kind")
        for link in (card.parent, card.model):
            require(link is None or is_id(str(link)), "the card names what is none")
        flags = (card.heart, card.deleted)
        require(all(isinstance(each, bool) for each in flags), "a flag is none")
        require(isinstance(card.settings, dict), "the settings are none")
        velocity = partial(whole, minimum=1, maximum=127)
        played = listed([*card.velocities], velocity)
        return replace(card, velocities=played, **texts)


def read_card(path: Path) -> SavedCard:
    """Read what is known of a card.

    Raises:
        DamagedError: If it is damaged, or of another version.
        OSError: If it is not there.
    """
    with damage_in(path.name):
        card = SavedCard.from_json(table(read_json(path, MAX_BYTES)))
        require(card.id == path.stem, "the card has another's name")
    return card
