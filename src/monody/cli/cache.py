"""The command ``monody cache``."""

from __future__ import annotations

import click

from monody.cli.options import HeadedCommand
from monody.cli.verbosity import say, say_whole
from monody.translation import decimal
from monody.translation import gettext as _


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
    left = cache_bytes()
    say_whole(f"{cache_folder()}: {decimal(left / 1e6, '.1f')} MB")
    if clear and left:
        say(_("another command uses what is left: clear it again when that is done"))
