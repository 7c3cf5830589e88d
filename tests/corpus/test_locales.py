"""Names of files in a locale that has no letters for them, and then in one that has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import monody
from tests.builders.midi_files import write_tunes

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# The corpus is kept, though its files are new.
INSPECT = """
import sys
from monody.corpus import corpus
corpus.SETTLED_SECONDS = -3600
print(len(corpus.read_corpus(sys.argv[1]).melodies))
"""


@pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="names are UTF-8 there in any locale"
)
def test_what_one_locale_could_not_spell_another_reads_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "canción"
    write_tunes(folder, 1)
    next(folder.iterdir()).rename(folder / "tonada nº 1.mid")
    done = subprocess.run(
        [sys.executable, "-P", "-c", INSPECT, folder],
        env={**os.environ, **ASCII},
        check=True,
        capture_output=True,
    )
    assert done.stdout == b"1\n"
    [verdict] = monody.read_corpus(folder).verdicts
    assert verdict.path == "tonada nº 1.mid"
