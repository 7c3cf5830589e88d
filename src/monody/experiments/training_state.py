"""The state of a training, in one file of its experiment: ``checkpoint.npz``.

Every variable of the network, of its optimizer and of the figures under way is an array
in it; where in which epoch they were is JSON, and so is what the callbacks remember.
Data order and transpositions are drawn from the seed and the epoch's number, so nothing
of them needs to be kept. Nothing is pickled.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from monody.errors import MonodyError
from monody.files import replacing
from monody.saved.archives import SavedArchive
from monody.saved.damage import (
    DamagedError,
    damage_in,
    require,
    require_file,
    require_no_holes,
)
from monody.saved.plain_json import parse_json
from monody.saved.values import listed, number, table, whole
from monody.settings.base import required
from monody.settings.training import TrainSettings
from monody.translation import marked

Variable: TypeAlias = tuple[tuple[int, ...], DTypeLike]  # a shape and a type

MAX_STATE_BYTES = 2**24  # a hundred thousand epochs
STATE_MEMBER = "standing"  # the member with the JSON
# Whose memory is looked at here; the names are those that checkpoints have always had.
STOPWATCH, PLATEAU = "Clock", "Plateau"


@dataclass(frozen=True)
class TrainingState:
    """How far a training has come."""

    epoch: int  # epochs that are over
    batch: int  # batches of the next epoch that are done
    remembered: dict[str, dict[str, Any]]  # what each callback remembers, by its name

    @classmethod
    def from_json(cls, saved: Any) -> Self:
        """Rebuild what ``asdict`` and JSON made of it.

        Raises:
            DamagedError: If it is damaged or of another version.
        """
        with damage_in(STATE_MEMBER):
            remembered = table(saved["remembered"])
            parts = {name: _memory(table(part)) for name, part in remembered.items()}
            number(parts[STOPWATCH]["seconds"], minimum=0)
            whole(parts[PLATEAU]["stale_epochs"])
            return cls(whole(saved["epoch"]), whole(saved["batch"]), parts)

    @property
    def seconds(self) -> float:
        """The time that training took so far."""
        return float(self.remembered[STOPWATCH]["seconds"])

    @property
    def stale_epochs(self) -> int:
        """Epochs since the best held-out figure."""
        return int(self.remembered[PLATEAU]["stale_epochs"])

    def over(self, settings: TrainSettings) -> str | None:
        """Say why training is over, and what lets it go on; ``None`` where it is not.

        Args:
            settings: The settings that it would go on with.
        """
        if self.epoch >= settings.num_epochs:
            return marked(
                f"{self.epoch} epochs are done; a higher --num_epochs goes on"
            )
        if self.stale_epochs >= required(settings.patience):
            return marked(
                f"{self.stale_epochs} epochs brought no better held-out figure; a "
                "higher --patience goes on"
            )
        limit = settings.max_minutes
        if limit is not None and self.seconds >= 60 * limit and not self.batch:
            return marked(
                f"its {limit:g} minutes are used up; a higher --max_minutes goes on"
            )
        return None


def _memory(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Check what a callback remembers: figures, or rows of figures."""
    for value in saved.values():
        if isinstance(value, list):
            listed(value, lambda row: [number(figure) for figure in row.values()])
        elif value is not None:
            number(value)
    return dict(saved)


def write_checkpoint(
    path: Path, state: TrainingState, variables: Mapping[str, NDArray[Any]]
) -> None:
    """Write the state of a training, whole or not at all.

    Args:
        path: The file.
        state: How far it has come.
        variables: The arrays, by name.
    """
    text = np.frombuffer(json.dumps(asdict(state)).encode(), np.uint8)
    arrays: dict[str, Any] = {STATE_MEMBER: text, **variables}
    with replacing(path) as temporary:
        np.savez(temporary, **arrays)


def read_training_state(path: Path) -> TrainingState:
    """Read how far a training has come, which is quick.

    Raises:
        MonodyError: If there is no checkpoint, or it is damaged.
    """
    with _opened(path) as archive:
        text = archive.stored_array(STATE_MEMBER, MAX_STATE_BYTES).tobytes()
        return TrainingState.from_json(parse_json(text, STATE_MEMBER))


def read_variables(
    path: Path, expected: Mapping[str, Variable] | None = None
) -> dict[str, NDArray[Any]]:
    """Read the arrays of a checkpoint, by name.

    Args:
        path: The file.
        expected: What there is to be: the shape and the type of each array. By default
            whatever there is.

    Raises:
        MonodyError: If there is no checkpoint, it is damaged, or holds other arrays.
    """
    with _opened(path) as archive:
        names = {name.removesuffix(".npy") for name in archive.names} - {STATE_MEMBER}
        if expected is None:
            size = path.stat().st_size
            return {name: archive.stored_array(name, size) for name in sorted(names)}
        require(names == set(expected), "its variables are others")
        return {name: archive.array(name, *expected[name]) for name in expected}


@contextmanager
def _opened(path: Path) -> Iterator[SavedArchive]:
    """Open a checkpoint, and say in a sentence if it is damaged."""
    try:
        require_file(path)
        with path.open("rb") as file:
            require_no_holes(file)
            yield SavedArchive(file, path.name)
    except FileNotFoundError as error:
        raise MonodyError(
            f"no checkpoint in {str(path.parent)!r}: there is no training to resume; "
            "name another --experiment_dir, or train again"
        ) from error
    except DamagedError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> MonodyError:
    return MonodyError(
        f"{str(path)!r} is not a whole checkpoint of this version of monody, or of "
        "another network: train again, or name another --experiment_dir; settings.json "
        "names the versions that began it"
    )
