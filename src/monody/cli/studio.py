"""The command ``monody studio``: the page that a musician opens every day."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monody.cli.checks import require_sound_bank, require_writable
from monody.cli.options import HeadedCommand
from monody.cli.page import sound_bank_option
from monody.cli.verbosity import say_whole, say_written
from monody.errors import MonodyError

if TYPE_CHECKING:
    from monody.studio.folder import StudioFolder

MAX_PORT = 65535  # of TCP
SECONDS_FOR_OTHER = 15.0  # that a studio which is just being opened may take


@click.command(cls=HeadedCommand)
@click.option(
    "--studio_dir",
    metavar="DIR",
    help="Folder of the studio: melodies, collections, trainings. "
    "[default: MONODY_STUDIO, or where the system keeps what programs save]",
)
@click.option(
    "--port",
    type=int,
    metavar="N",
    help="Port to listen on, on this machine only. [default: 8377, or a free one]",
)
@sound_bank_option
@click.option("--no_browser", is_flag=True, help="Do not open the page.")
@click.option(
    "--add_launcher",
    is_flag=True,
    help="Write an entry for the menu of programs instead, to open the studio with.",
)
def studio(
    studio_dir: str | None,
    port: int | None,
    sound_bank: str | None,
    no_browser: bool,
    add_launcher: bool,
) -> None:
    r"""Open the studio: train, compose, listen, change and keep, on one page.

    \b
    monody studio                 open the page in the browser
    monody studio --no_browser    say where it is, and open nothing
    monody studio --add_launcher  from now on, open it from the menu of programs

    Everything stays on this machine, and is there the next time. Ctrl-C ends it. Where
    it is open already, its page is opened once more.
    """
    if port is not None and not 1 <= port <= MAX_PORT:
        raise MonodyError(f"--port must be from 1 to {MAX_PORT}, not {port}")
    if add_launcher:
        _add_launcher(studio_dir)
        return
    from monody.extras import extra_module

    for module in ("starlette", "uvicorn", "python_multipart"):
        extra_module(module, "studio", "the studio is served by")
    from monody.studio.folder import StudioFolder, TakenError
    from monody.studio.key import StudioKey

    if sound_bank:
        require_sound_bank(sound_bank)
    folder = StudioFolder.named(studio_dir)
    require_writable(folder.path, "--studio_dir")
    try:
        with folder.alone():
            _serve(folder, port, sound_bank, opens=not no_browser)
    except TakenError:
        address = folder.address_soon(SECONDS_FOR_OTHER)
        if address is None:
            raise
        key = StudioKey.of(folder.path)
        say_whole(f"monody studio is open already: {key.address(address)}")
        if not no_browser:
            _open(key.passing_address(address))


def _serve(
    folder: StudioFolder, port: int | None, sound_bank: str | None, *, opens: bool
) -> None:
    """Serve a studio until Ctrl-C."""
    from monody.studio.serving import serving

    with serving(folder, port, sound_bank) as server:
        say_whole(f"monody studio: {server.address} (Ctrl-C ends it)")
        if opens:
            _open(server.passing())
        server.wait()


def _open(address: str) -> None:
    """Open a page in the browser, where there is a screen to open it on.

    Without one, as over SSH, a browser of letters would take the terminal.
    """
    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform in ("win32", "darwin") or any(map(os.environ.get, screens)):
        click.launch(address)


def _add_launcher(studio_dir: str | None) -> None:
    """Write a launcher that opens the studio as it would be opened now."""
    from monody.studio.folder import FOLDER_VARIABLE
    from monody.studio.launcher import add_launcher, launcher_of

    named = studio_dir or os.environ.get(FOLDER_VARIABLE)
    place = ["--studio_dir", str(Path(named).absolute())] if named else []
    command = [sys.executable, "-m", "monody", "studio", *place]
    say_written([add_launcher(launcher_of(command))], "launcher")
