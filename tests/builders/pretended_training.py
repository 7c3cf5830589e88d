"""A process that pretends to train, in the way that the name of its model says."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import monody
from monody.studio.heard import heard_path
from monody.studio.training_child import FAILED, Order

MELODY = monody.Melody.from_notes([(60, 0, 24), (64, 24, 24), (67, 48, 48)])


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do what the name of the model says."""
    order = Order.from_line(sys.stdin.buffer.readline())
    _say(stage="preparing")
    path = heard_path(Path(order.experiment), 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(monody.midi_bytes(MELODY))
    _say(heard=1, label="new")
    _say(epoch=1, share=0.5, pace=2.0)
    if order.name == "waits":
        sys.stdin.buffer.readline()
    if order.name == "fails":
        _say(failed="the disk is full")
        sys.exit(FAILED)
    if order.name == "dies":
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    _say(over=order.name != "waits")


if __name__ == "__main__":
    main()
