"""One page of each kind, written in a moment: nothing is trained for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from monody.corpus.histograms import histograms
from monody.corpus.novelty import Novelty
from monody.corpus.report import make_report
from monody.corpus.verdicts import DROPPED, DUPLICATE, KEPT, RECOVERED, Verdict
from monody.corpus.wording import captions
from monody.evaluation.wording import ModelRow
from monody.generation.generate import Generation
from monody.generation.parts import Task
from monody.generation.provenance import MadeFrom
from monody.generation.retries import GeneratedMelody
from monody.generation.variants import variant_of
from monody.generation.writer import Draft
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.music.midi_file import write_midi
from monody.pages.corpus import write_page
from monody.pages.melodies import show
from monody.pages.page import PAGE, charts_of, write_html
from monody.pages.player import Card, CardMaker
from monody.render.curves import Curves, curves_svg
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import store_of, tune

# Two bars of 4/4, 4 seconds; the last beat is a rest.
SHORT = Melody.from_notes(
    [(60, 0, 24), (64, 24, 24), (67, 48, 36), (65, 84, 12), (64, 96, 48), (60, 144, 24)]
)
# An eighth before two bars of 6/8, and a tie; at this tempo few ticks are microseconds.
PICKUP = replace(
    Melody.from_notes(
        [(72, 60, 12), (70, 72, 24), (69, 96, 12), (67, 108, 48), (65, 156, 24),
         (64, 180, 12), (65, 192, 24)],
        meters=[Meter(0, 6, 8)],
        bpm=97.0,
    ),
    key="F major",
)  # fmt: skip
# Five bars of 2/4, four in the first row of the roll; 2.5 seconds.
ROWS = Melody.from_notes(
    [(60 + 2 * (note % 7), 12 * note, 12) for note in range(20)],
    meters=[Meter(0, 2, 4)],
    bpm=240.0,
)
MELODIES = (SHORT, PICKUP, ROWS)
LONG_NAME = "a-folder-with-a-long-name/" * 3 + "and_a_file_of_a_long_name_" * 3 + ".mid"
NOVELTIES = (
    Novelty(notes=len(SHORT), longest_notes=4, longest_bars=0.9, bar=1, source_bar=5,
            source="a/tune-006.mid"),
    Novelty(notes=len(PICKUP), longest_notes=len(PICKUP), longest_bars=2.2, bar=1,
            source_bar=7, source="jigs/the copied tune.mid", covered=1.0,
            closest_covered=1.0, closest="jigs/the copied tune.mid"),
    Novelty(notes=len(ROWS), longest_notes=9, longest_bars=2.2, bar=2, source_bar=3,
            source=LONG_NAME, covered=0.5, closest_covered=0.45, closest=LONG_NAME),
)  # fmt: skip

FILES = (
    Verdict("a/fine.mid", KEPT, "", melodies=1, notes=40, meters=("6/8", "4/4"),
            tracks=(2,), bpm=(120.0, 90.0), keys=("D minor",)),
    Verdict("a/cut.mid", RECOVERED, "cut at the last whole event of track 3",
            melodies=2, notes=80, repairs=("cut at the last whole event of track 3",)),
    Verdict("a/again.mid", DUPLICATE, "the same tune as a/fine.mid", melodies=1,
            notes=40, copies=1, duplicate_of="a/fine.mid"),
    Verdict(LONG_NAME, DROPPED, "polyphonic track",
            "take its top line: --line skyline"),
)  # fmt: skip


def generation(folder: Path) -> Generation:
    """Pretend that a model wrote the melodies: new, a copy and a near-copy."""
    generated = tuple(
        GeneratedMelody(
            Draft(Task(index, 0, None), melody, melody.end, 2.5, {}), None, novelty
        )
        for index, (melody, novelty) in enumerate(zip(MELODIES, NOVELTIES, strict=True))
    )
    made_from = MadeFrom("01/model.keras", 64 * "0", 64 * "1")
    settings = SampleSettings(num_files=len(generated), seed=3)
    return Generation(generated, settings, {}, len(generated), None, made_from, folder)


def sample_page(folder: Path) -> Path:
    """Write the page of a sampling run: ``1.mid`` is ``SHORT``, and so on."""
    made = generation(folder)
    shown = show(made, made.save(folder))
    assert shown.left_out == ()
    return shown.page


def variation_page(folder: Path) -> Path:
    """Write the page of three rewrites, with what they were made of first."""
    source = folder / "mine.mid"
    write_midi(SHORT, source)
    variant = variant_of(source, "keep-rhythm", SHORT)
    made = replace(generation(folder), variant=variant)
    shown = show(made, made.save(folder))
    assert shown.left_out == ()
    return shown.page


def training_page(folder: Path) -> Path:
    """Write the page of a training, from what ``write_training_page`` would gather."""
    maker = CardMaker(folder)
    tunes = store_of([tune(seed) for seed in range(5)])
    curves = Curves([4.0, 3.0, 2.5], [4.2, 3.4, 3.5], best=2)
    context = {
        "title": "Training on tunes",
        "about": ["a note to self", "Melodies: 16 train, 2 validation, 2 test."],
        "heard": [
            (title, list(_heard(folder / "samples" / name, maker)))
            for title, name in (("Best: epoch 2", "model"), ("Epoch 1", "epoch-0001"))
        ],
        "left_out": [],
        "curves": curves_svg(curves, "Learning curves"),
        "curves_said": curves.said,
        "scorecard": {
            "about": ["judged on 2 test melodies, 95 notes, 1.2 s"],
            "titles": ["bits per note\n(95 %)", "of\npitch", "of\nlength",
                       "pitch\nright", "length\nright", "bits saved\n(95 %)"],
            "rows": [
                ModelRow(
                    "network",
                    ("5.27 (5.00..5.56)", "3.91", "1.36", "22%", "63%", ""),
                ),
                ModelRow("variable order", ("3.76 (3.72..3.81)", "2.61", "1.15", "31%",
                                       "59%", "-40% (-46..-35)")),
            ],
            "meaning": "Asked for the next note, the network chooses among 39.",
        },
        "charts": charts_of(histograms(tunes)),
        "captions": captions(5, 5),
    }  # fmt: skip
    write_html("training.html", context, folder / PAGE)
    return folder / PAGE


def _heard(folder: Path, maker: CardMaker) -> Iterator[Card]:
    """Render the first two melodies, as those of an epoch."""
    made = generation(folder)
    for number, path in enumerate(made.save(folder)[:2]):
        name, piece = f"Melody {number + 1}", made.generated[number]
        yield maker.card(name, piece.draft.melody, piece, path, made)


def report_page(folder: Path) -> Path:
    """Write the report on a corpus."""
    tunes = store_of([tune(seed) for seed in range(5)])
    report = make_report("/home/me/tunes", FILES, tunes, np.array([0, 1, 4]))
    write_page(report, folder / "report.html")
    return folder / "report.html"
