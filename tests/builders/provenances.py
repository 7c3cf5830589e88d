"""How a melody was made, to write and to read."""

from __future__ import annotations

from monody.generation.primers import named_bars
from monody.generation.provenance import Provenance
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import tune

PROVENANCE = Provenance(
    model="0" * 64,
    model_path="experiments/01/model.keras",
    settings=SampleSettings(seed=7, bars=8, key="D dorian"),
    index=4,
    attempt=2,
    primer=named_bars(tune(1), 2, 3),
)
