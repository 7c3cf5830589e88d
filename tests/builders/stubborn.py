"""A child process that starts another one and never ends by itself."""

from __future__ import annotations

import re
import subprocess
import sys
import time


def main() -> None:
    # The grandchild holds standard output and error open for as long as it lives.
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if sys.argv[1] == "spins":  # and never comes back to Python
        re.match(r"(a+)+b", "a" * 60)
    time.sleep(600)


if __name__ == "__main__":
    main()
