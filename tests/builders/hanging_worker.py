"""A reading process that misbehaves as the name of the file asks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    answers = sys.stdout.buffer
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        files: list[Any] = []
        for path, _ in json.loads(line):
            name = Path(path).name
            if name.startswith("kills"):
                os._exit(11)
            if name.startswith("unlucky") and not Path(path).exists():
                Path(path).touch()
                os.kill(os.getpid(), signal.SIGKILL)  # as a system without memory does
            if name.startswith("hunted"):
                os.kill(os.getpid(), signal.SIGKILL)
            if name.startswith("heavy"):
                os.kill(os.getpid(), signal.SIGXCPU)
            if name.startswith("breeds"):
                subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
                name = "hangs"
            if name.startswith("hangs"):
                time.sleep(600)
            if name.startswith("garbles"):
                answers.write(b"not an answer\n")
            if name.startswith("slow"):
                time.sleep(0.3)
            answers.write(b".\n")
            answers.flush()
            files.append(([((f"read {name}", ""), 1)], [], None))
        header = {"files": files, "counts": [0, 0, 0]}
        answers.write(json.dumps(header).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
