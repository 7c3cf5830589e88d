"""A studio asked over HTTP as its page asks it, and what it has said that it keeps.

What was answered is promised: it must be there after any stop.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monody.studio.folder import StudioFolder
from monody.studio.key import StudioKey, cookie_of

BOUNDARY = "monody-faults"
SMALL = {"base": "none", "seed": 1, "num_epochs": 2}
SENT_AT_ONCE = 4096  # bytes of an upload
SECONDS_TO_BEGIN = 60.0
SECONDS_TO_TRAIN = 1800.0  # on a busy machine; it gives way to all else
PHRASE = [[60, 0, 24], [64, 24, 48], [67, 48, 72], [65, 72, 96], [60, 96, 192]]


class Page:
    """A page of a studio that is open.

    Args:
        folder: Of the studio. Its server is waited for.

    Raises:
        ConnectionError: If there is none.
    """

    def __init__(self, folder: Path) -> None:
        address = StudioFolder(folder).address_soon(SECONDS_TO_BEGIN)
        if address is None:
            raise ConnectionError("no studio")
        self.folder = folder
        self._port = urlsplit(address).port or 0
        self._headers = {
            "Origin": address.rstrip("/"),
            "Cookie": f"{cookie_of(self._port)}={StudioKey.of(folder).secret}",
        }

    def ask(self, method: str, path: str, **values: Any) -> Any:
        """Ask, with JSON values; return what is answered, as JSON."""
        return self._asked(method, path, json.dumps(values).encode())

    def send(self, path: str, files: list[Path], **texts: str) -> Any:
        """Send files as a form, a little at a time."""
        parts = [_part(f'name="{name}"', text.encode()) for name, text in texts.items()]
        parts += [
            _part(f'name="files"; filename="{file.name}"', file.read_bytes())
            for file in files
        ]
        body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        form = f"multipart/form-data; boundary={BOUNDARY}"
        return self._asked("POST", path, body, form)

    def _asked(
        self, method: str, path: str, body: bytes, form: str = "application/json"
    ) -> Any:
        asking = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            asking.putrequest(method, path)
            lengths = {"Content-Type": form, "Content-Length": str(len(body))}
            for name, value in (self._headers | lengths).items():
                asking.putheader(name, value)
            asking.endheaders()
            for begin in range(0, len(body), SENT_AT_ONCE):
                asking.send(body[begin : begin + SENT_AT_ONCE])
                time.sleep(0.001)
            answer = asking.getresponse()
            answered = json.loads(answer.read())
        finally:
            asking.close()
        if answer.status == http.client.SERVICE_UNAVAILABLE:
            raise ConnectionResetError(answered)  # it is closing
        if answer.status != http.client.OK:
            raise RefusedError(f"{path}: {answer.status} {answered}")
        return answered


class RefusedError(Exception):
    """The studio did not do what was asked."""


def _part(about: str, content: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
    return head.encode() + content + b"\r\n"


@dataclass
class Kept:
    """What a studio has answered that it keeps."""

    cards: dict[str, str] = field(default_factory=dict)  # the sum of the MIDI file
    hearts: set[str] = field(default_factory=set)
    collections: dict[str, int] = field(default_factory=dict)  # files
    trainings: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def missing(self, page: Page) -> list[str]:
        """Say what a studio that is open has no longer."""
        state = page.ask("GET", "/api/state")
        there = {name: {one["id"]: one for one in state[name]}
                 for name in ("cards", "collections", "trainings")}  # fmt: skip
        lost = [
            f"card {card}"
            for card, sum_ in self.cards.items()
            if card not in there["cards"] or sum_of(page.folder, card) != sum_
        ]
        lost += [f"heart of {card}" for card in self.hearts - _hearts(there["cards"])]
        lost += [
            f"{count} files of collection {name}"
            for name, count in self.collections.items()
            if name not in there["collections"] or _files(page.folder, name) < count
        ]
        return lost + [
            f"training {name}" for name in self.trainings - there["trainings"].keys()
        ]


def sum_of(folder: Path, card: str) -> str:
    """Return a sum of the MIDI file of a card; empty if there is none."""
    path = folder / f"melodies/{card}.mid"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _hearts(cards: dict[str, Any]) -> set[str]:
    return {name for name, card in cards.items() if card["heart"]}


def _files(folder: Path, collection: str) -> int:
    kept = folder / "collections" / collection / "files"
    return sum(path.is_file() for path in kept.rglob("*"))


# --- what is asked of a studio until it ends


def nothing(page: Page, kept: Kept, _files: list[Path]) -> None:
    """Look at what is there, now and then."""
    kept.missing(page)
    time.sleep(0.2)


def compose(page: Page, kept: Kept, _files: list[Path]) -> None:
    """Let a melody be written, draw another, and take one of them to heart."""
    settings = {"num_files": 1, "bars": 4, "seed": len(kept.cards) + 1}
    answers = [
        page.ask("POST", "/api/phrases", notes=PHRASE),
        page.ask("POST", "/api/compose", settings=settings),
    ]
    for answer in answers:
        for card in answer["cards"]:
            kept.cards[card["id"]] = sum_of(page.folder, card["id"])
    page.ask("PATCH", f"/api/cards/{card['id']}", heart=True)
    kept.hearts.add(card["id"])


def train(page: Page, kept: Kept, files: list[Path]) -> None:
    """Begin a training, and look how far it is."""
    if not kept.trainings:
        answer = page.send("/api/collections", files[:12], name="tunes")
        collection = answer["collection"]["id"]
        kept.collections[collection] = 12
        ordered = {"training": SMALL, "network": {"rnn_size": 16}}
        one = page.ask("POST", "/api/trainings", collection=collection, **ordered)
        kept.trainings.add(one["training"]["id"])
    kept.missing(page)
    time.sleep(0.1)


def upload(page: Page, kept: Kept, files: list[Path]) -> None:
    """Drop files as a new collection, and then more of them."""
    half = len(files) // 2
    answer = page.send("/api/collections", files[:half], name="many")
    name = answer["collection"]["id"]
    kept.collections[name] = half
    page.send(f"/api/collections/{name}/files", files[half:])
    kept.collections[name] = len(files)


ACTIVITIES: dict[str, Callable[[Page, Kept, list[Path]], None]] = {
    "idle": nothing,
    "composing": compose,
    "training": train,
    "uploading": upload,
}


class Asking(threading.Thread):
    """Asks a studio one thing after the other, until it is gone.

    Args:
        folder: Of the studio.
        activity: What is asked.
        files: That are dropped on it.
    """

    def __init__(self, folder: Path, activity: str, files: list[Path]) -> None:
        super().__init__(daemon=True)
        self.kept = Kept()
        self._folder, self._files = folder, files
        self._act = ACTIVITIES[activity]
        self.start()

    def run(self) -> None:
        """Ask."""
        try:
            page = Page(self._folder)
            while True:
                self._act(page, self.kept, self._files)
        except RefusedError as error:
            self.kept.refused.append(str(error))
        except (OSError, http.client.HTTPException, ValueError):
            pass  # it is gone, perhaps within a word


def trained(page: Page, kept: Kept, hurry: Callable[[], None]) -> str:
    """Wait until a training is over, and say how it ended: ``done``.

    Args:
        page: Of its studio.
        kept: Has its name.
        hurry: Called now and then: a training gives way to all else on a machine.
    """
    [name] = kept.trainings
    until = time.monotonic() + SECONDS_TO_TRAIN
    while time.monotonic() < until:
        one = page.ask("GET", f"/api/trainings/{name}")["training"]
        if one["state"] not in ("queued", "running"):
            return f"{one['state']} {one['message']}".strip()
        hurry()
        time.sleep(0.2)
    return "without end"
