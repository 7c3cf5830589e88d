"""The server of a studio: its routes joined, each error a sentence."""

from __future__ import annotations

import traceback

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from monody import files
from monody.ending import was_asked
from monody.errors import MonodyError
from monody.studio import (
    card_routes,
    collection_routes,
    model_routes,
    page,
    training_routes,
)
from monody.studio.answers import answer, refusal, told
from monody.studio.card_json import card_json
from monody.studio.key import OnlyWithKey
from monody.studio.names import names
from monody.studio.security import LimitedUploads, OnlyOwnPage
from monody.studio.studio import Studio
from monody.studio.words import InItsLanguage, _


def make_app(studio: Studio, port: int) -> Starlette:
    """Make the application that answers the page of a studio.

    Args:
        studio: What it works with.
        port: That it is asked on.
    """

    async def state(_: Request) -> Response:
        return answer(await run_in_threadpool(_state, studio))

    async def events(_: Request) -> Response:
        heard = studio.changes.heard()
        return StreamingResponse(heard, media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/api/state", state),
            Route("/api/events", events),
            *card_routes.routes(studio),
            *collection_routes.routes(studio),
            *training_routes.routes(studio),
            *model_routes.routes(studio),
            *page.routes(),
        ],
        middleware=[
            Middleware(InItsLanguage),
            Middleware(OnlyOwnPage, port=port),
            Middleware(OnlyWithKey, key=studio.key, port=port),
            Middleware(LimitedUploads),
        ],
        exception_handlers={
            MonodyError: told,
            HTTPException: _http,
            OSError: _disk,
            Exception: _fault,
        },
    )


def _state(studio: Studio) -> dict[str, object]:
    """Return all that the page shows."""
    return {
        "cards": [card_json(studio.cards, card) for card in studio.cards.listed()],
        "collections": studio.collections.to_json(),
        "trainings": studio.trainings.to_json(),
        "models": studio.models_json(),
        "names": names(),
        "sound": studio.sounds.to_json(),
        "deleted": {
            "collections": [*studio.collections.deleted()],
            "trainings": studio.trainings.deleted(),
        },
    }


async def _http(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(status, str(getattr(error, "detail", "")))


async def _disk(_request: Request, error: Exception) -> Response:
    """Answer what the system refused, such as a full disk.

    What is on its way is taken from a studio that is ended, while requests go on.
    """
    if was_asked():
        return refusal(503, _("The studio is closing: open it again, and repeat this."))
    return refusal(507, files.told(error) if isinstance(error, OSError) else "")


async def _fault(_request: Request, error: Exception) -> Response:
    """Answer after a fault of ours; the terminal shows which."""
    traceback.print_exception(error)
    return refusal(500, _("monody has made a mistake: the terminal says which."))
