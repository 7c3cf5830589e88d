"""``monody again`` and ``monody vary``."""

from __future__ import annotations

import click


@click.command()
def again() -> None:
    """Write it again."""


@click.command()
def vary() -> None:
    """Vary it."""
