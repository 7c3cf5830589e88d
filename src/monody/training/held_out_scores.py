"""The held-out scores of a training that is over."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from monody.experiments.experiment import Experiment
from monody.experiments.novelty_index import known_melodies
from monody.experiments.scores import BASE_ALONE, BIGRAM, SideScores
from monody.models import processes
from monody.models.baselines.ngrams import bigram
from monody.models.encoded_set import EncodedSet
from monody.models.events import Vocabulary
from monody.models.likelihood import surprisal_of
from monody.models.saved_model import TrainedModel
from monody.models.surprisal import Score, Surprisal
from monody.training.sides import Sides


def write_scores(
    experiment: Experiment,
    sides: Sides,
    vocabulary: Vocabulary,
    *,
    divided: bool = False,
) -> None:
    """Score the best weights, the base and the bigram on the held-out melodies.

    Args:
        experiment: Where the best weights are.
        sides: The melodies.
        vocabulary: What they are encoded with.
        divided: Whether each process scores a part of the melodies.
    """
    best, base = TrainedModel(experiment.model_path), experiment.base()
    scores: dict[str, SideScores] = {}
    judged = _divided_surprisal if divided else TrainedModel.surprisal
    for side, encoded in (("validation", sides.validation), ("test", sides.test)):
        if encoded is None:
            continue
        references = {}
        if processes.is_first():  # it alone writes
            surprise = bigram(sides.train, encoded, vocabulary)
            references[BIGRAM] = Score.of(surprise, encoded)
        if base is not None:
            references[BASE_ALONE] = Score.of(judged(base, encoded), encoded)
        own = Score.of(judged(best, encoded), encoded)
        scores[side] = SideScores(own, references)
    if not processes.is_first():
        return
    known_melodies(experiment)  # so that sampling need not build the index
    experiment.write_scores(scores)  # last: where they are, nothing is left to do


def _divided_surprisal(model: TrainedModel, encoded: EncodedSet) -> Surprisal:
    """Return the surprisal of melodies, a part of which each process judges."""
    count, index = processes.count(), processes.index()
    if count == 1:
        return model.surprisal(encoded)
    figures = np.zeros((len(fields(Surprisal)), len(encoded.pitch)))
    first, stop = (len(encoded) * part // count for part in (index, index + 1))
    if first < stop:
        events = slice(int(encoded.starts[first]), int(encoded.ends[stop - 1]))
        own = surprisal_of(model.parts, encoded.melodies(first, stop))
        figures[:, events] = own.figures
    return Surprisal.from_figures(processes.summed(figures))
