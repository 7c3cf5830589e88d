"""The trainings that are known: their records, their facts, what was heard of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from monody.errors import MonodyError
from monody.saved.damage import DamagedError
from monody.sentences import translated
from monody.studio.bin import Bin
from monody.studio.cards import CardLibrary
from monody.studio.events import Changes
from monody.studio.folder import StudioFolder, is_id
from monody.studio.heard import heard_epochs, heard_path
from monody.studio.records import SavedRecords
from monody.studio.saved_card import HEARD
from monody.studio.saved_training import QUEUED, RUNNING, Training, read_training
from monody.studio.training_progress import Moment, TrainingFacts
from monody.studio.words import _


class TrainingPaths(NamedTuple):
    """Where a training lies."""

    facts: Path
    log: Path
    experiment: Path


class TrainingLibrary:
    """The trainings of a studio.

    Args:
        folder: Of the studio; it is made.
        changes: Told of every change.
        cards: Where the melodies go that are heard on the way.
    """

    def __init__(
        self, folder: StudioFolder, changes: Changes, cards: CardLibrary
    ) -> None:
        self._folder, self._changes, self._cards = folder, changes, cards
        self._deleted = Bin(folder.deleted / "trainings")
        self.lock = threading.RLock()  # of who reads a training to change it
        self._facts: dict[str, TrainingFacts] = {}
        self._trainings = SavedRecords(
            lambda name: folder.trainings / f"{name}.json",
            read_training,
            lambda: _("There is no such training any more: reload the page."),
        )
        self._trainings.load(path.stem for path in folder.trainings.glob("*.json"))
        for gone in self._deleted.over():
            # Of one that is damaged, what it has let hear stays.
            with suppress(MonodyError, DamagedError, OSError):
                facts = read_training(gone / f"{gone.name}.json")
                cards.remove(facts.heard.values())

    @property
    def problems(self) -> list[str]:
        """A line for each file that is no training, or could not be written."""
        return self._trainings.problems

    def listed(self) -> list[Training]:
        """Return the trainings, the newest first."""
        return self._trainings.listed()

    def get(self, training_id: str) -> Training:
        """Return a training.

        Raises:
            UnknownError: If there is none.
        """
        return self._trainings.get(training_id)

    def paths(self, training_id: str) -> TrainingPaths:
        """Return where a training lies, whether it is there or not."""
        facts = self._folder.trainings / f"{training_id}.json"
        experiment = self._folder.models / training_id
        return TrainingPaths(facts, facts.with_suffix(".log"), experiment)

    def keep(self, one: Training) -> Training:
        """Write down what is known of a training, and tell of it."""
        self._trainings.keep(one)
        self._changes.tell(trainings=[one.id])
        return one

    def remember(self, one: Training) -> None:
        """Take in what is known of a training, which is not written down yet."""
        self._trainings.remember(one)

    def delete(self, training_id: str) -> None:
        """Move a training away with its model; ``restore`` brings it back.

        Raises:
            UnknownError: If there is neither: a model may be all that is left.
        """
        with self.lock:
            paths = self.paths(training_id)
            if not (is_id(training_id) and paths.experiment.is_dir()):
                self.get(training_id)
            self._deleted.put(training_id, paths)
            self._trainings.forget(training_id)
            self.read_again(training_id)
        self._changes.tell(trainings=[training_id], models=[training_id])

    def restore(self, training_id: str) -> Training | None:
        """Bring a training back that was deleted, with its model.

        Returns:
            The training; ``None`` where its model is all that is left.

        Raises:
            UnknownError: If none was.
        """
        with self.lock:
            paths = self.paths(training_id)
            if not self._deleted.take_out(training_id, paths):
                self.get(training_id)
            with suppress(MonodyError, DamagedError, OSError):  # its model is all
                self._trainings.remember(read_training(paths.facts))
        self._changes.tell(trainings=[training_id], models=[training_id])
        return self._trainings.find(training_id)

    def deleted(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the name of what can be had back, the last deleted first."""
        for gone in self._deleted.listed():
            try:
                name = read_training(gone / f"{gone.name}.json").collection_name
            except (MonodyError, DamagedError, OSError):  # its model is all
                name = _("A model without a name")
            yield gone.name, name

    def one_json(self, training_id: str, running: Moment) -> dict[str, Any]:
        """Return a training, as the page gets it.

        Args:
            training_id: Which.
            running: Where the training is that runs.
        """
        one = self.get(training_id)
        facts = self._facts_of(one.id)
        runs = one.state == RUNNING
        moment = running if runs else Moment()
        at_work = runs or one.state == QUEUED
        return {
            **{name: getattr(one, name) for name in ("id", "collection", "state")},
            "collection_name": one.collection_name,
            "created": one.created,
            "message": translated(one.message),
            "stage": moment.stage if runs else None,
            "chosen": facts.chosen,
            "epoch": len(facts.curve),
            "epochs": facts.epochs,
            "share": moment.share,
            "seconds_left": moment.seconds_left(facts) if runs else None,
            "curve": facts.curve,
            "best_epoch": facts.best_epoch,
            "model": one.id if facts.has_model and not at_work else None,
            "heard": [card for _epoch, card in sorted(one.heard.items())],
            "heard_epochs": sorted(one.heard),
        }

    def read_again(self, training_id: str) -> None:
        """Read what the experiment of a training says when it is asked for next."""
        self._facts.pop(training_id, None)

    def state(self, training_id: str) -> str | None:
        """Return the state of a training; ``None`` if it was deleted."""
        one = self._trainings.find(training_id)
        return one.state if one else None

    def hear_all(self, training_id: str) -> None:
        """Make cards of all melodies that a training has written by now."""
        for epoch in heard_epochs(self.paths(training_id).experiment):
            self.hear(training_id, epoch)

    def hear(self, training_id: str, epoch: int, label: str = "") -> None:
        """Make a card of the melody of an epoch, unless there is one."""
        one = self._trainings.find(training_id)
        if one is None or epoch in one.heard:
            return
        path = heard_path(self.paths(training_id).experiment, epoch)
        after = _("After pass {epoch}").format(epoch=epoch)
        name = after if epoch else _("Before training")
        card = self._cards.add(
            path.read_bytes(), kind=HEARD, name=name, model=training_id, label=label
        )
        with self.lock:  # what was asked for meanwhile counts
            one = self._trainings.find(training_id)
            if one is None:
                self._cards.remove([card.id])
                return
            self.keep(replace(one, heard={**one.heard, epoch: card.id}))

    def _facts_of(self, training_id: str) -> TrainingFacts:
        """Return what the experiment of a training says, read when it has changed."""
        facts = self._facts.get(training_id)
        if facts is None:
            facts = TrainingFacts.of(self.paths(training_id).experiment)
            if facts.epochs:
                self._facts[training_id] = facts
        return facts
