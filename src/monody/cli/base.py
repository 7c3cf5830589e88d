"""``make base``: ``python -m monody.cli.base [FOLDER [FREE]]``.

A command of its own, for those who work on monody. It ends like the others, by a signal
or by an error.
"""

from __future__ import annotations

from monody.cli.main import main

TYPE_CHECKING = False  # as in ``main``
if TYPE_CHECKING:
    import click


def recipe() -> click.Command:
    """Import the recipe, once signals are taken."""
    from monody.cli.make_base import make_base

    return make_base


if __name__ == "__main__":
    main(command=recipe)
