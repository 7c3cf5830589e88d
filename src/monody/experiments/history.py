"""The figures of each epoch of a training: what ``history.csv`` holds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from monody.saved.bounded_file import read_bounded
from monody.saved.damage import damage_in, require
from monody.saved.values import number

MAX_BYTES = 2**24  # a row has 150
# A training without held-out melodies has no figures of them.
COLUMNS = ("epoch", "bits_per_note", "best", "seconds")


def read_history(path: Path) -> list[dict[str, float]]:
    """Read the figures of each epoch, all finite.

    Args:
        path: The CSV file.

    Raises:
        DamagedError: If it is damaged or of another version.
        OSError: If it is not there, or cannot be read.

    Example:
        >>> from pathlib import Path
        >>> from monody.experiments.history import read_history
        >>> [row["epoch"] for row in read_history(Path("experiments/01/history.csv"))]
        [1.0, 2.0]
    """
    with damage_in(path.name):
        text = read_bounded(path, MAX_BYTES).decode("utf-8")
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = table.fieldnames or ()
        require(set(COLUMNS) <= set(names), f"{path.name} lacks a column")
        rows = [{name: number(float(row[name])) for name in row} for row in table]
        for epoch, row in enumerate(rows, 1):
            require(row["epoch"] == epoch, f"{path.name} lacks an epoch")
    return rows
