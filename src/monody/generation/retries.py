"""Rejection sampling: a melody that collapsed or copies too much is tried again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from monody.corpus.novelty import Novelty
from monody.experiments.novelty_index import KnownMelodies
from monody.generation.collapse import collapse_of
from monody.generation.primers import Primer
from monody.generation.writer import Draft, Task
from monody.progress import Progress
from monody.settings.sampling import SampleSettings

TRIES = 20  # of one melody, at most
AT_ONCE = 128  # melodies between two reports of progress
COPY_BITS = 2.0  # what copying all of a melody costs it in the choice of the best
COPIED = "copied too much"


class MelodyWriter(Protocol):
    """What writes or rewrites melodies."""

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """Write one melody for each task."""

    def length_ticks(self, primer: Primer | None) -> int:
        """Return how long a melody is."""


@dataclass(frozen=True)
class GeneratedMelody:
    """One melody that was written, and what is known of it."""

    draft: Draft
    failure: str | None  # why it should not have been kept; None if all is well
    novelty: Novelty | None  # None where the training melodies are not at hand

    @property
    def score(self) -> float:
        """What `best_of` chooses by, lower is better: unlikely or copied, in bits."""
        covered = self.novelty.covered if self.novelty else 0.0
        return self.draft.bits_per_note + COPY_BITS * covered


@dataclass(frozen=True)
class RejectionSampler:
    """MelodyWriter melodies, and again those that failed."""

    writer: MelodyWriter
    settings: SampleSettings
    primer_of: Callable[[int, int], Primer | None]  # of a melody's attempt
    known: KnownMelodies | None
    first: int = 0  # attempt to begin with
    guarded: bool = True  # whether what has collapsed is tried again

    def run(
        self, indices: Sequence[int], progress: Progress
    ) -> tuple[list[GeneratedMelody], dict[str, int]]:
        """Write melodies.

        Args:
            indices: Which melodies of the generation.
            progress: Called now and then.

        Returns:
            One melody for each, and how many first tries failed for each reason.
        """
        # Without chance every try is the same.
        tries = TRIES if any(self.settings.temperatures) else 1
        melodies: dict[int, GeneratedMelody] = {}
        first_tries: Counter[str] = Counter()
        for attempt in range(self.first, self.first + tries):
            open_ = [i for i in indices if i not in melodies or melodies[i].failure]
            for first in range(0, len(open_), AT_ONCE):
                progress(len(indices) - len(open_) + first, len(indices))
                tasks = [
                    Task(index, attempt, self.primer_of(index, attempt))
                    for index in open_[first : first + AT_ONCE]
                ]
                for draft in self.writer.write(tasks):
                    melodies[draft.task.index] = self._judged(draft)
            if attempt == self.first:
                failures = (melody.failure for melody in melodies.values())
                first_tries.update(filter(None, failures))
        progress(len(indices), len(indices))
        return [melodies[index] for index in indices], dict(first_tries)

    def _judged(self, draft: Draft) -> GeneratedMelody:
        """Say whether a melody may be kept, and what it shares with the training."""
        length = self.writer.length_ticks(draft.task.primer)
        asked = None if self.settings.free else length
        failure = None
        if self.guarded:
            failure = collapse_of(draft.melody, length_ticks=asked)
        novelty = self.known.look_up(draft.melody) if self.known else None
        most = self.settings.max_copy
        if most is not None and novelty is not None and novelty.longest_bars > most:
            failure = failure or COPIED
        return GeneratedMelody(draft, failure, novelty)
