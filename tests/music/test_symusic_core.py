"""symusic's parser is loaded alone, and a user's own symusic still works beside it."""

from __future__ import annotations

import subprocess
import sys

WITHOUT = """
import sys
import monody.music.midi_file
assert "symusic" not in sys.modules, "the whole package was imported"
import symusic
from symusic.core import ScoreTick
from monody.music.symusic_core import core
assert ScoreTick is core.ScoreTick
assert symusic.Score(480).ticks_per_quarter == 480
"""
BEHIND = """
import symusic
from monody.music.symusic_core import core
assert symusic.core is core
"""


def test_the_parser_is_loaded_without_its_package_before_it_or_after_it() -> None:
    for program in (WITHOUT, BEHIND):
        subprocess.run([sys.executable, "-c", program], check=True)
