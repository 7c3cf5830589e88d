"""Cards: the melodies of a studio, each a MIDI file and what is known of it.

A card is two files. ``ID.mid`` is the melody, and how it was made; ``ID.json`` is what
the musician did with it: its name, its heart, whether it is deleted. One that is
deleted stays on the disk, so that it can be had back.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import monody
from monody.clock import now
from monody.files import make_folder, write_bytes
from monody.studio.bin import is_over
from monody.studio.events import Changes
from monody.studio.folder import new_id
from monody.studio.phrases import Phrase
from monody.studio.records import SavedRecords
from monody.studio.saved_card import SOURCE, UNLISTED, SavedCard, read_card
from monody.studio.words import _

MAX_NAME = 200  # characters
MAX_MELODIES = 1000  # that are kept in memory


class CardLibrary:
    """The cards in a folder.

    Args:
        folder: Where they lie; it is there.
        changes: Told of every change.

    Example:
        >>> from pathlib import Path
        >>> from monody import Melody, midi_bytes
        >>> from monody.studio.cards import CardLibrary
        >>> from monody.studio.events import Changes
        >>> cards = CardLibrary(Path(), Changes())
        >>> two_notes = midi_bytes(Melody.from_notes([(60, 0, 24), (62, 24, 24)]))
        >>> card = cards.add(two_notes, kind="phrase", name="two notes")
        >>> len(cards.melody(card.id)), cards.change(card.id, heart=True).heart
        (2, True)
    """

    def __init__(self, folder: Path, changes: Changes) -> None:
        self._folder = folder
        self._changes = changes
        self._lock = threading.RLock()
        self._melodies: OrderedDict[str, monody.Melody] = OrderedDict()
        self._cards = SavedRecords(
            lambda name: folder / f"{name}.json",
            read_card,
            lambda: _("There is no such melody any more: reload the page."),
        )
        self._cards.load(path.stem for path in folder.glob("*.json"))
        self.remove(card.id for card in self._cards if self._may_go(card))

    @property
    def problems(self) -> list[str]:
        """A line for each file that is no card."""
        return self._cards.problems

    def _may_go(self, card: SavedCard) -> bool:
        """Tell whether a card was heard by an earlier server only, or deleted long ago.

        What was made of it stays.
        """
        deleted = card.deleted and is_over(self._folder / f"{card.id}.json")
        return card.kind == SOURCE or deleted

    def remove(self, cards: Iterable[str]) -> None:
        """Remove cards for ever; what the system does not let go of stays."""
        for card_id in cards:
            self._cards.forget(card_id)
            with suppress(OSError):
                (self._folder / f"{card_id}.mid").unlink(missing_ok=True)
                (self._folder / f"{card_id}.json").unlink()

    def listed(self) -> list[SavedCard]:
        """Return the cards of the list, the newest first, the deleted ones, too."""
        return [card for card in self._cards.listed() if card.kind not in UNLISTED]

    def count(self, kind: str) -> int:
        """Count the cards of a kind, the deleted ones, too."""
        return sum(card.kind == kind for card in self._cards)

    def get(self, card_id: str) -> SavedCard:
        """Return a card.

        Raises:
            UnknownError: If there is none.
        """
        return self._cards.get(card_id)

    def path(self, card_id: str) -> Path:
        """Return the MIDI file of a card.

        Raises:
            UnknownError: If there is no such card.
        """
        return self._folder / f"{self.get(card_id).id}.mid"

    def melody(self, card_id: str) -> monody.Melody:
        """Return the melody of a card.

        Raises:
            UnknownError: If there is no such card.
            MonodyError: If its file was damaged or removed.
        """
        path = self.path(card_id)
        with self._lock:
            melody = self._melodies.pop(card_id, None)
            if melody is None:
                melody = monody.read_melody(path)
            self._melodies[card_id] = melody
            while len(self._melodies) > MAX_MELODIES:
                self._melodies.popitem(last=False)
            return melody

    def add(self, midi: bytes, *, kind: str, name: str, **about: Any) -> SavedCard:
        """Keep a melody.

        Args:
            midi: Its MIDI file, with one melody or more.
            kind: One of ``KINDS``.
            name: What the musician may call it.
            **about: More of the fields of ``SavedCard``.

        Raises:
            MonodyError: If the file has no melody.
            OSError: If it cannot be written.
        """
        card = SavedCard(new_id(), kind, name[:MAX_NAME], now(), **about)
        path = self._folder / f"{card.id}.mid"
        make_folder(self._folder)  # somebody may have tidied up meanwhile
        write_bytes(path, midi)
        try:
            melody = monody.read_melody(path)
            if not len(melody):
                raise monody.MonodyError(_("There is no note in it."))
            # Once: it takes longer than all else that the list tells of a melody.
            card = replace(card, form=card.form or monody.form_letters(melody))
            self._keep(card)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return card

    def add_played(self, phrase: Phrase, *, kind: str, name: str) -> SavedCard:
        """Keep a melody as it was played: its file and its card say how loud.

        Args:
            phrase: The melody, of one note or more.
            kind: One of ``KINDS``.
            name: What the musician may call it.

        Raises:
            MonodyError: If it has no note.
            OSError: If it cannot be written.
        """
        loud = np.array(phrase.velocities, np.int32) if phrase.velocities else None
        midi = monody.midi_bytes(phrase.melody, name, loudness=loud)
        return self.add(midi, kind=kind, name=name, velocities=phrase.velocities)

    def change(
        self, card_id: str, midi: bytes | None = None, **values: Any
    ) -> SavedCard:
        """Change what is known of a card.

        Args:
            card_id: Which.
            midi: Its MIDI file, if that changes, too.
            **values: Fields of ``SavedCard``, such as ``name``, ``heart``, ``deleted``.

        Raises:
            UnknownError: If there is no such card.
        """
        with self._lock:
            card = replace(self.get(card_id), **values)
            if midi is not None:
                write_bytes(self.path(card_id), midi)
                self._melodies.pop(card_id, None)
            self._keep(card)
        return card

    def delete(self, card_id: str) -> SavedCard:
        """Put a card away; ``restore`` brings it back."""
        return self.change(card_id, deleted=True)

    def restore(self, card_id: str) -> SavedCard:
        """Bring a card back that was deleted."""
        return self.change(card_id, deleted=False)

    def tree(self, card_id: str) -> list[SavedCard]:
        """Return a melody, all that was made of it and of that: the oldest first.

        Args:
            card_id: Any card of the tree.
        """
        root = self.get(card_id)
        seen = {root.id}
        while root.parent and root.parent in self._cards and root.parent not in seen:
            root = self.get(root.parent)
            seen.add(root.id)
        family = {root.id: root}
        while True:
            of_family = [
                card
                for card in self.listed()
                if card.parent in family and card.id not in family
            ]
            if not of_family:
                break
            family |= {card.id: card for card in of_family}
        below = [card for card in family.values() if card is not root]
        return [root, *sorted(below, key=lambda card: (card.created, card.id))]

    def _keep(self, card: SavedCard) -> None:
        """Write a card and tell of it."""
        self._cards.keep(card)
        self._changes.tell(cards=[card.id])
