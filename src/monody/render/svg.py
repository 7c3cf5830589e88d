"""Elements of SVG, written as text."""

from __future__ import annotations

import html
from collections.abc import Mapping

Look = Mapping[str, str | float]  # attributes, by name
AT_END: Look = {"text-anchor": "end"}
AT_MIDDLE: Look = {"text-anchor": "middle"}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


def box(
    x: float, y: float, width: float, height: float, look: Look, inside: str = ""
) -> str:
    """Write a rectangle; its upper left corner is at x and y.

    Example:
        >>> from monody.render.svg import box
        >>> box(0, 0, 10, 5, {"fill": "red"})
        '<rect x="0" y="0" width="10" height="5" fill="red"></rect>'
    """
    place = {"x": x, "y": y, "width": width, "height": height}
    return tag("rect", {**place, **look}, inside)


def line(left: float, right: float, top: float, bottom: float, look: Look) -> str:
    """Write a line from the left upper to the right lower end."""
    ends = {"x1": left, "x2": right, "y1": top, "y2": bottom}
    return tag("line", {**ends, **look})


def text(words: str, x: float, y: float, look: Look | None = None) -> str:
    """Write plain words whose base line is at ``y``.

    Example:
        >>> from monody.render.svg import text
        >>> text("C & D", 4, 12)
        '<text x="4" y="12">C &amp; D</text>'
    """
    return tag("text", {"x": x, "y": y, **(look or {})}, html.escape(words))


def tag(element: str, look: Look, inside: str = "") -> str:
    """Write an element; lengths have six digits, which is a hundredth of a pixel."""
    return f"<{element}{attributes(look)}>{inside}</{element}>"


def attributes(look: Look) -> str:
    """Write attributes, each after a space.

    Example:
        >>> from monody.render.svg import attributes
        >>> attributes({"class": "note", "x": 1 / 3})
        ' class="note" x="0.333333"'
    """
    return "".join(
        f' {name}="{value if isinstance(value, str) else f"{value:.6g}"}"'
        for name, value in look.items()
    )


def xml_text(words: str) -> str:
    """Return words with a space for each character that XML does not allow.

    Example:
        >>> from monody.render.svg import xml_text
        >>> xml_text(f"a{chr(0)}b")
        'a b'
    """
    return "".join(char if char.isprintable() else " " for char in words)


def shortened(words: str, characters: int) -> str:
    """Cut words that are longer than ``characters``, and say so by ``…``.

    Example:
        >>> from monody.render.svg import shortened
        >>> shortened("Variations", 6)
        'Varia…'
    """
    return words if len(words) <= characters else f"{words[: characters - 1]}…"
