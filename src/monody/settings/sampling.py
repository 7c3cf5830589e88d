"""What can be asked of generated melodies, and what it means in ticks and pitches."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monody.errors import SettingError
from monody.music.form_text import NamedForm, parse_form
from monody.music.instrument_ranges import parse_range
from monody.music.note_values import (
    parse_bars,
    parse_counts,
    parse_meter,
    parse_note_values,
)
from monody.music.scale import Scale, parse_scale
from monody.settings.base import Settings, setting
from monody.translation import gettext, marked, ngettext

AUTO, PRIMER, NOTHING = STARTS = marked(("auto", "primer", "nothing"))
ENDS = marked(("usual", "tonic", "any"))
LIKE = "like:"  # before the file whose form is meant
LIKES = (LIKE, "como:")
BARS = 16  # of a melody for which no length is named
FREE_AT_LEAST = 8  # bars
MAX_TAKES = 64  # of a melody


@dataclass(frozen=True)
class SampleSettings(Settings):
    """What is asked of a generation."""

    heading = marked("Melodies")

    num_files: int = setting(10, minimum=1, maximum=100_000)
    """Melodies to write."""

    bars: int | None = setting(None, minimum=1, maximum=10_000)
    """Length of each melody in bars; 16 where no length is named. A pickup comes before
    them, and the last note ends in the last of them."""

    file_length: int | None = setting(None, minimum=1, maximum=100_000)
    """Length in 16th notes instead, exact."""

    free: bool = setting(False)
    """Let the model end each melody, at the length above at the latest."""

    free_at_least: int | None = setting(None, minimum=1, maximum=10_000)
    """Bars that a melody of --free has at the least; 8 where none are named."""

    form: str | None = setting(None)
    """Sections that return, exactly or varied ('): AABA, "A A' B A", 4+4+8, or
    like:TUNE.mid (`monody names forms`); by default as the corpus's melodies."""

    meter: str | None = setting(None)
    """Time signature, such as 6/8 (`monody names meters`); by default the primer's."""

    pickup: bool | None = setting(None)
    """Begin with a pickup where the corpus's melodies do; it comes before bar 1. By
    default they do, unless --form or --file_length is named."""

    style: str | None = setting(None)
    """Style of the base model: dance, song, hymn or theme (`monody names styles`); by
    default any."""

    bpm: float | None = setting(None, minimum=4, maximum=1000)
    """Tempo, in quarter notes a minute."""

    key: str | None = setting(None)
    """Only notes of this key, such as 'D dorian', Am or 'do mayor', or a list:
    C,D,E,G,A (`monody names keys`)."""

    range: str | None = setting(None)
    """Only notes in this range, such as C4..A5, or an instrument's: flute (`monody
    names ranges`)."""

    durations: str | None = setting(None)
    """Note values: none finer than 8ths, say; or a list, only these: 1/4,3/8,1/2."""

    density: str | None = setting(None)
    """Notes that begin in each bar, such as 4 or 3..8."""

    end: str = setting("usual", choices=ENDS)
    """Close as the corpus's melodies do (usual), on the tonic, or in any way."""

    temperature: float = setting(1.0, minimum=0.0, maximum=10.0)
    """Below 1 safer, above 1 bolder; 0 always takes the most likely event."""

    pitch_temperature: float | None = setting(None, minimum=0.0, maximum=10.0)
    """The same for pitch alone."""

    rhythm_temperature: float | None = setting(None, minimum=0.0, maximum=10.0)
    """The same for rhythm alone."""

    top_k: int = setting(0, minimum=0, maximum=131)
    """Choose among this many of the likeliest; 0 among all."""

    top_p: float = setting(1.0, minimum=0.0, maximum=1.0)
    """Choose among the fewest that have this share of the probability together."""

    min_p: float = setting(0.0, minimum=0.0, maximum=1.0)
    """Choose among those with this share of the likeliest one's probability."""

    start: str = setting(AUTO, choices=STARTS)
    """Start from nothing, with an opening of its own, or continue a primer; auto: from
    nothing, unless something to continue is named."""

    prime_bars: str | None = setting(None)
    """Bars of the primer to continue, such as 1-8; by default drawn."""

    with_primer: bool = setting(False)
    """Put the primer into the file, too, before the new bars."""

    takes: int = setting(4, minimum=1, maximum=MAX_TAKES)
    """Write each melody this many times, and keep the take that keeps best to its key,
    its form and its cadence; 1 is the quickest."""

    best_of: int | None = setting(None, minimum=1, maximum=100_000)
    """Make this many, and keep the best: the likeliest that copy the least."""

    max_copy: float | None = setting(None, minimum=0.0)
    """Try again where more bars in a row than this are in a training melody."""

    midi_instrument: str = setting("Acoustic Grand Piano")
    """General MIDI instrument: its name in any case, or its number 0-127 (`monody names
    instruments`)."""

    seed: int | None = setting(None, minimum=0, maximum=2**32 - 1)
    """Seed of every random choice; by default a new one, printed and saved."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._settle_form()
        self._settle_length()
        # Each checks its text.
        _ = self.scale, self.pitches, self.note_ticks, self.notes_per_bar
        _ = self.signature, self.primer_bars
        if self.best_of is not None and self.best_of < self.num_files:
            raise SettingError(
                f"best_of must be at least num_files, {self.num_files}, not "
                f"{self.best_of}: the best are chosen among them"
            )

    def _settle_form(self) -> None:
        """Refuse what contradicts a form; take the length from it."""
        if self.form is None:
            return
        if self.file_length is not None:
            raise SettingError(
                f"form is {self.form!r}, whose sections have whole bars, but "
                f"--file_length is {self.file_length}: name --bars instead"
            )
        if self.free:
            raise SettingError(
                f"form is {self.form!r}, which says where a melody ends, but --free "
                "lets the model end it: leave one of them out"
            )
        if self.pickup:
            raise SettingError(
                f"form is {self.form!r}, whose sections begin on bar lines, but "
                "--pickup asks for notes before the first: leave one of them out"
            )
        if self.form_file == "":
            raise SettingError(
                f"form is {self.form!r}, but names no file: {LIKE}TUNE.mid"
            )
        if self.named_form is not None:
            bars = self.named_form.total_bars(self.bars)
            object.__setattr__(self, "bars", bars)

    def _settle_length(self) -> None:
        """Refuse lengths that contradict each other; choose one where none is named."""
        if self.bars is not None and self.file_length is not None:
            raise SettingError(
                f"bars is {self.bars}, but --file_length is {self.file_length}: name "
                "one length"
            )
        if self.pickup is None:
            exact = self.file_length is not None or self.form is not None
            object.__setattr__(self, "pickup", not exact)
        if self.bars is None and self.file_length is None and not self.form_file:
            object.__setattr__(self, "bars", BARS)
        if self.free_at_least is None:
            return
        if not self.free:
            raise SettingError(
                f"free_at_least is {self.free_at_least}, but the length is exact: add "
                "--free, or leave it out"
            )
        if self.bars is not None and self.free_at_least > self.bars:
            raise SettingError(
                f"free_at_least must be at most the length, {self.bars} bars, not "
                f"{self.free_at_least}"
            )

    @property
    def least_bars(self) -> int:
        """Fewest bars of a melody that the model ends; never more than ``bars``.

        Where the length is in 16ths, what is shorter than this many bars is as long as
        asked.
        """
        named = self.free_at_least or FREE_AT_LEAST
        return named if self.bars is None else min(named, self.bars)

    @property
    def continues(self) -> bool:
        """Whether a primer is continued, though no file or folder is named."""
        named = self.prime_bars is not None or self.with_primer
        return self.start == PRIMER or (self.start == AUTO and named)

    @property
    def length_text(self) -> str:
        """The length in words: ``"16 bars"``, or ``"at most 256 16ths"``."""
        if self.bars is not None:
            length = ngettext("{count} bar", "{count} bars", self.bars)
        elif self.form_file:
            return gettext("as many bars as that tune")
        else:
            length = ngettext("{count} 16th", "{count} 16ths", self.file_length or 0)
        return (
            gettext("at most {length}").format(length=length) if self.free else length
        )

    def with_seed(self) -> SampleSettings:
        """Return them with a seed, drawn where none is named."""
        if self.seed is not None:
            return self
        from monody import seeds  # NumPy comes with it

        return replace(self, seed=seeds.new_seed())

    @property
    def form_file(self) -> str | None:
        """The file whose form is asked for, if one is; ``with_form`` names its form.

        Until then there may be no ``bars``.
        """
        text = (self.form or "").strip()
        like = next((like for like in LIKES if text.lower().startswith(like)), None)
        return text[len(like) :].strip() if like else None

    @property
    def named_form(self) -> NamedForm | None:
        """The form, if one is asked for, and not that of a file."""
        if self.form is None or self.form_file is not None:
            return None
        return parse_form(self.form)

    def with_form(self, named: NamedForm) -> SampleSettings:
        """Return them with a form in place of the file that has it.

        Raises:
            SettingError: If it cannot have as many bars as were asked for.
        """
        return replace(self, form=str(named))

    @property
    def scale(self) -> Scale | None:
        """The key, if one is asked for."""
        return parse_scale(self.key) if self.key else None

    @property
    def pitches(self) -> tuple[int, int] | None:
        """Lowest and highest MIDI pitch, if a range is asked for."""
        return parse_range(self.range) if self.range else None

    @property
    def note_ticks(self) -> frozenset[int] | None:
        """Ticks that notes and rests may have, if any are asked for."""
        return parse_note_values(self.durations) if self.durations else None

    @property
    def notes_per_bar(self) -> tuple[int, int] | None:
        """Fewest and most notes that begin in a bar, if a density is asked for."""
        return parse_counts(self.density, "density") if self.density else None

    @property
    def signature(self) -> tuple[int, int] | None:
        """Numerator and denominator of the meter, if one is asked for."""
        return parse_meter(self.meter, "meter") if self.meter else None

    @property
    def primer_bars(self) -> tuple[int, int] | None:
        """First and last bar of the primer, counted from 1, if they are named."""
        return parse_bars(self.prime_bars, "prime_bars") if self.prime_bars else None

    @property
    def temperatures(self) -> tuple[float, float]:
        """Temperature of pitch and of rhythm."""
        asked = (self.pitch_temperature, self.rhythm_temperature)
        pitch, rhythm = (self.temperature if one is None else one for one in asked)
        return pitch, rhythm

    @property
    def temperature_text(self) -> str:
        """Both temperatures in words: ``"0.9"`` or ``"0.9 (rhythm 0.7)"``."""
        pitch, rhythm = self.temperatures
        if pitch == rhythm:
            return f"{pitch:g}"
        return gettext("{pitch} (rhythm {rhythm})").format(
            pitch=f"{pitch:g}", rhythm=f"{rhythm:g}"
        )
