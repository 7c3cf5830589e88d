"""The scorecard: how well a trained network predicts melodies, beside other models.

``evaluate`` fills it in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from monody.evaluation.sample_quality import SampleQuality
from monody.models.encoded_set import EncodedSet
from monody.models.events import REST, Events, Vocabulary, decode
from monody.models.surprisal import (
    Floats,
    Saving,
    Score,
    Surprisal,
    bits_of_notes,
    melody_sums,
)
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.translation import decimal, gettext

# Beside a network that was fine-tuned: its base (``BASE_ALONE``), and a network of the
# same settings that was trained without a base.
FROM_NOTHING = "from_nothing"


@dataclass(frozen=True)
class Comparison:
    """The score of a reference model, and how many of its bits the network saves."""

    score: Score
    saving: Saving  # the share of its bits that the network does not need
    seconds: float

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        return {
            **self.score.to_json(),
            "saving": self.saving.share,
            "saving_95": list(self.saving.interval_95),
            "seconds": self.seconds,
        }


@dataclass(frozen=True)
class Judged:
    """Melodies, and the surprisal of each of their events to the network."""

    melodies: MelodyStore
    vocabulary: Vocabulary
    encoded: EncodedSet
    surprisal: Surprisal

    def bits_of_notes(self, melody: int) -> Floats:
        """Return the bits of each note of ``as_read(melody)``: ``(notes,)``."""
        return bits_of_notes(self.surprisal, self.encoded, melody)

    def bits_of_end(self, melody: int) -> float:
        """Return the bits of the end of one melody."""
        return float(self.surprisal.bits[self.encoded.ends[melody] - 1])

    def as_read(self, melody: int) -> Melody:
        """Return one melody as the network reads it: ``steps`` rounds to 16ths."""
        whole = self.melodies[melody]
        part = slice(int(self.encoded.starts[melody]), int(self.encoded.ends[melody]))
        read = {one.name: getattr(self.encoded, one.name) for one in fields(Events)}
        events = Events(**{name: array[part] for name, array in read.items()})
        notes = decode(events, self.vocabulary, meters=whole.meters).notes
        return replace(whole, notes=notes)

    def bits_per_note(self) -> Floats:
        """Return the bits per note of each melody with its end: ``(melodies,)``."""
        notes = melody_sums((self.encoded.pitch < REST).astype(float), self.encoded)
        bits_per_note: Floats = melody_sums(self.surprisal.bits, self.encoded) / notes
        return bits_per_note

    def median(self) -> int:
        """Return the index of the melody whose bits per note are the median."""
        order = np.argsort(self.bits_per_note(), kind="stable")
        return int(order[(len(order) - 1) // 2])

    def compared_with(self, theirs: Surprisal, seconds: float) -> Comparison:
        """Compare the network with another model on the same events.

        Args:
            theirs: The surprisal of each event to the other model.
            seconds: How long the other model took.
        """
        saving = Saving.of(self.surprisal, theirs, self.encoded)
        return Comparison(Score.of(theirs, self.encoded), saving, seconds)


@dataclass(frozen=True)
class Scorecard:
    """How well a network and reference models predict the same melodies.

    Example:
        >>> import monody
        >>> card = monody.evaluate(monody.Experiment("experiments/01"))
        >>> list(card.references)
        ['uniform', 'unigram', 'bigram', 'variable_order']
        >>> -1 < card.references["uniform"].saving.share < 1  # of its bits
        True
        >>> card.picture().startswith("<svg")
        True
    """

    model: str  # the file
    encoding: str
    data: str  # the folder that the melodies came from
    part: str | None  # of the experiment's held-out melodies; None for other data
    like_training: int | None  # melodies of other data that training knew
    score: Score
    seconds: float  # that the network took
    references: dict[str, Comparison]  # counted ones need the training melodies
    judged: Judged = field(repr=False)
    music: SampleQuality | None = None  # of melodies that it wrote

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        about = ("model", "encoding", "data", "part", "like_training")
        references = {name: ref.to_json() for name, ref in self.references.items()}
        return {
            **{name: getattr(self, name) for name in about},
            **self.score.to_json(),
            "seconds": self.seconds,
            "references": references,
            **({"music": self.music.to_json()} if self.music else {}),
        }

    def picture(self, melody: int | None = None) -> str:
        """Draw the surprisal of each note of a melody.

        Args:
            melody: Index of the melody among those judged; by default the one whose
                bits per note are the median.

        Returns:
            An SVG image.
        """
        from monody.render.roll.surprisal import surprisal_svg

        index = self.judged.median() if melody is None else melody
        drawn, bits = self.judged.as_read(index), self.judged.bits_of_notes(index)
        title = gettext("{file} (its end: {bits} bits)").format(
            file=drawn.source, bits=decimal(self.judged.bits_of_end(index), ".1f")
        )
        return surprisal_svg(drawn, bits.tolist(), title)
