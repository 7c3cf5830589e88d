"""The page itself, its scripts and styles. A place for helper f."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from monody.studio.studio import Studio


def routes(studio: Studio) -> list[BaseRoute]:
    """Return the routes of the page."""

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse("<!doctype html><title>monody studio</title>monody studio")

    return [Route("/", page)]
