"""A file that is dropped as a phrase: read, and kept as a card."""

from __future__ import annotations

from pathlib import PurePath

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

import monody
from monody.errors import printable
from monody.studio.cards import MAX_NAME
from monody.studio.phrase_files import phrase_of_file
from monody.studio.saved_card import SavedCard
from monody.studio.studio import Studio
from monody.studio.words import _

MAX_PHRASE_BYTES = 2**24  # of one file of music


async def dropped_phrase(studio: Studio, request: Request) -> SavedCard:
    """Keep the melody of a file that was dropped.

    Args:
        studio: Where it is kept.
        request: A form with one file.

    Raises:
        MonodyError: If there is no file, it is too large, or it has no melody.
    """
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise monody.MonodyError(_("Drop a file of music."))
        data = await file.read(MAX_PHRASE_BYTES + 1)
        name = file.filename or ""
    if len(data) > MAX_PHRASE_BYTES:
        raise monody.MonodyError(_("This file is too large for a phrase."))
    return await run_in_threadpool(_keep, studio, data, name)


def _keep(studio: Studio, data: bytes, file_name: str) -> SavedCard:
    phrase, ours = phrase_of_file(data, file_name, studio.folder)
    stem = PurePath(file_name.replace("\\", "/")).name.partition(".")[0]
    name = printable(" ".join(stem.split()))[:MAX_NAME] or _("Melody")
    if ours:
        return studio.cards.add(ours, kind="dropped", name=name)
    return studio.cards.add_played(phrase, kind="dropped", name=name)
