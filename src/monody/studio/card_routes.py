"""What is asked of cards over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from monody.errors import MonodyError
from monody.studio.answers import answer, json_of, object_of, run_in
from monody.studio.articles import article
from monody.studio.card_files import CardFile, file_of, voice_of
from monody.studio.card_json import card_json, music_json
from monody.studio.cards import MAX_NAME
from monody.studio.closer import closer
from monody.studio.dropped import dropped_phrase
from monody.studio.phrase_files import melody_of_abc
from monody.studio.phrases import Phrase, bpm_of, in_time, phrase_of
from monody.studio.saved_card import SavedCard
from monody.studio.studio import Studio
from monody.studio.words import _

VOICE_SECONDS = 86_400  # that a browser may keep the sound of a note
ROLLS = ("2", "4", "8")  # bars side by side that a page may ask for
FLAGS = ("heart", "deleted")


def routes(studio: Studio) -> list[BaseRoute]:
    """Return the routes of cards."""
    asked = _CardRoutes(studio)
    return [
        Route("/api/compose", asked.compose, methods=["POST"]),
        Route("/api/phrases", asked.phrase, methods=["POST"]),
        Route("/api/answer", asked.answer, methods=["POST"]),
        Route("/api/in_time", asked.in_time, methods=["POST"]),
        Route("/api/voices/{program}/{pitch}.wav", asked.voice),
        Route("/api/cards/{id}", asked.card),
        Route("/api/cards/{id}", asked.change, methods=["PATCH"]),
        Route("/api/cards/{id}/article", asked.article),
        Route("/api/cards/{id}/closer", asked.closer),
        Route("/api/cards/{id}/vary", asked.vary, methods=["POST"]),
        Route("/api/cards/{id}/continue", asked.go_on, methods=["POST"]),
        Route("/api/cards/{id}/{file}", asked.file),
    ]


class _CardRoutes:
    """One method for each route."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    async def compose(self, request: Request) -> Response:
        """Write new melodies."""
        asked = await json_of(request)
        settings = object_of(asked, "settings")
        composer = self._studio.composer
        cards = await self._written(composer.compose, asked.get("model"), settings)
        return self._cards(cards)

    async def card(self, request: Request) -> Response:
        """Tell of one card."""
        card = self._studio.cards.get(request.path_params["id"])
        return answer(card_json(self._studio.cards, card))

    async def change(self, request: Request) -> Response:
        """Change what a musician may change of a card."""
        asked, card_id = await json_of(request), request.path_params["id"]
        values = _changed(asked)
        card = self._studio.cards.get(card_id)
        instrument, bpm = asked.get("midi_instrument"), asked.get("bpm")
        if instrument is not None or bpm is not None:
            dress = self._studio.composer.dress
            card = await run_in_threadpool(dress, card_id, instrument, bpm)
        if values:
            change = partial(self._studio.cards.change, card_id, **values)
            card = await run_in_threadpool(change)
        return answer(card_json(self._studio.cards, card))

    async def article(self, request: Request) -> Response:
        """Show a card."""
        asked = request.query_params.get("bars_in_row", "")
        bars = int(asked) if asked in ROLLS else None
        card_id = request.path_params["id"]
        text = await run_in_threadpool(article, self._studio, card_id, bars)
        headers = {"Cache-Control": "no-store"}
        page = text.encode("utf-8", "backslashreplace")  # a source may be no Unicode
        return Response(page, media_type="text/html", headers=headers)

    async def closer(self, request: Request) -> Response:
        """Look closer at a melody."""
        card = self._studio.cards.get(request.path_params["id"])
        return answer(await self._written(self._closer, card))

    def _closer(self, card: SavedCard) -> dict[str, Any]:
        experiment = self._studio.composer.model(card.model)
        return closer(self._studio.cards.melody(card.id), experiment)

    async def vary(self, request: Request) -> Response:
        """Change one thing about a melody."""
        asked = await json_of(request)
        composer = self._studio.composer
        return self._cards(
            await self._written(composer.vary, request.path_params["id"], asked)
        )

    async def go_on(self, request: Request) -> Response:
        """Continue a melody, or answer it."""
        asked = await json_of(request)
        how = asked.get("as", "continue")
        if how not in ("continue", "answer"):
            raise MonodyError(f"expected as to be continue or answer, not {how!r}")
        composer = self._studio.composer
        write = composer.go_on if how == "continue" else composer.reply
        card = self._studio.cards.get(request.path_params["id"])
        work = partial(
            write,
            card.id,
            object_of(asked, "settings"),
            model=asked.get("model", card.model),
        )
        return self._cards(await self._written(work))

    async def phrase(self, request: Request) -> Response:
        """Keep a phrase of the musician's own."""
        if request.headers.get("content-type", "").startswith("multipart/"):
            return self._cards([await dropped_phrase(self._studio, request)])
        asked = await json_of(request)
        card = await run_in_threadpool(self._phrase, asked)
        return self._cards([card])

    def _phrase(self, asked: Mapping[str, Any]) -> SavedCard:
        if "abc" in asked:
            phrase = Phrase(melody_of_abc(asked["abc"], self._studio.folder))
        else:
            phrase = _played(asked)
        cards = self._studio.cards
        usual = _("Phrase {number}").format(number=cards.count("phrase") + 1)
        name = _name(asked["name"]) if asked.get("name") else usual
        return cards.add_played(phrase, kind="phrase", name=name)

    async def answer(self, request: Request) -> Response:
        """Answer what was just played; nothing is kept."""
        asked = await json_of(request)
        phrase = _played({"played": True, **asked}).melody
        settings = object_of(asked, "settings")
        composer = self._studio.composer
        melody = await self._written(
            composer.answer, phrase, settings, asked.get("model")
        )
        return answer(music_json(melody))

    async def in_time(self, request: Request) -> Response:
        """Put what was just played in time; nothing is kept."""
        asked = await json_of(request)
        return answer({"notes": in_time(asked.get("notes"))})

    async def voice(self, request: Request) -> Response:
        """Sound one note."""
        asked = request.path_params
        path = await run_in_threadpool(
            voice_of, self._studio, asked["program"], asked["pitch"]
        )
        kept = {"Cache-Control": f"private, max-age={VOICE_SECONDS}"}
        return FileResponse(path, media_type="audio/wav", headers=kept)

    async def file(self, request: Request) -> Response:
        """Send a file of a card."""
        asked = request.path_params
        file = await run_in_threadpool(
            file_of, self._studio, asked["id"], asked["file"]
        )
        return _sent(request, file)

    async def _written(self, work: Any, *arguments: Any) -> Any:
        """Wait for what a model writes."""
        return await run_in(self._studio.composer.thread, work, *arguments)

    def _cards(self, cards: Sequence[SavedCard]) -> Response:
        shown = [card_json(self._studio.cards, card) for card in cards]
        return answer({"cards": shown})


def _sent(request: Request, file: CardFile) -> Response:
    """Send a file, unless the browser has it."""
    headers = {"ETag": f'"{file.tag}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if file.path is not None:
        return FileResponse(file.path, media_type=file.media_type, headers=headers)
    return Response(file.data, media_type=file.media_type, headers=headers)


def _changed(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a card that are to change."""
    values: dict[str, Any] = {}
    if "name" in asked:
        values["name"] = _name(asked["name"])
    for flag in FLAGS:
        if flag in asked:
            if not isinstance(asked[flag], bool):
                raise MonodyError(f"expected {flag} to be true or false")
            values[flag] = asked[flag]
    return values


def _name(value: object) -> str:
    """Return a name that a musician gave."""
    name = " ".join(value.split()) if isinstance(value, str) else ""
    if not name or len(name) > MAX_NAME:
        raise MonodyError(
            _("A name has 1 to {count} characters.").format(count=MAX_NAME)
        )
    return name


def _played(asked: Mapping[str, Any]) -> Phrase:
    """Return the melody of notes that were drawn or, with ``played``, played."""
    notes = asked.get("notes")
    if asked.get("played"):
        notes = in_time(notes)
    meter = asked.get("meter") or "4/4"
    if not isinstance(meter, str):
        raise MonodyError("expected the meter as a text, such as 6/8")
    return phrase_of(notes, meter, bpm_of(asked.get("bpm")))
