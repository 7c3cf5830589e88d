"""How likely a model finds melodies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from monody.generation.decoding.decode import MAX_READ, Start, passage_of, reads_of
from monody.models.events import END, Events, Vocabulary, encode
from monody.models.inference_layers import one_thread
from monody.models.passages import judge_passages
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody

MAX_JUDGED = MAX_READ // 2  # events of a long melody


def rescore(
    model: TrainedModel, melodies: Sequence[Melody], from_tick: int = 0
) -> list[float]:
    """Return how surprising the model finds melodies, in bits, their ends included.

    Args:
        model: The trained network.
        melodies: One at least. Of one with ``MAX_READ`` events or more, ``MAX_JUDGED``
            count, and as many before them are heard.
        from_tick: Events that begin earlier are heard, but do not count.
    """
    passages = []
    for melody in melodies:
        start = _start(melody, model.vocabulary, from_tick)
        passage = passage_of(reads_of(start, model.vocabulary))
        judged = len(start.primer or ()) - start.judged_from
        passages.append(replace(passage, first=len(passage) - judged))
    with one_thread():
        surprisals = judge_passages(model.parts, passages)
    return [float(surprisal.bits.sum()) for surprisal in surprisals]


def _start(melody: Melody, vocabulary: Vocabulary, from_tick: int) -> Start:
    """Let a melody be read, and nothing be written after it."""
    events = encode(melody, vocabulary)
    ticks = np.array(vocabulary.durations)[events.duration]
    ticks[events.pitch == END] = 0
    begins = np.cumsum(ticks) - ticks
    judged_from = int(np.searchsorted(begins[:-1], from_tick))
    count = len(events)
    if count >= MAX_READ:
        count = min(count, judged_from + MAX_JUDGED)
    last = min(count, len(events) - 1)  # where the melody would go on
    return Start(
        primer=Events(*(field[:count] for field in vars(events).values())),
        from_beginning=True,
        meter=int(events.meter[last]),
        bar_ticks=melody.meters[-1].bar_ticks,
        bars=int(events.bar[last]),
        length_ticks=0,
        draw=(0, 0),
        position=int(events.position[last]),
        ticks_after=int(begins[-1] - begins[last]),
        judged_from=judged_from,
    )
