"""What is asked of cards over HTTP."""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from monody.studio.answers import answer, json_of, run_in
from monody.studio.card_files import FORMS, article, file_of
from monody.studio.card_json import card_json
from monody.studio.studio import Studio


def routes(studio: Studio) -> list[BaseRoute]:
    """Return the routes of cards."""

    async def compose(request: Request) -> Response:
        asked = await json_of(request)
        cards = await run_in(
            studio.composer.thread,
            partial(
                studio.composer.compose, asked.get("model"), asked.get("settings") or {}
            ),
        )
        return answer({"cards": [card_json(studio.cards, card) for card in cards]})

    async def card(request: Request) -> Response:
        one = studio.cards.get(request.path_params["id"])
        return answer(card_json(studio.cards, one))

    async def show(request: Request) -> Response:
        text = await run_in_threadpool(article, studio, request.path_params["id"])
        return Response(text, media_type="text/html")

    async def file(request: Request) -> Response:
        path = request.path_params
        data, media = await run_in_threadpool(file_of, studio, path["id"], path["file"])
        return Response(data, media_type=media)

    return [
        Route("/api/compose", compose, methods=["POST"]),
        Route("/api/cards/{id}", card),
        Route("/api/cards/{id}/article", show),
        Route("/api/cards/{id}/{file}", file),
    ]
