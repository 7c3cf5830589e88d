"""The child process that writes melodies: ``python -m monody.generation.worker``.

On standard input comes a pickled writer, then chunks of tasks. On standard output go,
for each chunk, its drafts and ``None``, or ``None`` and the error. Both ends are
monody's own (``workers``): nothing of a stranger's is unpickled.
"""

from __future__ import annotations

import pickle
import sys

from monody.chatter import libraries_silenced
from monody.generation.workers import MelodyWriter
from monody.generation.writer import Draft


def main() -> None:
    """Write until the parent closes the pipe."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever is printed must not get between the answers
    writer: MelodyWriter = pickle.load(requests)  # noqa: S301
    while True:
        try:
            tasks = pickle.load(requests)  # noqa: S301
        except EOFError:
            return
        answer: tuple[list[Draft] | None, Exception | None]
        try:
            answer = writer.write(tasks), None
        except Exception as error:
            answer = None, error
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    with libraries_silenced():
        main()
