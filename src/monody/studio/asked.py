"""What a page asks of a model, checked, and what it is called in a musician's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import monody
from monody.studio.words import _

MAX_MELODIES, MAX_BARS, MAX_BARS_IN_ALL, MAX_TAKES = 50, 256, 2_000, 16
MAX_BEST_OF, STEPS_IN_BAR = 100, 16
REWRITES = ("keep", "replace", "to_key", "to_meter")


def settings_of(values: Mapping[str, Any]) -> monody.SampleSettings:
    """Return what is asked of new melodies.

    Args:
        values: Fields of ``SampleSettings``, from anywhere.

    Raises:
        MonodyError: If one is none, out of range, the path of a file, or too much.

    Example:
        >>> from monody.studio.asked import settings_of
        >>> settings_of({"bars": 8}).bars
        8
        >>> settings_of({"form": "like:/etc/hosts"})
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: Name a form in letters, such as AABA.
    """
    _require_no_file(values)
    settings = monody.SampleSettings.from_json(dict(values))
    bars = settings.bars or (settings.file_length or 0) // STEPS_IN_BAR
    count = max(settings.num_files, settings.best_of or 0)
    if bars > MAX_BARS or settings.takes > MAX_TAKES or bars * count > MAX_BARS_IN_ALL:
        raise monody.MonodyError(
            _("This is too much at a time: ask for fewer melodies, or shorter ones.")
        )
    if settings.num_files > MAX_MELODIES or count > MAX_BEST_OF:
        raise monody.MonodyError(
            _("Ask for at most {count} melodies at a time.").format(count=MAX_MELODIES)
        )
    return settings


def changes_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that change in a variation, with a new seed if one is named.

    Raises:
        MonodyError: If they are none, or one would read a file.
    """
    changes = asked.get("changes") or {}
    if not isinstance(changes, dict):
        raise monody.MonodyError("expected changes as names with values")
    for name in ("num_files", "seed"):
        if asked.get(name) is not None:
            changes = {**changes, name: asked[name]}
    known = {name: value for name, value in changes.items() if name != "seed"}
    settings_of(known)  # each by itself is possible
    return dict(changes)


def rewrite_of(asked: Mapping[str, Any]) -> monody.Rewrite | None:
    """Return what a melody is rewritten by; nothing where only settings change.

    Raises:
        MonodyError: If it is none.

    Example:
        >>> from monody.studio.asked import rewrite_of
        >>> rewrite_of({"replace": [5, 8]})
        Rewrite(keep=None, replace=(5, 8), to_meter=None, to_key=None, from_key=None)
    """
    how = {name: asked[name] for name in REWRITES if asked.get(name) is not None}
    if not how:
        return None
    if isinstance(how.get("replace"), list):
        how["replace"] = tuple(how["replace"])
    if isinstance(how.get("to_meter"), str):
        how["to_meter"] = monody.parse_meter(how["to_meter"], "to_meter")
    for name in ("keep", "to_key"):
        if not isinstance(how.get(name, ""), str):
            raise monody.MonodyError(f"expected {name} as a text")
    return monody.Rewrite(**how)


def words_of(asked: Mapping[str, Any]) -> str:
    """Say in words what is done to a melody; in English, which the page translates.

    Args:
        asked: As ``rewrite_of`` and ``changes_of`` take it.

    Example:
        >>> from monody.studio.asked import words_of
        >>> words_of({"keep": "rhythm"}), words_of({"replace": [5, 8]})
        ('other notes, same rhythm', 'bars 5-8 again')
        >>> words_of({"changes": {"temperature": 0.8, "key": "D minor"}})
        'temperature 0.8, key D minor'
    """
    said = []
    if asked.get("keep") == "rhythm":
        said.append("other notes, same rhythm")
    if asked.get("keep") == "pitches":
        said.append("same notes, other rhythm")
    if asked.get("replace"):
        first, last = asked["replace"]
        said.append(
            f"bar {first} again" if first == last else f"bars {first}-{last} again"
        )
    if asked.get("to_key"):
        said.append(f"in {asked['to_key']}")
    if asked.get("to_meter"):
        meter = asked["to_meter"]
        text = meter if isinstance(meter, str) else "/".join(map(str, meter))
        said.append(f"in {text}")
    changes = asked.get("changes") or {}
    said += [_change(name, value) for name, value in changes.items()]
    return ", ".join(said)


def _change(name: str, value: object) -> str:
    """Say one setting that changed; the page knows better words for most."""
    plain = name.replace("_", " ")
    return f"no {plain}" if value in (None, False) else f"{plain} {value}"


def _require_no_file(values: Mapping[str, Any]) -> None:
    """Refuse a form that names a file: a page does not read the machine's files."""
    form = values.get("form")
    if isinstance(form, str) and names_file(form):
        raise monody.MonodyError(_("Name a form in letters, such as AABA."))


def names_file(form: str) -> bool:
    """Tell whether a form is that of a file.

    Example:
        >>> from monody.studio.asked import names_file
        >>> names_file("like:TUNE.mid"), names_file("AABA")
        (True, False)
    """
    try:
        return monody.SampleSettings(form=form).form_file is not None
    except monody.MonodyError:
        return False  # it is none, which is said elsewhere
