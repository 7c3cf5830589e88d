"""The line above every table: on what it was measured."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version


def print_header(*packages: str) -> None:
    """Print the machine, its cores, Python and the versions of packages."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"Python {platform.python_version()}, {versions}\n")
