"""Serving a studio: a socket of this machine only, and a thread that answers on it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

import uvicorn

from monody.errors import MonodyError
from monody.studio.folder import StudioFolder
from monody.studio.server import make_app
from monody.studio.sounds import OWN_VOICES
from monody.studio.studio import Studio

LOCAL = "127.0.0.1"
USUAL_PORT = 8377  # tried first, so that a bookmark keeps
SECONDS_TO_END = 1  # that pages which still listen get


class Serving(NamedTuple):
    """A studio that is served."""

    address: str  # with the key
    passing: Callable[[], str]  # an address that opens once, for a browser
    wait: Callable[[], None]  # until it ends


@contextmanager
def serving(
    folder: StudioFolder, port: int | None = None, sound_bank: str | None = OWN_VOICES
) -> Iterator[Serving]:
    """Serve a studio in a thread, as long as the block runs.

    The main thread and the signals are left to the command line (see ``ending``): on
    Windows an event loop in that thread would take them away.

    Args:
        folder: Nobody else works on it.
        port: To listen on; by default the usual one, or any that is free.
        sound_bank: That plays melodies, or ``None`` for one that the system has; by
            default monody's own voices do.

    Raises:
        MonodyError: If the port is taken.
    """
    with _listening(port) as listening:
        number = listening.getsockname()[1]
        address = f"http://{LOCAL}:{number}/"
        studio = Studio.of(folder, sound_bank)
        server = uvicorn.Server(
            uvicorn.Config(
                make_app(studio, number),
                # Its own way to set up logs closes what other libraries log to.
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=SECONDS_TO_END,
            )
        )
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, daemon=True
        )
        thread.start()
        studio.start()
        try:
            with folder.open_at(address):
                key = studio.key
                passing = partial(key.passing_address, address)
                yield Serving(key.address(address), passing, thread.join)
        finally:
            server.should_exit = True
            thread.join()
            studio.close()


def _listening(port: int | None) -> socket.socket:
    """Listen on a port that is named, or else on the usual one, or any that is free."""
    refused = OSError()
    for number in (USUAL_PORT, 0) if port is None else (port,):
        try:
            listening = socket.create_server((LOCAL, number), backlog=128)
        except OSError as error:
            refused = error
            continue
        # The head and the body of an answer go apart: without this, the body would wait
        # 40 ms until the other side confirms the head. asyncio sets it for its own.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    raise MonodyError(
        f"cannot listen on port {port} ({refused.strerror}): name another --port, or "
        "leave it out"
    )
