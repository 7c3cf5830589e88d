"""New melodies from a trained experiment.

Each melody continues a primer, unless it is to start from nothing: a few bars of a
held-out melody, or of a file of the user's. What has collapsed, or copies more than is
allowed, is tried again. The primer is heard; it is written only where that is asked.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from monody.collapse import collapse_of
from monody.experiment import Experiment
from monody.known_melodies import KnownMelodies, known_melodies
from monody.melody import Melody
from monody.melody_store import MelodyStore
from monody.novelty import Novelty, UsualNovelty
from monody.outputs import Output, save_outputs
from monody.passports import Passport
from monody.primers import Primer, choose_primer, primer_melodies
from monody.sample_settings import SampleSettings
from monody.writer import Draft, Task, Writer, with_primer

TRIES = 20  # of one melody, at most
AT_ONCE = 128  # melodies between two reports of progress
COPY_BITS = 2.0  # what copying all of a melody costs it in the choice of the best
COPIED = "copied too much"

Progress = Callable[[int, int], None]  # melodies done, melodies in all


@dataclass(frozen=True)
class Piece:
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
class Generation:
    """Melodies that were written together, and all it takes to write them again."""

    pieces: tuple[Piece, ...]
    settings: SampleSettings  # with the seed that was used
    first_tries: dict[str, int]  # how many failed at first, for each reason
    tries: int  # first tries in all
    usual: UsualNovelty | None  # what held-out melodies share with the training ones
    made_from: dict[str, str | None]  # the model and where primers came from
    folder: Path  # the experiment's

    @property
    def melodies(self) -> tuple[Melody, ...]:
        """The melodies as they are written into files."""
        return tuple(self._music(piece.draft) for piece in self.pieces)

    @property
    def primers(self) -> tuple[Primer | None, ...]:
        """What each continues."""
        return tuple(piece.draft.task.primer for piece in self.pieces)

    def _music(self, draft: Draft) -> Melody:
        return with_primer(draft) if self.settings.with_primer else draft.melody

    def save(self, save_dir: str | os.PathLike[str] | None = None) -> list[Path]:
        """Write each melody as a MIDI file; files that exist are left alone.

        Args:
            save_dir: The folder; by default ``generated/`` in the experiment. Files are
                numbered on from the highest number there. ``manifest.json`` beside them
                says how each was made.

        Returns:
            The paths written.
        """
        folder = Path(save_dir) if save_dir else self.folder / "generated"
        run = {
            **self.made_from,
            "settings": self.settings.to_json(),
            "first_tries": {"all": self.tries, "failed": self.first_tries},
            "held_out": self.usual.to_json() if self.usual else None,
        }
        return save_outputs([self._output(piece) for piece in self.pieces], folder, run)

    def _output(self, piece: Piece) -> Output:
        draft = piece.draft
        passport = Passport(
            model=str(self.made_from["model_sha256"]),
            model_path=str(self.made_from["model"]),
            settings=self.settings,
            index=draft.task.index,
            attempt=draft.task.attempt,
            primer=draft.task.primer,
        )
        about = {
            "bits_per_note": draft.bits_per_note,
            "cost_bits_per_note": draft.cost_bits,
            "failure": piece.failure,
            "novelty": piece.novelty.to_json() if piece.novelty else None,
        }
        return Output(self._music(draft), passport, about)


def generate(
    experiment: Experiment,
    settings: SampleSettings | None = None,
    *,
    prime_file: str | os.PathLike[str] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Generation:
    """Write new melodies.

    Args:
        experiment: A trained experiment.
        settings: What is asked of the melodies.
        prime_file: A MIDI file to continue; its melody with the most notes is taken.
        data_dir: A folder of MIDI files to continue; by default the experiment's own
            held-out melodies. A model file on its own has none: its melodies then start
            from nothing.
        progress: Called now and then.

    Returns:
        The melodies, each exactly as long as was asked.

    Raises:
        MonodyError: If there is no model, no melody to continue where one was named, or
            no melody can be all that is asked for.
    """
    settings = settings or SampleSettings()
    seed = secrets.randbelow(2**32) if settings.seed is None else settings.seed
    settings = replace(settings, seed=seed)
    model = experiment.load()
    store = primer_melodies(experiment, settings, prime_file, data_dir)
    known = known_melodies(experiment)
    attempts = _Attempts(Writer(model, settings), settings, store, known)
    pieces, first_tries = attempts.run(progress or (lambda _done, _total: None))
    return Generation(
        pieces=tuple(_best(pieces, settings)),
        settings=settings,
        first_tries=dict(first_tries),
        tries=len(pieces),
        usual=known.usual if known else None,
        made_from={
            "model": str(experiment.model_path),
            "model_sha256": model.fingerprint,
            "data_fingerprint": model.data_fingerprint,
            "prime_file": str(prime_file) if prime_file else None,
            "data_dir": str(data_dir) if data_dir else None,
        },
        folder=experiment.folder,
    )


def _best(pieces: Sequence[Piece], settings: SampleSettings) -> Sequence[Piece]:
    """Keep the best, if more were made than are wanted."""
    if settings.best_of is None:
        return pieces
    ranked = sorted(pieces, key=lambda piece: (piece.failure is not None, piece.score))
    return ranked[: settings.num_files]


@dataclass(frozen=True)
class _Attempts:
    """Writes melodies, and again those that failed."""

    writer: Writer
    settings: SampleSettings
    primers: MelodyStore | None
    known: KnownMelodies | None

    def run(self, progress: Progress) -> tuple[list[Piece], Counter[str]]:
        """Write all melodies.

        Returns:
            One piece for each, and why first tries failed.
        """
        wanted = self.settings.best_of or self.settings.num_files
        # Without chance every try is the same.
        tries = TRIES if any(self.settings.temperatures) else 1
        pieces: dict[int, Piece] = {}
        first_tries: Counter[str] = Counter()
        for attempt in range(tries):
            open_ = [i for i in range(wanted) if i not in pieces or pieces[i].failure]
            for first in range(0, len(open_), AT_ONCE):
                progress(wanted - len(open_) + first, wanted)
                chunk = open_[first : first + AT_ONCE]
                tasks = [self._task(index, attempt) for index in chunk]
                for draft in self.writer.write(tasks):
                    pieces[draft.task.index] = self._judged(draft)
            if attempt == 0:
                first_tries.update(p.failure for p in pieces.values() if p.failure)
        progress(wanted, wanted)
        return [pieces[index] for index in range(wanted)], first_tries

    def _task(self, index: int, attempt: int) -> Task:
        if self.primers is None:
            return Task(index, attempt, None)
        seed = self.settings.seed or 0
        again = (attempt,) if attempt else ()
        rng = np.random.default_rng([seed, index, *again])
        return Task(index, attempt, choose_primer(self.primers, self.settings, rng))

    def _judged(self, draft: Draft) -> Piece:
        """Say whether a melody may be kept, and what it shares with the training."""
        length = self.writer.length_ticks(draft.task.primer)
        asked = None if self.settings.free else length
        failure = collapse_of(draft.melody, length_ticks=asked)
        novelty = self.known.index.look_up(draft.melody) if self.known else None
        most = self.settings.max_copy
        if most is not None and novelty is not None and novelty.longest_bars > most:
            failure = failure or COPIED
        return Piece(draft, failure, novelty)
