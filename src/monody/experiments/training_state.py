"""The state of a training, in one file of its experiment: ``checkpoint.npz``.

Every variable of the network, of its optimizer and of the figures under way is an array
in it; where in which epoch they were is JSON, and so is what the callbacks remember.
Data order and transpositions are drawn from the seed and the epoch's number, so nothing
of them needs to be kept. Nothing is pickled.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.files import replacing
from monody.settings.base import required
from monody.settings.training import TrainSettings

STATE_MEMBER = "standing"  # the member with the JSON
# Whose memory is looked at here; the names are those that checkpoints have always had.
STOPWATCH, PLATEAU = "Clock", "Plateau"


@dataclass(frozen=True)
class TrainingState:
    """How far a training has come."""

    epoch: int  # epochs that are over
    batch: int  # batches of the next epoch that are done
    remembered: dict[str, dict[str, Any]]  # what each callback remembers, by its name

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
            return f"{self.epoch} epochs are done; a higher --num_epochs goes on"
        if self.stale_epochs >= required(settings.patience):
            return (
                f"{self.stale_epochs} epochs brought no better held-out figure; a "
                "higher --patience goes on"
            )
        limit = settings.max_minutes
        if limit is not None and self.seconds >= 60 * limit and not self.batch:
            return f"its {limit:g} minutes are used up; a higher --max_minutes goes on"
        return None


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
    text = _read(path, only=STATE_MEMBER)[STATE_MEMBER].tobytes()
    try:
        return TrainingState(**json.loads(text))
    except (TypeError, ValueError) as error:
        raise _damaged(path) from error


def read_variables(path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays of a checkpoint, by name.

    Raises:
        MonodyError: If there is no checkpoint, or it is damaged.
    """
    arrays = _read(path)
    del arrays[STATE_MEMBER]
    return arrays


def _read(path: Path, only: str | None = None) -> dict[str, NDArray[Any]]:
    """Read all arrays of a checkpoint, or one; each is checked by its CRC."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if STATE_MEMBER not in archive:
                raise _damaged(path)
            return {name: archive[name] for name in ([only] if only else archive)}
    except FileNotFoundError as error:
        raise MonodyError(
            f"no checkpoint in {str(path.parent)!r}: there is no training to resume; "
            "name another --experiment_dir, or train again"
        ) from error
    except (zipfile.BadZipFile, ValueError, EOFError, TypeError) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> MonodyError:
    return MonodyError(
        f"{str(path)!r} is not a whole checkpoint of this version of monody: train "
        "again, or name another --experiment_dir"
    )
