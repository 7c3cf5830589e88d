"""The command ``monody cache``."""

from __future__ import annotations

import click

from monody.cli.options import HeadedCommand
from monody.cli.verbosity import say_whole
from monody.translation import decimal


@click.command(cls=HeadedCommand)
@click.option("--clear", is_flag=True, help="Remove it all.")
def cache(clear: bool) -> None:
    r"""Show, or remove, what monody remembers of the files that it read.

    What was read once is not read again until it changes. Removing it costs nothing but
    the time to read it again. MONODY_CACHE names another folder for it.
    """
    from monody.cache_folder import cache_folder
    from monody.corpus.cache import cache_bytes, clear_cache

    if clear:
        clear_cache()
    say_whole(f"{cache_folder()}: {decimal(cache_bytes() / 1e6, '.1f')} MB")
