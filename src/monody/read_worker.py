"""The child process that opens MIDI files: ``python -m monody.read_worker SETTINGS``.

It says ``ready``. Then a request is a line: the JSON text of a path. An answer is a
line of JSON, ``{"left_out": …, "repairs": […], "counts": [notes, meters, melodies]}``,
followed by the bytes of those three arrays (``melody_store``). Nothing is pickled: what
untrusted bytes can do to a parser must not reach the parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import BinaryIO

import numpy as np

from monody.extract import Extraction, extract
from monody.melody_store import MelodyStore
from monody.midi_read import read_midi
from monody.raw_score import UnreadableError
from monody.settings import ReadSettings

MEMORY_LIMIT_BYTES = 2 * 2**30


def read_file(path: Path, settings: ReadSettings) -> Extraction:
    """Read one file; where there is no melody, ``left_out`` says why."""
    try:
        return extract(read_midi(path.read_bytes()), settings)
    except UnreadableError as error:
        reason = str(error)
    except MemoryError:
        reason = f"needs more than {MEMORY_LIMIT_BYTES // 2**20} MiB of memory"
    except OSError as error:
        reason = f"cannot be opened: {error.strerror}"
    except (ValueError, ArithmeticError) as error:
        reason = f"values that make no music: {error}"
    return Extraction([], reason, ())


def serve(requests: BinaryIO, answers: BinaryIO, settings: ReadSettings) -> None:
    """Answer requests until the parent closes the pipe."""
    answers.write(b"ready\n")
    answers.flush()
    for line in requests:
        found = read_file(Path(json.loads(line)), settings)
        store = MelodyStore.of(found.melodies)
        arrays = (store.notes, store.meters, store.info)
        header = {
            "left_out": found.left_out,
            "repairs": found.repairs,
            "counts": [len(array) for array in arrays],
        }
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
