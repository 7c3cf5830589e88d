"""The models that write in a studio, each opened once."""

from __future__ import annotations

import threading
from collections import OrderedDict

import monody
from monody.studio.folder import StudioFolder, is_id
from monody.studio.words import _

MAX_OPEN = 3  # models besides the base model: some ten megabytes each


class OpenModels:
    """The models of a studio, opened when they are asked for.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: StudioFolder) -> None:
        self._folder = folder
        self._base: monody.Experiment | None = None
        self._open: OrderedDict[tuple[str, int], monody.Experiment] = OrderedDict()
        self._opening = threading.Lock()

    def use_as_base(self, experiment: monody.Experiment) -> None:
        """Write with another model where the base model is asked for."""
        self._base = experiment

    def get(self, model: str | None) -> monody.Experiment:
        """Return a model, opened once; one that was trained further is opened again.

        Args:
            model: Its id; ``None`` is the base model.

        Raises:
            MonodyError: If there is no such model.
        """
        with self._opening:
            return self._opened(model)

    def _opened(self, model: str | None) -> monody.Experiment:
        if model is None:
            # A folder that happens to be called base does not hide it.
            self._base = self._base or monody.base_experiment()
            return self._base
        if not isinstance(model, str) or not is_id(model):
            raise monody.MonodyError(_("There is no such model: choose another."))
        experiment = monody.open_experiment(self._folder.models / model)
        key = (model, experiment.model_path.stat().st_mtime_ns)
        opened = self._open.pop(key, experiment)
        self._open[key] = opened
        while len(self._open) > MAX_OPEN:
            self._open.popitem(last=False)
        return opened
