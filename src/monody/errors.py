"""The one kind of error that monody's users are meant to read."""


class MonodyError(Exception):
    """A mistake that the user can mend.

    The message is one line: what was expected, what came, and what to do. The command
    line prints it without a traceback and ends with exit code 2.
    """


class SettingError(MonodyError, ValueError):
    """A setting out of its range or not among its choices."""
