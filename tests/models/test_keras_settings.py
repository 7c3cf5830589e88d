from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from jax._src.lru_cache import LRUCache

from monody.models.backend import remove_unfinished

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


def test_what_a_kill_cut_short_keeps_jax_from_nothing(tmp_path: Path) -> None:
    cache = LRUCache(str(tmp_path), max_size=1000)
    cache.put("whole", b"compiled")
    cache.put("cut", b"compi")
    (tmp_path / "cut-atime").unlink()  # as JAX is between the two
    remove_unfinished(tmp_path)
    cache.put("cut", b"compiled")
    cache.put("new", b"compiled")
    assert [cache.get(key) for key in ("whole", "cut", "new")] == [b"compiled"] * 3
