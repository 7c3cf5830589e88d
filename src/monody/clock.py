"""The time that records note."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Return the present time in UTC, sortable as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
