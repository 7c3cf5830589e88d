#!/usr/bin/env python3
"""Write new melodies: the classic script, the same flags as ever.

It is `monody sample` and takes all of its options: python sample.py --help. Where no
length is named, it writes 1,000 16ths, as it always did.
"""

import sys

from monody.cli.main import main

if __name__ == "__main__":
    main(["sample", "--classic", *sys.argv[1:]])
