"""What a new melody follows: its meter, its key, its style and its form.

What was asked for comes first, then what the primer has. The rest is that of a melody
of the corpus, drawn for each new one. So new melodies have the forms, the beginnings
and the endings that the corpus has, as often as it has them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np

from monody.errors import MonodyError
from monody.generation.forms import draw_precedent, fitted_form, later_part, with_notes
from monody.generation.primers import Primer, leads_to_line
from monody.models.events import UNKNOWN
from monody.models.record import Precedent, RunRecord
from monody.music.form import Form
from monody.music.meter import TICKS_PER_STEP, Meter
from monody.music.near_names import named_in_each_language, plain_name
from monody.music.pitch import PITCH_CLASSES
from monody.music.scale import Scale
from monody.settings.base import required
from monody.settings.sampling import SampleSettings

TONE = 2  # semitones
MINOR_THIRD = 3  # semitones; a scale that has it, and not the major third, is minor


class Heard(NamedTuple):
    """The bars that a melody continues: the beginning of what it is the rest of."""

    bars: int  # bar lines to where the melody begins
    position: int  # ticks from the bar line to their own first note
    density: float  # notes a bar

    @classmethod
    def of(cls, primer: Primer) -> Self:
        """Say what there is of a primer whose bars are as long as the melody's."""
        first = int(primer.music.starts[0]) if len(primer.music) else 0
        density = len(primer.music) / max(primer.bars, 1)
        return cls(primer.bars, first % primer.bar_ticks, density)


@dataclass(frozen=True)
class MelodyOutline:
    """What one new melody follows."""

    meter: Meter
    position: int  # ticks from the bar line to where it begins
    key: int  # symbol of its tonic
    style: int  # symbol of its style
    precedent: Precedent | None  # whose form it follows
    is_loose: bool = False  # whether its cadences are its own
    own_rhythm: bool = False  # whether how many notes its bars have is its own
    on_tonic: bool = False  # whether it has to close on the tonic
    pitches: tuple[int, int] | None = None  # lowest and highest note, if that is said
    notes_per_bar: tuple[int, int] | None = None  # fewest and most, if that is asked
    heard: Heard | None = None  # the bars that it continues

    @property
    def has_pickup(self) -> bool:
        """Whether it begins in the second half of a bar, which comes before bar 1."""
        return 2 * self.position >= self.meter.bar_ticks

    def form(self, bars: int, ticks: int | None = None) -> Form | None:
        """Return the form of the melody, or of a part of it.

        Args:
            bars: How many bars it has.
            ticks: How long it is, where that is exact; by default it ends in its last
                bar where the precedent does.
        """
        if self.precedent is None:
            return None
        form = self._fitted(self.precedent.form, bars)
        if self.is_loose:
            form = replace(form, cadences=())
        if self.notes_per_bar is not None:
            form = with_notes(form, *self.notes_per_bar)
        elif self.own_rhythm:
            form = replace(form, notes=())
        if self.on_tonic and form.cadences:
            last = form.cadences[-1]._replace(degree=0)
            form = replace(form, cadences=(*form.cadences[:-1], last))
        return form if ticks is None else form.ending_at(self.position + ticks)

    def _fitted(self, form: Form, bars: int) -> Form:
        """Fit the form of its precedent; of one that is continued, what is left."""
        bar = self.meter.bar_ticks
        if self.heard is None:
            return fitted_form(form, bars, bar, self.position)
        begins = self.heard.position
        all_bars = self.heard.bars + bars + self.has_pickup - (2 * begins >= bar)
        whole = fitted_form(form, all_bars, bar, begins)
        return later_part(whole, self.heard.bars, self.position)


def draw_outline(
    record: RunRecord,
    settings: SampleSettings,
    primer: Primer | None,
    rng: np.random.Generator,
) -> MelodyOutline:
    """Decide what a new melody follows.

    Args:
        record: What is known of the model's training.
        settings: What is asked for.
        primer: What it continues.
        rng: Decides.

    Raises:
        MonodyError: If a style is asked for that the model does not know.
    """
    style = style_symbol(record, settings.style)
    if primer is not None and style == UNKNOWN:
        style = primer.style
    meter = None
    if settings.signature is not None:
        meter = Meter(0, *settings.signature)
    elif primer is not None:
        meter = primer.meter
    begins = None if settings.pickup else 0
    heard = None
    if primer is not None:
        same = meter is not None and primer.bar_ticks == meter.bar_ticks
        begins = primer.position if same else 0
        heard = Heard.of(primer) if same else None
    precedent = draw_precedent(
        record.style.precedents,
        rng,
        bars=bars_asked(settings, meter or usual_meter(record))
        + (heard.bars if heard else 0),
        meter=str(meter) if meter else None,
        style=style,
        begins=heard.position if heard else begins,
        density=heard.density if heard else None,
    )
    if meter is None:
        meter = usual_meter(record)
        if precedent is not None:
            meter = _meter_of(precedent.meter)
    if begins is None:
        begins = precedent.form.begins % meter.bar_ticks if precedent else 0
        if not leads_to_line(settings, begins, meter):
            begins = 0
    key = _key(settings.scale, primer, precedent)
    # A primer is in a register of its own.
    keeps_register = settings.pitches is None and primer is None and not settings.free
    return MelodyOutline(
        meter=meter,
        position=begins,
        key=key,
        style=style or (precedent.style if precedent else UNKNOWN),
        precedent=None if settings.free else precedent,
        is_loose=settings.end == "any",
        own_rhythm=settings.note_ticks is not None,
        on_tonic=settings.end == "tonic",
        pitches=_pitches(precedent, key) if keeps_register else None,
        notes_per_bar=settings.notes_per_bar,
        heard=heard,
    )


def usual_meter(record: RunRecord) -> Meter:
    """Return the commonest meter of the training melodies."""
    return _meter_of(record.style.meter)


def _meter_of(name: str) -> Meter:
    return Meter(0, *map(int, name.split("/")))


def bars_asked(settings: SampleSettings, meter: Meter) -> int:
    """Return how many bars a melody has, the last one whole or not."""
    if settings.bars is not None:
        return settings.bars
    ticks: int = required(settings.file_length) * TICKS_PER_STEP
    return -(-ticks // meter.bar_ticks)


def style_symbol(record: RunRecord, name: str | None) -> int:
    """Return the symbol of a style.

    Args:
        record: Of the model.
        name: One of its styles, in any case and language; ``None`` for none.

    Raises:
        MonodyError: If the model does not know it.
    """
    if name is None:
        return UNKNOWN
    known = named_in_each_language(record.styles)
    if plain_name(name) in known:
        return 1 + record.styles.index(known[plain_name(name)])
    if known:
        raise MonodyError(
            f"no style {name!r}: this model knows {', '.join(record.styles)}"
        )
    raise MonodyError(
        f"--style {name}: this model has learnt one style, its own; leave it out, or "
        "write with the base model"
    )


def _key(
    scale: Scale | None, primer: Primer | None, precedent: Precedent | None
) -> int:
    """Return the symbol of the tonic: that of the scale, else the primer's."""
    if scale is not None:
        return scale_symbol(scale)
    if primer is not None:
        return primer.key
    return precedent.tonic if precedent is not None else UNKNOWN


def _pitches(precedent: Precedent | None, key: int) -> tuple[int, int] | None:
    """Return the register of a melody in another key: a tone more than its range.

    A limit that is met too often is heard. With a tone on either side the melodies of
    four corpora had the range of real ones; with none they were a tone narrower.

    Args:
        precedent: The melody.
        key: The symbol of the tonic of the new one; they are moved the shorter way.
    """
    if precedent is None:
        return None
    lowest, highest = precedent.pitches
    lowest, highest = lowest - TONE, highest + TONE
    if UNKNOWN in (key, precedent.tonic):
        return lowest, highest
    half = PITCH_CLASSES // 2
    up = (key - precedent.tonic + half) % PITCH_CLASSES - half  # semitones
    return lowest + up, highest + up


def scale_symbol(scale: Scale) -> int:
    """Return the symbol of a scale's tonic, as of the major or minor key it is like.

    Example:
        >>> from monody.generation.outlines import scale_symbol
        >>> from monody.models.outline import tonic_symbol
        >>> from monody.music.keys import KEY_NAMES
        >>> from monody.music.scale import parse_scale
        >>> d_minor = tonic_symbol(KEY_NAMES.index("D minor"))
        >>> scale_symbol(parse_scale("D dorian")) == d_minor
        True
    """
    above = {(pitch - scale.tonic) % PITCH_CLASSES for pitch in scale.pitch_classes}
    minor = MINOR_THIRD in above and MINOR_THIRD + 1 not in above
    return 1 + scale.tonic + PITCH_CLASSES * minor
