"""A child process that reads one file, and says what it left out."""

from __future__ import annotations

import sys

from monody.reading.worker import Reader
from monody.settings.reading import ReadSettings


def main() -> None:
    read = Reader(ReadSettings()).read([(sys.argv[1], -1)])
    sys.stdout.write(f"read: {read.reports[0].left_out_text}\n")


if __name__ == "__main__":
    main()
