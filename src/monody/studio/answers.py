"""How requests are read and answered: JSON in, JSON out, a sentence where it fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextvars import copy_context
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monody.errors import MonodyError, brief
from monody.saved.plain_json import parse_json
from monody.sentences import translated
from monody.studio.on_page import on_page
from monody.studio.records import UnknownError
from monody.studio.words import _

Answer = TypeVar("Answer")
MAX_JSON_BYTES = 2**20
MAX_SENTENCE = 1_000  # characters


def answer(values: Any, status: int = 200) -> Response:
    """Return JSON values as an answer that no browser keeps."""
    return _PlainJSON(values, status, headers={"Cache-Control": "no-store"})


class _PlainJSON(JSONResponse):
    """JSON of plain ASCII: a text from anywhere may hold half a letter."""

    def render(self, content: Any) -> bytes:
        """Return values as bytes."""
        return json.dumps(content, allow_nan=False).encode("ascii")


def refusal(status: int, sentence: str) -> Response:
    """Return an answer that says in one sentence why nothing was done.

    Args:
        status: Of HTTP.
        sentence: It may hold what was asked, which can be long.
    """
    return answer({"error": brief(" ".join(sentence.split()), MAX_SENTENCE)}, status)


async def told(_request: Request, error: Exception) -> Response:
    """Answer what a function of monody's refused."""
    sentence = on_page(translated(str(error)))
    return refusal(404 if isinstance(error, UnknownError) else 400, sentence)


async def json_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request carries; without a body an empty one.

    Raises:
        MonodyError: If it is none, too large, or has a text that is no Unicode.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_JSON_BYTES:
            raise MonodyError(_("This is too much at a time."))
    try:
        values = parse_json(bytes(body)) if body else {}
        json.dumps(values, ensure_ascii=False).encode()  # half a letter is an error
    except ValueError as error:
        raise MonodyError(f"expected a JSON object ({error})") from error
    if not isinstance(values, dict):
        raise MonodyError("expected a JSON object")
    return values


def object_of(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a JSON object within a JSON object; an empty one where there is none.

    Raises:
        MonodyError: If it is something else.
    """
    value = asked.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MonodyError(f"expected {name} as names with values")
    return value


async def run_in(
    thread: Executor, work: Callable[..., Answer], *arguments: Any
) -> Answer:
    """Run what takes a while in a thread, so that other requests are answered."""
    loop = asyncio.get_running_loop()
    speaking = copy_context()  # the language of the request
    return await loop.run_in_executor(thread, speaking.run, work, *arguments)
