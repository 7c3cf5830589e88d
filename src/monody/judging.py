"""How likely a model finds melodies, by the loop that writes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monody.choosing import Choice
from monody.decode import Start, decode_events
from monody.events import END, encode, meter_symbol
from monody.melody import Melody
from monody.rule_tables import Wanted
from monody.trained_model import TrainedModel

GREEDY = Choice(0.0, 0, 1.0, 0.0)  # nothing is drawn


def judge(
    model: TrainedModel, melodies: Sequence[Melody], from_tick: int = 0
) -> list[float]:
    """Return how surprising the model finds melodies, in bits, their ends included.

    Args:
        model: The trained network.
        melodies: Any.
        from_tick: Events that begin earlier are heard, but do not count.
    """
    starts = []
    for melody in melodies:
        events = encode(melody, model.vocabulary)
        ticks = np.array(model.vocabulary.durations)[events.duration]
        begins = np.cumsum(np.where(events.pitch == END, 0, ticks)) - ticks
        meter = melody.meters[-1]
        starts.append(
            Start(
                primer=events,
                from_beginning=True,
                meter=meter_symbol(meter),
                bar_ticks=meter.bar_ticks,
                bars=int(events.bar[-1]),
                length_ticks=0,
                draw=(0, 0),
                position=int(events.position[-1]),
                judged_from=int(np.searchsorted(begins[:-1], from_tick)),
            )
        )
    written = decode_events(model, starts, Wanted(), (GREEDY, GREEDY), 0)
    return [each.primer_bits for each in written]
