"""Files that are open together while something is written into them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from types import TracebackType
from typing import Self


class WrittenTogether(ABC):
    """A writer of several files, for a ``with`` statement.

    All are opened on the way in, or none: where one cannot be opened, those before it
    are closed. All are closed on the way out.

    Example:
        >>> from contextlib import ExitStack
        >>> from pathlib import Path
        >>> from monody.saved.written_together import WrittenTogether
        >>> class Pair(WrittenTogether):
        ...     def open_all(self, stack: ExitStack) -> None:
        ...         names = ("one.txt", "two.txt")
        ...         self.files = [
        ...             stack.enter_context(Path(name).open("w")) for name in names
        ...         ]
        >>> with Pair() as pair:
        ...     [file.closed for file in pair.files]
        [False, False]
        >>> [file.closed for file in pair.files]
        [True, True]
    """

    _stack: ExitStack

    @abstractmethod
    def open_all(self, stack: ExitStack) -> None:
        """Open the files; the stack closes them."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.open_all(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, traceback)
