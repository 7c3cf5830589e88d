"""The command ``monody studio``: the page that a musician opens every day."""

from __future__ import annotations

import click

from monody.cli.options import HeadedCommand
from monody.cli.verbosity import say_whole

PORT = 8377  # the first that is tried, so that a bookmark keeps


@click.command(cls=HeadedCommand)
@click.option(
    "--studio_dir",
    metavar="DIR",
    help="Folder of the studio: melodies, collections, trainings. "
    "[default: MONODY_STUDIO, or where the system keeps a program's data]",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help=f"Port to listen on, on this machine only. [default: {PORT}, or a free one]",
)
@click.option("--no_browser", is_flag=True, help="Do not open the page.")
def studio(studio_dir: str | None, port: int | None, no_browser: bool) -> None:
    r"""Open the studio: train, compose, listen, change and keep, on one page.

    \b
    monody studio                      open the page in your browser
    monody studio --no_browser         say where it is, and leave the browser alone

    Ctrl-C ends it. Everything stays on this machine, and is there the next time.
    """
    from monody.extras import extra_module

    extra_module("starlette", "studio", "the studio is served by")
    from monody.studio.folder import StudioFolder
    from monody.studio.serving import serve

    folder = StudioFolder.named(studio_dir)
    with folder.alone():
        with serve(folder, port, PORT) as (address, wait):
            say_whole(f"monody studio is at {address} (Ctrl-C ends it)")
            if not no_browser:
                click.launch(address)
            wait()
