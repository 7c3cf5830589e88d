"""What an experiment was trained on, looked up: the index behind new, near-copy, copy.

The index is built once, at the end of training, and lies in the experiment. Beside it
lies what the held-out melodies share with the training melodies: real tunes of one
style share stock phrases, and a generated one may, too. A network that was fine-tuned
from the base model has learnt from that one's tunes as well, and may copy them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from monody.corpus.novelty import Novelty, NoveltyIndex, SharedRun
from monody.corpus.suffix_array import SuffixArray
from monody.corpus.usual_novelty import UsualNovelty, look_up_all, usual_novelty
from monody.errors import MonodyError
from monody.experiments.base import base_experiment, base_model_fingerprint
from monody.experiments.experiment import Experiment
from monody.files import write_text
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.saved.damage import DamagedError
from monody.saved.plain_json import read_json
from monody.saved.values import table

MAX_NOTES = 8_000_000  # in one index: to build it takes 80 bytes a note


@dataclass(frozen=True)
class KnownMelodies:
    """The training melodies of an experiment, looked up.

    ``look_up`` says whether a melody is new, a near-copy or a copy, and of what.
    """

    indices: tuple[NoveltyIndex, ...]  # its own melodies, and those of its base
    usual: UsualNovelty  # of the held-out melodies

    def look_up(self, melody: Melody) -> Novelty:
        """Find out what a melody shares with any of them, where it shares most."""
        return look_up_all(self.indices, melody)

    def shared_runs(self, melody: Melody) -> list[SharedRun]:
        """Find the runs that a melody shares with those where one is the longest."""
        found = [index.shared_runs(melody) for index in self.indices]
        return max(found, key=lambda runs: runs[0].notes if runs else 0)


def known_melodies(experiment: Experiment) -> KnownMelodies | None:
    """Open the index of an experiment, or make it.

    Returns:
        ``None`` where the experiment does not hold its training melodies.

    Raises:
        MonodyError: If they are damaged: a copy could not be told from a new melody.

    Example:
        >>> import monody
        >>> known = monody.known_melodies(monody.open_experiment("experiments/01"))
        >>> melody = monody.Melody.from_notes([(60, 0, 24), (62, 24, 24), (64, 48, 48)])
        >>> known.look_up(melody).label
        'new'
    """
    if not experiment.training_path.is_dir():
        return None  # a model's file on its own
    return _known(experiment.folder.absolute(), _state(experiment))


def _state(experiment: Experiment) -> tuple[tuple[str, int, int], ...]:
    """Return the size and the time of each file that the answer is made of."""
    folders = (experiment.training_path, experiment.held_out_path)
    files = [path for folder in folders for path in sorted(folder.glob("*"))]
    states = [
        (str(path), path.stat())
        for path in (*files, experiment.settings_path)
        if path.is_file()
    ]
    return tuple((name, state.st_size, state.st_mtime_ns) for name, state in states)


@lru_cache(maxsize=4)
def _known(folder: Path, _: tuple[tuple[str, int, int], ...]) -> KnownMelodies | None:
    """Open the index once: whoever writes one melody after the other asks each time.

    Args:
        folder: Of the experiment.
        _: What ``_state`` returned: what is trained again is read again.
    """
    experiment = Experiment(folder)
    training = experiment.side("train")
    held_out = experiment.held_out_melodies()
    if not len(training):
        return None
    indices = (*_indices(experiment, training), *_base_indices(experiment))
    return KnownMelodies(indices, _usual(experiment, indices, training, held_out))


def _base_indices(experiment: Experiment) -> list[NoveltyIndex]:
    """Return the index of the base model's melodies, where that was fine-tuned."""
    tuned_from = experiment.record().base_sha256
    if tuned_from is None or tuned_from != base_model_fingerprint():
        return []
    base = base_experiment()
    return _indices(base, base.side("train"))


def _indices(experiment: Experiment, training: MelodyStore) -> list[NoveltyIndex]:
    """Return the index of the training melodies; of very many, one for each part."""
    ends = np.cumsum(training.info["note_count"], dtype=np.int64)
    part = ends // MAX_NOTES  # (melodies,)
    bounds = np.searchsorted(part, np.unique(part)).tolist()
    folder = experiment.novelty_path
    return [
        _index(
            training[first:end],
            folder.with_name(f"{folder.name}-{number}") if number > 1 else folder,
        )
        for number, (first, end) in enumerate(pairwise([*bounds, len(training)]), 1)
    ]


def _index(training: MelodyStore, folder: Path) -> NoveltyIndex:
    """Open the index of some melodies, or build it."""
    index = NoveltyIndex.open(training, folder)
    if index is None:
        try:
            return NoveltyIndex.build(training, folder)
        except MonodyError:  # a folder that cannot be written to: in memory, then
            return NoveltyIndex(training, SuffixArray.of(training))
    return index


def _usual(
    experiment: Experiment,
    indices: Sequence[NoveltyIndex],
    training: MelodyStore,
    held_out: MelodyStore | None,
) -> UsualNovelty:
    path = experiment.usual_novelty_path
    melodies = training[:0] if held_out is None else held_out
    of = [training.fingerprint(), melodies.fingerprint()]
    try:
        saved = table(read_json(path))
        if saved.get("of") == of:
            return UsualNovelty.from_json(saved.get("usual", {}))
    except (OSError, DamagedError):
        pass  # not made yet, or not whole: it is made now
    usual = usual_novelty(indices, melodies)
    if experiment.novelty_path.is_dir():
        with suppress(OSError):  # a closed or a full disk: it is counted again, then
            write_text(path, json.dumps({"of": of, "usual": usual.to_json()}))
    return usual
