"""Where melodies are while they are written, and what their corpus is like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from monody.generation.constraints.repetition import Repeats, no_repeats
from monody.generation.constraints.rules import IS_NOTE, Now
from monody.models.record import CorpusStyle
from monody.music.meter import TICKS_PER_QUARTER
from monody.music.repetition import FIGURE_NOTES


def style_of(
    note_ticks: Sequence[int],
    rest_ticks: Sequence[int],
    hold_ticks: Sequence[int],
    pitch_range: tuple[int, int] = (60, 72),
    repeats: int = 24,
) -> CorpusStyle:
    """Say what a corpus uses; the rest of its style does not matter to the rules."""
    return CorpusStyle(
        meter="4/4",
        bpm=120,
        bars=8,
        max_bars=16,
        note_ticks=tuple(note_ticks),
        rest_ticks=tuple(rest_ticks),
        hold_ticks=tuple(hold_ticks),
        pitch_range=pitch_range,
        places=tuple(range(TICKS_PER_QUARTER)),
        repeats=(repeats,) * FIGURE_NOTES,
    )


def now_of(rows: int = 1, **fields: Any) -> Now:
    """Say where melodies are; by default in the middle of one, on a bar line."""
    usual = dict.fromkeys(("position", "bar", "begun", "span"), 0)
    usual |= {"notes": 1, "left": 10, "bar_ticks": 10, "sounding": True, "latest": 60}
    usual |= {"heard": True, "close_left": fields.get("left", 10)}
    usual |= {"lowest": 0, "highest": 127}
    event = fields.pop("event", 0)
    edges = {name: fields.pop(name, None) for name in ("edge_left", "at_edge")}
    repeats = fields.pop("repeats", None) or no_repeats(rows)
    closing = np.broadcast_to(fields.pop("closing", IS_NOTE), (rows, len(IS_NOTE)))
    now: dict[str, Any] = {
        name: np.broadcast_to(n, rows) for name, n in (usual | fields).items()
    }
    latest, runs = map(np.asarray, repeats)
    now |= {"event": event, "closing": closing, "repeats": Repeats(latest, runs)}
    now |= edges
    return Now(**now)
