"""What is asked of models over HTTP."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from monody.studio.answers import answer
from monody.studio.studio import Studio

BASE = "base"  # in an address, in place of the id that the base model has not


def routes(studio: Studio) -> list[BaseRoute]:
    """Return the routes of models."""

    async def models(_: Request) -> Response:
        return answer(await run_in_threadpool(studio.models_json))

    async def scorecard(request: Request) -> Response:
        name = request.path_params["id"]
        model = studio.composer.model(None if name == BASE else name)
        return answer(await run_in_threadpool(studio.scorecards.of, model))

    return [
        Route("/api/models", models),
        Route("/api/models/{id}/scorecard", scorecard),
    ]
