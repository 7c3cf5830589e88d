"""Where melodies stand while they are written."""

from __future__ import annotations

from typing import Any

import numpy as np

from monody.generation.constraints.repetition import Repeats, no_repeats
from monody.generation.constraints.rules import (
    IS_NOTE,
    Now,
)


def now_of(rows: int = 1, **fields: Any) -> Now:
    """Say where melodies stand; by default in the middle of one, on a bar line."""
    usual = dict.fromkeys(("position", "bar", "begun", "clock"), 0)
    usual |= {"notes": 1, "left": 10, "bar_ticks": 10, "sounding": True, "latest": 60}
    event = np.array(fields.pop("event", 0))
    heard = fields.pop("repeats", None) or no_repeats(rows)
    closing = np.broadcast_to(fields.pop("closing", IS_NOTE), (rows, len(IS_NOTE)))
    now = {name: np.broadcast_to(n, rows) for name, n in (usual | fields).items()}
    heard = Repeats(*map(np.asarray, heard))
    return Now(event=event, **now, closing=closing, repeats=heard)
