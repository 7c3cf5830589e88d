"""``make base`` with a recipe that takes seconds: one collection, 16 units.

python benchmarks/faults/tiny_base.py FOLDER FREE INTO
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from monody.cli import make_base
from monody.cli.base import recipe
from monody.cli.main import main

if __name__ == "__main__":
    into = sys.argv.pop()
    ours = make_base.RECIPE
    make_base.RECIPE = replace(
        ours,
        collections=("lieder",),
        model=replace(ours.model, rnn_size=16, num_layers=1),
        training=replace(ours.training, num_epochs=4),
        into=Path(into),
    )
    main(command=recipe)
