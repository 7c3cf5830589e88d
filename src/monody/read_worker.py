"""The child process that opens MIDI files: ``python -m monody.read_worker SETTINGS``.

It says ``ready``. Then a request is a line: the JSON text of a path. An answer is a
line of JSON, ``{"reason": …, "counts": [notes, meters, melodies]}``, followed by the
bytes of those three arrays (``melody_store``). Nothing is pickled: what untrusted bytes
can do to a parser must not reach the parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import BinaryIO

import numpy as np

from monody.extract import extract
from monody.melody_store import MelodyStore
from monody.midi_read import UnreadableError, read_midi
from monody.settings import ReadSettings

MEMORY_LIMIT_BYTES = 2 * 2**30


def read_file(path: Path, settings: ReadSettings) -> tuple[MelodyStore, str]:
    """Read one file; the text says what was left out, or why there is no melody."""
    try:
        melodies, left_out = extract(read_midi(path.read_bytes()), settings)
    except UnreadableError as error:
        return MelodyStore.of([]), str(error)
    except MemoryError:
        limit = MEMORY_LIMIT_BYTES // 2**20
        return MelodyStore.of([]), f"needs more than {limit} MiB of memory"
    except OSError as error:
        return MelodyStore.of([]), f"cannot be opened: {error.strerror}"
    except (ValueError, ArithmeticError) as error:
        return MelodyStore.of([]), f"values that make no music: {error}"
    return MelodyStore.of(melodies), left_out


def serve(requests: BinaryIO, answers: BinaryIO, settings: ReadSettings) -> None:
    """Answer requests until the parent closes the pipe."""
    answers.write(b"ready\n")
    answers.flush()
    for line in requests:
        store, reason = read_file(Path(json.loads(line)), settings)
        arrays = (store.notes, store.meters, store.info)
        header = {"reason": reason, "counts": [len(array) for array in arrays]}
        answers.write(json.dumps(header).encode() + b"\n")
        for array in arrays:
            answers.write(np.ascontiguousarray(array).tobytes())
        answers.flush()


def _limit_memory() -> None:
    """Let a file that asks for gigabytes fail here instead of filling the machine."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = MEMORY_LIMIT_BYTES
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    # macOS refuses this limit: the limit of time is left.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def main() -> None:
    """Serve on standard input and output."""
    # symusic prints its warnings from C++: they must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    settings = ReadSettings.from_json(json.loads(sys.argv[1]))
    _limit_memory()
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    serve(sys.stdin.buffer, answers, settings)


if __name__ == "__main__":
    main()
