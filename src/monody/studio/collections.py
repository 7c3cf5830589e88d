"""Collections: what a musician dropped. A place for helper g."""

from __future__ import annotations

from typing import Any

from monody.studio.events import Changes
from monody.studio.folder import StudioFolder


class CollectionLibrary:
    """The collections of a studio."""

    def __init__(self, folder: StudioFolder, changes: Changes) -> None:
        self._folder, self._changes = folder, changes

    def to_json(self) -> list[dict[str, Any]]:
        """Return every collection, as the page gets it."""
        return []
