"""Trainings: one at a time, each in a process of its own, the others in a queue.

What is known of a training lies in ``trainings/ID.json``, the training itself in
``models/ID``, so nothing of it is lost when the page is closed or the server killed.
The process that trains ends with the server; the next one goes on where it was, as if
there had been no stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import monody
from monody.ending import undo_at_end
from monody.errors import MonodyError
from monody.experiments.experiment import now
from monody.files import told
from monody.saved.damage import DamagedError
from monody.sentences import translated
from monody.studio.bin import Bin
from monody.studio.cards import HEARD, CardLibrary
from monody.studio.collections import CollectionLibrary
from monody.studio.events import Changes
from monody.studio.folder import StudioFolder, new_id
from monody.studio.heard import heard_epochs, heard_path
from monody.studio.records import SavedRecords
from monody.studio.saved_training import (
    DONE,
    FAILED,
    QUEUED,
    RUNNING,
    STOPPED,
    Training,
    check_settings,
    read_training,
)
from monody.studio.training_child import Order
from monody.studio.training_process import TrainingProcess
from monody.studio.training_progress import Moment, TrainingFacts
from monody.studio.words import _

CHILD = "monody.studio.training_child"


class TrainingQueue:
    """The trainings of a studio; ``start`` goes on where the last server stopped.

    Args:
        folder: Of the studio; it is made.
        changes: Told of every change.
        collections: What is trained on.
        cards: Where the melodies go that are heard on the way.
    """

    def __init__(
        self,
        folder: StudioFolder,
        changes: Changes,
        collections: CollectionLibrary,
        cards: CardLibrary,
    ) -> None:
        self._folder, self._changes = folder, changes
        self._collections, self._cards = collections, cards
        self._deleted = Bin(folder.deleted / "trainings")
        self._lock = threading.RLock()
        self._more = threading.Condition(self._lock)
        self._closed = False
        self._process = TrainingProcess(CHILD)
        self._moment = Moment()
        self._facts: dict[str, TrainingFacts] = {}
        self._worker: threading.Thread | None = None
        self._take_back: Callable[[], None] = lambda: None
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

    def start(self) -> None:
        """Begin to work the queue off, first what was running when a server ended."""
        for one in self.listed():
            if one.state == RUNNING:
                self._keep(replace(one, state=QUEUED))
            self._hear_all(one.id)
        self._take_back = undo_at_end(self._end_child)
        self._worker = threading.Thread(target=self._work, daemon=True)
        self._worker.start()

    def close(self) -> None:
        """Stop; what was trained so far is kept, and goes on with the next server."""
        self._end_child()
        if self._worker is not None:
            self._worker.join()
        self._take_back()

    def listed(self) -> list[Training]:
        """Return the trainings, the newest first."""
        return self._trainings.listed()

    def get(self, training_id: str) -> Training:
        """Return a training.

        Raises:
            UnknownError: If there is none.
        """
        return self._trainings.get(training_id)

    def at_work(self) -> set[str]:
        """Return the trainings whose models are not as they will be."""
        found = self.listed()
        return {one.id for one in found if one.state in (QUEUED, RUNNING)}

    def to_json(self) -> list[dict[str, Any]]:
        """Return every training, as the page gets it."""
        return [self.one_json(one.id) for one in self.listed()]

    def one_json(self, training_id: str) -> dict[str, Any]:
        """Return a training, as the page gets it."""
        one = self.get(training_id)
        facts = self._facts_of(one.id)
        runs = one.state == RUNNING
        moment = self._moment if runs else Moment()
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

    def add(
        self,
        collection_id: str,
        training: Mapping[str, Any] | None = None,
        network: Mapping[str, Any] | None = None,
    ) -> Training:
        """Put a training into the queue.

        Args:
            collection_id: What to learn from.
            training: Fields of ``TrainSettings``; by default all are chosen.
            network: Fields of ``ModelSettings``; likewise.

        Raises:
            MonodyError: If there is no such collection, or a setting is none.
        """
        training, network = dict(training or {}), dict(network or {})
        check_settings(training, network)
        name = self._collections.get(collection_id).name
        at = now()
        one = Training(
            new_id(), collection_id, name, at, at, training=training, network=network
        )
        with self._lock:
            self._keep(one)
            self._more.notify_all()
        return one

    def stop(self, training_id: str) -> Training:
        """Stop a training; what it has learnt is kept, and it can go on."""
        with self._lock:
            one = self.get(training_id)
            if one.state not in (QUEUED, RUNNING):
                return one
            stopped = self._keep(replace(one, state=STOPPED))
        if one.state == RUNNING:
            self._process.stop()
        return stopped

    def go_on(self, training_id: str) -> Training:
        """Put a training that was stopped, or has failed, into the queue again.

        Raises:
            MonodyError: If it is over.
        """
        with self._lock:
            one = self.get(training_id)
            if one.state == DONE:
                raise MonodyError(
                    _("This training is over: train again to learn more.")
                )
            if one.state in (STOPPED, FAILED):
                one = self._keep(replace(one, state=QUEUED, queued=now(), message=""))
                self._more.notify_all()
            return one

    def delete(self, training_id: str) -> None:
        """Move a training away with its model; ``restore`` brings it back."""
        self.stop(training_id)
        with self._lock:
            one = self.get(training_id)
            self._deleted.put(one.id, self._paths(one.id))
            self._trainings.forget(one.id)
            self._facts.pop(one.id, None)
        self._changes.tell(trainings=[one.id], models=[one.id])

    def restore(self, training_id: str) -> Training:
        """Bring a training back that was deleted.

        Raises:
            UnknownError: If none was.
        """
        with self._lock:
            paths = self._paths(training_id)
            if self._deleted.take_out(training_id, paths):
                self._trainings.remember(read_training(paths[0]))
        self._changes.tell(trainings=[training_id], models=[training_id])
        return self.get(training_id)

    def _paths(self, training_id: str) -> tuple[Path, Path, Path]:
        """Return the facts of a training, its log and its experiment."""
        facts = self._folder.trainings / f"{training_id}.json"
        return facts, facts.with_suffix(".log"), self._folder.models / training_id

    def _work(self) -> None:
        """Train what is in the queue, one after the other."""
        while (one := self._next()) is not None:
            try:
                failure = self._train(one)
            except (MonodyError, OSError) as error:
                failure = told(error) if isinstance(error, OSError) else str(error)
            try:
                self._finish(one.id, failure)
            except (
                MonodyError,
                OSError,
            ) as error:  # a full disk: it is known here only
                self.problems.append(f"{one.id}: {error}")

    def _next(self) -> Training | None:
        """Wait for a training in the queue; ``None`` once the server ends."""
        with self._lock:
            while not self._closed:
                queue = [one for one in self._trainings if one.state == QUEUED]
                if queue:
                    first = min(queue, key=lambda one: (one.queued, one.id))
                    running = replace(first, state=RUNNING)
                    self._moment = Moment()
                    self._trainings.remember(running)
                    return running
                self._more.wait()
        return None

    def _train(self, one: Training) -> str:
        """Let a child train, and hear what it tells.

        Returns:
            Why it failed; empty if it did not.
        """
        with self._lock:
            if self._state(one.id) != RUNNING:
                return ""  # it was stopped at once
            self._keep(one)

        def goes_on() -> bool:
            return not self._closed and self._state(one.id) == RUNNING

        return self._process.run(self._order(one), goes_on, partial(self._note, one.id))

    def _order(self, one: Training) -> Order:
        """Say what a child is to do; a training that began needs no collection."""
        _facts, log, experiment = self._paths(one.id)
        order = Order(
            experiment=str(experiment),
            files="",
            name=one.collection_name,
            log=str(log),
            training=dict(one.training),
            network=dict(one.network),
        )
        if monody.Experiment(experiment).checkpoint_path.is_file():
            return order
        collection = self._collections.get(one.collection)
        return replace(
            order,
            files=str(self._collections.files(one.collection)),
            leave_out=collection.left_out,
            tracks=dict(collection.lines),
        )

    def _note(self, training_id: str, what: Mapping[str, Any]) -> None:
        """Take in what a child tells, and tell the pages."""
        if "stage" in what:
            self._moment = replace(self._moment, stage=what["stage"])
        elif "epoch" in what:
            if not what["share"]:  # an epoch is over
                self._facts.pop(training_id, None)
            self._moment = Moment("training", **what)
        elif "heard" in what:
            self._hear(training_id, what["heard"], what["label"])
        self._changes.tell(trainings=[training_id])

    def _finish(self, training_id: str, failure: str) -> None:
        """Note how a training ended, unless it was stopped, or goes on later."""
        self._hear_all(training_id)
        with self._lock:
            self._facts.pop(training_id, None)
            if self._state(training_id) == RUNNING and not self._closed:
                one = self._trainings.get(training_id)
                state = FAILED if failure else DONE
                self._keep(replace(one, state=state, message=failure))
        self._changes.tell(trainings=[training_id], models=[training_id])

    def _state(self, training_id: str) -> str | None:
        """Return the state of a training; ``None`` if it was deleted."""
        one = self._trainings.find(training_id)
        return one.state if one else None

    def _hear_all(self, training_id: str) -> None:
        """Make cards of all melodies that a training has written by now."""
        for epoch in heard_epochs(self._folder.models / training_id):
            self._hear(training_id, epoch)

    def _hear(self, training_id: str, epoch: int, label: str = "") -> None:
        """Make a card of the melody of an epoch, unless there is one."""
        one = self._trainings.find(training_id)
        if one is None or epoch in one.heard:
            return
        path = heard_path(self._folder.models / training_id, epoch)
        name = _("Epoch {epoch}").format(epoch=epoch) if epoch else _("Before training")
        card = self._cards.add(
            path.read_bytes(), kind=HEARD, name=name, model=training_id, label=label
        )
        with self._lock:  # what was asked for meanwhile counts
            one = self._trainings.find(training_id)
            if one is None:
                self._cards.remove([card.id])
                return
            self._keep(replace(one, heard={**one.heard, epoch: card.id}))

    def _facts_of(self, training_id: str) -> TrainingFacts:
        """Return what the experiment of a training says, read when it has changed."""
        facts = self._facts.get(training_id)
        if facts is None:
            facts = TrainingFacts.of(self._folder.models / training_id)
            if facts.epochs:
                self._facts[training_id] = facts
        return facts

    def _end_child(self) -> None:
        """Let nothing begin any more, and end what trains once it is written down."""
        with self._lock:
            self._closed = True
            self._more.notify_all()
        self._process.stop()

    def _keep(self, one: Training) -> Training:
        """Write down what is known of a training, and tell of it."""
        self._trainings.keep(one)
        self._changes.tell(trainings=[one.id])
        return one
