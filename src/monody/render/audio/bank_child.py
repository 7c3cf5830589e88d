"""The child process that plays a sound bank: ``python -m ...bank_child MEMORY``.

The library that plays is written in Rust. Where a damaged bank asks for more memory
than there is, it ends the process it is in; one that it gets lost in would never come
back. So it works here, with limits, and its end costs one melody (``bank_player``).

It says ``ready``. Then each request is a line of JSON, and bytes after it:

- ``{"bank": size}``: a sound bank, which is kept; there is no answer.
- ``{"midi": size, "seconds": most}``: a melody to play, and the processor time that it
  may take. The answer is ``{"wave": size}`` and a WAV file, or ``{"failed": reason}``.
"""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

from monody.child_start import allow_cpu_seconds
from monody.memory import keep_within

READY = b"ready\n"


def main() -> None:
    """Answer on standard output until standard input ends."""
    import midirenderer

    answers, requests = sys.stdout.buffer, sys.stdin.buffer
    keep_within(int(sys.argv[1]))
    answers.write(READY)
    answers.flush()
    bank = b""
    for line in requests:
        asked = json.loads(line)
        if "bank" in asked:
            bank = b""  # two would not fit
            bank = requests.read(asked["bank"])
            continue
        allow_cpu_seconds(asked["seconds"])
        midi = requests.read(asked["midi"])
        try:
            wave = midirenderer.render_wave_from(bank, midi)
        except BaseException as error:  # Rust's panic is no Exception
            _send(answers, {"failed": str(error)})
        else:
            _send(answers, {"wave": len(wave)}, wave)


def _send(answers: BinaryIO, header: dict[str, object], data: bytes = b"") -> None:
    answers.write(json.dumps(header).encode() + b"\n")
    answers.write(data)
    answers.flush()


if __name__ == "__main__":
    main()
