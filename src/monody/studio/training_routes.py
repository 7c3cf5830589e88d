"""What is asked of trainings over HTTP."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from monody.errors import MonodyError
from monody.studio.answers import answer, json_of
from monody.studio.studio import Studio

ONE = "/api/trainings/{id}"


def routes(studio: Studio) -> list[BaseRoute]:
    """Return the routes of trainings."""
    trainings = studio.trainings

    def told(training_id: str) -> Response:
        return answer({"training": trainings.one_json(training_id)})

    async def add(request: Request) -> Response:
        asked = await json_of(request)
        collection = asked.get("collection")
        if not isinstance(collection, str):
            raise MonodyError("expected the id of a collection")
        training, network = (_settings(asked, name) for name in ("training", "network"))
        one = await run_in_threadpool(trainings.add, collection, training, network)
        return await run_in_threadpool(told, one.id)

    async def one(request: Request) -> Response:
        return await run_in_threadpool(told, request.path_params["id"])

    async def stop(request: Request) -> Response:
        stopped = await run_in_threadpool(trainings.stop, request.path_params["id"])
        return await run_in_threadpool(told, stopped.id)

    async def go_on(request: Request) -> Response:
        queued = await run_in_threadpool(trainings.go_on, request.path_params["id"])
        return await run_in_threadpool(told, queued.id)

    async def delete(request: Request) -> Response:
        await run_in_threadpool(trainings.delete, request.path_params["id"])
        return answer({})

    async def change(request: Request) -> Response:
        name, asked = request.path_params["id"], await json_of(request)
        wanted = asked.get("deleted") is False
        if wanted and await run_in_threadpool(trainings.restore, name) is None:
            return answer({})  # a model without a training
        return await run_in_threadpool(told, name)

    return [
        Route("/api/trainings", add, methods=["POST"]),
        Route(ONE, one),
        Route(ONE, change, methods=["PATCH"]),
        Route(ONE, delete, methods=["DELETE"]),
        Route(f"{ONE}/stop", stop, methods=["POST"]),
        Route(f"{ONE}/go_on", go_on, methods=["POST"]),
    ]


def _settings(asked: dict[str, Any], name: str) -> dict[str, Any]:
    """Return settings that were named; files of the server are none of the page's."""
    settings = asked.get(name, {})
    if not isinstance(settings, dict) or settings.get("base") not in (
        None, "base", "none",
    ):  # fmt: skip
        raise MonodyError(f"expected settings as {name!r}, with base or none as base")
    return settings
