"""Primers: the bars that a melody continues."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.corpus.corpus import read_corpus, require_melodies
from monody.corpus.public_domain import style_of
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.generation.constraints.reachable import can_fill
from monody.generation.saved_melody import (
    MAX_NOTES,
    MAX_TICKS,
    is_too_long,
    read_saved_melody,
)
from monody.models.events import UNKNOWN
from monody.models.outline import (
    STYLE_SYMBOLS,
    TONIC_SYMBOLS,
    moved_tonic,
    tonic_symbols,
)
from monody.music.form_text import MAX_BARS
from monody.music.key_finding import heard_scale
from monody.music.melody import Melody, bar_places, lines_around
from monody.music.melody_store import MelodyStore
from monody.music.meter import COMMON_TIME, Meter, longest_meter
from monody.music.phrases import phrase_ends
from monody.music.pitch import OCTAVE
from monody.saved.values import SavedValues
from monody.settings.reading import ReadSettings
from monody.settings.sampling import SampleSettings

MIN_PRIMER_BARS, MAX_PRIMER_BARS = 2, 8
MIN_PRIMER_NOTES = 4
MAX_PITCH = 127


@dataclass(frozen=True)
class Primer:
    """The bars that a melody continues: one phrase or more, or bars that were named."""

    music: Melody  # those bars only, from tick 0, which is a bar line
    source: str
    track: int
    first_bar: int  # counted from 0 in the melody it was cut from
    bars: int  # bar lines from tick 0 to where the new melody begins
    ticks: int  # length, up to where the new melody begins
    position: int = 0  # ticks from the bar line to there: the rest is a pickup
    key: int = UNKNOWN  # symbol of the tonic of the melody it was cut from
    style: int = UNKNOWN  # symbol of its style
    transposed: int = 0  # semitones that it was moved by

    @property
    def bar_ticks(self) -> int:
        """Ticks of the bar in which it ends."""
        return self.music.meters[-1].bar_ticks

    @property
    def meter(self) -> Meter:
        """The meter that most of it is in; what continues it has it, too."""
        return longest_meter(self.music.meters, self.ticks)._replace(tick=0)

    def to_json(self) -> dict[str, Any]:
        """Return the bars and where they came from, as JSON values."""
        names = ("source", "track", "first_bar", "bars", "ticks", "position", "key",
                 "style", "transposed")  # fmt: skip
        music = {
            "bpm": self.music.bpm,
            "meters": [list(meter) for meter in self.music.meters],
            "notes": self.music.notes.tolist(),
        }
        return {**{name: getattr(self, name) for name in names}, **music}

    @classmethod
    def from_json(cls, saved: object) -> Primer:
        """Rebuild what ``to_json`` wrote.

        Raises:
            ValueError: If it is no primer of monody's; a ``DamagedError`` is one.
        """
        values = SavedValues(saved)
        music = read_saved_melody(values)
        bar_ticks = music.meters[-1].bar_ticks
        return cls(
            music=music,
            source=values.text("source"),
            track=values.whole("track", maximum=MAX_TICKS),
            first_bar=values.whole("first_bar", maximum=MAX_TICKS),
            bars=values.whole("bars", maximum=MAX_BARS),
            ticks=values.whole("ticks", music.end, MAX_TICKS),
            position=values.whole("position", maximum=bar_ticks - 1),
            key=values.whole("key", maximum=TONIC_SYMBOLS - 1),
            style=values.whole("style", maximum=STYLE_SYMBOLS - 1),
            transposed=values.whole("transposed", -MAX_PITCH, MAX_PITCH),
        )

    def to_bar_line(self) -> Primer:
        """Return it with the rest of the bar in which it ends, silent."""
        if not self.position:
            return self
        ticks = self.ticks + self.bar_ticks - self.position
        return replace(self, bars=self.bars + 1, ticks=ticks, position=0)

    def moved(self, semitones: int) -> Primer:
        """Return it in another key, as far as its notes allow."""
        pitches = self.music.pitches
        if not semitones or not 0 <= pitches.min() + semitones <= 127 - int(
            np.ptp(pitches)
        ):
            return self
        return replace(
            self,
            music=self.music.transposed(semitones),
            key=moved_tonic(self.key, semitones),
            transposed=self.transposed + semitones,
        )


def primer_melodies(
    experiment: Experiment,
    settings: SampleSettings,
    prime_file: str | os.PathLike[str] | None,
    data_dir: str | os.PathLike[str] | None,
    prime_melody: Melody | None = None,
) -> MelodyStore | None:
    """Return the melodies to continue, or ``None`` if there are none to be had.

    Raises:
        MonodyError: If what was named is not there, or has no melody.
    """
    require_one_source(settings, prime_file, data_dir, prime_melody)
    if prime_melody is not None:
        if not len(prime_melody):
            raise MonodyError("the melody to continue has no note: name another")
        return MelodyStore.of([prime_melody])
    named = prime_file is not None or data_dir is not None
    if not (named or settings.continues):
        return None
    if prime_file is not None:
        if not Path(prime_file).is_file():
            folder = Path(prime_file).is_dir()
            raise MonodyError(
                f"{str(prime_file)!r} is a folder: name a MIDI file with --prime_file, "
                "or a folder with --data_dir"
                if folder
                else f"no file {str(prime_file)!r}: name a MIDI file with --prime_file"
            )
        anything = ReadSettings(min_notes=1, min_distinct_pitches=1)
        melodies = require_melodies(read_corpus(prime_file, anything)).melodies
        longest = int(np.argmax(melodies.info["note_count"]))
        return melodies.take([longest])
    if data_dir is not None:
        return require_melodies(read_corpus(data_dir)).melodies
    held_out = _in_meter(experiment.held_out_melodies(), settings.signature)
    return _of_style(held_out, settings.style)


def require_one_source(
    settings: SampleSettings,
    prime_file: str | os.PathLike[str] | None,
    data_dir: str | os.PathLike[str] | None,
    prime_melody: Melody | None = None,
) -> None:
    """Make sure that primers are asked for from one place, and are wanted at all.

    Raises:
        MonodyError: If what was named contradicts itself.

    Example:
        >>> import monody
        >>> from monody.generation.primers import require_one_source
        >>> from_nothing = monody.SampleSettings(start="nothing")
        >>> require_one_source(from_nothing, "my.mid", None)
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: --start nothing has no primer: leave one of them out
    """
    if prime_file is not None and data_dir is not None:
        raise MonodyError("name one of --prime_file and --data_dir, not both")
    named = prime_file is not None or data_dir is not None
    if prime_melody is not None and named:
        raise MonodyError("name a melody, a file or a folder to continue, not two")
    named = named or prime_melody is not None
    if settings.start == "nothing" and named:
        raise MonodyError("--start nothing has no primer: leave one of them out")


def _in_meter(
    melodies: MelodyStore | None, signature: tuple[int, int] | None
) -> MelodyStore | None:
    """Keep the melodies in a meter; ``None`` where there are none."""
    if melodies is None:
        return None
    kept = [
        index
        for index in range(len(melodies))
        if signature in (None, melodies.main_meter(index)[1:])
    ]
    return melodies.take(kept) if kept else None


def _of_style(melodies: MelodyStore | None, style: str | None) -> MelodyStore | None:
    """Keep the melodies of a style of the base model; ``None`` where there are none."""
    if melodies is None or style is None:
        return melodies
    kept = [
        index
        for index, file in enumerate(melodies.info["file"].tolist())
        if style_of(melodies.sources[file]) == style.lower()
    ]
    return melodies.take(kept) if kept else None


def choose_primer(
    melodies: MelodyStore, settings: SampleSettings, rng: np.random.Generator
) -> Primer:
    """Cut a primer out of some melodies, and move it to the key and range asked for.

    Args:
        melodies: At least one melody.
        settings: Its bars are cut, if they are named; else they are drawn.
        rng: Decides what is drawn.

    Raises:
        MonodyError: If the bars that are named do not exist.
    """
    index = int(rng.integers(len(melodies)))
    melody = melodies[index]
    if settings.primer_bars is None:
        primer = draw_primer(melody, rng, mid_bar=bool(settings.pickup))
    else:
        primer = named_bars(melody, *settings.primer_bars)
    [key] = tonic_symbols(melodies[index : index + 1])
    return fitted(replace(primer, key=key), settings)


def draw_primer(
    melody: Melody, rng: np.random.Generator, *, mid_bar: bool = False
) -> Primer:
    """Cut phrases out of a melody, some bars long: which ones is drawn.

    The closing phrase is left out, because what follows it is silence, and so are
    phrases of few notes, unless there is nothing else.

    Args:
        melody: The melody.
        rng: Decides.
        mid_bar: Whether the primer may end within a bar, where its last phrase does;
            what is written then begins with a pickup. Else it goes on to the bar line.

    Example:
        Two phrases of four bars; the first is taken:

        >>> import numpy as np
        >>> from monody import Melody
        >>> from monody.generation.primers import draw_primer
        >>> lengths = ([24] * 12 + [96]) * 2
        >>> notes, tick = [], 0
        >>> for place, ticks in enumerate(lengths):
        ...     notes.append((60 + place % 5, tick, ticks))
        ...     tick += ticks
        >>> primer = draw_primer(Melody.from_notes(notes), np.random.default_rng(1))
        >>> primer.first_bar, primer.bars
        (0, 4)
    """
    lines = np.array(lines_around(melody))
    ends = phrase_ends(melody)
    begins = [int(melody.starts[0]), *ends[:-1]]
    places = [
        (begin, end)
        for first, begin in enumerate(begins[:-1])
        for end in ends[first:-1]
        if MIN_PRIMER_BARS <= _bars_between(lines, begin, end) <= MAX_PRIMER_BARS
    ]
    cuts = [_phrases(melody, lines, *place, mid_bar=mid_bar) for place in places]
    cuts = [cut for cut in cuts if len(cut.music) >= MIN_PRIMER_NOTES]
    if cuts:
        return cuts[int(rng.integers(len(cuts)))]
    first = int(np.searchsorted(lines, melody.starts[0], side="right")) - 1
    most = max(len(lines) - 2 - first, 1)  # not the closing bar
    return _cut(melody, lines.tolist(), first, min(most, MAX_PRIMER_BARS))


def _bars_between(lines: NDArray[np.int64], begin: int, end: int) -> float:
    """Return how many bars lie between two ticks."""
    first, last = bar_places(lines.tolist(), [begin, end])
    return float(last - first)


def _phrases(
    melody: Melody, lines: NDArray[np.int64], begin: int, end: int, *, mid_bar: bool
) -> Primer:
    """Cut the music between two phrase boundaries, from the bar line before."""
    first = int(np.searchsorted(lines, begin, side="right")) - 1
    last = int(np.searchsorted(lines, end, side="right")) - 1
    if lines[last] != end and not mid_bar:
        last, end = last + 1, int(lines[last + 1])
    line = int(lines[first])
    music = melody.between(line, end)
    own = music.starts >= begin - line
    return Primer(
        music=replace(music, notes=music.notes[own]),
        source=melody.source,
        track=melody.track,
        first_bar=first,
        bars=last - first,
        ticks=end - line,
        position=end - int(lines[last]),
    )


def named_bars(melody: Melody, first: int, last: int) -> Primer:
    """Cut bars out of a melody.

    Args:
        melody: The melody.
        first: First bar, counted from 1.
        last: Last bar, it included.

    Raises:
        MonodyError: If it has no such bars, or they are silent.
    """
    lines = lines_around(melody)
    if last > len(lines) - 1:
        raise MonodyError(
            f"bars {first}-{last} are not all there: {melody.source!r} has "
            f"{len(lines) - 1} bars"
        )
    primer = _cut(melody, lines, first - 1, last - first + 1)
    if not len(primer.music):
        raise MonodyError(f"bars {first}-{last} of {melody.source!r} are silent")
    if is_too_long(primer.music) or primer.ticks > MAX_TICKS:
        raise MonodyError(
            f"bars {first}-{last} of {melody.source!r} are too long to continue: name "
            f"at most {MAX_NOTES:,} notes and {MAX_TICKS // COMMON_TIME.bar_ticks:,} "
            "bars of 4/4"
        )
    return primer


def _cut(melody: Melody, lines: Sequence[int], first: int, bars: int) -> Primer:
    """Cut bars out of a melody whose bar lines are given."""
    start, end = lines[first], lines[first + bars]
    return Primer(
        music=melody.between(start, end),
        source=melody.source,
        track=melody.track,
        first_bar=first,
        bars=bars,
        ticks=end - start,
    )


def leads_to_line(settings: SampleSettings, position: int, meter: Meter) -> bool:
    """Say whether a melody may begin within a bar, as a pickup does.

    Args:
        settings: What is asked for; its note values have to fill the rest of the bar,
            or none of them would begin on a beat.
        position: Ticks from the bar line to where the melody begins.
        meter: Its meter.

    Example:
        >>> from monody import SampleSettings
        >>> from monody.generation.primers import leads_to_line
        >>> from monody.music.meter import COMMON_TIME
        >>> quarters = SampleSettings(durations="quarters")
        >>> leads_to_line(quarters, 72, COMMON_TIME)  # a quarter before the bar line
        True
        >>> leads_to_line(quarters, 84, COMMON_TIME)
        False
    """
    rest = -position % meter.bar_ticks
    return bool(settings.pickup) and can_fill(settings.note_ticks, rest)


def fitted(primer: Primer, settings: SampleSettings) -> Primer:
    """Move a primer to the tonic of the key, and by octaves towards the range.

    Where there is to be no pickup, or none is possible, it goes on to the bar line.
    """
    meter = Meter(0, *settings.signature) if settings.signature else primer.meter
    same = meter.bar_ticks == primer.bar_ticks
    if not (same and leads_to_line(settings, primer.position, meter)):
        primer = primer.to_bar_line()
    music = primer.music
    if settings.scale is not None:
        heard = heard_scale(music.pitches.tolist(), music.durations.tolist())
        up = (settings.scale.tonic - heard.tonic) % OCTAVE
        primer = primer.moved(up - OCTAVE if up > OCTAVE // 2 else up)
    if settings.pitches is not None:
        middle = float(np.median(primer.music.pitches))
        octaves = round((sum(settings.pitches) / 2 - middle) / OCTAVE)
        nearer = range(octaves, 0, -1 if octaves > 0 else 1)
        moves = (primer.moved(OCTAVE * octave) for octave in nearer)
        primer = next((each for each in moves if each is not primer), primer)
    return primer
