"""The one kind of error that monody's users are meant to read."""

MAX_SAID = 200  # characters of a text from a file, within a message


class MonodyError(Exception):
    """A mistake that the user can mend.

    The message is one line: what was expected, what came, and what to do. The command
    line prints it without a traceback and ends with exit code 2.
    """


class SettingError(MonodyError, ValueError):
    """A setting out of its range or not among its choices."""


def printable(text: str) -> str:
    r"""Spell out characters that do not show as themselves, or control a terminal.

    Example:
        >>> from monody.errors import printable
        >>> printable("\x1b[31m.mid")
        '\\x1b[31m.mid'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    if "\udc80" <= char <= "\udcff":  # an odd byte of a file name, see os.fsdecode
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")


def brief(text: str, most: int = MAX_SAID) -> str:
    """Return a text of at most so many characters: its beginning and its end.

    What a file holds can be megabytes long, and what is said of it names a part of it.
    What does not show is spelt out: it may turn a line around, or end it.

    Args:
        text: Any text.
        most: Its longest length, in characters.

    Example:
        >>> from monody.errors import brief
        >>> brief("a meter of 999999999999 beats", most=20)
        'a meter of …99 beats'
    """
    end = most * 2 // 5
    if len(text) > most:  # a part of it is spelt out, and not megabytes
        text = f"{text[: most - end - 1]}…{text[-end:]}"
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - end - 1]}…{text[-end:]}"
