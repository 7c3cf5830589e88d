"""New melodies from a trained experiment.

Each melody continues a primer, unless it is to start from nothing: a few bars of a
held-out melody, or of a file of the user's. What has collapsed, or copies more than is
allowed, is tried again. The primer is heard; it is written only where that is asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monody import seeds
from monody.corpus.public_domain import style_of
from monody.corpus.read_melody import read_melody
from monody.corpus.usual_novelty import UsualNovelty
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.experiments.novelty_index import known_melodies
from monody.files import last_names
from monody.generation.constraints.own_rules import NoteRule, name_of
from monody.generation.outlines import style_symbol
from monody.generation.primers import Primer, choose_primer, primer_melodies
from monody.generation.provenance import MadeFrom, PrimerSource, Provenance
from monody.generation.retries import GeneratedMelody, RejectionSampler
from monody.generation.rewrite import RewriteRecord
from monody.generation.save import Output, save_outputs
from monody.generation.variants import Variant
from monody.generation.workers import MelodyWriter
from monody.generation.writer import Draft, Writer, with_primer
from monody.models.record import RunRecord
from monody.music.heard_form import heard_form
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.progress import Progress, no_progress
from monody.settings.sampling import SampleSettings
from monody.showing import ShownInNotebooks, counted

MAX_CHECKED_PRIMERS = 20  # whose bars are looked for before anything is written


@dataclass(frozen=True, repr=False)
class Generation(ShownInNotebooks):
    """Melodies that were written together, and all it takes to write them again.

    A notebook shows them: each with its sound, its staff and its piano roll.
    """

    generated: tuple[GeneratedMelody, ...]
    settings: SampleSettings  # with the seed that was used
    first_tries: dict[str, int]  # how many failed at first, for each reason
    tries: int  # first tries in all
    usual: UsualNovelty | None  # what held-out melodies share with the training ones
    made_from: MadeFrom
    folder: Path  # where they are written by default
    rewrite: RewriteRecord | None = None  # what was done to which melody, if it was
    variant: Variant | None = None  # which file they were made of, if they were
    rules: tuple[str, ...] = ()  # names of those of the program that wrote them

    def __repr__(self) -> str:
        melodies = counted(len(self.generated), "melody", "melodies")
        model, seed = self.made_from.model, self.settings.seed
        return f"<Generation: {melodies} by {model}, seed {seed}>"

    @property
    def melodies(self) -> tuple[Melody, ...]:
        """The melodies as they are written into files."""
        return tuple(self._music(one.draft) for one in self.generated)

    @property
    def primers(self) -> tuple[Primer | None, ...]:
        """What each continues."""
        return tuple(one.draft.task.primer for one in self.generated)

    def _music(self, draft: Draft) -> Melody:
        return with_primer(draft) if self.settings.with_primer else draft.melody

    def save(self, save_dir: str | os.PathLike[str] | None = None) -> list[Path]:
        """Write each melody as a MIDI file; files that exist are left alone.

        Args:
            save_dir: The folder; by default ``generated/`` in the experiment, or here
                if it is the base model. Files are numbered on from the highest there.
                What was made of a file goes beside it, by a name that says what was
                done. ``manifest.json`` beside them says how each was made.

        Returns:
            The paths written.
        """
        folder = Path(save_dir) if save_dir else self.folder
        stem = self.variant.stem if self.variant else None
        return save_outputs(self.outputs, folder, self._run(), stem)

    def save_as(self, path: Path) -> list[Path]:
        """Write each melody under a name of one's own, numbered if it is taken.

        Args:
            path: A MIDI file; ``manifest.json`` beside it says how it was made.

        Returns:
            The paths written.

        Raises:
            MonodyError: If a ``manifest.json`` of another program is there.
        """
        return save_outputs(self.outputs, path.parent, self._run(), path.stem)

    def _run(self) -> dict[str, Any]:
        """Say how they were made, for the manifest."""
        made_of = {"made_of": last_names(self.variant.source)} if self.variant else {}
        return {
            **made_of,
            **self.made_from.to_json(),
            "settings": self.settings.to_json(),
            **({"rules": list(self.rules)} if self.rules else {}),
            "first_tries": {"all": self.tries, "failed": self.first_tries},
            "held_out": self.usual.to_json() if self.usual else None,
        }

    @property
    def outputs(self) -> list[Output]:
        """What is written into files, each with its provenance."""
        return [self._output(one) for one in self.generated]

    def _output(self, one: GeneratedMelody) -> Output:
        draft = one.draft
        provenance = Provenance(
            model=self.made_from.model_sha256,
            model_path=self.made_from.model,
            settings=self.settings,
            index=draft.task.index,
            attempt=draft.task.attempt,
            primer=draft.task.primer,
            rewrite=self.rewrite,
            rules=self.rules,
        )
        about = {
            "bits_per_note": draft.bits_per_note,
            "cost_bits_per_note": draft.cost_bits,
            "failure": one.failure,
            "novelty": one.novelty.to_json() if one.novelty else None,
        }
        return Output(self._music(draft), provenance, about)


def generate(
    experiment: Experiment,
    settings: SampleSettings | None = None,
    *,
    prime_file: str | os.PathLike[str] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    prime_melody: Melody | None = None,
    rules: Sequence[NoteRule] = (),
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
        prime_melody: A melody to continue, in place of a file.
        rules: Of your own, besides what the settings ask (``NoteRule``). Where one
            would leave no note it gives way, and the melody is tried again; one that
            obeys in none of 20 tries has a ``failure``. All is written in this process.
        progress: Called now and then.

    Returns:
        The melodies, each exactly as long as was asked.

    Raises:
        MonodyError: If there is no model, no melody to continue where one was named, or
            no melody can be all that is asked for.

    Example:
        >>> import monody
        >>> experiment = monody.open_experiment("experiments/01")
        >>> settings = monody.SampleSettings(num_files=2, bars=4, meter="3/4", seed=7)
        >>> generation = monody.generate(experiment, settings)
        >>> generation
        <Generation: 2 melodies by 01/model.keras, seed 7>
        >>> [melody.end for melody in generation.melodies]
        [288, 288]
    """
    settings = with_letters(settings or SampleSettings()).with_seed()
    # Before the network is loaded: what cannot be asked or continued is refused.
    record = experiment.load().record
    style_symbol(record, settings.style)
    store = primer_melodies(experiment, settings, prime_file, data_dir, prime_melody)
    held_out = prime_file is None and data_dir is None and prime_melody is None
    primers = _Primers(store, settings, record if held_out else None)
    if settings.primer_bars is not None:
        for index in range(min(settings.num_files, MAX_CHECKED_PRIMERS)):
            primers(index, 0)
    model = experiment.load()
    made = write_melodies(
        experiment,
        Writer(model, settings, rules),
        settings,
        primers,
        range(settings.best_of or settings.num_files),
        progress=progress or no_progress,
    )
    source = PrimerSource(
        prime_file=last_names(prime_file) if prime_file else None,
        data_dir=last_names(data_dir) if data_dir else None,
    )
    return replace(
        made,
        generated=tuple(_best(made.generated, settings)),
        rules=tuple(map(name_of, rules)),
        made_from=replace(made.made_from, primers=source),
    )


@dataclass(frozen=True)
class _Primers:
    """Draws what each melody continues, by its index and its attempt."""

    melodies: MelodyStore | None  # None where melodies start from nothing
    settings: SampleSettings
    record: RunRecord | None  # of the model, where these are its own held-out melodies

    def __call__(self, index: int, attempt: int) -> Primer | None:
        rng = seeds.primer(self.settings.seed or 0, index, attempt)
        if self.melodies is None:
            return None
        primer = choose_primer(self.melodies, self.settings, rng)
        if self.record is not None and self.record.styles:
            style = style_symbol(self.record, style_of(primer.source))
            primer = replace(primer, style=style)
        return primer


def with_letters(settings: SampleSettings) -> SampleSettings:
    """Return settings with the form of a file in letters, where a file is named.

    So what was asked can be asked again without the file.

    Raises:
        MonodyError: If the file is not there, or has no melody.
    """
    if not settings.form_file:
        return settings
    melody = read_melody(Path(settings.form_file))
    if not len(melody):
        raise MonodyError(f"{settings.form_file!r} has no note: name another MIDI file")
    return settings.with_form(heard_form(melody))


def write_melodies(
    experiment: Experiment,
    writer: MelodyWriter,
    settings: SampleSettings,
    primer_of: Callable[[int, int], Primer | None],
    indices: Sequence[int],
    attempt: int = 0,
    *,
    guarded: bool = True,
    progress: Progress = no_progress,
) -> Generation:
    """Write melodies, those that fail again, and say what they were made from.

    Args:
        experiment: Whose model writes.
        writer: How it does.
        settings: What is asked, with a seed.
        primer_of: What a melody continues, by its index and its attempt.
        indices: Which melodies of the seed's.
        attempt: The first attempt at each.
        guarded: Whether what has collapsed, or is not in its form, is tried again.
        progress: Called now and then.
    """
    known = known_melodies(experiment)
    attempts = RejectionSampler(writer, settings, primer_of, known, attempt, guarded)
    generated, first_tries = attempts.run(indices, progress)
    return Generation(
        generated=tuple(generated),
        settings=settings,
        first_tries=first_tries,
        tries=len(generated),
        usual=known.usual if known else None,
        made_from=_made_from(experiment),
        folder=experiment.generated,
    )


def _made_from(experiment: Experiment) -> MadeFrom:
    """Say which model melodies were made with."""
    model = experiment.load()
    return MadeFrom(experiment.model_name, model.fingerprint, model.data_fingerprint)


def _best(
    generated: Sequence[GeneratedMelody], settings: SampleSettings
) -> Sequence[GeneratedMelody]:
    """Keep the best, if more were made than are wanted."""
    if settings.best_of is None:
        return generated
    ranked = sorted(generated, key=lambda one: (one.failure is not None, one.score))
    return ranked[: settings.num_files]
