"""Primers: the bars that a melody continues."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from monody.corpus.corpus import read_corpus, require_melodies
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.music.key_finding import heard_scale
from monody.music.melody import Melody, lines_around
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter
from monody.music.pitch import OCTAVE
from monody.settings.reading import ReadSettings
from monody.settings.sampling import SampleSettings

MIN_PRIMER_BARS, MAX_PRIMER_BARS = 2, 8
MIN_PRIMER_NOTES = 4  # bars with fewer are drawn again, some times
PRIMER_TRIES = 50


@dataclass(frozen=True)
class Primer:
    """The bars that a melody continues."""

    music: Melody  # those bars only, from tick 0
    source: str
    track: int
    first_bar: int  # counted from 0 in the melody it was cut from
    bars: int
    ticks: int  # length, up to the bar line where the new melody begins
    transposed: int = 0  # semitones that it was moved by

    def to_json(self) -> dict[str, Any]:
        """Return the bars and where they came from, as JSON values."""
        names = ("source", "track", "first_bar", "bars", "ticks", "transposed")
        music = {
            "bpm": self.music.bpm,
            "meters": [list(meter) for meter in self.music.meters],
            "notes": self.music.notes.tolist(),
        }
        return {**{name: getattr(self, name) for name in names}, **music}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Primer:
        """Rebuild what ``to_json`` wrote."""
        values = dict(saved)
        music = Melody.from_notes(
            values.pop("notes"),
            meters=[Meter(*meter) for meter in values.pop("meters")],
            bpm=values.pop("bpm"),
        )
        return cls(music=music, **values)

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
            transposed=self.transposed + semitones,
        )


def primer_melodies(
    experiment: Experiment,
    settings: SampleSettings,
    prime_file: str | os.PathLike[str] | None,
    data_dir: str | os.PathLike[str] | None,
) -> MelodyStore | None:
    """Return the melodies to continue, or ``None`` if there are none to be had.

    Raises:
        MonodyError: If what was named is not there, or has no melody.
    """
    require_one_source(settings, prime_file, data_dir)
    if settings.start == "nothing":
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
    return _in_meter(experiment.held_out_melodies(), settings.signature)


def require_one_source(
    settings: SampleSettings,
    prime_file: str | os.PathLike[str] | None,
    data_dir: str | os.PathLike[str] | None,
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
    if settings.primer_bars is None:
        primer = draw_primer(melodies, rng)
    else:
        melody = melodies[int(rng.integers(len(melodies)))]
        primer = named_bars(melody, *settings.primer_bars)
    return fitted(primer, settings)


def draw_primer(melodies: MelodyStore, rng: np.random.Generator) -> Primer:
    """Cut a few whole bars out of a melody: which one, how many and where is drawn.

    The closing bar is left out, and so are bars of silence, unless there is nothing
    else.

    Args:
        melodies: At least one melody.
        rng: Decides.
    """
    melody = melodies[int(rng.integers(len(melodies)))]
    lines = lines_around(melody)
    total = max(len(lines) - 2, 1)  # not the closing bar: what follows it is silence
    fewest, most = min(MIN_PRIMER_BARS, total), min(MAX_PRIMER_BARS, total)
    for _ in range(PRIMER_TRIES):
        bars = int(rng.integers(fewest, most, endpoint=True))
        first = int(rng.integers(total - bars + 1))
        primer = _cut(melody, lines, first, bars)
        if len(primer.music) >= MIN_PRIMER_NOTES:
            return primer
    return _cut(melody, lines, 0, len(lines) - 1)


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


def fitted(primer: Primer, settings: SampleSettings) -> Primer:
    """Move a primer to the tonic of the key, and by octaves towards the range."""
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
