"""What is known of a training besides its experiment: ``trainings/ID.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import monody
from monody.saved.damage import damage_in, require
from monody.saved.plain_json import read_json
from monody.saved.values import shown_text, table, text, whole

QUEUED, RUNNING, STOPPED, DONE, FAILED = STATES = (
    "queued", "running", "stopped", "done", "failed",
)  # fmt: skip
MAX_BYTES = 2**20


@dataclass(frozen=True)
class Training:
    """What is known of a training, besides its experiment.

    Args:
        id: Its name on the disk, and that of its model.
        collection: What it learns from.
        collection_name: As the collection was called when it was asked for.
        created: In UTC, ISO 8601.
        queued: When it was put into the queue.
        state: One of ``STATES``.
        message: Why it failed; empty if it did not.
        training: ``TrainSettings`` that were named.
        network: ``ModelSettings`` that were named.
        heard: Cards of the melodies written on its way, by epoch.
    """

    id: str
    collection: str
    collection_name: str
    created: str
    queued: str
    state: str = QUEUED
    message: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Any] = field(default_factory=dict)
    heard: Mapping[int, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Training:
        """Rebuild a training from what ``to_json`` and JSON made of it.

        Raises:
            DamagedError: If it is none of this version.
            MonodyError: If its settings are none.
        """
        require(set(saved) == {each.name for each in fields(cls)}, "other facts")
        texts = ("id", "collection", "collection_name", "created", "queued", "state",
                 "message")  # fmt: skip
        one = cls(
            **{name: shown_text(saved[name]) for name in texts},
            training=table(saved["training"]),
            network=table(saved["network"]),
            heard={whole(int(n)): text(c) for n, c in table(saved["heard"]).items()},
        )
        require(one.state in STATES, "a state that none has")
        check_settings(one.training, one.network)
        return one


def read_training(path: Path) -> Training:
    """Read what is known of a training.

    Raises:
        DamagedError: If it is damaged, or of another version.
        OSError: If it is not there.
    """
    with damage_in(path.name):
        one = Training.from_json(table(read_json(path, MAX_BYTES)))
        require(one.id == path.stem, "the training has another's name")
    return one


def check_settings(training: Mapping[str, Any], network: Mapping[str, Any]) -> None:
    """Refuse settings that are none, before anything waits for them."""
    monody.TrainSettings.from_json(dict(training))
    monody.ModelSettings.from_json(dict(network))
