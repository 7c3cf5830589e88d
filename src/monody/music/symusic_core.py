"""symusic's parser and writer of MIDI alone, without the rest of its package.

The package imports a downloader of sound fonts, with all of HTTP, which takes as long
as reading three hundred files; each process that reads would pay for it.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from types import ModuleType
from typing import TYPE_CHECKING

NAME = "symusic.core"


def _core() -> ModuleType:
    """Load the extension module, once; a later ``import symusic`` takes the same."""
    if NAME in sys.modules:
        return sys.modules[NAME]
    package = find_spec("symusic")
    folders = package.submodule_search_locations if package is not None else None
    found = PathFinder.find_spec("core", folders) if folders else None
    spec = spec_from_file_location(NAME, found.origin) if found is not None else None
    if spec is None or spec.loader is None:
        raise ImportError("symusic is not installed as it should be: install it again")
    sys.modules[NAME] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[NAME])
    return sys.modules[NAME]


if TYPE_CHECKING:
    from symusic import core as core  # "as": meant for others
else:
    core = _core()
