"""How likely a model finds melodies, by the loop that writes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monody.generation.constraints.spec import MelodySpec
from monody.generation.decoding.decode import MAX_READ, Start, decode_events
from monody.generation.decoding.sampling import SamplingSettings
from monody.models.events import END, Events, Vocabulary, encode
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody

GREEDY = SamplingSettings(0.0)  # nothing is drawn
MAX_JUDGED = MAX_READ // 2  # events of a long melody


def rescore(
    model: TrainedModel, melodies: Sequence[Melody], from_tick: int = 0
) -> list[float]:
    """Return how surprising the model finds melodies, in bits, their ends included.

    Args:
        model: The trained network.
        melodies: Any. Of one with ``MAX_READ`` events or more, ``MAX_JUDGED`` count,
            and as many before them are heard.
        from_tick: Events that begin earlier are heard, but do not count.
    """
    starts = [_start(melody, model.vocabulary, from_tick) for melody in melodies]
    written = decode_events(model, starts, MelodySpec(), (GREEDY, GREEDY), 0)
    return [each.primer_bits for each in written]


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
