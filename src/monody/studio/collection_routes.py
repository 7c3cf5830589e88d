"""What is asked of collections over HTTP."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import monody
from monody.errors import MonodyError, printable
from monody.studio.answers import answer, json_of
from monody.studio.card_json import card_json
from monody.studio.saved_card import SOURCE, SavedCard
from monody.studio.studio import Studio
from monody.studio.uploads import Upload, received

ONE = "/api/collections/{id}"


def routes(studio: Studio) -> list[BaseRoute]:
    """Return the routes of collections."""
    collections = studio.collections

    async def add(request: Request) -> Response:
        async with _upload(request, studio) as upload:
            name = upload.texts.get("name", "")
            one = await run_in_threadpool(collections.add, upload, name)
        answered = {"collection": collections.one_json(one.id)}
        return answer(answered | {"passed_over": upload.passed_over})

    async def add_files(request: Request) -> Response:
        name = collections.get(request.path_params["id"]).id
        async with _upload(request, studio) as upload:
            added = await run_in_threadpool(collections.add_files, name, upload)
        answered = {"collection": collections.one_json(name), "added": added}
        return answer(answered | {"passed_over": upload.passed_over})

    async def one(request: Request) -> Response:
        return answer({"collection": collections.one_json(request.path_params["id"])})

    async def files(request: Request) -> Response:
        reading = await run_in_threadpool(
            collections.reading, request.path_params["id"]
        )
        return answer(await run_in_threadpool(lambda: [*reading.rows()]))

    async def change(request: Request) -> Response:
        name, asked = request.path_params["id"], await json_of(request)
        if asked.get("deleted") is False:
            await run_in_threadpool(collections.restore, name)
        if "name" in asked:
            text = _text(asked, "name")
            await run_in_threadpool(collections.rename, name, text)
        return answer({"collection": collections.one_json(name)})

    async def delete(request: Request) -> Response:
        await run_in_threadpool(collections.delete, request.path_params["id"])
        return answer({})

    async def leave_out(request: Request) -> Response:
        name, asked = request.path_params["id"], await json_of(request)
        source, out = _text(asked, "source"), asked.get("out") is not False
        await run_in_threadpool(lambda: collections.leave_out(name, source, out=out))
        return answer({"collection": collections.one_json(name)})

    async def line(request: Request) -> Response:
        name, asked = request.path_params["id"], await json_of(request)
        source, number = _text(asked, "source"), _line(asked)
        await run_in_threadpool(collections.take_line, name, source, number)
        return answer({"collection": collections.one_json(name)})

    async def hear(request: Request) -> Response:
        name, asked = request.path_params["id"], await json_of(request)
        source, number = _text(asked, "source"), _line(asked)
        heard = await run_in_threadpool(_hear, studio, name, source, number)
        return answer({"cards": [card_json(studio.cards, card) for card in heard]})

    return [
        Route("/api/collections", add, methods=["POST"]),
        Route(ONE, one),
        Route(ONE, change, methods=["PATCH"]),
        Route(ONE, delete, methods=["DELETE"]),
        Route(f"{ONE}/files", files),
        Route(f"{ONE}/files", add_files, methods=["POST"]),
        Route(f"{ONE}/leave_out", leave_out, methods=["POST"]),
        Route(f"{ONE}/line", line, methods=["POST"]),
        Route(f"{ONE}/hear", hear, methods=["POST"]),
    ]


def _upload(request: Request, studio: Studio) -> AbstractAsyncContextManager[Upload]:
    """Receive the files of a request."""
    kind = request.headers.get("content-type", "")
    return received(request.stream(), kind, studio.folder.collections)


def _hear(studio: Studio, name: str, source: str, line: int | None) -> list[SavedCard]:
    """Make cards of the melodies of a file, which no list shows."""
    melodies = studio.collections.reading(name).melodies(source, line)
    stem = printable(source.rpartition("/")[2])
    return [
        studio.cards.add(
            monody.midi_bytes(melody, stem),
            kind=SOURCE,
            name=stem if len(melodies) == 1 else f"{stem}, {number}",
        )
        for number, melody in enumerate(melodies, 1)
    ]


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise MonodyError(f"expected a text as {name!r}")
    return value


def _line(asked: dict[str, Any]) -> int | None:
    value = asked.get("line")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise MonodyError("expected the number of a line, or null")
    return value
