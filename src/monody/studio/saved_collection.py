"""What is known of a collection besides its files: ``collection.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from monody.saved.damage import damage_in, require
from monody.saved.plain_json import read_json
from monody.saved.values import listed, shown_text, table, text, whole
from monody.studio.collection_files import Choices

FACTS = "collection.json"


@dataclass(frozen=True)
class Collection:
    """What is known of a collection.

    Args:
        id: Its name on the disk.
        name: What the musician calls it.
        created: In UTC, ISO 8601.
        left_out: Files that were left out by hand.
        lines: The one line that was chosen of a file, from 1.
        counts: Its figures when it was last read.
        problem: Why it cannot be read; empty if it can.
    """

    id: str
    name: str
    created: str
    left_out: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Collection:
        """Rebuild a collection from what ``to_json`` and JSON made of it.

        Raises:
            DamagedError: If it is none of this version.
        """
        require(set(saved) == {each.name for each in fields(cls)}, "other facts")
        return cls(
            **{
                name: shown_text(saved[name])
                for name in ("id", "name", "created", "problem")
            },
            left_out=listed(saved["left_out"], text),
            lines={name: whole(n, 1) for name, n in table(saved["lines"]).items()},
            counts={name: whole(n) for name, n in table(saved["counts"]).items()},
        )

    @property
    def choices(self) -> Choices:
        """What was chosen by hand."""
        return Choices(self.left_out, self.lines)


def read_collection(folder: Path) -> Collection:
    """Read what is known of a collection.

    Raises:
        DamagedError: If it is damaged, or of another version.
        OSError: If it is not there.
    """
    with damage_in(FACTS):
        one = Collection.from_json(table(read_json(folder / FACTS)))
        require(one.id == folder.name, "the collection has another's name")
    return one
