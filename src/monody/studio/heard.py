"""The melodies that a training lets one hear on its way: where they lie."""

from __future__ import annotations

import re
from pathlib import Path

BARS = 8  # of each
_NAME = re.compile(r"epoch-(\d{4,9})\.mid")


def heard_path(experiment: Path, epoch: int) -> Path:
    """Return where the melody of an epoch is.

    Args:
        experiment: The folder of the training.
        epoch: From 1; 0 is before the first.

    Example:
        >>> from pathlib import Path
        >>> from monody.studio.heard import heard_path
        >>> heard_path(Path("01"), 12).as_posix()
        '01/heard/epoch-0012.mid'
    """
    return experiment / "heard" / f"epoch-{epoch:04d}.mid"


def heard_epochs(experiment: Path) -> list[int]:
    """Return the epochs that can be heard, in order.

    Args:
        experiment: The folder of the training; it need not be there.
    """
    folder = heard_path(experiment, 0).parent
    names = (_NAME.fullmatch(path.name) for path in folder.glob("*.mid"))
    return sorted(int(found[1]) for found in names if found)
