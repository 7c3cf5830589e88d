"""Trainings: a queue, one at a time. A place for helper g."""

from __future__ import annotations

from typing import Any

from monody.studio.cards import CardLibrary
from monody.studio.collections import CollectionLibrary
from monody.studio.events import Changes
from monody.studio.folder import StudioFolder


class TrainingQueue:
    """The trainings of a studio; ``start`` goes on where the last server stopped."""

    def __init__(
        self,
        folder: StudioFolder,
        changes: Changes,
        collections: CollectionLibrary,
        cards: CardLibrary,
    ) -> None:
        self._folder, self._changes = folder, changes

    def start(self) -> None:
        """Begin to work the queue off."""

    def close(self) -> None:
        """Stop; what was trained so far is kept."""

    def to_json(self) -> list[dict[str, Any]]:
        """Return every training, as the page gets it."""
        return []
