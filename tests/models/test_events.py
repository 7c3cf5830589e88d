from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.models.events import (
    END,
    HOLD,
    METERS,
    PITCH_INPUTS,
    PITCH_SYMBOLS,
    REST,
    Events,
    Vocabulary,
    decode,
    encode,
    encode_all,
    pitch_word,
)
from monody.music.melody import Melody, Note
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_STEP, Meter, metric_positions
from monody.settings.model import ENCODINGS
from tests.builders.melodies import melodies, step_melodies

NOTES, STEPS = Vocabulary("notes"), Vocabulary("steps")


@given(melodies())
def test_notes_come_back_exactly(melody: Melody) -> None:
    encoded = encode(melody, NOTES)
    assert decode(encoded, NOTES, meters=melody.meters) == melody
    assert encoded.note_count == len(melody)


@given(step_melodies())
def test_steps_come_back_exactly_from_the_grid_of_16ths(melody: Melody) -> None:
    assert decode(encode(melody, STEPS), STEPS, meters=melody.meters) == melody


@given(melodies())
def test_steps_move_no_note_by_more_than_half_a_16th(melody: Melody) -> None:
    back = decode(encode(melody, STEPS), STEPS)
    assert 1 <= len(back) <= len(melody)
    starts = melody.starts[None, :]
    nearest = np.abs(back.starts[:, None] - starts).min(axis=1)
    assert nearest.max() <= TICKS_PER_STEP // 2


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_repeated_notes_are_not_held_ones(encoding: str) -> None:
    vocabulary = Vocabulary(encoding)
    repeated = Melody.from_notes([(60, 0, 12), (60, 12, 12)])
    held = Melody.from_notes([(60, 0, 24)])
    for melody in (repeated, held):
        assert decode(encode(melody, vocabulary), vocabulary) == melody


def test_steps_are_the_classic_grid_with_hold_and_rest() -> None:
    melody = Melody.from_notes([(60, 0, 12), (62, 18, 6)])
    words = STEPS.words(encode(melody, STEPS))
    assert words == ["C4:6", "hold:6", "rest:6", "D4:6", "end"]


@given(melodies(), st.sampled_from(ENCODINGS))
def test_positions_say_where_each_event_begins(melody: Melody, encoding: str) -> None:
    vocabulary = Vocabulary(encoding)
    encoded = encode(melody, vocabulary)
    ticks = np.array(vocabulary.durations)[encoded.duration[:-1]]
    begins = np.concatenate([[0], np.cumsum(ticks)])
    positions, index = metric_positions(begins, melody.meters)
    assert encoded.position.tolist() == positions.tolist()
    names = [str(melody.meters[i]) for i in index]
    expected = [name if name in METERS else "other" for name in names]
    assert [METERS[symbol] for symbol in encoded.meter] == expected


@given(step_melodies(), st.sampled_from(ENCODINGS), st.integers(0, 40))
def test_a_primer_fills_its_length_without_an_end(
    melody: Melody, encoding: str, silence: int
) -> None:
    vocabulary = Vocabulary(encoding)
    until = melody.end + silence * TICKS_PER_STEP
    encoded = encode(melody, vocabulary, until=until)
    assert END not in encoded.pitch
    assert np.array(vocabulary.durations)[encoded.duration].sum() == until


@given(melodies(longest=8), st.one_of(st.none(), st.integers(0, 200)))
def test_of_notes_that_share_a_step_the_longest_stays(
    melody: Melody, until: int | None
) -> None:
    longest: dict[int, Note] = {}
    for note in melody:
        step = (note.start + TICKS_PER_STEP // 2) // TICKS_PER_STEP
        if step not in longest or note.duration >= longest[step].duration:
            longest[step] = note
    words = ["rest"] * 200
    for step, note in longest.items():
        end = max((note.end + TICKS_PER_STEP // 2) // TICKS_PER_STEP, step + 1)
        words[step:end] = [pitch_word(note.pitch), *["hold"] * (end - step - 1)]
        sounding = end
    length = sounding if until is None else until // TICKS_PER_STEP
    expected = words[:length] + ["end"] * (until is None)
    symbols = encode(melody, STEPS, until=until).pitch.tolist()
    assert [pitch_word(symbol) for symbol in symbols] == expected


@given(
    st.lists(st.one_of(melodies(longest=12), melodies()), min_size=1, max_size=6),
    st.sampled_from(ENCODINGS),
    st.one_of(st.none(), st.integers(0, 400)),
)
def test_melodies_encoded_together_are_as_each_alone(
    several: list[Melody], encoding: str, until: int | None
) -> None:
    vocabulary = Vocabulary(encoding)
    several.insert(len(several) // 2, Melody.from_notes([]))
    together, ends = encode_all(MelodyStore.of(several), vocabulary, until=until)
    alone = [encode(melody, vocabulary, until=until) for melody in several]
    assert ends.tolist() == np.cumsum([len(events) for events in alone]).tolist()
    for name, array in vars(together).items():
        assert np.array_equal(array, np.concatenate([vars(e)[name] for e in alone]))


def test_a_length_outside_the_alphabet_is_its_longest_pieces_first() -> None:
    alphabet = NOTES.durations
    for length in [*range(1, 2 * alphabet[-1] + 1), 5000]:
        pieces, left = [], length
        while left:
            pieces.append(max(ticks for ticks in alphabet if ticks <= left))
            left -= pieces[-1]
        encoded = encode(Melody.from_notes([(60, 0, length)]), NOTES)
        assert [alphabet[symbol] for symbol in encoded.duration[:-1]] == pieces
        assert encoded.pitch.tolist() == [60, *[HOLD] * (len(pieces) - 1), END]


@given(
    st.lists(st.tuples(st.integers(0, PITCH_SYMBOLS - 1), st.integers(0, 103))),
)
def test_any_events_mean_a_melody(pairs: list[tuple[int, int]]) -> None:
    pitch, duration = np.array(pairs, np.uint8).reshape(-1, 2).T
    blank = np.zeros(len(pairs), np.int16)
    melody = decode(
        Events(pitch, duration, blank, blank.astype(np.int32), blank.astype(np.uint8)),
        NOTES,
    )
    read = pitch.tolist()
    read = read[: read.index(END)] if END in read else read
    assert melody.pitches.tolist() == [symbol for symbol in read if symbol < REST]


def test_a_hold_goes_on_with_what_sounds() -> None:
    pitch = np.array([HOLD, 60, HOLD, REST, HOLD, 62], np.uint8)
    duration = np.full(6, 9, np.uint8)  # 10 ticks
    blank = np.zeros(6, np.int16)
    melody = decode(
        Events(pitch, duration, blank, blank.astype(np.int32), blank.astype(np.uint8)),
        NOTES,
    )
    assert [tuple(note) for note in melody] == [(60, 10, 20), (62, 50, 10)]


def test_the_alphabets_are_ordered_and_readable() -> None:
    words = [pitch_word(symbol) for symbol in range(PITCH_INPUTS)]
    assert words[60] == "C4"
    assert words[REST : END + 2] == ["rest", "hold", "end", "start"]
    assert len(set(words)) == PITCH_INPUTS
    for vocabulary in (NOTES, STEPS):
        assert list(vocabulary.durations) == sorted(set(vocabulary.durations))
        assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary
    assert STEPS.durations == (TICKS_PER_STEP,)


def test_another_vocabulary_is_refused_in_a_clear_sentence() -> None:
    saved = NOTES.to_json() | {"durations_ticks": [6, 12]}
    with pytest.raises(MonodyError, match="another vocabulary .durations_ticks differ"):
        Vocabulary.from_json(saved)


def test_a_meter_of_its_own_is_other() -> None:
    melody = Melody.from_notes([(60, 0, 24)], meters=[Meter(0, 11, 8)])
    assert METERS[encode(melody, NOTES).meter[0]] == "other"
