"""Composing: what the musician asks of a model becomes cards.

One thread writes, so that two clicks never fight for the processor; models stay open.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import monody
from monody.experiments.base import base_experiment
from monody.studio.cards import CardLibrary, SavedCard
from monody.studio.folder import StudioFolder

WARM_BARS = 2


class Composer:
    """Writes melodies with the models of a studio.

    Args:
        folder: Where the models are.
        cards: Where the melodies go.
    """

    def __init__(self, folder: StudioFolder, cards: CardLibrary) -> None:
        self._folder = folder
        self._cards = cards
        self._open: dict[str | None, monody.Experiment] = {}
        self.thread = ThreadPoolExecutor(1, "composer")  # where all of it runs

    def warm_up(self) -> None:
        """Open the base model in the background, so that the first click is quick."""
        settings = monody.SampleSettings(num_files=1, bars=WARM_BARS, takes=1)
        self.thread.submit(lambda: monody.generate(self.model(None), settings))

    def close(self) -> None:
        """Write nothing more."""
        self.thread.shutdown(wait=False, cancel_futures=True)

    def model(self, model: str | None) -> monody.Experiment:
        """Return a model, opened once.

        Args:
            model: Its id; ``None`` is the base model.
        """
        if model not in self._open:
            self._open[model] = (
                base_experiment()  # a folder called base does not hide it
                if model is None
                else monody.open_experiment(self._folder.models / model)
            )
        return self._open[model]

    def compose(
        self, model: str | None, settings: Mapping[str, Any]
    ) -> list[SavedCard]:
        """Write new melodies."""
        asked = monody.SampleSettings.from_json(dict(settings))
        made = monody.generate(self.model(model), asked)
        return [
            self._cards.add(
                output.to_bytes(),
                kind="composed",
                name=f"Melody {made.settings.seed}",
                model=model,
                settings=output.provenance.settings.to_json(),
                label=one.novelty.label if one.novelty else "",
                said=one.novelty.said if one.novelty else "",
            )
            for output, one in zip(made.outputs, made.generated, strict=True)
        ]
