"""The languages of the studio: each request is answered in that of who asks.

It is the one that was chosen on the page, else the one that the browser asks for. The
texts are those of the catalogue (``monody.translation``).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

import monody
from monody.pages.page import script_words
from monody.translation import LANGUAGES, preferred, script_texts, speaking
from monody.translation import gettext as _
from monody.translation import spoken as language

__all__ = ["LANGUAGES", "InItsLanguage", "_", "asked_for", "language", "page_words"]

COOKIE = "language"


@cache
def page_words(spoken: str) -> dict[str, str]:
    """Return the texts of the page's scripts in a language, by their English.

    Example:
        >>> from monody.studio.words import page_words
        >>> page_words("es")["Play"], page_words("en")
        ('Tocar', {})
    """
    if spoken == "en":
        return {}
    scripts = (files("monody.studio") / "static").iterdir()
    sources = [each.read_text("utf-8") for each in scripts if each.name.endswith(".js")]
    modes = monody.known_names().modes
    with speaking(spoken):  # what the scripts make the names of keys from
        keys = {text: _(text) for text in ("C", "D", "E", "F", "G", "A", "B", *modes)}
    own = script_texts("\n".join(sources), spoken)
    return {**script_words(spoken), **keys, **own}


class InItsLanguage:
    """Answers each request in the language of who asks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(asked_for(HTTPConnection(scope))):
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
    return preferred(request.headers.get("accept-language", ""))
