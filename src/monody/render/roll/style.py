"""The colours and letters of a piano roll, in light and dark."""

from __future__ import annotations

from string import Template

from monody.render.svg import FONT

COLOURS = {  # on light and on dark
    "paper": ("#ffffff", "#16191d"),
    "white-keys": ("#f6f7f9", "#1f2429"),
    "black-keys": ("#eaedf0", "#191d21"),
    "beat": ("#dde1e6", "#2b3138"),
    "bar": ("#a6aeb8", "#565f6a"),
    "ink": ("#1f2328", "#e8ebef"),
    "soft": ("#59616b", "#a2abb5"),
    "note": ("#2c60c6", "#83acf7"),
    "now": ("#b3490f", "#ffb270"),
    "playhead": ("#c3322f", "#ff8078"),
}
_COLOUR_RULES = Template(
    ".roll-paper{fill:$paper}.roll-white-keys{fill:$white_keys}"
    ".roll-black-keys{fill:$black_keys}.roll-beats{stroke:$beat}"
    ".roll-bar{stroke:$bar}.roll-final{stroke:$soft}.roll-picture text{fill:$soft}"
    ".roll-picture .roll-title{fill:$ink}.roll-note{fill:$note}"
    ".roll-now{fill:$now}.roll-playhead{stroke:$playhead}"
)
_SHAPE_RULES = (
    f".roll-picture text{{font-family:{FONT};font-size:12px}}"
    ".roll-picture .roll-title{font-size:18px;font-weight:600}"
    ".roll-picture .roll-summary{font-size:13px}"
    ".roll-final,.roll-playhead{stroke-width:2}"
)
# Drawn small, on a phone, it needs larger words: sol#4 leaves the picture a little.
_SMALL_RULE = (
    "@media (max-width:40rem){.roll-picture{overflow:visible}"
    ".roll-picture text{font-size:20px}}"
)


def style(*, adaptive: bool) -> str:
    """Write the rules of style.

    Args:
        adaptive: Whether colours follow the reader's choice of dark or light, and the
            custom properties of a page such as ``--roll-note``, and words the width of
            the window. Else they are light.

    Example:
        >>> from monody.render.roll.style import style
        >>> ".roll-note{fill:#2c60c6}" in style(adaptive=False)
        True
        >>> ".roll-note{fill:var(--roll-note,#2c60c6)}" in style(adaptive=True)
        True
    """
    rules = _SHAPE_RULES + _colours(0, adaptive=adaptive)
    if not adaptive:
        return rules
    return f"{rules}{_SMALL_RULE}@media (prefers-color-scheme:dark){{{_colours(1)}}}"


def _colours(shade: int, *, adaptive: bool = True) -> str:
    """Write the rules of colour; shade 0 is on light, 1 on dark."""
    colours = {}
    for name, both in COLOURS.items():
        own = f"var(--roll-{name},{both[shade]})"
        colours[name.replace("-", "_")] = own if adaptive else both[shade]
    return _COLOUR_RULES.substitute(colours)
