"""The key of a studio: only who has it is answered.

Everybody who is logged in to a machine can reach 127.0.0.1. So the address that opens
the page carries a key, which lies in the studio's own folder, closed to others. The
browser keeps it as a cookie that no script can read and no other site can send.

A program that is started with an address shows it to everybody (``ps``). So what is
given to the browser is a passing key: it opens the page once, and soon or never.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from hashlib import sha256
from pathlib import Path

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from monody.files import write_text
from monody.studio.answers import refusal
from monody.studio.folder import KEY_FILE
from monody.studio.words import _

PARAMETER = "key"  # of the address
SECONDS_TO_OPEN = 120  # for a browser that has to be started first
DAYS_KEPT = 400  # the most that browsers keep a cookie
_SECRET = re.compile(r"[0-9a-f]{64}")
_PASSING = re.compile(r"([0-9]{10,12})\.([0-9a-f]{16})\.([0-9a-f]{64})")
# Not by ``Location``: a page of ours has to lead on for the browser to send the cookie.
_ON = (
    '<!DOCTYPE html><html lang="en"><meta http-equiv="refresh" content="0; url=/">'
    '<link rel="icon" href="data:,"><title>monody studio</title></html>'
)


class StudioKey:
    """The key of one studio.

    Args:
        secret: 64 hexadecimal digits.

    Example:
        >>> from monody.studio.key import StudioKey
        >>> key = StudioKey("0" * 64)
        >>> passing = key.passing()
        >>> key.opens(passing), key.opens(passing), key.opens("1" * 64)
        (True, False, False)
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._used: dict[str, int] = {}  # passing keys, and until when they would open

    @classmethod
    def of(cls, folder: Path) -> StudioKey:
        """Return the key of a folder, which is made if there is none.

        Args:
            folder: Of the studio; it is there.

        Raises:
            OSError: If it cannot be read or written.
        """
        path = folder / KEY_FILE
        if path.is_file():
            found = path.read_bytes()[:100].decode("ascii", "replace").strip()
            if _SECRET.fullmatch(found):
                return cls(found)
        secret = secrets.token_hex(32)
        write_text(path, secret)
        return cls(secret)

    def address(self, page: str) -> str:
        """Return the address that opens a page whenever it is asked for."""
        return f"{page}?{PARAMETER}={self.secret}"

    def passing_address(self, page: str) -> str:
        """Return an address that opens a page once, and soon."""
        return f"{page}?{PARAMETER}={self.passing()}"

    def passing(self) -> str:
        """Return a key that opens once, in the next two minutes."""
        until = f"{int(time.time()) + SECONDS_TO_OPEN}"
        number = secrets.token_hex(8)
        return f"{until}.{number}.{self._signed(until, number)}"

    def is_it(self, given: str) -> bool:
        """Tell whether this is the key itself, in a time that tells nothing of it."""
        return hmac.compare_digest(given.encode(), self.secret.encode())

    def opens(self, given: str) -> bool:
        """Tell whether a key opens the page: this one, or a passing one of it."""
        return self.is_it(given) or self._opens_once(given)

    def _opens_once(self, given: str) -> bool:
        found = _PASSING.fullmatch(given)
        if found is None:
            return False
        until, number, signed = found.groups()
        if not hmac.compare_digest(signed, self._signed(until, number)):
            return False
        now = time.time()
        self._used = {one: end for one, end in self._used.items() if end > now}
        if int(until) <= now or number in self._used:
            return False
        self._used[number] = int(until)
        return True

    def _signed(self, until: str, number: str) -> str:
        text = f"{until}.{number}".encode()
        return hmac.new(self.secret.encode(), text, sha256).hexdigest()


def cookie_of(port: int) -> str:
    """Return the name of the cookie; browsers give those of one port to another's."""
    return f"monody-{port}"


class OnlyWithKey:
    """Answers browsers that have the key, and tells others where it is.

    Args:
        app: What answers.
        key: Of the studio.
        port: That the server listens on.
    """

    def __init__(self, app: ASGIApp, key: StudioKey, port: int) -> None:
        self._app, self._key, self._cookie = app, key, cookie_of(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = HTTPConnection(scope)
        is_page = scope["path"] == "/"
        given = request.query_params.get(PARAMETER)
        if is_page and given is not None and self._key.opens(given):
            return await self._let_in()(scope, receive, send)
        if is_page and request.headers.get("sec-fetch-site") == "cross-site":
            return await _leading_on()(scope, receive, send)  # a link was followed
        if self._key.is_it(request.cookies.get(self._cookie, "")):
            return await self._app(scope, receive, send)
        sentence = _(
            "This page opens with its key only: start monody studio once more, or open "
            "the whole address that it shows in the terminal."
        )
        told = PlainTextResponse(sentence, 403) if is_page else refusal(403, sentence)
        return await told(scope, receive, send)

    def _let_in(self) -> Response:
        """Give the browser the key, and lead it to the page."""
        page = _leading_on()
        page.set_cookie(
            self._cookie,
            self._key.secret,
            max_age=DAYS_KEPT * 86_400,
            httponly=True,
            samesite="strict",
        )
        return page


def _leading_on() -> Response:
    return HTMLResponse(_ON, headers={"Cache-Control": "no-store"})
