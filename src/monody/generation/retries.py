"""Rejection sampling: a melody that collapsed or copies too much is tried again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from monody.cores import usable_cores
from monody.corpus.novelty import Novelty
from monody.experiments.novelty_index import KnownMelodies
from monody.generation.parts import Task
from monody.generation.primers import Primer
from monody.generation.workers import MelodyWriter, write_chunks
from monody.generation.writer import Draft
from monody.memory import MIB, allowed_bytes, processes
from monody.music.meter import TICKS_PER_STEP
from monody.progress import Progress
from monody.settings.sampling import SampleSettings
from monody.translation import marked

TRIES = 20  # of one melody, at most
# Between two reports of progress: about a second's work.
STEPS_AT_ONCE, MIN_AT_ONCE, MAX_AT_ONCE = 16_000, 16, 128  # 16ths; melodies
STEPS_A_JOB = 40_000  # 16ths that make it worth starting one more process
# Of a process that writes as many at once, without the model; of the first one, too.
WRITER_BYTES = 304 * MIB
OWN_BYTES = 96 * MIB  # of this process, besides
COPY_BITS = 2.0  # what copying all of a melody costs it in the choice of the best
COPIED = marked("copied too much")


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

    def given_ticks(self, settings: SampleSettings) -> int:
        """Return until when the melody holds the bars that it continues, in ticks."""
        primer = self.draft.task.primer
        return primer.ticks if primer and settings.with_primer else 0


@dataclass(frozen=True)
class RejectionSampler:
    """Writes melodies, and again those that failed."""

    writer: MelodyWriter
    settings: SampleSettings
    primer_of: Callable[[int, int], Primer | None]  # of a melody's attempt
    known: KnownMelodies | None
    first: int = 0  # attempt to begin with
    guarded: bool = True  # whether what its writer finds amiss is tried again

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
            if not open_:
                break
            done = len(indices) - len(open_)
            progress(done, len(indices))
            for drafts in self._written(open_, attempt):
                for draft in drafts:
                    melodies[draft.task.index] = self._judged(draft)
                done += len(drafts)
                progress(done, len(indices))
            if attempt == self.first:
                failures = (melody.failure for melody in melodies.values())
                first_tries.update(filter(None, failures))
        return [melodies[index] for index in indices], dict(first_tries)

    def _written(self, open_: Sequence[int], attempt: int) -> Iterator[list[Draft]]:
        """Write one melody for each index, some at a time."""
        steps = max(self.writer.usual_ticks // TICKS_PER_STEP, 1) * self.settings.takes
        size = min(max(STEPS_AT_ONCE // steps, MIN_AT_ONCE), MAX_AT_ONCE)
        cores = usable_cores() if self.writer.can_travel else 1
        jobs = min(cores, len(open_) * steps // STEPS_A_JOB)
        model = self.writer.memory_bytes  # each process has it
        jobs = processes(jobs, WRITER_BYTES + model, OWN_BYTES + model)
        # Where there is no room for as many, this process writes, and fewer at once.
        room = allowed_bytes() - OWN_BYTES - model
        size = max(min(size, size * room // WRITER_BYTES), 1)
        chunks = (
            [
                Task(index, attempt, self.primer_of(index, attempt))
                for index in open_[first : first + size]
            ]
            for first in range(0, len(open_), size)
        )
        return write_chunks(self.writer, chunks, jobs)

    def _judged(self, draft: Draft) -> GeneratedMelody:
        """Say whether a melody may be kept, and what it shares with the training."""
        failure = draft.failure if self.guarded else None
        novelty = self.known.look_up(draft.melody) if self.known else None
        most = self.settings.max_copy
        if most is not None and novelty is not None and novelty.longest_bars > most:
            failure = failure or COPIED
        return GeneratedMelody(draft, failure, novelty)
