"""Who may ask: the page itself, in a browser of this machine, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monody.studio.answers import refusal
from monody.studio.words import _
from monody.translation import decimal

HOSTS = ("127.0.0.1", "localhost", "[::1]")
READING = ("GET", "HEAD")
MAX_UPLOAD_BYTES = 200 * 10**6  # of a request
MAX_DIGITS = 18  # of what a request says that it has
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class OnlyOwnPage:
    """Answers the page of this server only, and lets browsers load nothing else.

    A name that leads to 127.0.0.1 makes another site's page seem to be of this one; its
    requests tell that name in ``Host``. A form of another site tells itself in
    ``Origin``.

    Args:
        app: What answers.
        port: That the server listens on.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = tuple(f"{host}:{port}" for host in HOSTS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return None  # no web sockets here
        headers = Headers(scope=scope)
        refused = self._refused(scope["method"], scope["path"], headers)

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_raw(HEADERS.items())]
            await send(message)

        if refused:
            return await refusal(403, refused)(scope, receive, sealed)
        return await self._app(scope, receive, sealed)

    def _refused(self, method: str, path: str, headers: Headers) -> str:
        """Say why a request is not answered; nothing where it is."""
        if headers.getlist("host") not in [[host] for host in self._hosts]:
            return _("This server answers only its own page.")
        origin = headers.get("origin")
        own = [f"http://{host}" for host in self._hosts]
        if origin is not None and origin not in own:
            return _("Another site may not ask this server.")
        site = headers.get("sec-fetch-site")
        # A link to the page, wherever it is, may be followed: it is opened by itself.
        followed = headers.get("sec-fetch-mode") == "navigate" and path == "/"
        if site not in (None, "same-origin", "none") and not followed:
            return _("Another site may not ask this server.")
        if method not in READING and origin is None and site != "same-origin":
            return _("Only the page of this server may change anything.")
        return ""


def _raw(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers]


class LimitedUploads:
    """Refuses requests that are too large, whatever they say about their size.

    Args:
        app: What answers; it turns an ``HTTPException`` into an answer.
        max_bytes: The most that a request may send.
    """

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_UPLOAD_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it as soon as it is too large."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        said = Headers(scope=scope).get("content-length", "0")
        if said.isascii() and said.isdecimal() and self._is_too_large(said):
            return await refusal(413, self._sentence)(scope, receive, send)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise HTTPException(413, self._sentence)
            return message

        return await self._app(scope, counted, send)

    def _is_too_large(self, digits: str) -> bool:
        """Tell whether a number is; Python reads none of thousands of digits."""
        return len(digits) > MAX_DIGITS or int(digits) > self._max_bytes

    @property
    def _sentence(self) -> str:
        megabytes = self._max_bytes / 10**6
        return _("At most {megabytes} MB at a time.").format(
            megabytes=decimal(megabytes, "g")
        )
