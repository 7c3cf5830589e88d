"""What an experiment was trained on, looked up: the index behind new, near-copy, copy.

The index is built once, at the end of training, and lies in the experiment. Beside it
lies what the held-out melodies share with the training melodies: real tunes of one
style share stock phrases, and a generated one may, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from monody.errors import MonodyError
from monody.experiment import Experiment
from monody.files import write_text
from monody.melody_store import MelodyStore
from monody.note_runs import NoteRuns
from monody.novelty import NoveltyIndex, UsualNovelty, usual_novelty

INDEX = "novelty"
USUAL_FILE = "novelty_held_out.json"


@dataclass(frozen=True)
class KnownMelodies:
    """The training melodies, looked up."""

    index: NoveltyIndex
    usual: UsualNovelty  # of the held-out melodies


def known_melodies(experiment: Experiment) -> KnownMelodies | None:
    """Open the index of an experiment, or make it.

    Returns:
        ``None`` where the experiment does not hold its training melodies.
    """
    try:
        training = experiment.side("train")
        held_out = experiment.held_out_melodies()
    except MonodyError:
        return None  # a model's file on its own
    if not len(training):
        return None
    index = _index(experiment, training)
    return KnownMelodies(index, _usual(experiment, index, training, held_out))


def _index(experiment: Experiment, training: MelodyStore) -> NoveltyIndex:
    folder = experiment.folder / INDEX
    index = NoveltyIndex.open(training, folder)
    if index is None:
        try:
            return NoveltyIndex.build(training, folder)
        except MonodyError:  # a folder that cannot be written to: in memory, then
            return NoveltyIndex(training, NoteRuns.of(training))
    return index


def _usual(
    experiment: Experiment,
    index: NoveltyIndex,
    training: MelodyStore,
    held_out: MelodyStore | None,
) -> UsualNovelty:
    path = experiment.folder / USUAL_FILE
    melodies = training[:0] if held_out is None else held_out
    of = [training.fingerprint(), melodies.fingerprint()]
    try:
        saved = json.loads(path.read_text("utf-8"))
        if saved["of"] == of:
            return UsualNovelty.from_json(saved["usual"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not made yet, or not whole: it is made now
    usual = usual_novelty(index, melodies)
    if (experiment.folder / INDEX).is_dir():
        write_text(path, json.dumps({"of": of, "usual": usual.to_json()}))
    return usual
