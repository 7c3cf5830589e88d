"""The learning curves of a training: one SVG that needs nothing else."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monody.render.svg import (
    AT_END,
    AT_MIDDLE,
    FONT,
    Look,
    attributes,
    line,
    tag,
    text,
)
from monody.translation import decimal, marked
from monody.translation import gettext as _

WIDTH, HEIGHT = 760.0, 320.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 104.0, 32.0, 54.0  # margins; on the right, names
STEPS = (1, 2, 5)  # and ten times as much: the steps of an axis
MAX_LINES = 6  # of the grid
LABEL_HEIGHT = 22.0
STYLE = (
    f".curves text{{font-family:{FONT};font-size:13px;fill:var(--soft,#59616b)}}"
    ".curves .grid{stroke:var(--line,#dedad1)}"
    ".curves path{fill:none;stroke-width:2}"
    ".curves .train{stroke:var(--soft,#59616b);stroke-dasharray:5 4}"
    ".curves .held-out{stroke:var(--bar,#3b6ea8)}"
    "@media (max-width:40rem){.curves text{font-size:21px}}"
    ".curves .best{fill:var(--bar,#3b6ea8)}"
)


@dataclass(frozen=True)
class Curves:
    """Bits per note by epoch.

    Args:
        train: Of the training melodies, one for each epoch from 1 on.
        held_out: Of the validation melodies, likewise; empty without any.
        best: The epoch whose weights were kept; ``None`` if none was better than the
            weights that training began with.

    Example:
        >>> from monody.render.curves import Curves
        >>> Curves(train=[3.1, 2.6], held_out=[3.2, 2.9], best=2).said
        'Held-out bits per note: 3.20 after epoch 1, ... best 2.90, after epoch 2'
    """

    train: Sequence[float]
    held_out: Sequence[float]
    best: int | None

    @property
    def said(self) -> str:
        """The picture in a sentence or two."""
        shown = self.held_out or self.train
        words = _("Training bits per note: {first} after epoch 1, {last} after epoch "
                  "{epochs}")  # fmt: skip
        if self.held_out:
            words = _("Held-out bits per note: {first} after epoch 1, {last} after "
                      "epoch {epochs}")  # fmt: skip
        said = words.format(
            first=decimal(shown[0], ".2f"),
            last=decimal(shown[-1], ".2f"),
            epochs=len(shown),
        )
        if self.best is None:
            rest = _("no epoch was better than what training began with")
        else:
            rest = _("best {bits}, after epoch {epoch}").format(
                bits=decimal(shown[self.best - 1], ".2f"), epoch=self.best
            )
        return f"{said}; {rest}"


@dataclass(frozen=True)
class _Axes:
    """Where epochs and bits are in the picture."""

    epochs: int
    low: float  # bits
    high: float

    def x(self, epoch: int) -> float:
        share = (epoch - 1) / max(self.epochs - 1, 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, bits: float) -> float:
        share = (self.high - bits) / (self.high - self.low)
        return TOP + share * (HEIGHT - TOP - BOTTOM)


def curves_svg(curves: Curves, title: str) -> str:
    """Draw learning curves.

    Args:
        curves: With at least one epoch.
        title: The name of the picture, for screen readers.

    Returns:
        An SVG without a fixed size, without scripts, fonts or links. It goes
        into a page, whose colours it takes.

    Raises:
        ValueError: If there is no epoch.

    Example:
        >>> from monody.render.curves import Curves, curves_svg
        >>> svg = curves_svg(Curves([3.1, 2.6], [3.2, 2.9], best=2), "Run 01")
        >>> svg.count("<path"), svg.count("<circle")  # two curves, one best epoch
        (2, 1)
    """
    if not curves.train:
        raise ValueError("curves must have at least one epoch")
    step = _step(max(*curves.train, *curves.held_out, 0) - _least(curves))
    low = math.floor(_least(curves) / step) * step
    high = math.ceil(max(*curves.train, *curves.held_out, low + step) / step) * step
    axes = _Axes(len(curves.train), low, high)
    look: Look = {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "curves",
        "role": "img",
        "aria-label": f"{title}: {curves.said}",
        "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}",
    }
    parts = [
        f"<svg{attributes(look)}>",
        f"<title>{html.escape(title)}</title>",
        f"<style>{STYLE}</style>",
        *_grid(axes, step),
        *_lines(curves, axes),
        "</svg>",
        "",
    ]
    return "\n".join(parts)


def _least(curves: Curves) -> float:
    return min((*curves.train, *curves.held_out))


def _step(spread: float) -> float:
    """Return a round step that divides a spread into a few parts."""
    finest = max(spread, 0.05) / MAX_LINES
    power = 10.0 ** math.floor(math.log10(finest))
    return next(power * step for step in (*STEPS, 10) if power * step >= finest)


def _grid(axes: _Axes, step: float) -> Iterator[str]:
    """Draw the lines of the bits, and the numbers of both axes."""
    digits = max(-math.floor(math.log10(step)), 0)
    for place in range(round((axes.high - axes.low) / step) + 1):
        bits = axes.low + place * step
        y = axes.y(bits)
        yield line(LEFT, WIDTH - RIGHT, y, y, {"class": "grid"})
        yield text(f"{bits:.{digits}f}", LEFT - 8, y + 4, AT_END)
    yield text(_("bits per note"), LEFT, TOP - 12)
    bottom = HEIGHT - BOTTOM
    for epoch in _named_epochs(axes.epochs):
        yield text(str(epoch), axes.x(epoch), bottom + 22, AT_MIDDLE)
    yield text(_("epoch"), (LEFT + WIDTH - RIGHT) / 2, bottom + 46, AT_MIDDLE)


def _named_epochs(epochs: int) -> list[int]:
    """Choose which epochs have their number below: the first, and round ones."""
    step = max(round(_step(epochs)), 1)
    return sorted({1, *range(step, epochs + 1, step)} - ({2} if step > 2 else set()))


def _lines(curves: Curves, axes: _Axes) -> Iterator[str]:
    """Draw each curve, its name at its end, and a dot at the best epoch."""
    names = {marked("train"): curves.train, marked("held-out"): curves.held_out}
    shown = {name: values for name, values in names.items() if values}
    ends = {name: axes.y(values[-1]) + 4 for name, values in shown.items()}
    if len(ends) > 1:
        apart = ends["held-out"] - ends["train"]
        missing = max(LABEL_HEIGHT - abs(apart), 0) / 2
        ends["held-out"] += math.copysign(missing, apart)
        ends["train"] -= math.copysign(missing, apart)
    for name, values in shown.items():
        points = (
            f"{axes.x(epoch):.6g} {axes.y(bits):.6g}"
            for epoch, bits in enumerate(values, 1)
        )
        yield tag("path", {"class": name, "d": "M" + "L".join(points)})
        yield text(_(name), WIDTH - RIGHT + 10, ends[name])
    if curves.best is not None:
        kept = (curves.held_out or curves.train)[curves.best - 1]
        dot: Look = {"class": "best", "cx": axes.x(curves.best), "cy": axes.y(kept)}
        words = _("best: {bits} bits per note, epoch {epoch}").format(
            bits=decimal(kept, ".2f"), epoch=curves.best
        )
        yield tag("circle", {**dot, "r": 5}, f"<title>{words}</title>")
