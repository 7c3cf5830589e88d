"""The page itself: its frame, its scripts and its styles.

The player and its look are those of all pages of monody (``pages/templates``). The
other scripts are plain modules that a browser loads as they are.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from monody.pages import page as pages
from monody.studio.bin import DAYS_KEPT
from monody.studio.names import names
from monody.studio.words import LANGUAGES, language, page_words

MEDIA_TYPES = {"js": "text/javascript", "css": "text/css"}
# Of the pages that are written to disk, under the names that they have here.
SHARED = {"player.js": "live.js", "page.css": "page.css", "player.css": "player.css"}
STYLES = ("page.css", "player.css", "studio.css", "cards.css", "rooms.css")


def routes() -> list[BaseRoute]:
    """Return the routes of the page, its scripts and styles."""

    async def page(_: Request) -> Response:
        text = await run_in_threadpool(page_html)
        return HTMLResponse(text, headers={"Cache-Control": "no-store"})

    async def static(request: Request) -> Response:
        data, tag = static_file(request.path_params["name"])
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        ending = request.path_params["name"].rpartition(".")[2]
        return Response(data, media_type=MEDIA_TYPES[ending], headers=headers)

    return [Route("/", page), Route("/static/{name}", static)]


def page_html() -> str:
    """Return the page in the language of the request."""
    return (
        environment()
        .get_template("studio.html")
        .render(
            language=language(),
            languages=LANGUAGES,
            words=page_words(language()),
            names=names(),
            styles=STYLES,
            days_kept=DAYS_KEPT,
            modules=[name for name in static_names() if name.endswith(".js")],
        )
    )


@cache
def environment() -> Environment:
    """Return what fills the templates of the studio, and of the player."""
    return pages.environment("monody.studio")


@cache
def static_names() -> tuple[str, ...]:
    """Return the names of all scripts and styles.

    Example:
        >>> from monody.studio.page import static_names
        >>> "main.js" in static_names(), "player.js" in static_names()
        (True, True)
    """
    own = (each.name for each in (files("monody.studio") / "static").iterdir())
    known = (name for name in own if name.rpartition(".")[2] in MEDIA_TYPES)
    return tuple(sorted({*known, *SHARED}))


@cache
def static_file(name: str) -> tuple[bytes, str]:
    """Return a script or style, and a tag that changes with it.

    Args:
        name: Of the file, without a folder.

    Raises:
        HTTPException: If there is none, with status 404.
    """
    if name not in static_names():
        raise HTTPException(404)
    if name in SHARED:
        data = environment().get_template(SHARED[name]).render().encode()
    else:
        data = (files("monody.studio") / "static" / name).read_bytes()
    return data, f'"{sha256(data).hexdigest()[:16]}"'
