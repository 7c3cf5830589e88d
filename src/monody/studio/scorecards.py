"""The scorecards of models, made when they are asked for, in a process that gives way.

``python -m monody.studio.scorecards EXPERIMENT`` is that process. A scorecard is kept
as long as the server runs and its model stays as it is.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

import monody
from monody.child_process import ChildProcess
from monody.errors import MonodyError
from monody.studio.priority import give_way
from monody.studio.words import _


class Scorecards:
    """Judges models, one at a time."""

    def __init__(self) -> None:
        self._judging = threading.Lock()
        self._known: dict[tuple[str, int], dict[str, Any]] = {}
        self._child: ChildProcess | None = None

    def close(self) -> None:
        """Judge nothing more."""
        child = self._child
        if child is not None:
            child.kill()

    def of(self, experiment: monody.Experiment) -> dict[str, Any]:
        """Return the scorecard of a model as JSON values.

        Args:
            experiment: A trained model, with the melodies that it did not train on.

        Raises:
            MonodyError: If it cannot be judged.
        """
        changed = experiment.model_path.stat().st_mtime_ns
        key = str(experiment.folder), changed
        with self._judging:
            if key not in self._known:
                self._known[key] = self._judged(experiment)
            return self._known[key]

    def _judged(self, experiment: monody.Experiment) -> dict[str, Any]:
        child = self._child = ChildProcess(__name__, [str(experiment.folder)])
        try:
            line = child.answers.readline()
        finally:
            self._child = None
            child.close()
        if not line.endswith(b"\n"):
            raise MonodyError(_("This model could not be judged; try again."))
        told: dict[str, Any] = json.loads(line)
        if "failed" in told:
            raise MonodyError(told["failed"])
        return told


def scorecard_json(experiment: monody.Experiment) -> dict[str, Any]:
    """Judge a model on the melodies that it was not trained on.

    Args:
        experiment: A trained model.

    Returns:
        ``about``, ``titles``, ``rows`` and ``meaning`` in words, and all ``figures``.

    Raises:
        MonodyError: If it cannot be judged.
    """
    part = "test" if experiment.load().record.melodies.test else "validation"
    card = monody.evaluate(experiment, part=part, from_nothing=False)
    words = monody.scorecard_in_words(card)
    return {
        "about": words.about[1:],  # the first line names the file
        "titles": words.titles,
        "rows": [row._asdict() for row in words.rows],
        "meaning": words.meaning,
        "figures": card.to_json(),
    }


def main() -> None:
    """Judge the model that is named, and tell it in a line."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print
    give_way()
    try:
        told = scorecard_json(monody.Experiment(sys.argv[1]))
    except MonodyError as error:
        told = {"failed": str(error)}
    answers.write(json.dumps(told).encode() + b"\n")
    answers.close()


if __name__ == "__main__":
    main()
