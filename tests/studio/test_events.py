"""Every page that is open hears what changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import monody
from monody.studio import events
from monody.studio.cards import CardLibrary
from monody.studio.events import KINDS, Changes

TWO_NOTES = monody.midi_bytes(monody.Melody.from_notes([(60, 0, 24), (62, 24, 24)]))


async def _opened(changes: Changes) -> AsyncIterator[str]:
    page = changes.heard()
    assert (await anext(page)).startswith(":")
    return page


def _data(event: str) -> dict[str, list[str]]:
    name, data, *_ = event.split("\n")
    assert name == "event: changed"
    return dict(json.loads(data.removeprefix("data: ")))


def test_two_pages_hear_the_same_from_another_thread(tmp_path: Path) -> None:
    async def listen() -> None:
        changes = Changes()
        cards = CardLibrary(tmp_path, changes)
        pages = [await _opened(changes) for _ in range(2)]
        add = asyncio.to_thread(cards.add, TWO_NOTES, kind="phrase", name="two")
        card = await add
        heard = [_data(await anext(page)) for page in pages]
        told: dict[str, list[str]] = {kind: [] for kind in KINDS}
        told["cards"] = [card.id]
        assert heard == [told, told]

    asyncio.run(listen())


def test_what_changes_meanwhile_is_heard_together_and_once() -> None:
    async def listen() -> None:
        changes = Changes()
        page = await _opened(changes)
        changes.tell(cards=["a"], models=["m"])
        changes.tell(cards=["b", "a"])
        await asyncio.sleep(0)
        assert _data(await anext(page))["cards"] == ["a", "b"]

    asyncio.run(listen())


def test_who_hears_nothing_is_kept_awake_and_who_leaves_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "QUIET_SECONDS", 0.01)

    async def listen() -> None:
        changes = Changes()
        page = await _opened(changes)
        assert (await anext(page)).startswith(":")
        await page.aclose()  # type: ignore[attr-defined]
        changes.tell(cards=["a"])

    asyncio.run(listen())
