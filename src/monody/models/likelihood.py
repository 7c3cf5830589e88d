"""The likelihood that a network gives to each event of melodies.

``surprisal`` turns that into the figure to watch, bits per note: the bits for the whole
melody, its pitches, its durations and its end, divided by the notes. Lower is better,
and figures of different encodings can be compared.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from monody.models.batches import Batch, cut_windows, known_note
from monody.models.decoder_state import EventInputs
from monody.models.encoded_set import EncodedSet
from monody.models.events import UNKNOWN
from monody.models.inference_layers import one_thread
from monody.models.network import READING, TOLD
from monody.models.parts import Parts
from monody.models.passages import ROWS, Passage, judge_passages
from monody.models.surprisal import Surprisal
from monody.progress import Progress

MAX_SEQUENCE = 1024  # events; a longer melody is judged in parts, none knows another


def surprisal_of(
    parts: Parts, encoded: EncodedSet, progress: Progress | None = None
) -> Surprisal:
    """Return the surprisal of each event, in the order of the set.

    Args:
        parts: The network, with ``numpy_ops``.
        encoded: The melodies. They are not transposed, not told where they end, and not
            cut unless they have more than ``MAX_SEQUENCE`` events.
        progress: Called with the melodies judged, or their parts, and all of them.

    Example:
        >>> from pathlib import Path
        >>> import monody
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.likelihood import surprisal_of
        >>> from monody.music.melody import Melody
        >>> model = monody.TrainedModel(Path("experiments/01/model.keras"))
        >>> melody = Melody.from_notes([(60, 0, 24), (62, 24, 24)])
        >>> encoded = encode_set([melody], model.vocabulary)
        >>> len(surprisal_of(model.parts, encoded).bits)  # C4, D4, end
        3
    """
    windows = cut_windows(encoded, MAX_SEQUENCE)
    # The longest first: those read side by side are of about the same length.
    windows = windows[np.argsort(windows[:, 0] - windows[:, 1], kind="stable")]
    figures = np.zeros((len(fields(Surprisal)), len(encoded.pitch)))
    for first in range(0, len(windows), ROWS):
        spans = [slice(a, b) for a, b, _ in windows[first : first + ROWS].tolist()]
        passages = [_passage(encoded, span) for span in spans]
        with one_thread():
            surprisals = judge_passages(parts, passages)
        for span, each in zip(spans, surprisals, strict=True):
            figures[:, span] = each.figures
        if progress is not None:
            progress(first + len(spans), len(windows))
    return Surprisal.from_figures(figures)


def _passage(encoded: EncodedSet, events: slice) -> Passage:
    """Return some events of one melody, all of them to be judged."""
    pitch = encoded.pitch[events]
    unknown = np.full(len(pitch), UNKNOWN)
    told = dict.fromkeys(TOLD, unknown)
    return Passage(
        inputs=EventInputs(
            pitch_in=encoded.pitch_in[events],
            note_before=known_note(encoded.note_before[events].astype(np.int32)),
            duration_in=encoded.duration_in[events],
            position=encoded.position[events],
            bar=encoded.bar[events],
            meter=encoded.meter[events],
            **told,
        ),
        pitch=pitch,
        duration=encoded.duration[events],
    )


def network_inputs(batch: Batch) -> dict[str, NDArray[np.int32]]:
    """Return the ``INPUTS`` of the network for a batch, ``(batch, time)`` each.

    Example:
        >>> from monody.models.batches import Batches
        >>> from monody.models.encoded_set import encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.models.likelihood import network_inputs
        >>> from monody.music.melody import Melody
        >>> melody = Melody.from_notes([(60, 0, 24), (62, 24, 24)])
        >>> encoded = encode_set([melody], Vocabulary("notes"))
        >>> batch = Batches(encoded, batch_size=1, window_size=9)[0]
        >>> network_inputs(batch)["pitch_next"][0, :3].tolist()  # C4, D4, end
        [60, 62, 130]
    """
    reading = {name: getattr(batch, name) for name in READING}
    return {**reading, "pitch_next": batch.pitch}
