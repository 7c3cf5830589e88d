"""Libraries that only some commands need: the extras of the package."""

from __future__ import annotations

import importlib
import importlib.util
from importlib.machinery import ModuleSpec
from typing import Any

from monody.errors import MonodyError


def extra_spec(name: str, extra: str, need: str) -> ModuleSpec:
    """Find a library of an extra without importing it.

    Args:
        name: What it is imported as.
        extra: That it belongs to.
        need: Who needs it, for the error; its name comes next.

    Raises:
        MonodyError: If it is not installed.
    """
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise MonodyError(
            f"{need} {name}, which is not installed: pip install 'monody[{extra}]'"
        )
    return spec


def extra_module(name: str, extra: str, need: str) -> Any:
    """Import a library of an extra; what it takes and raises is as ``extra_spec``."""
    extra_spec(name, extra, need)
    return importlib.import_module(name)
