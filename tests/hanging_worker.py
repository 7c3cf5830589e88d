"""A reading process that misbehaves as the name of the file asks."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from monody.melody_store import MelodyStore


def main() -> None:
    answers = sys.stdout.buffer
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        name = Path(json.loads(line)).name
        if name.startswith("kills"):
            os._exit(11)
        if name.startswith("hangs"):
            time.sleep(600)
        if name.startswith("garbles"):
            answers.write(b"not an answer\n")
            answers.flush()
            continue
        store = MelodyStore.of([])
        header = {
            "left_out": f"read {name}",
            "repairs": [],
            "counts": [0, 0, len(store)],
        }
        answers.write(json.dumps(header).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
