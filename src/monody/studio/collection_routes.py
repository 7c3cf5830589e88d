"""What is asked of collections over HTTP. A place for helper g."""

from __future__ import annotations

from starlette.routing import BaseRoute

from monody.studio.studio import Studio


def routes(studio: Studio) -> list[BaseRoute]:
    """Return the routes of collections."""
    return []
