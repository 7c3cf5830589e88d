"""How a melody becomes the events that the network reads, and back.

An event is a pitch symbol and a duration symbol. Two encodings share them:

- ``notes``: one event for each note or rest, any length of 1 tick or more. A length
  that is not in the alphabet is a note and ``hold`` events that lengthen it.
- ``steps``: one event for each 16th; ``hold`` goes on with what sounds, so that a held
  note differs from a repeated one. Its duration alphabet has one entry.

The alphabets are fixed by construction: they cover all of musical practice, so that no
event of an unseen file is unknown, and they never depend on the order of the data.

>>> from monody.models.events import Vocabulary, encode
>>> from monody.music.melody import Melody
>>> melody = Melody.from_notes([(60, 0, 24), (62, 24, 12), (64, 48, 12)])
>>> vocabulary = Vocabulary("notes")
>>> vocabulary.words(encode(melody, vocabulary))
['C4:24', 'D4:12', 'rest:12', 'E4:12', 'end']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.models.note_stream import NoteStream, metric_positions_of
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import (
    COMMON_TIME,
    MAX_BAR_TICKS,
    TICKS_PER_STEP,
    TICKS_PER_WHOLE,
    Ints,
    Meter,
)
from monody.music.pitch import pitch_name
from monody.settings.model import ENCODINGS

REST, HOLD, END = 128, 129, 130  # pitch symbols, behind the MIDI pitches 0-127
START = 131  # read before the first event, never predicted
PITCH_SYMBOLS = 131  # predicted: 0-127, rest, hold, end
PITCH_INPUTS = 132  # read: those and the start

_LONG_TICKS = (108, 120, 144, 168, 192, 240, 288, 384)  # in 3/2, 12/8, over two bars
METERS = ("2/4", "3/4", "4/4", "5/4", "6/4", "2/2", "3/2", "4/2", "3/8", "5/8", "6/8",
          "7/8", "9/8", "12/8", "7/4", "other")  # fmt: skip
POSITIONS = MAX_BAR_TICKS  # symbols of the metric position: ticks from the bar line
UNKNOWN = 0  # the symbol of what the network is not told, such as where the end is
MAX_BARS_LEFT = 64  # more bars have the symbol of this many


@dataclass(frozen=True)
class Vocabulary:
    """The symbols of one encoding.

    Args:
        encoding: ``"notes"`` or ``"steps"``.

    Example:
        >>> from monody import Vocabulary
        >>> notes, steps = Vocabulary("notes"), Vocabulary("steps")
        >>> notes.durations[:4], len(notes.durations)  # ticks: 96 in a whole note
        ((1, 2, 3, 4), 104)
        >>> steps.durations
        (6,)
    """

    encoding: str

    def __post_init__(self) -> None:
        if self.encoding not in ENCODINGS:
            raise ValueError(
                f"encoding must be one of {', '.join(ENCODINGS)}, not {self.encoding!r}"
            )

    @property
    def durations(self) -> tuple[int, ...]:
        """Ticks of each duration symbol, rising."""
        if self.encoding == "steps":
            return (TICKS_PER_STEP,)
        return (*range(1, TICKS_PER_WHOLE + 1), *_LONG_TICKS)

    @property
    def start_duration(self) -> int:
        """The duration symbol that is read before the first event."""
        return len(self.durations)

    def to_json(self) -> dict[str, object]:
        """Return all symbols as words, which people can read and versions compare.

        Example:
            >>> from monody import Vocabulary
            >>> Vocabulary("steps").to_json()["pitches"][60:64]
            ['C4', 'C#4', 'D4', 'D#4']
        """
        return {
            "encoding": self.encoding,
            "pitches": [pitch_word(symbol) for symbol in range(PITCH_INPUTS)],
            "durations_ticks": list(self.durations),
            "meters": list(METERS),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, object]) -> Vocabulary:
        """Rebuild a saved vocabulary.

        Raises:
            MonodyError: If the symbols saved are not the ones of this version.

        Example:
            >>> from monody import Vocabulary
            >>> Vocabulary.from_json(Vocabulary("notes").to_json())
            Vocabulary(encoding='notes')
        """
        vocabulary = cls(str(saved["encoding"]))
        for part, symbols in vocabulary.to_json().items():
            if saved.get(part) != symbols:
                raise MonodyError(
                    f"the model was trained with another vocabulary ({part} differ "
                    "from this version of monody): train it again, or install the "
                    "version that made it"
                )
        return vocabulary

    def words(self, events: Events) -> list[str]:
        """Return events as words: pitch and duration in ticks.

        Example:
            >>> from monody.models.events import Vocabulary, encode
            >>> from monody.music.melody import Melody
            >>> steps = Vocabulary("steps")
            >>> steps.words(encode(Melody.from_notes([(60, 6, 12)]), steps))
            ['rest:6', 'C4:6', 'hold:6', 'end']
        """
        durations = self.durations
        return [
            pitch_word(pitch)
            + (f":{durations[duration]}" if pitch not in (END, START) else "")
            for pitch, duration in zip(
                events.pitch.tolist(), events.duration.tolist(), strict=True
            )
        ]


def pitch_word(symbol: int) -> str:
    """Return a pitch symbol as a word.

    Example:
        >>> from monody.models.events import REST, pitch_word
        >>> pitch_word(60), pitch_word(REST)
        ('C4', 'rest')
    """
    special = {REST: "rest", HOLD: "hold", END: "end", START: "start"}
    return special.get(symbol) or pitch_name(symbol)


@dataclass(frozen=True)
class Events:
    """A melody as the network reads it. All arrays are ``(events,)``.

    Example:
        A C of two beats and a D after a bar line, in 3/4. The end is an event too.

        >>> from monody import Melody, Meter, Vocabulary
        >>> from monody.models.events import encode
        >>> notes = [(60, 24, 48), (62, 72, 24)]
        >>> melody = Melody.from_notes(notes, meters=[Meter(0, 3, 4)])
        >>> events = encode(melody, Vocabulary("notes"))
        >>> len(events), events.note_count
        (4, 2)
        >>> events.pitch.tolist()  # rest, C4, D4, end
        [128, 60, 62, 130]
        >>> events.position.tolist(), events.bar.tolist()
        ([0, 24, 0, 24], [0, 0, 1, 1])
    """

    pitch: NDArray[np.uint8]  # pitch symbols
    duration: NDArray[np.uint8]  # duration symbols; 0 for the end
    position: NDArray[np.int16]  # ticks from the bar line to where the event begins
    bar: NDArray[np.int32]  # bars from the melody's beginning to that bar line
    meter: NDArray[np.uint8]  # index into METERS of the meter in force there

    def __len__(self) -> int:
        return len(self.pitch)

    @property
    def note_count(self) -> int:
        """Events that begin a note."""
        return int(np.count_nonzero(self.pitch < REST))


def encode(
    melody: Melody, vocabulary: Vocabulary, *, until: int | None = None
) -> Events:
    """Turn a melody into events, from its tick 0.

    Args:
        melody: The melody, with at least one note.
        vocabulary: The encoding; ``steps`` rounds to 16ths.
        until: For a primer: the tick to go on to, with a rest if need be and without an
            end. By default the end comes right after the last note.

    Returns:
        The events. With ``notes``, ``decode`` gives back exactly the melody's notes.

    Example:
        >>> from monody.models.events import Vocabulary, encode
        >>> from monody.music.melody import Melody
        >>> notes, melody = Vocabulary("notes"), Melody.from_notes([(60, 0, 24)])
        >>> notes.words(encode(melody, notes))
        ['C4:24', 'end']
        >>> notes.words(encode(melody, notes, until=96))
        ['C4:24', 'rest:72']
    """
    events, _ = encode_all(MelodyStore.of([melody]), vocabulary, until=until)
    return events


def encode_all(
    melodies: MelodyStore, vocabulary: Vocabulary, *, until: int | None = None
) -> tuple[Events, NDArray[np.int64]]:
    """Turn melodies into events that lie end to end, as ``encode`` does with each.

    All are encoded at once, which takes some 50 bytes an event while it lasts.

    Returns:
        The events of all, and where each melody's events end ``(melodies,)``.

    Example:
        >>> from monody.models.events import Vocabulary, encode_all
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> store = MelodyStore.of(
        ...     [Melody.from_notes([(60, 0, 24)]), Melody.from_notes([(62, 0, 12)])]
        ... )
        >>> events, ends = encode_all(store, Vocabulary("notes"))
        >>> Vocabulary("notes").words(events), ends.tolist()
        (['C4:24', 'end', 'D4:12', 'end'], [2, 4])
    """
    listed = _steps_of if vocabulary.encoding == "steps" else _notes_of
    pitch, ticks = listed(NoteStream.of(melodies), until)
    ends = np.flatnonzero(pitch == END) + 1
    if until is not None:
        before_end = pitch != END
        pitch, ticks = pitch[before_end], ticks[before_end]
        ends -= np.arange(1, len(ends) + 1)
    durations = vocabulary.durations
    symbols = np.searchsorted(durations, np.arange(durations[-1] + 1)).astype(np.uint8)
    position, bar, meter = metric_positions_of(ticks, ends, melodies)
    meters = _meter_symbols(melodies.meters)
    events = Events(
        pitch=pitch,
        duration=symbols[ticks],
        position=position.astype(np.int16),
        bar=bar.astype(np.int32),
        meter=meters[meter],
    )
    return events, ends


def meter_symbol(meter: Meter) -> int:
    """Return the meter's index in ``METERS``.

    Example:
        >>> from monody.models.events import METERS, meter_symbol
        >>> from monody.music.meter import Meter
        >>> METERS[meter_symbol(Meter(0, 6, 8))], METERS[meter_symbol(Meter(0, 11, 8))]
        ('6/8', 'other')
    """
    name = str(meter)
    return METERS.index(name) if name in METERS else len(METERS) - 1


def bars_left_symbol(bars: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return the symbol of how many bar lines lie between an event and the end.

    Where in its bar the end is, another symbol tells.

    Args:
        bars: Bar lines, ``(events,)``.

    Returns:
        ``(events,)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.events import bars_left_symbol
        >>> bars_left_symbol(np.array([0, 1, 64, 1000])).tolist()
        [1, 2, 65, 65]
    """
    return (bars.clip(0, MAX_BARS_LEFT) + 1).astype(np.uint8)


def _meter_symbols(meters: Ints) -> NDArray[np.uint8]:
    """Return the index in ``METERS`` of each row of ``(meters, 3)``."""
    signs, sign = np.unique(meters[:, 1:], axis=0, return_inverse=True)
    symbols = [meter_symbol(Meter(0, *pair)) for pair in signs.tolist()]
    return np.array(symbols, np.uint8)[sign.ravel()]  # two dimensions in NumPy 2.0


def _notes_of(line: NoteStream, until: int | None) -> tuple[NDArray[np.uint8], Ints]:
    """List pitch symbols and ticks, a rest before each note that follows a silence."""
    silence = line.silences(until)
    rests = np.flatnonzero(silence > 0)
    pitch = np.insert(_symbols(line), rests, REST)
    return _split_long(pitch, np.insert(line.end - line.start, rests, silence[rests]))


def _steps_of(line: NoteStream, until: int | None) -> tuple[NDArray[np.uint8], Ints]:
    """List a symbol for each 16th; of notes that share a step the longest is kept."""
    stop = None if until is None else until // TICKS_PER_STEP
    line = line.in_steps(stop)
    held = np.maximum(line.end - line.start - 1, 0)
    counts = np.stack([line.silences(stop), np.ones_like(held), held], axis=1)
    # (notes + melodies, 3): a rest, the note or the end, and a hold.
    symbols = np.full(counts.shape, (REST, END, HOLD), np.uint8)
    symbols[:, 1] = _symbols(line)
    pitch = np.repeat(symbols.ravel(), counts.ravel())
    return pitch, np.where(pitch == END, 0, TICKS_PER_STEP).astype(np.int32)


def _symbols(line: NoteStream) -> NDArray[np.uint8]:
    """Return the pitch symbol of each note, and an end for each stop."""
    return np.where(line.stops, END, line.pitch).astype(np.uint8)


def _split_long(
    pitch: NDArray[np.uint8], ticks: Ints
) -> tuple[NDArray[np.uint8], Ints]:
    """Write lengths that are not in the alphabet as an event and holds.

    Each piece is the longest that fits: 900 ticks are 384, 384, 120 and 12. The rest
    that is left after the whole 384s takes two pieces at most.
    """
    long = np.flatnonzero(ticks > TICKS_PER_WHOLE)
    alphabet = np.array((0, *Vocabulary("notes").durations), np.int32)
    times, left = np.divmod(ticks[long], alphabet[-1])
    second = alphabet[np.searchsorted(alphabet, left, side="right") - 1]
    third = left - second
    lengths = np.stack([np.full_like(left, alphabet[-1]), second, third], axis=1)
    counts = np.stack([times, second > 0, third > 0], axis=1)  # (long, 3)
    pieces = np.repeat(lengths.ravel(), counts.ravel())
    total = counts.sum(axis=1)
    firsts = np.cumsum(total) - total
    ticks[long] = pieces[firsts]
    held = np.repeat(long + 1, total - 1)
    pitch = np.insert(pitch, held, HOLD)
    return pitch, np.insert(ticks, held, np.delete(pieces, firsts))


def decode(
    events: Events,
    vocabulary: Vocabulary,
    *,
    meters: Sequence[Meter] = (COMMON_TIME,),
    bpm: float = 120.0,
) -> Melody:
    """Turn events into a melody. Any sequence of events has a meaning.

    A hold lengthens the note or the rest before it; at the beginning it is silence.
    Events after an end are not read.

    Args:
        events: Pitch and duration symbols; positions and meters are not needed.
        vocabulary: The encoding they were made with.
        meters: Time signatures of the melody, the first at tick 0.
        bpm: Quarter notes a minute.

    Example:
        >>> from monody.models.events import Vocabulary, decode, encode
        >>> from monody.music.melody import Melody
        >>> melody = Melody.from_notes([(60, 0, 24), (62, 36, 12)])
        >>> notes = Vocabulary("notes")
        >>> decode(encode(melody, notes), notes) == melody
        True
    """
    durations = vocabulary.durations
    notes: list[tuple[int, int, int]] = []
    tick, sounding = 0, False
    for pitch, symbol in zip(
        events.pitch.tolist(), events.duration.tolist(), strict=True
    ):
        if pitch == END:
            break
        ticks = durations[symbol]
        if pitch < REST:
            notes.append((pitch, tick, ticks))
            sounding = True
        elif pitch == HOLD and sounding:
            held, start, length = notes[-1]
            notes[-1] = (held, start, length + ticks)
        else:
            sounding = False
        tick += ticks
    return Melody.from_notes(notes, meters=meters, bpm=bpm)
