"""Serving a studio: a socket of this machine only, and a thread that answers on it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import uvicorn

from monody.errors import MonodyError
from monody.studio.folder import StudioFolder
from monody.studio.server import make_app
from monody.studio.studio import Studio

LOCAL = "127.0.0.1"


class _Server(uvicorn.Server):
    """A server that leaves signals to the command line, see ``ending``."""

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]
        return nullcontext()


@contextmanager
def serve(
    folder: StudioFolder, port: int | None, usual: int
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Serve a studio in a thread; yield its address, and what waits for its end."""
    with _listening(port, usual) as listening:
        number = listening.getsockname()[1]
        address = f"http://{LOCAL}:{number}/"
        studio = Studio.of(folder)
        config = uvicorn.Config(
            make_app(studio, number), log_level="critical", access_log=False,
            lifespan="off", server_header=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = _Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, daemon=True
        )
        thread.start()
        studio.start()
        try:
            with folder.open_at(address):
                yield address, thread.join
        finally:
            server.should_exit = True
            thread.join()
            studio.close()


def _listening(port: int | None, usual: int) -> socket.socket:
    """Listen on a port that is named, or else on the usual one, or any that is free."""
    tried = (port,) if port is not None else (usual, 0)
    for number in tried:
        try:
            return socket.create_server((LOCAL, number), backlog=128)
        except OSError as error:
            refused = error
    raise MonodyError(
        f"cannot listen on port {port} ({refused.strerror}): name another --port, or "
        "leave it out"
    )
