"""``monody make_base`` with a recipe that takes seconds: one collection, 16 units.

python benchmarks/faults/tiny_base.py FOLDER FREE INTO
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from monody.cli import make_base
from monody.cli.main import main

if __name__ == "__main__":
    folder, free, into = sys.argv[1:]
    recipe = make_base.RECIPE
    make_base.RECIPE = replace(
        recipe,
        collections=("lieder",),
        model=replace(recipe.model, rnn_size=16, num_layers=1),
        training=replace(recipe.training, num_epochs=4),
        into=Path(into),
    )
    main(["make_base", folder, free])
