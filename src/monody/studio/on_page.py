"""What an error or a reason advises, in words of the page in place of options.

Functions advise in the words of the command line: ``name a wider --range``. A musician
who reads that on the page looks for a knob.
"""

from __future__ import annotations

import re

from monody.studio.words import _
from monody.translation import marked

# The knob of the page that an option is.
KNOBS = {
    "bars": marked("Length"),
    "file_length": marked("Length"),
    "temperature": marked("Safe … wild"),
    "key": marked("Key"),
    "meter": marked("Meter"),
    "midi_instrument": marked("Instrument"),
    "num_files": marked("How many"),
    "durations": marked("Note values"),
    "density": marked("Notes in a bar"),
    "range": marked("Range"),
    "end": marked("Ending"),
    "form": marked("Form"),
    "style": marked("Style"),
    "bpm": marked("Tempo"),
    "seed": marked("Seed"),
    "experiment_dir": marked("Written by"),
}
_OPTION = re.compile(r"--([a-z]\w*)")


def names_option(sentence: str) -> bool:
    """Tell whether a sentence names an option of the command line."""
    return _OPTION.search(sentence) is not None


def on_page(sentence: str) -> str:
    """Name the knobs of the page where a sentence names options.

    Args:
        sentence: In the language of who asks.

    Example:
        >>> from monody.studio.on_page import on_page
        >>> on_page("no such note: name a wider --range or another --key")
        'no such note: name a wider “Range” or another “Key”'
        >>> on_page("lower --min_notes")
        'lower min notes'
    """
    return _OPTION.sub(_knob, sentence)


def _knob(option: re.Match[str]) -> str:
    """Return the knob of an option; one without a knob is put in plain words."""
    name = option[1]
    return f"“{_(KNOBS[name])}”" if name in KNOBS else name.replace("_", " ")
