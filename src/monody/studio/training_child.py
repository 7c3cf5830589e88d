"""The process that trains, one for each training: it begins, or goes on.

Its parent (``trainings``) writes an ``Order`` on its standard input, a JSON object in a
line; a second line, whatever it says, asks it to stop. It answers on standard output,
a JSON object a line: ``stage``, ``epoch`` or ``heard``, and ``over`` or ``failed`` as
its last word. Whatever libraries print goes into a log.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from io import RawIOBase
from typing import Any

import monody
from monody.ending import taking_signals
from monody.errors import MonodyError
from monody.files import told
from monody.studio import priority

FAILED = 2  # the exit status after an error that was told
SECONDS_TO_LEAVE = 10.0  # for a child of a server that was killed
READING, PREPARING = "reading", "preparing"
NOTHING = "There is no melody in this collection to learn from."


@dataclass(frozen=True)
class Order:
    """What is to be trained.

    Args:
        experiment: The folder of the training, begun or not.
        files: The folder of the collection.
        name: What the model is called.
        log: Where to write what libraries print.
        leave_out: Files that were left out by hand.
        tracks: The one line that was chosen of a file.
        training: ``TrainSettings`` that were named.
        network: ``ModelSettings`` that were named.
    """

    experiment: str
    files: str
    name: str
    log: str
    leave_out: tuple[str, ...] = ()
    tracks: dict[str, int] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    network: dict[str, Any] = field(default_factory=dict)

    def to_line(self) -> bytes:
        """Return the line that ``from_line`` reads."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Order:
        """Rebuild an order from its line."""
        return cls(**json.loads(line))


def main() -> None:
    """Train what is ordered, and end."""
    answers = os.fdopen(os.dup(1), "wb")
    # Unbuffered: a thread that waits for a buffer would hold up the end of the process.
    requests = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115
    order = Order.from_line(requests.readline())
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.dup2(log, 1)
    os.dup2(log, 2)
    priority.give_way()

    def say(what: dict[str, Any]) -> None:
        answers.write(json.dumps(what).encode() + b"\n")
        answers.flush()

    with taking_signals():
        threading.Thread(target=_listen, args=(requests,), daemon=True).start()
        try:
            carry_out(order, say)
            say({"over": monody.Experiment(order.experiment).is_over()})
        except KeyboardInterrupt:
            return  # its checkpoint says where it was
        except (MonodyError, OSError) as error:
            why = told(error) if isinstance(error, OSError) else str(error)
            say({"failed": why})
            sys.exit(FAILED)


def _listen(requests: RawIOBase) -> None:
    """Stop as Ctrl-C does, when the parent asks for it."""
    requests.readline()
    signal.raise_signal(signal.SIGINT)


def carry_out(order: Order, say: Callable[[dict[str, Any]], None]) -> None:
    """Train, or go on where a checkpoint is.

    Args:
        order: What is to be trained.
        say: Told how far it is.

    Raises:
        MonodyError: If the collection has no melody, or training fails.
        KeyboardInterrupt: If it was asked to stop.
    """
    experiment = monody.Experiment(order.experiment)
    _wait_until_idle(experiment)
    say({"stage": READING})
    corpus = None
    if not experiment.checkpoint_path.is_file():
        with suppress(FileNotFoundError):  # what was begun, but not trained
            shutil.rmtree(experiment.folder)
        corpus = monody.choose_files(
            monody.read_corpus(order.files),
            leave_out=order.leave_out,
            tracks=order.tracks,
        )
        if not len(corpus.used):
            raise MonodyError(NOTHING)
    say({"stage": PREPARING})

    from monody.studio.training_callbacks import LetHear, TellProgress

    callbacks = [TellProgress(say), LetHear(experiment, say)]
    if corpus is None:
        monody.resume(experiment.folder, callbacks=callbacks)
        return
    monody.train(
        corpus,
        monody.TrainSettings.from_json(order.training),
        model=monody.ModelSettings.from_json(order.network),
        experiment_dir=experiment.folder,
        message=order.name,
        callbacks=callbacks,
    )


def _wait_until_idle(experiment: monody.Experiment) -> None:
    """Wait until the child of a server that was killed has ended, too."""
    until = time.monotonic() + SECONDS_TO_LEAVE
    while True:
        try:
            return experiment.require_idle()
        except MonodyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    main()
