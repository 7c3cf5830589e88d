from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from monody.models.backend import keras
print(keras.config.floatx(), keras.config.backend())
print(keras.src.backend.config._config_path)
"""


def test_no_settings_of_keras_are_read_wherever_they_lie(tmp_path: Path) -> None:
    settings = tmp_path / ".keras" / "keras.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"floatx": "float64", "backend": "torch"}))
    environment = {**os.environ, "HOME": str(tmp_path)}
    environment.pop("KERAS_HOME", None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    numbers, backend, looked_for = done.stdout.split()
    assert (numbers, backend) == ("float32", "jax")
    # Without a home Keras would look in /tmp, where anybody may have put some.
    assert Path(looked_for).parent == Path(os.devnull)
