#!/usr/bin/env python3
"""Train on a folder of MIDI files: the classic script, the same flags as ever.

It is `monody train` and takes all of its options: python train.py --help
"""

import sys

from monody.cli.main import main

if __name__ == "__main__":
    main(["train", *sys.argv[1:]])
