from __future__ import annotations

import pytest

from monody.evaluation.real_melodies import RealMelodies
from monody.evaluation.sample_quality import Resemblance, SampleQuality
from monody.evaluation.wording import music_about, music_meaning, music_rows
from monody.music.melody_store import MelodyStore


def compared(
    real: int,
    accuracy: float | None = None,
    interval: tuple[float, float] | None = None,
) -> Resemblance:
    return Resemblance(
        generated_melodies=200,
        real_melodies=real,
        excerpt_bars=16,
        overlap=None if accuracy is None else {"range_semitones": 0.875},
        generated_in_key_share=0.9,
        real_in_key_share=0.95,
        classifier_accuracy=accuracy,
        classifier_interval_95=interval,
    )


def music(
    generated: Resemblance,
    real: RealMelodies | None = None,
    ceiling: Resemblance | None = None,
) -> SampleQuality:
    own = RealMelodies(MelodyStore.of([]), None, held_out=8, training=32)
    return SampleQuality(7, real or own, generated, ceiling)


@pytest.mark.parametrize(
    ("accuracy", "interval", "verdict"),
    [
        (0.80, (0.65, 0.90), "they differ, and not by chance"),
        (0.62, (0.501, 0.70), "they differ, and not by chance"),
        (0.62, (0.45, 0.76), "too few to hear whether they differ"),
        (0.51, (0.46, 0.56), "no difference that could not be chance"),
        (0.40, (0.35, 0.45), "no difference that could not be chance"),
    ],
)
def test_the_meaning_says_whether_melodies_can_be_told(
    accuracy: float, interval: tuple[float, float], verdict: str
) -> None:
    said = music_meaning(music(compared(40, accuracy, interval)))
    assert said.endswith(f": {verdict}.")
    assert f"{100 * accuracy:.0f} times in 100" in said
    assert "40 real melodies" in said


def test_the_meaning_says_that_there_are_too_few() -> None:
    said = music_meaning(music(compared(3)))
    assert "too few melodies to compare with, 3 real melodies: 8 are needed" in said
    assert "--data_dir" in said


@pytest.mark.parametrize(
    ("real", "said"),
    [
        ({"data": None, "held_out": 8, "training": 32}, "32 that it was trained on"),
        ({"data": None, "held_out": 300}, "beside 40 of 300 held-out ones"),
        ({"data": "airs", "left_out": 2}, "beside 40 of airs"),
        ({"data": "airs", "left_out": 2}, "2 that are like a training melody"),
        ({"data": "a\x1b[31mirs"}, "of a\\x1b[31mirs"),
    ],
)
def test_it_is_said_what_was_compared_with(
    real: dict[str, str | int | None], said: str
) -> None:
    chosen = RealMelodies(MelodyStore.of([]), **real)  # type: ignore[arg-type]
    assert said in "\n".join(music_about(music(compared(40), chosen)))


def test_the_rows_have_the_interval_and_a_ceiling_where_there_is_one() -> None:
    generated = compared(40, 0.62, (0.45, 0.76))
    assert list(music_rows(music(generated))) == [
        ("range semitones", "0.88"),
        ("notes in key", "90%"),
        ("told apart (95 %), 50% is perfect", "62% (45..76)"),
    ]
    ceiling = compared(100, 0.5, (0.41, 0.59))
    both = list(music_rows(music(generated, ceiling=ceiling)))
    assert both[-1][1:] == ("62% (45..76)", "50% (41..59)")
    assert list(music_rows(music(compared(3)))) == []
