"""A player of sound banks that ends as the bank asks, instead of playing it."""

from __future__ import annotations

import json
import os
import signal
import sys
import time

from monody.render.audio.bank_child import READY


def main() -> None:
    answers, requests = sys.stdout.buffer, sys.stdin.buffer
    answers.write(READY)
    answers.flush()
    how = ""
    for line in requests:
        asked = json.loads(line)
        if "bank" in asked:
            how = requests.read(asked["bank"]).decode().removeprefix("RIFF")
            continue
        requests.read(asked["midi"])
        if how.startswith("SIG"):
            os.kill(os.getpid(), getattr(signal, how))
        if how == "hangs":
            time.sleep(600)
        if how == "grows":
            held = [b"x" * 2**20 for _ in range(2_000)]
            time.sleep(600)
            held.clear()
        answers.write(how.encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
