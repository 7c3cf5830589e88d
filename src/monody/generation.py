"""New melodies from a trained experiment.

Each melody starts from a primer, which it continues: a few bars of a held-out melody,
their number and place drawn from the seed. The primer is heard, not written.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from monody.corpus import read_corpus, require_melodies
from monody.decode import Start, decode_events
from monody.errors import MonodyError
from monody.events import decode, encode, meter_symbol
from monody.experiment import Experiment, TrainedModel, now
from monody.files import make_folder, write_text
from monody.instruments import program_of
from monody.melody import TICKS_PER_STEP, Melody, Meter, bar_lines
from monody.melody_store import MelodyStore
from monody.midi_write import write_midi
from monody.settings import ReadSettings, SampleSettings

MIN_PRIMER_BARS, MAX_PRIMER_BARS = 2, 8
MIN_PRIMER_NOTES = 4  # bars with fewer are drawn again, some times
PRIMER_TRIES = 50
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Primer:
    """The bars that a melody continues."""

    music: Melody  # those bars only, from tick 0
    source: str
    track: int
    first_bar: int  # counted from 0 in the melody it was cut from
    bars: int
    ticks: int  # length, up to the bar line where the new melody begins

    def to_json(self) -> dict[str, Any]:
        """Return where the primer came from, as JSON values."""
        names = ("source", "track", "first_bar", "bars")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Generation:
    """Melodies that were written together, and all it takes to write them again."""

    melodies: tuple[Melody, ...]
    primers: tuple[Primer | None, ...]
    settings: SampleSettings  # with the seed that was used
    made_from: dict[str, str | None]  # the model and where primers came from
    folder: Path  # the experiment's

    def save(self, save_dir: str | os.PathLike[str] | None = None) -> list[Path]:
        """Write each melody as a MIDI file; files that exist are left alone.

        Args:
            save_dir: The folder; by default ``generated/`` in the experiment. Files are
                numbered on from the highest number there. ``manifest.json`` beside them
                says how each was made.

        Returns:
            The paths written.
        """
        folder = Path(save_dir) if save_dir else self.folder / "generated"
        make_folder(folder)
        runs = _read_manifest(folder / MANIFEST)
        numbers = [int(p.stem) for p in folder.glob("*.mid") if p.stem.isdecimal()]
        first = max(numbers, default=0) + 1
        paths = [folder / f"{first + index}.mid" for index in range(len(self.melodies))]
        for index, (path, melody) in enumerate(zip(paths, self.melodies, strict=True)):
            name = f"monody, seed {self.settings.seed}, melody {index + 1}"
            write_midi(melody, path, name)
        runs.append(self._record(paths))
        write_text(folder / MANIFEST, json.dumps(runs, indent=2) + "\n")
        return paths

    def _record(self, written: Sequence[Path]) -> dict[str, Any]:
        """Say how each melody was made, as JSON values."""
        melodies = [
            {"file": file.name, "primer": primer.to_json() if primer else None}
            for file, primer in zip(written, self.primers, strict=True)
        ]
        return {
            "made": now(),
            **self.made_from,
            "settings": asdict(self.settings),
            "melodies": melodies,
        }


def _read_manifest(path: Path) -> list[dict[str, Any]]:
    """Return the runs recorded so far.

    Raises:
        MonodyError: If the file is something else, which must not be written over.
    """
    if not path.exists():
        return []
    try:
        runs = json.loads(path.read_text("utf-8"))
    except ValueError:
        runs = None
    if not isinstance(runs, list):
        raise MonodyError(
            f"{str(path)!r} is not a list of monody: name another --save_dir, or move "
            "that file away"
        )
    return runs


def generate(
    experiment: Experiment,
    settings: SampleSettings | None = None,
    *,
    prime_file: str | os.PathLike[str] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
) -> Generation:
    """Write new melodies.

    Args:
        experiment: A trained experiment.
        settings: How many, how long, how bold, for which instrument, from which seed.
        prime_file: A MIDI file to continue; its melody with the most notes is taken.
        data_dir: A folder of MIDI files to continue; by default the experiment's own
            held-out melodies. A model file on its own has none: its melodies then start
            from nothing.

    Returns:
        The melodies, each exactly ``settings.file_length`` 16ths long.

    Raises:
        MonodyError: If there is no model, or no melody to continue where one was named.
    """
    settings = settings or SampleSettings()
    seed = secrets.randbelow(2**32) if settings.seed is None else settings.seed
    settings = replace(settings, seed=seed)
    program = program_of(settings.midi_instrument)
    store = _primer_melodies(experiment, prime_file, data_dir)
    model = experiment.load()
    primers = [
        draw_primer(store, np.random.default_rng([seed, index])) if store else None
        for index in range(settings.num_files)
    ]
    length_ticks = settings.file_length * TICKS_PER_STEP
    meters = [_meter_after(primer, model) for primer in primers]
    starts = [
        _start(primer, meter, model)
        for primer, meter in zip(primers, meters, strict=True)
    ]
    events = decode_events(model, starts, length_ticks, settings.temperature, seed)
    melodies = []
    for event, primer, meter in zip(events, primers, meters, strict=True):
        bpm = primer.music.bpm if primer else float(model.passport["usual"]["bpm"])
        melody = decode(event, model.vocabulary, meters=(meter,), bpm=bpm)
        melodies.append(replace(melody, program=program, source="monody"))
    return Generation(
        melodies=tuple(melodies),
        primers=tuple(primers),
        settings=settings,
        made_from={
            "model": str(experiment.model_path),
            "model_sha256": sha256(experiment.model_path.read_bytes()).hexdigest(),
            "data_fingerprint": model.data_fingerprint,
            "prime_file": str(prime_file) if prime_file else None,
            "data_dir": str(data_dir) if data_dir else None,
        },
        folder=experiment.folder,
    )


def _primer_melodies(
    experiment: Experiment,
    prime_file: str | os.PathLike[str] | None,
    data_dir: str | os.PathLike[str] | None,
) -> MelodyStore | None:
    """Return the melodies to continue, or ``None`` if there are none to be had."""
    if prime_file is not None and data_dir is not None:
        raise MonodyError("name one of --prime_file and --data_dir, not both")
    if prime_file is not None:
        if not Path(prime_file).is_file():
            raise MonodyError(
                f"no file {str(prime_file)!r}: name a MIDI file with --prime_file"
            )
        anything = ReadSettings(min_notes=1, min_distinct_pitches=1)
        melodies = require_melodies(read_corpus(prime_file, anything)).melodies
        longest = int(np.argmax(melodies.info["note_count"]))
        return melodies.take([longest])
    if data_dir is not None:
        return require_melodies(read_corpus(data_dir)).melodies
    held_out = experiment.held_out_melodies()
    return held_out if held_out is not None and len(held_out) else None


def draw_primer(melodies: MelodyStore, rng: np.random.Generator) -> Primer:
    """Cut a few whole bars out of a melody: which one, how many and where is drawn.

    The closing bar is left out, and so are bars of silence, unless there is nothing
    else.

    Args:
        melodies: At least one melody.
        rng: Decides.
    """
    melody = melodies[int(rng.integers(len(melodies)))]
    last = melody.meters[-1].bar_ticks
    lines = bar_lines(melody.meters, melody.end + last - 1).tolist()
    total = max(len(lines) - 2, 1)  # not the closing bar: what follows it is silence
    fewest, most = min(MIN_PRIMER_BARS, total), min(MAX_PRIMER_BARS, total)
    for _ in range(PRIMER_TRIES):
        bars = int(rng.integers(fewest, most, endpoint=True))
        first = int(rng.integers(total - bars + 1))
        primer = _cut(melody, lines, first, bars)
        if len(primer.music) >= MIN_PRIMER_NOTES:
            return primer
    return _cut(melody, lines, 0, len(lines) - 1)


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


def _meter_after(primer: Primer | None, model: TrainedModel) -> Meter:
    """Return the meter to go on in: the primer's last, or the corpus's usual one."""
    if primer is not None:
        return primer.music.meters[-1]._replace(tick=0)
    numerator, denominator = map(int, model.passport["usual"]["meter"].split("/"))
    return Meter(0, numerator, denominator)


def _start(primer: Primer | None, meter: Meter, model: TrainedModel) -> Start:
    """Encode a primer; one that is too short for a single event is none."""
    events = None
    if primer is not None:
        encoded = encode(primer.music, model.vocabulary, until=primer.ticks)
        events = encoded if len(encoded) else None
    return Start(
        primer=events,
        from_beginning=events is None or (primer is not None and primer.first_bar == 0),
        meter=meter_symbol(meter),
        bar_ticks=meter.bar_ticks,
        bars=primer.bars if primer is not None and events is not None else 0,
    )
