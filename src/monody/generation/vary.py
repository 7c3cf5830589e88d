"""Making a melody again, or something like it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError, SettingError
from monody.experiments.base import open_experiment
from monody.experiments.experiment import Experiment
from monody.experiments.experiment_files import EXPERIMENTS
from monody.experiments.made_with import find_made_with
from monody.generation.collapse import collapse_of
from monody.generation.constraints.own_rules import NoteRule, name_of
from monody.generation.generate import Generation, with_letters, write_melodies
from monody.generation.primers import fitted
from monody.generation.provenance import Provenance, read_provenance
from monody.generation.rewrite import Rewrite, Rewriter, RewriteRecord
from monody.generation.saved_melody import MAX_NOTES, MAX_TICKS, is_too_long
from monody.generation.variants import AGAIN, variant_of, what_was_done
from monody.generation.workers import MelodyWriter
from monody.generation.writer import Writer
from monody.music.general_midi import program_of
from monody.music.melody import Melody
from monody.music.meter import COMMON_TIME
from monody.settings.sampling import SampleSettings
from monody.settings.training import BASE
from monody.translation import marked

PathLike = str | os.PathLike[str]
OF_A_RUN = frozenset(("best_of", "prime_bars"))  # not of one melody
# Settings that a rewrite would not heed: the melody has its own.
NOT_OF_REWRITES = frozenset(
    ("bars", "file_length", "free", "free_at_least", "form", "meter", "bpm", "density",
     "start", "prime_bars", "with_primer", "best_of", "midi_instrument")
)  # fmt: skip

TOLD_IN_WORDS = frozenset(("meter", "key", "range", "durations", "density"))


def again(
    path: PathLike,
    experiment_dir: PathLike | Experiment | None = None,
    rules: Sequence[NoteRule] = (),
) -> Generation:
    """Make a generated melody again: the same bytes, on the same machine.

    Args:
        path: A file that monody wrote.
        experiment_dir: Where its model is, or its experiment, open already; by default
            it is looked for in ``experiments/`` and beside the file.
        rules: Of your own that it was made with; a file keeps no more than their names.

    Returns:
        The melody. By default it is saved beside the file, as ``1-again.mid``.

    Raises:
        MonodyError: If the file does not say how it was made, or its model is not
            found.

    Example:
        >>> import monody
        >>> settings = monody.SampleSettings(num_files=1, bars=4, seed=7)
        >>> generation = monody.generate(monody.Experiment("experiments/01"), settings)
        >>> [path] = generation.save("sketches")
        >>> monody.again(path).melodies == generation.melodies
        True
    """
    provenance = read_provenance(Path(path))
    names = tuple(map(name_of, rules))
    if names != provenance.rules:
        raise MonodyError(
            f"rules must be those of a program's own that {str(path)!r} was made with "
            f"({_named(provenance.rules)}), not {_named(names)}: give them to "
            "monody.again in Python"
        )
    experiment = _experiment_of(provenance, Path(path), experiment_dir)
    model = experiment.load()
    if model.fingerprint != provenance.model:
        raise MonodyError(
            f"{str(experiment.model_path)!r} is not the model that {str(path)!r} was "
            "made with: name that one with --experiment_dir"
        )
    writer: MelodyWriter = Writer(model, provenance.settings, rules)
    if provenance.rewrite is not None:
        writer = Rewriter(model, provenance.settings, provenance.rewrite)
    made = write_melodies(
        experiment, writer, provenance.settings, lambda *_: provenance.primer,
        [provenance.index], provenance.attempt, guarded=False,
    )  # fmt: skip
    # What the model was called is part of the provenance, and so of the bytes.
    made_from = replace(made.made_from, model=provenance.model_path)
    made = replace(made, made_from=made_from, rewrite=provenance.rewrite, rules=names)
    return _beside(made, Path(path), AGAIN)


def vary(
    path: PathLike,
    changes: dict[str, Any] | None = None,
    how: Rewrite | None = None,
    experiment_dir: PathLike | Experiment | None = None,
) -> Generation:
    """Make something like a melody.

    Args:
        path: A file that monody wrote; to rewrite, any MIDI file.
        changes: Settings that change. Without a rewrite all else stays: the seed, too,
            unless it is named here.
        how: What to keep; the model writes the rest, ``num_files`` times (once by
            default), from a new seed unless it is named.
        experiment_dir: The model, or its experiment, open already; by default the one
            that the file was made with, if it is in ``experiments/`` or beside the
            file; for a rewrite else the most recent one.

    Returns:
        The melodies. By default they are saved beside the file, under names that say
        what was done: ``1-temperature-0.8.mid``, ``1-keep-rhythm.mid``.

    Raises:
        MonodyError: If the file does not say how it was made, its model is not
            found, or no melody can be all that is asked for.

    Example:
        >>> import monody
        >>> new_pitches = monody.Rewrite(keep="rhythm")
        >>> varied = monody.vary("data/midi/tune-001.mid", how=new_pitches)
        >>> len(varied.melodies)
        1
    """
    changes = dict(changes or {})
    require_changes(changes, how)
    if how is None:
        return _changed(Path(path), changes, experiment_dir)
    done = what_was_done(changes, how)
    if how.to_key is not None:
        changes.setdefault("key", how.to_key)  # of notes that are new, too
    try:
        provenance = read_provenance(Path(path))
        if how.from_key is None:
            how = replace(how, from_key=provenance.settings.key)
        experiment = _experiment_of(provenance, Path(path), experiment_dir)
    except MonodyError:
        experiment = open_experiment(experiment_dir)
    settings = SampleSettings(**{"num_files": 1, **changes}).with_seed()
    melody = read_melody(Path(path))
    if is_too_long(melody):
        raise MonodyError(
            f"{str(path)!r} is too long to rewrite: expected a melody of at most "
            f"{MAX_NOTES:,} notes and {MAX_TICKS // COMMON_TIME.bar_ticks:,} bars of "
            "4/4; cut it first"
        )
    rewrite = RewriteRecord(how, melody)
    made = write_melodies(
        experiment,
        Rewriter(experiment.load(), settings, rewrite),
        settings,
        lambda *_: None,
        list(range(settings.num_files)),
        guarded=collapse_of(melody) is None,
    )
    return _beside(replace(made, rewrite=rewrite), Path(path), done, melody)


def require_changes(changes: Mapping[str, Any], how: Rewrite | None = None) -> None:
    """Refuse changes that no melody can have, before one is read.

    Args:
        changes: Settings that change.
        how: What to keep, if it is a rewrite.

    Raises:
        MonodyError: If nothing is to change, a setting is out of range, or it is none
            of one melody or of a rewrite.

    Example:
        >>> from monody.generation.vary import require_changes
        >>> require_changes({"temperature": 11.0})
        Traceback (most recent call last):
        ...
        monody.errors.SettingError: temperature must be from 0 to 10, not 11.0
    """
    if how is not None:
        for name in sorted(NOT_OF_REWRITES.intersection(changes)):
            raise SettingError(
                f"{name} is for melodies that are written whole: leave it out of a "
                "rewrite"
            )
        SampleSettings(**{"num_files": 1, **changes})
        return
    for name in sorted(OF_A_RUN.intersection(changes)):
        raise SettingError(f"{name} is for `monody sample`, not for one melody")
    if changes.get("num_files", 1) != 1:
        raise SettingError(
            "num_files must be 1 where a setting changes, not "
            f"{changes['num_files']}: the same seed writes one melody"
        )
    if not changes:
        raise MonodyError(
            "nothing is to change: name a setting, such as --temperature 0.8, or what "
            "to keep, such as --keep rhythm; `monody again` makes the same"
        )
    SampleSettings.require_in_range(changes)
    # Each of these says what it is alone; lengths and forms need the others.
    alone = {name: changes[name] for name in TOLD_IN_WORDS & changes.keys()}
    SampleSettings(**alone)
    if "midi_instrument" in changes:
        program_of(changes["midi_instrument"])


def _changed(
    path: Path, changes: dict[str, Any], experiment_dir: PathLike | Experiment | None
) -> Generation:
    """Write a generated melody with some settings changed."""
    provenance = read_provenance(path)
    if provenance.rewrite is not None:
        raise MonodyError(
            f"{str(path)!r} is a rewrite: name what to keep (--keep, --replace, "
            "--to_meter, --to_key), or vary the file that it was made of"
        )
    if provenance.rules:
        raise MonodyError(
            f"{str(path)!r} was made with rules of a program's own, which it does not "
            f"hold ({_named(provenance.rules)}): write another with monody.generate in "
            "Python, or name what to keep, such as --keep rhythm"
        )
    if changes.get("form"):
        _settle_form(changes)
    done = what_was_done(changes)
    # One length takes the other's place, and an exact one that of the shortest.
    for name, other in (("bars", "file_length"), ("file_length", "bars")):
        if name in changes:
            changes.setdefault(other, None)
            if getattr(provenance.settings, name) is None:
                changes.setdefault("pickup", None)
    if changes.get("form"):
        for name, none in (("file_length", None), ("free", False), ("pickup", None)):
            changes.setdefault(name, none)
    elif changes.get("free") or changes.get("file_length"):
        changes.setdefault("form", None)
    if changes.get("free") is False:
        changes.setdefault("free_at_least", None)
    settings = replace(provenance.settings, **{**changes, "num_files": 1})
    experiment = _experiment_of(provenance, path, experiment_dir)
    primer = provenance.primer if settings.start != "nothing" else None
    if primer is not None:
        primer = fitted(primer, settings)
    made = write_melodies(
        experiment, Writer(experiment.load(), settings), settings,
        lambda *_: primer, [provenance.index], provenance.attempt,
    )  # fmt: skip
    return _beside(made, path, done)


def _named(rules: Sequence[str]) -> str:
    """Name rules."""
    return ", ".join(rules) or marked("none")


def _settle_form(changes: dict[str, Any]) -> None:
    """Write the form that is asked for in letters; with it may come a length."""
    asked = SampleSettings(form=changes["form"])
    settled = with_letters(asked)
    changes["form"] = settled.form
    sections = settled.named_form.sections if settled.named_form else ()
    if asked.form_file or all(section.bars for section in sections):
        changes.setdefault("bars", settled.bars)


def _beside(
    made: Generation, source: Path, done: str, melody: Melody | None = None
) -> Generation:
    """Let what was made of a file be saved beside it, by what was done.

    Args:
        made: The melodies.
        source: The file.
        done: What was done to it.
        melody: Its melody, if it was read; else it is read if it can be.
    """
    with contextlib.suppress(MonodyError):  # an edited file may have no note left
        melody = melody or read_melody(source) or None
    variant = variant_of(source, done, melody)
    return replace(made, folder=source.parent, variant=variant)


def _experiment_of(
    provenance: Provenance,
    file: Path,
    experiment_dir: PathLike | Experiment | None,
) -> Experiment:
    """Open the model that was named, or find the one that a file was made with.

    Raises:
        MonodyError: If it is not found.
    """
    if experiment_dir is not None:
        return open_experiment(experiment_dir)
    found = find_made_with(provenance.model, provenance.model_path, file)
    if found is None and provenance.model_path == BASE:
        raise MonodyError(
            f"{BASE!r} is not the model that {str(file)!r} was made with: install the "
            "version of monody that brought it, or name a model with --experiment_dir"
        )
    if found is None:
        raise MonodyError(
            f"the model that {str(file)!r} was made with is no longer where it was: it "
            f"is neither in {str(EXPERIMENTS)!r} nor beside the file; name it with "
            "--experiment_dir"
        )
    return found
