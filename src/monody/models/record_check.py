"""The check of a saved record, which may be a stranger's, before it is believed.

A number out of its range would raise an error much later, or keep a machine busy for
hours: a form of a billion bars, a tempo of zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from monody.models.outline import STYLE_SYMBOLS, TONIC_SYMBOLS
from monody.music.form import APPROACHES, UNKNOWN_APPROACH, UNKNOWN_DEGREE
from monody.music.form_text import MAX_BARS
from monody.music.melody import MAX_BPM, MIN_BPM
from monody.music.meter import MAX_BAR_TICKS, TICKS_PER_QUARTER, is_meter
from monody.music.pitch import MAX_PITCH, PITCH_CLASSES
from monody.music.repetition import FIGURE_NOTES
from monody.saved.damage import require
from monody.saved.values import listed, number, table, text, whole

MAX_TICKS = MAX_BARS * MAX_BAR_TICKS

# What the settings of a training leave open until a corpus has chosen it.
CHOSEN = {
    "model": ("rnn_size", "num_layers", "dropout"),
    "training": ("batch_size", "patience"),
}

_ticks = partial(whole, maximum=MAX_TICKS)
_length = partial(whole, minimum=1, maximum=MAX_TICKS)
_bar = partial(whole, maximum=MAX_BARS)
_pitch = partial(whole, maximum=MAX_PITCH)


def check_record(saved: Mapping[str, Any]) -> None:
    """Make sure that a record holds what records hold.

    Args:
        saved: From JSON: what ``RunRecord.of_folder`` or ``of_model`` returned. Of its
            settings only that they are chosen: they check their ranges themselves.

    Raises:
        DamagedError: If it is damaged, or of another version.
        KeyError: If a part is missing.
    """
    for part, names in CHOSEN.items():
        settings = table(saved["settings"][part])
        for name in names:
            require(settings[name] is not None, f"{name} was not chosen")
    for value in (saved["data_fingerprint"], saved["base_sha256"] or ""):
        text(value)
    for name in ("started", "data_dir", "devices"):
        text(saved.get(name, ""))
    for side in ("train", "validation", "test"):
        whole(table(saved["melodies"])[side])
    for version in table(saved["versions"]).values():
        text(version)
    listed(saved["styles"], text)
    _check_usual(table(saved["usual"]))
    _check_seen(table(saved["seen"]))


def _check_usual(usual: Mapping[str, Any]) -> None:
    """Check what half of the melodies, or nine of ten, are like."""
    _check_meter(usual["meter"])
    number(usual["bpm"], MIN_BPM, MAX_BPM)
    for name in ("bars", "most_bars"):
        whole(usual[name], 1, MAX_BARS)


def _check_meter(value: Any) -> None:
    above, _, below = text(value).partition("/")
    digits = above.isdecimal() and below.isdecimal() and len(value) < len("1000/1000")
    require(digits and is_meter(int(above), int(below)), "expected a meter, as 6/8")


def _check_seen(seen: Mapping[str, Any]) -> None:
    """Check what is in the melodies at all."""
    note_ticks = listed(seen["note_ticks"], _length)
    require(bool(note_ticks), "there are no lengths of notes")
    for lengths in (note_ticks, *(listed(seen[n], _length) for n in SILENCES)):
        require(all(map(int.__lt__, lengths, lengths[1:])), "lengths are not rising")
    lowest, highest = listed(seen["pitch_range"], _pitch)
    require(lowest <= highest, "the lowest pitch is above the highest")
    listed(seen["places"], partial(whole, maximum=TICKS_PER_QUARTER - 1))
    require(len(listed(seen["repeats"], whole)) == FIGURE_NOTES, "repeats are missing")
    listed(seen["precedents"], _check_precedent)


SILENCES = ("rest_ticks", "hold_ticks")


def _check_precedent(saved: Sequence[Any]) -> None:
    """Check a melody whose outline new ones may follow."""
    meter, tonic, lowest, highest, style, form = saved
    _check_meter(meter)
    whole(tonic, maximum=TONIC_SYMBOLS - 1)
    require(_pitch(lowest) <= _pitch(highest), "its lowest note is above its highest")
    whole(style, maximum=STYLE_SYMBOLS - 1)
    _check_form(form)


def _check_form(saved: Sequence[Any]) -> None:
    """Check what ``Form.to_json`` returned."""
    bar_ticks, begins, bars, ends, back, exact, closes, notes = saved
    whole(bar_ticks, 1, MAX_BAR_TICKS)
    whole(begins, maximum=bar_ticks - 1)
    whole(bars, 1, MAX_BARS)
    ends = listed(ends, _length)
    rising = all(map(int.__lt__, ends, ends[1:]))
    require(bool(ends) and rising, "phrases end in another order")
    in_melody = partial(whole, maximum=bars - 1)
    for bar, bars_back in listed(back, lambda pair: listed(pair, _bar)):
        require(in_melody(bar) >= bars_back, "a bar returns from before the first")
    require(len(listed(exact, in_melody)) <= bars, "more bars return than there are")
    closes = listed(closes, _check_cadence)
    require(len(closes) in (0, len(ends)), "cadences are missing")
    require(len(listed(notes, whole)) in (0, bars), "bars are missing")


def _check_cadence(saved: Sequence[Any]) -> None:
    tick, degree, way = saved
    _ticks(tick)
    whole(degree, minimum=UNKNOWN_DEGREE, maximum=PITCH_CLASSES - 1)
    whole(way, minimum=UNKNOWN_APPROACH, maximum=len(APPROACHES))
