"""Looking closer at a melody: what it shares with which tune, and what surprises."""

from __future__ import annotations

from typing import Any

import monody
from monody.studio.card_json import music_json


def closer(melody: monody.Melody, experiment: monody.Experiment) -> dict[str, Any]:
    """Compare a melody with what a model has learnt from, and ask what surprises it.

    Args:
        melody: At least one note.
        experiment: The model.

    Returns:
        As JSON values: ``label`` and ``said`` of its novelty, the ``runs`` that it
        shares with a tune each, the longest first, and the ``bits`` of each note.

    Raises:
        MonodyError: If the experiment is damaged.
    """
    known = monody.known_melodies(experiment)
    novelty = known.look_up(melody) if known else None
    runs = known.shared_runs(melody) if known else []
    bits = experiment.load().bits_of_notes(melody)
    return {
        "label": novelty.label if novelty else "",
        "said": novelty.said if novelty else "",
        "covered": novelty.covered if novelty else 0.0,
        "runs": [_run(melody, run) for run in runs],
        "bits": [round(each, 2) for each in bits.tolist()],
    }


def _run(melody: monody.Melody, run: monody.SharedRun) -> dict[str, Any]:
    """Return a shared run, and the whole tune that it is from."""
    last, source_last = run.first + run.notes - 1, run.source_first + run.notes - 1
    return {
        "first_tick": int(melody.starts[run.first]),
        "last_tick": int(melody.ends[last]),
        "source": run.source.source,
        "source_first_tick": int(run.source.starts[run.source_first]),
        "source_last_tick": int(run.source.ends[source_last]),
        **music_json(run.source),
    }
