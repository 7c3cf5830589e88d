"""Trainings: one at a time, each in a process of its own, the others in a queue.

What is known of a training lies in ``trainings/ID.json``, the training itself in
``models/ID``, so nothing of it is lost when the page is closed or the server killed.
The process that trains ends with the server; the next one goes on where it was, as if
there had been no stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import monody
from monody.clock import now
from monody.ending import undo_at_end
from monody.errors import MonodyError
from monody.files import told
from monody.studio.collections import CollectionLibrary
from monody.studio.events import Changes
from monody.studio.folder import new_id
from monody.studio.saved_training import (
    DONE,
    FAILED,
    QUEUED,
    RUNNING,
    STOPPED,
    Training,
    check_settings,
)
from monody.studio.training_child import Order
from monody.studio.training_library import TrainingLibrary
from monody.studio.training_process import TrainingProcess
from monody.studio.training_progress import Moment
from monody.studio.words import _

CHILD = "monody.studio.training_child"


class TrainingQueue:
    """The trainings of a studio; ``start`` goes on where the last server stopped.

    Args:
        library: What is known of them.
        changes: Told of every change.
        collections: What is trained on.
    """

    def __init__(
        self,
        library: TrainingLibrary,
        changes: Changes,
        collections: CollectionLibrary,
    ) -> None:
        self._library, self._changes = library, changes
        self._collections = collections
        self._more = threading.Condition(library.lock)
        self._closed = False
        self._process = TrainingProcess(CHILD)
        self._moment = Moment()
        self._worker: threading.Thread | None = None
        self._take_back: Callable[[], None] = lambda: None

    @property
    def problems(self) -> list[str]:
        """A line for each file that is no training, or could not be written."""
        return self._library.problems

    def start(self) -> None:
        """Begin to work the queue off, first what was running when a server ended."""
        for one in self._library.listed():
            if one.state == RUNNING:
                self._library.keep(replace(one, state=QUEUED))
            self._library.hear_all(one.id)
        self._take_back = undo_at_end(self._end_child)
        self._worker = threading.Thread(target=self._work, daemon=True)
        self._worker.start()

    def close(self) -> None:
        """Stop; what was trained so far is kept, and goes on with the next server."""
        self._end_child()
        if self._worker is not None:
            self._worker.join()
        self._take_back()

    def at_work(self) -> set[str]:
        """Return the trainings whose models are not as they will be."""
        found = self._library.listed()
        return {one.id for one in found if one.state in (QUEUED, RUNNING)}

    def get(self, training_id: str) -> Training:
        """Return a training.

        Raises:
            UnknownError: If there is none.
        """
        return self._library.get(training_id)

    def to_json(self) -> list[dict[str, Any]]:
        """Return every training, as the page gets it: the newest first."""
        return [self.one_json(one.id) for one in self._library.listed()]

    def one_json(self, training_id: str) -> dict[str, Any]:
        """Return a training, as the page gets it."""
        return self._library.one_json(training_id, self._moment)

    def deleted(self) -> list[tuple[str, str]]:
        """Return the id and the name of what can be had back."""
        return [*self._library.deleted()]

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
        with self._library.lock:
            self._library.keep(one)
            self._more.notify_all()
        return one

    def stop(self, training_id: str) -> Training:
        """Stop a training; what it has learnt is kept, and it can go on."""
        with self._library.lock:
            one = self.get(training_id)
            if one.state not in (QUEUED, RUNNING):
                return one
            stopped = self._library.keep(replace(one, state=STOPPED))
        if one.state == RUNNING:
            self._process.stop()
        return stopped

    def go_on(self, training_id: str) -> Training:
        """Put a training that was stopped, or has failed, into the queue again.

        Raises:
            MonodyError: If it is over.
        """
        with self._library.lock:
            one = self.get(training_id)
            if one.state == DONE:
                raise MonodyError(
                    _("This training is over: train again to learn more.")
                )
            if one.state in (STOPPED, FAILED):
                one = self._library.keep(
                    replace(one, state=QUEUED, queued=now(), message="")
                )
                self._more.notify_all()
            return one

    def delete(self, training_id: str) -> None:
        """Move a training away with its model; ``restore`` brings it back.

        Raises:
            UnknownError: If there is neither: a model may be all that is left.
        """
        if self._library.state(training_id) is not None:
            self.stop(training_id)
        self._library.delete(training_id)

    def restore(self, training_id: str) -> Training | None:
        """Bring a training back that was deleted, with its model.

        Returns:
            The training; ``None`` where its model is all that is left.

        Raises:
            UnknownError: If none was.
        """
        return self._library.restore(training_id)

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
        with self._library.lock:
            while not self._closed:
                queue = [one for one in self._library.listed() if one.state == QUEUED]
                if queue:
                    first = min(queue, key=lambda one: (one.queued, one.id))
                    running = replace(first, state=RUNNING)
                    self._moment = Moment()
                    self._library.remember(running)
                    return running
                self._more.wait()
        return None

    def _train(self, one: Training) -> str:
        """Let a child train, and hear what it tells.

        Returns:
            Why it failed; empty if it did not.
        """
        with self._library.lock:
            if self._library.state(one.id) != RUNNING:
                return ""  # it was stopped at once
            self._library.keep(one)

        def goes_on() -> bool:
            return not self._closed and self._library.state(one.id) == RUNNING

        return self._process.run(self._order(one), goes_on, partial(self._note, one.id))

    def _order(self, one: Training) -> Order:
        """Say what a child is to do; a training that began needs no collection."""
        _facts, log, experiment = self._library.paths(one.id)
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
                self._library.read_again(training_id)
            self._moment = Moment("training", **what)
        elif "heard" in what:
            self._library.hear(training_id, what["heard"], what["label"])
        self._changes.tell(trainings=[training_id])

    def _finish(self, training_id: str, failure: str) -> None:
        """Note how a training ended, unless it was stopped, or goes on later."""
        self._library.hear_all(training_id)
        with self._library.lock:
            self._library.read_again(training_id)
            if self._library.state(training_id) == RUNNING and not self._closed:
                one = self._library.get(training_id)
                state = FAILED if failure else DONE
                self._library.keep(replace(one, state=state, message=failure))
        self._changes.tell(trainings=[training_id], models=[training_id])

    def _end_child(self) -> None:
        """Let nothing begin any more, and end what trains once it is written down."""
        with self._library.lock:
            self._closed = True
            self._more.notify_all()
        self._process.stop()
