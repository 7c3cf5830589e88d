"""Who has the page open hears at once what has changed, in every tab.

A change names what is to be read again, never how it looks now: so a tab that missed
one, or hears two at once, still shows what is there.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

KINDS = ("cards", "collections", "trainings", "models", "sound")
QUIET_SECONDS = 15.0  # after which a line that says nothing keeps the connection open
_NOTHING = ": still here\n\n"


@dataclass(eq=False)
class _Listener:
    """One open page: what it has not heard yet, and what wakes it."""

    loop: asyncio.AbstractEventLoop
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    unheard: dict[str, dict[str, None]] = field(default_factory=dict)  # in order


class Changes:
    """Tells the pages that are open which things have changed.

    Any thread may tell; each page hears in its own event loop.

    Example:
        >>> from monody.studio.events import Changes
        >>> Changes().tell(cards=["k3x9a0b1c2d4"])
    """

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()
        self._lock = threading.Lock()

    def tell(
        self,
        *,
        cards: Iterable[str] = (),
        collections: Iterable[str] = (),
        trainings: Iterable[str] = (),
        models: Iterable[str] = (),
        sound: Iterable[str] = (),
    ) -> None:
        """Tell every page that is open what has changed, by id."""
        ids = (cards, collections, trainings, models, sound)
        changed = {kind: [*each] for kind, each in zip(KINDS, ids, strict=True)}
        with self._lock:
            for listener in self._listeners:
                for kind, names in changed.items():
                    listener.unheard.setdefault(kind, {}).update(dict.fromkeys(names))
                listener.loop.call_soon_threadsafe(listener.wake.set)

    async def heard(self) -> AsyncIterator[str]:
        """Yield server-sent events, as long as the page listens."""
        listener = _Listener(asyncio.get_running_loop())
        with self._lock:
            self._listeners.add(listener)
        try:
            yield _NOTHING
            while True:
                yield await self._next(listener)
        finally:
            with self._lock:
                self._listeners.discard(listener)

    async def _next(self, listener: _Listener) -> str:
        """Wait for a change, or for as long as nothing is to be said."""
        try:
            await asyncio.wait_for(listener.wake.wait(), QUIET_SECONDS)
        except TimeoutError:
            return _NOTHING
        with self._lock:
            listener.wake.clear()
            unheard, listener.unheard = listener.unheard, {}
        data = {kind: [*unheard.get(kind, ())] for kind in KINDS}
        return f"event: changed\ndata: {json.dumps(data)}\n\n"
