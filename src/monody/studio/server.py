"""The server of a studio: its routes joined, each error a sentence."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from monody.errors import MonodyError
from monody.studio import card_routes, collection_routes, page, training_routes
from monody.studio.answers import answer, refusal, told
from monody.studio.card_json import card_json
from monody.studio.names import names
from monody.studio.security import LimitedUploads, OnlyOwnPage
from monody.studio.studio import Studio
from monody.studio.words import InItsLanguage


def make_app(studio: Studio, port: int) -> Starlette:
    """Make the application that answers the page of a studio.

    Args:
        studio: What it works with.
        port: That it is asked on.
    """

    async def state(_: Request) -> Response:
        return answer(await run_in_threadpool(_state, studio))

    async def models(_: Request) -> Response:
        return answer(await run_in_threadpool(studio.models_json))

    async def events(_: Request) -> Response:
        heard = studio.changes.heard()
        return StreamingResponse(heard, media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/api/state", state),
            Route("/api/events", events),
            Route("/api/models", models),
            *card_routes.routes(studio),
            *collection_routes.routes(studio),
            *training_routes.routes(studio),
            *page.routes(studio),
        ],
        middleware=[
            Middleware(InItsLanguage),
            Middleware(OnlyOwnPage, port=port),
            Middleware(LimitedUploads),
        ],
        exception_handlers={MonodyError: told, HTTPException: _http},
    )


def _state(studio: Studio) -> dict[str, object]:
    """Return all that the page shows."""
    return {
        "cards": [card_json(studio.cards, card) for card in studio.cards.listed()],
        "collections": studio.collections.to_json(),
        "trainings": studio.trainings.to_json(),
        "models": studio.models_json(),
        "names": names(),
    }


async def _http(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(status, str(getattr(error, "detail", "")))
