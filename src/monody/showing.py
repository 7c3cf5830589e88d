"""How values show themselves: in a line of a terminal, and in a notebook.

Jupyter, Colab and other notebooks ask a value for ``_repr_html_``. What draws melodies
lies in rooms above those that they live in, which know nothing of it. So a value says
here that it can be shown, and the root package, which knows all rooms, says who draws.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing would be imported for nothing
if TYPE_CHECKING:
    from collections.abc import Callable

    Drawing = Callable[[object], str]

_drawings: list[Drawing] = []  # one, as soon as ``import monody`` is done


def draw_with(drawing: Drawing) -> None:
    """Say what draws values.

    Args:
        drawing: Returns a piece of HTML for a value. What it needs is imported when it
            is called: most programs never show a melody.
    """
    _drawings[:] = [drawing]


def counted(count: int, one: str, more: str) -> str:
    """Write a count and what was counted, for the ``repr`` of a value.

    Those are for programmers, and English. What a musician reads is translated.

    Example:
        >>> from monody.showing import counted
        >>> counted(1, "melody", "melodies"), counted(2, "melody", "melodies")
        ('1 melody', '2 melodies')
    """
    return f"{count} {one if count == 1 else more}"


class ShownInNotebooks:
    """A value that a notebook shows: to hear, to see and to read.

    Example:
        >>> from monody import Melody
        >>> html = Melody.from_notes([(60, 0, 24), (64, 24, 72)])._repr_html_()
        >>> "<audio" in html, "<img" in html, "<script" in html
        (True, True, False)
    """

    def _repr_html_(self) -> str:
        """Return the HTML that a notebook shows."""
        [drawing] = _drawings
        return drawing(self)
