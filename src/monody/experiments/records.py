"""What is written down about a training before it starts."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from itertools import chain

from monody.clock import now
from monody.corpus.corpus import Corpus
from monody.corpus.public_domain import style_of
from monody.corpus.split import Split
from monody.errors import MonodyError
from monody.experiments.corpus_style import corpus_style
from monody.experiments.experiment import Experiment
from monody.files import last_names, list_json, write_pieces, write_text
from monody.models.encoded_set import MelodySet
from monody.models.record import MelodyCounts, RunRecord
from monody.models.saved_model import TrainedModel
from monody.music.melody_store import MelodyStore
from monody.settings.model import ModelSettings
from monody.settings.training import TrainSettings


def make_record(
    corpus: Corpus,
    split: Split,
    train: MelodySet,
    model: ModelSettings,
    training: TrainSettings,
    base: TrainedModel | None = None,
    styles: Sequence[str] = (),
) -> RunRecord:
    """Gather what is known of a training before it starts.

    Args:
        corpus: All melodies.
        split: Which of them are trained on.
        train: Those, encoded.
        model: What the network looks like.
        training: How it is trained.
        base: What it is fine-tuned from.
        styles: The styles that it is told, if there are several.
    """
    melodies = corpus.melodies
    symbols = style_symbols(melodies, styles) if styles else None
    return RunRecord(
        reading=corpus.settings,
        model=model,
        training=training,
        base_sha256=base.fingerprint if base else None,
        data_fingerprint=melodies.fingerprint(),
        melodies=MelodyCounts(
            train=len(split.train),
            validation=len(split.validation),
            test=len(split.test),
        ),
        style=corpus_style(melodies, train, model.encoding, symbols, split.train),
        versions=versions(),
        styles=tuple(styles),
        started=now(),
        data_dir=last_names(corpus.root),
    )


def style_symbols(melodies: MelodyStore, styles: Sequence[str]) -> list[int]:
    """Return the symbol of the style of each melody, from the name of its file.

    Args:
        melodies: Of the collections of ``corpus.public_domain``.
        styles: The names of the styles, in the order of their symbols.

    Raises:
        MonodyError: If a melody is of none of these collections, or of a style that is
            not among these.
    """
    files = melodies.info["file"].tolist()
    symbols = {file: _style_symbol(melodies.sources[file], styles) for file in files}
    return [symbols[file] for file in files]


def _style_symbol(source: str, styles: Sequence[str]) -> int:
    style = style_of(source)
    if style not in styles:
        raise MonodyError(
            f"{source!r} is a {style}, which is not among the styles named "
            f"({', '.join(styles)}): name it, too, or leave the file out"
        )
    return 1 + styles.index(style)


def versions() -> dict[str, str]:
    """Return the versions, here and now, that a figure may depend on."""
    packages = ("monody", "keras", "jax", "numpy", "symusic")
    return {
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def write_records(
    experiment: Experiment,
    corpus: Corpus,
    split: Split,
    record: RunRecord,
    message: str | None,
) -> None:
    """Write down everything about a training that is known before it starts.

    Args:
        experiment: Where to.
        corpus: All melodies, and what became of every file.
        split: The sides of the melodies.
        record: What is known of the training.
        message: A note to self.
    """
    melodies = corpus.melodies
    verdicts = (verdict.to_json() for verdict in corpus.verdicts)
    experiment.write_record(record)  # first: it tells that the folder is an experiment
    write_pieces(experiment.split_path, _split_json(melodies, split))
    write_pieces(experiment.verdicts_path, chain(list_json(verdicts), "\n"))
    melodies.save(experiment.training_path, split.train)
    held_out = (*split.validation, *split.test)
    melodies.save(experiment.held_out_path, held_out)
    if message:
        write_text(experiment.message_path, message)


def _split_json(melodies: MelodyStore, split: Split) -> Iterator[str]:
    """Yield the names of the melodies on each side, as pieces of one JSON text."""
    separator = "{\n  "
    for side, indices in asdict(split).items():
        names = (_melody_name(melodies, index) for index in indices)
        yield f"{separator}{json.dumps(side)}: "
        yield from list_json(names)
        separator = ",\n  "
    yield "\n}\n"


def _melody_name(melodies: MelodyStore, index: int) -> dict[str, str | int]:
    info = melodies.info[index]
    return {
        "file": melodies.sources[info["file"]],
        "track": int(info["track"]),
        "piece": int(info["piece"]),
    }
