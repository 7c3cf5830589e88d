"""Writing and judging melodies takes NumPy: what costs seconds is not imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# Each line is run; what it imported that is heavy is told after it.
COMMANDS = """
sample --num_files 1 --bars 2 --no_page --seed 3 --save_dir out
again out/1.mid
vary out/1.mid --temperature 0.9 --save_dir out
vary out/1.mid --replace 2 --num_files 1 --seed 3 --save_dir out
vary out/1.mid --keep rhythm --num_files 1 --seed 3 --save_dir out
vary out/1.mid --keep pitches --num_files 1 --seed 3 --save_dir out
"""
PROGRAM = f"""
import json, sys
from pathlib import Path
from monody.cli.main import main

HEAVY = {{"keras", "jax", "jaxlib", "tensorflow", "torch"}}
found = {{}}
for command in {COMMANDS.strip().splitlines()!r}:
    main(command.split())
    found[command] = sorted(HEAVY & {{*sys.modules}})

import monody

model = monody.open_experiment("base")
asked = monody.SampleSettings(num_files=2, bars=2, best_of=3, seed=3)
written = monody.generate(model, asked)
found["generate"] = sorted(HEAVY & {{*sys.modules}})

from monody.generation.rescoring import rescore

assert len(rescore(model.load(), written.melodies)) == 2
found["rescore"] = sorted(HEAVY & {{*sys.modules}})
Path("found.json").write_text(json.dumps(found), encoding="utf-8")
"""


def test_nothing_that_writes_melodies_imports_keras_or_jax(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert len(found) == 8
    assert {name: heavy for name, heavy in found.items() if heavy} == {}
    assert (tmp_path / "out/1.mid").is_file()
