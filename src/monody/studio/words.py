"""The one place where the studio's texts meet the catalogue of translations.

A request is answered in the language that was chosen on the page, else in the one that
the browser asks for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

LANGUAGES = {"en": "English", "es": "Español"}
COOKIE = "language"
_spoken: ContextVar[str] = ContextVar("language", default="en")


def _(text: str) -> str:
    """Return a text in the language of the request, English where there is no other."""
    return catalogue(language()).get(text) or text


def language() -> str:
    """Return the language of the request that is answered, one of ``LANGUAGES``."""
    return _spoken.get()


@cache
def catalogue(spoken: str) -> Mapping[str, str]:
    """Return the texts of a language, by their English; none for English.

    Example:
        >>> from monody.studio.words import catalogue
        >>> catalogue("es")["Play"], len(catalogue("en"))
        ('Tocar', 0)
    """
    found = files("monody.studio") / f"words.{spoken}.json"
    words: dict[str, str] = (
        json.loads(found.read_text("utf-8")) if spoken != "en" else {}
    )
    return words


class InItsLanguage:
    """Answers each request in the language of who asks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            _spoken.set(asked_for(HTTPConnection(scope)))
        await self._app(scope, receive, send)


def asked_for(request: HTTPConnection) -> str:
    """Return the language that a request asks for.

    Example:
        >>> from starlette.requests import HTTPConnection
        >>> from monody.studio.words import asked_for
        >>> headers = [(b"accept-language", b"fr-FR, es-MX;q=0.8, en;q=0.5")]
        >>> asked_for(HTTPConnection({"type": "http", "headers": headers}))
        'es'
    """
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wanted = request.headers.get("accept-language", "").lower().split(",")
    for each in wanted:  # browsers write the one they like best first
        spoken = each.strip()[:2]
        if spoken in LANGUAGES:
            return spoken
    return "en"
