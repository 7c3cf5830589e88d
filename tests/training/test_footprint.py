from __future__ import annotations

import pytest

from monody.errors import MonodyError
from monody.memory import limited_to
from monody.models.encoded_set import EncodedSet, encode_set
from monody.models.events import Vocabulary
from monody.music.melody import Melody
from monody.settings.model import ModelSettings
from monody.settings.training import TrainSettings
from monody.training.footprint import require_memory, training_bytes, within_memory

NETWORK = ModelSettings(rnn_size=256, num_layers=2)
SETTINGS = TrainSettings(batch_size=64)


@pytest.fixture(scope="module")
def melodies() -> EncodedSet:
    scale = Melody.from_notes([(60 + i % 12, 24 * i, 24) for i in range(99)])
    return encode_set([scale] * 70, Vocabulary("notes"))


def test_batches_that_fit_stay_as_they_are(melodies: EncodedSet) -> None:
    lines: list[str] = []
    with limited_to(training_bytes(NETWORK, 64, 112)):
        assert within_memory(NETWORK, SETTINGS, melodies, lines.append) is SETTINGS
    assert lines == []


def test_batches_are_made_smaller_until_they_fit(melodies: EncodedSet) -> None:
    lines: list[str] = []
    with limited_to(training_bytes(NETWORK, 8, 112)):
        fitting = within_memory(NETWORK, SETTINGS, melodies, lines.append)
    assert fitting.batch_size == 8
    assert len(lines) == 1
    assert "--batch_size 8, not 64: so that it fits into" in lines[0]


def test_a_training_that_cannot_fit_is_refused(melodies: EncodedSet) -> None:
    with (
        limited_to(training_bytes(NETWORK, 1, 112) - 1),
        pytest.raises(MonodyError, match="training needs about .* smaller --rnn_size"),
    ):
        within_memory(NETWORK, SETTINGS, melodies, print)


def test_a_training_that_goes_on_keeps_its_batches_or_is_refused(
    melodies: EncodedSet,
) -> None:
    needed = training_bytes(NETWORK, 64, 112)
    with limited_to(needed):
        require_memory(NETWORK, SETTINGS, melodies)
    with (
        limited_to(needed - 1),
        pytest.raises(MonodyError, match="training needs about .* --batch_size"),
    ):
        require_memory(NETWORK, SETTINGS, melodies)


def test_short_windows_need_less(melodies: EncodedSet) -> None:
    short = TrainSettings(batch_size=64, window_size=16)
    with limited_to(training_bytes(NETWORK, 64, 16)):
        assert within_memory(NETWORK, short, melodies, print) is short


def test_a_gpu_with_memory_of_its_own_is_what_batches_must_fit(
    melodies: EncodedSet,
) -> None:
    lines: list[str] = []
    room = training_bytes(NETWORK, 16, 112)
    fitting = within_memory(NETWORK, SETTINGS, melodies, lines.append, room)
    assert fitting.batch_size == 16
    assert len(lines) == 1
