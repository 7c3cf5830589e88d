"""Our reading of ABC beside abc2midi's, as it is played, over music21's collections.

    python benchmarks/abc_abc2midi.py [--every N]

abc2midi performs: it shortens dotted notes, writes trills out, swings hornpipes. So
where the readers differ, the tune is given to it again with that notation left out or
written otherwise (`REWRITES`). A difference that this removes is explained by those
that are needed; what is left is printed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from abc_rewrites import (
    NAMED_ENDING,
    OLD_CHORD,
    UNDEFINED,
    Rewrite,
    rewritten,
    tunes,
)
from header import print_header
from midi_notes import mido_notes
from monody.reading.abc.parse import read_abc
from second_opinion import (
    UNEXPLAINED,
    Note,
    Tally,
    first_difference,
    from_first,
    needed,
    notes_of,
    print_table,
    same_notes,
)

TOLERANCE = 0.01  # quarters: abc2midi counts 480 ticks
MAX_SECONDS = 10
# No chord symbols, no grace notes, no fermatas.
OPTIONS = ("-NGUI", "-NGRA", "-NFER", "-silent")

_LETTER = re.compile(r"\[[A-Za-z]:[^\]]*\]|[H-WYh-wy~.]")

DECORATION = "decorations are performed (4.14)"
IN_THREE_FOUR = "(5, (7 and (9 in 3/4 are of 2, as in no compound meter (4.13)"
RHYTHM = "R:hornpipe swings (3.1.15)"
REPEATS = "a repeat that nothing opens goes back to the last double bar (4.8)"
NOT_CLOSED = "a repeat that nothing closes is not played (4.8)"
LAST_ENDING = "a repeat sign after the last ending repeats nothing (4.9)"
SHAPES = "bar lines in odd shapes, such as |:| and [|]:| (4.8)"


def _without_letters(found: re.Match[str]) -> str:
    return found.group() if found.group().startswith("[") else ""


REWRITES = (
    NAMED_ENDING,
    Rewrite("text in quotes is played (4.19)", r'"[^"]*"?', "", True),
    OLD_CHORD,
    Rewrite(DECORATION, r"![^!|\s]{1,40}!|!", ""),
    Rewrite(DECORATION, _LETTER.pattern, _without_letters),
    Rewrite(SHAPES, r"\[\|\]\s*(?=:)|(?<=:)\[\|\](?=\|)", ""),
    Rewrite(SHAPES, r"\|:\|", ":|"),
    Rewrite(SHAPES, r"\|+:(?!\|)|^: ", "|:"),
    Rewrite("the number of an ending on the next line (4.9)", r"^(\d) ", r"[\1 "),
    Rewrite(IN_THREE_FOUR,
            r"\(([579])(?![\d:])", r"(\1:2"),
    *UNDEFINED,
)  # fmt: skip
PLAY_ORDER = (REPEATS, NOT_CLOSED, LAST_ENDING)
CAUSES = (RHYTHM, *PLAY_ORDER, *dict.fromkeys(rewrite.cause for rewrite in REWRITES))

# Looked at by hand: a repeat that nothing opens, in three voices that take turns.
BY_HAND = {"airdsAirs/book6.abc#174": REPEATS}

_SIGN = re.compile(
    r"""(?mx) ^(?:[A-Za-z]:(?![|]) | %).*\n? | "[^"]*"? | \[[A-Za-z]:[^\]]*\]
    | (?P<bar> (?:\[(?=[|\]]) | [|] | :+[|:]) (?:\[(?=[|\]])|[|:\]])* )
      (?P<ending> \s*\[?\d)?"""
)


def with_plain_repeats(tune: str, causes: Sequence[str]) -> str:
    r"""Write repeats out as they are meant, for some causes.

    Example:
        >>> with_plain_repeats("K:C\nAB||cd:|", [REPEATS])
        'K:C\nAB|| |:cd:|'
        >>> with_plain_repeats("K:C\n|:A|1B:|2c:|", [LAST_ENDING])
        'K:C\n|:A|1B:|2c||'
    """
    header, key, body = re.split(r"(?m)(^K:.*\n)", tune, maxsplit=1)
    edits: dict[tuple[int, int], str] = {}
    begin, opening, in_last = 0, None, False
    for found in _SIGN.finditer(body):
        bar = found["bar"]
        if bar is None:
            if found.start() == begin or found.group().startswith("P:"):
                begin = found.end()
            continue
        bar = "|" if bar == "[|]" else bar  # an invisible one (4.8)
        opens, span = bar.endswith(":"), found.span("bar")
        if bar.startswith(":") and in_last and opening is None:
            if LAST_ENDING in causes:
                edits[span] = "||"
            bar = "||"
        closes = bar.startswith(":")
        if closes and opening is None and REPEATS in causes:
            edits[begin, begin] = " |:"
        if opens and opening is not None and not closes and NOT_CLOSED in causes:
            edits[opening] = "|"
        if closes or (len(bar) > 1 and opening is None and not found["ending"]):
            begin = span[1]
        opening = span if opens else None if closes else opening
        in_last = bool(found["ending"]) if closes else in_last and len(bar) == 1
    for (start, stop), text in sorted(edits.items(), reverse=True):
        body = body[:start] + text + body[stop:]
    return header + key + body


def _abc2midi() -> str:
    """Return where abc2midi is."""
    return shutil.which("abc2midi") or sys.exit("skipped: abc2midi is not installed")


def theirs(tune: str, folder: Path) -> list[Note]:
    """Let abc2midi play a tune; chords are not to be rolled."""
    source, target = folder / "tune.abc", folder / "tune.mid"
    source.write_text(
        re.sub(r"(?m)^K:", "%%MIDI chordattack 0\nK:", tune, count=1), "utf-8"
    )
    target.unlink(missing_ok=True)
    subprocess.run(  # noqa: S603 - a program of the system, our own files
        [_abc2midi(), str(source), "-o", str(target), *OPTIONS],
        capture_output=True,
        timeout=MAX_SECONDS,
        check=False,
    )
    return mido_notes(target) if target.exists() else []


def explained(tune: str, folder: Path) -> list[str]:
    """Return why the readers differ; nothing where they do not."""
    known: dict[tuple[str, str], bool] = {}  # most causes leave a tune as it is

    def explain(causes: Sequence[str]) -> bool:
        texts = _texts(tune, causes)
        if texts not in known:
            own, other = notes_of(read_abc(texts[0])), theirs(texts[1], folder)
            known[texts] = same_notes(from_first(own), from_first(other), TOLERANCE)
        return known[texts]

    if explain([]):
        return []
    return needed(CAUSES, explain) or [UNEXPLAINED]


def _texts(tune: str, causes: Sequence[str]) -> tuple[str, str]:
    """Return a tune as each reader gets it."""
    own = rewritten(tune, [rewrite for rewrite in REWRITES if rewrite.both], causes)
    other = re.sub(r"(?m)^R:.*\n", "", tune) if RHYTHM in causes else tune
    if not re.search(r"(?m)^M: *3/4", tune):
        causes = [cause for cause in causes if cause != IN_THREE_FOUR]
    other = rewritten(other, REWRITES, causes)
    if not set(causes).isdisjoint(PLAY_ORDER):
        other = with_plain_repeats(other, causes)
    return own, other


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    asked = [_abc2midi(), "-ver"]
    found = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603
    print_header("monody", "music21", "mido")
    tally = Tally("three collections", f"abc2midi {found.stdout.decode().split()[0]}")
    with tempfile.TemporaryDirectory() as name:
        for title, tune in tunes(parser.parse_args().every):
            causes = explained(tune, Path(name))
            if causes == [UNEXPLAINED] and title in BY_HAND:
                causes = [BY_HAND[title]]
            own = notes_of(read_abc(tune))
            tally.add(len(own), causes)
            if causes == [UNEXPLAINED]:
                other = from_first(theirs(tune, Path(name)))
                print(title, first_difference(from_first(own), other), flush=True)
    print_table([tally])


if __name__ == "__main__":
    main()
