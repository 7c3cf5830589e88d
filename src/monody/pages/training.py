"""The page of a training: curves, scorecard, corpus, and melodies of a few epochs.

It is made from the files of the experiment, so it can be written again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from monody.corpus.histograms import histograms
from monody.corpus.wording import captions, counted
from monody.errors import printable
from monody.evaluation.evaluate import evaluate
from monody.evaluation.wording import ModelRow, about, meaning, rows_of, titles_of
from monody.experiments.experiment import Experiment
from monody.generation.generate import generate
from monody.generation.save import remove_outputs
from monody.music.melody_store import MelodyStore
from monody.pages.melodies import Shown
from monody.pages.page import charts_of, require_own, write_html
from monody.pages.player import Card, CardMaker
from monody.progress import Progress
from monody.render.curves import Curves, curves_svg
from monody.settings.sampling import SampleSettings
from monody.translation import gettext as _
from monody.translation import marked

MELODIES, BARS = 3, 8  # of each epoch that is heard
SIDES = marked(("train", "validation", "test"))


def write_training_page(
    experiment: Experiment,
    sound_bank: Path | None = None,
    progress: Progress | None = None,
) -> Shown:
    """Write ``index.html`` into an experiment, and ``samples/`` that it plays.

    The melodies are written with the seed of the training by the weights of the first
    epoch, of one in the middle and of the best, each time from the same primers.

    Args:
        experiment: A trained experiment, with its records.
        sound_bank: A ``.sf2`` file that plays; by default monody's own sound.
        progress: Called after each step.

    Returns:
        The page.

    Raises:
        MonodyError: If the experiment is not whole or in training just now, the sound
            bank cannot be played, or there is a page of another program.
    """
    require_own(experiment.page_path, "training")
    with experiment.alone():  # no training replaces what is shown
        return _write_page(experiment, sound_bank, progress)


def _write_page(
    experiment: Experiment, sound_bank: Path | None, progress: Progress | None
) -> Shown:
    heard = epochs_to_hear(experiment)
    steps = 1 + len(heard) * (1 + MELODIES)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, steps)

    if progress:
        progress(0, steps)
    context = _context(experiment)
    step()
    for name in ("epoch-*/", f"{experiment.model_path.stem}/"):
        for folder in experiment.samples.glob(name):
            remove_outputs(folder)  # of an earlier page
    maker = CardMaker(experiment.folder, sound_bank)
    cards = [(title, list(_cards(model, maker, step))) for title, model in heard]
    context |= {"heard": cards, "left_out": maker.left_out}
    write_html("training.html", context, experiment.page_path)
    return Shown(experiment.page_path, tuple(maker.left_out))


def epochs_to_hear(experiment: Experiment) -> list[tuple[str, Experiment]]:
    """Choose the epochs whose melodies the page plays: best, middle and first.

    Args:
        experiment: A trained experiment.

    Returns:
        For each epoch its heading, and an experiment that loads its weights. The first
        and the middle epoch are left out unless they come before the best one.

    Example:
        >>> from monody.pages.training import epochs_to_hear
        >>> from monody.experiments.experiment import Experiment
        >>> [title for title, _ in epochs_to_hear(Experiment("experiments/01"))]
        ['Best: epoch 2', 'Epoch 1']
    """
    best = _best_epoch(experiment)
    if best is None:
        return [(_("The base alone: no epoch was better"), experiment)]
    chosen = [(_("Best: epoch {epoch}").format(epoch=best), experiment)]
    kept = [epoch for epoch in range(1, best) if experiment.epoch_path(epoch).is_file()]
    middle = min(kept[1:], key=lambda epoch: abs(2 * epoch - best), default=None)
    if middle is not None:
        title = _("Epoch {epoch}").format(epoch=middle)
        chosen.append((title, _at_epoch(experiment, middle)))
    if kept:
        title = _("Epoch {epoch}").format(epoch=kept[0])
        chosen.append((title, _at_epoch(experiment, kept[0])))
    return chosen


def _at_epoch(experiment: Experiment, epoch: int) -> Experiment:
    return Experiment(experiment.epoch_path(epoch))


def _best_epoch(experiment: Experiment) -> int | None:
    """Return the epoch whose weights were kept, if any was better than the base."""
    best = [int(row["epoch"]) for row in experiment.history() if row["best"]]
    return best[-1] if best else None


def _context(experiment: Experiment) -> dict[str, object]:
    """Gather everything that the page shows besides the cards."""
    record = experiment.record()
    history = experiment.history()
    curves = Curves(
        train=[row["bits_per_note"] for row in history],
        held_out=[
            row["val_bits_per_note"] for row in history if "val_bits_per_note" in row
        ],
        best=_best_epoch(experiment),
    )
    sides = {side: experiment.side(side) for side in SIDES}
    melodies = _all(sides)
    keys_estimated = int((melodies.info["key"] < 0).sum())
    named = Path(record.data_dir or experiment.folder).name
    return {
        "title": _("Training on {folder}").format(folder=printable(named)),
        "about": list(_about(experiment, sides)),
        "curves": curves_svg(curves, _("Learning curves")) if history else "",
        "curves_said": curves.said if history else "",
        "charts": charts_of(histograms(melodies)),
        "captions": captions(len(melodies), keys_estimated),
        "scorecard": _scorecard(experiment) if len(sides["test"]) else None,
    }


def _all(sides: dict[str, MelodyStore]) -> MelodyStore:
    """Put the melodies of all sides into one store."""
    first, *others = sides.values()
    for other in others:
        first = first.beside(other)
    return first


def _about(experiment: Experiment, sides: dict[str, MelodyStore]) -> Iterator[str]:
    """Describe the melodies and the model in a few lines."""
    record = experiment.record()
    model, training = record.model, record.training
    note = experiment.message()
    if note is not None:
        yield printable(note.strip())
    counts = ", ".join(f"{len(melodies)} {_(side)}" for side, melodies in sides.items())
    notes = counted(sum(len(melodies.notes) for melodies in sides.values()), "note")
    yield _("Melodies: {counts} ({notes}); none of one tune on two sides.").format(
        counts=counts, notes=notes
    )
    base = _("learnt from nothing")
    if training.fine_tunes:
        base = _("fine-tuned from a base")
    yield _(
        "Model: {layers} LSTM layers of {size}, encoding {encoding}, {base}; seed "
        "{seed}."
    ).format(
        layers=model.num_layers,
        size=model.rnn_size,
        encoding=model.encoding,
        base=base,
        seed=training.seed,
    )


class ScorecardText(NamedTuple):
    """A scorecard in words, as ``templates/training.html`` shows it."""

    about: list[str]
    titles: list[str]
    rows: list[ModelRow]
    meaning: str


def _scorecard(experiment: Experiment) -> ScorecardText:
    """Judge the network on the test melodies, beside the references."""
    card = evaluate(experiment, from_nothing=False)
    lines = list(about(card))[1:]
    return ScorecardText(lines, titles_of(card), rows_of(card), meaning(card))


def _cards(
    model: Experiment, maker: CardMaker, step: Callable[[], None]
) -> Iterator[Card]:
    """Let a model write melodies, and render them."""
    seed = model.record().training.seed
    settings = SampleSettings(num_files=MELODIES, bars=BARS, seed=seed)
    generation = generate(model, settings)
    folder = model.samples / model.model_path.stem
    paths = generation.save(folder)
    step()
    for number, (path, melody, one) in enumerate(
        zip(paths, generation.melodies, generation.generated, strict=True), 1
    ):
        name = _("Melody {number}").format(number=number)
        yield maker.card(name, melody, one, path, generation)
        step()
