"""The one kind of error that monody's users are meant to read."""

MAX_SAID = 200  # characters of a text from a file, within a message


class MonodyError(Exception):
    """A mistake that the user can mend.

    The message is one line: what was expected, what came, and what to do. The command
    line prints it without a traceback and ends with exit code 2.
    """


class SettingError(MonodyError, ValueError):
    """A setting out of its range or not among its choices."""


def brief(text: str, most: int = MAX_SAID) -> str:
    """Return a text of at most so many characters: its beginning and its end.

    What a file holds can be megabytes long, and what is said of it names a part of it.

    Args:
        text: Any text.
        most: Its longest length, in characters.

    Example:
        >>> from monody.errors import brief
        >>> brief("a meter of 999999999999 beats", most=20)
        'a meter of …99 beats'
    """
    if len(text) <= most:
        return text
    end = most * 2 // 5
    return f"{text[: most - end - 1]}…{text[-end:]}"
