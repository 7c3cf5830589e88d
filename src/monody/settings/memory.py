"""How much memory may be used."""

from __future__ import annotations

from dataclasses import dataclass

from monody.errors import SettingError
from monody.memory import parse_size, size_text
from monody.settings.base import Settings, setting
from monody.translation import marked

LEAST_BYTES = 200 * 10**6  # Python and NumPy, for a command and for one child


@dataclass(frozen=True)
class MemorySettings(Settings):
    """How much memory may be used."""

    heading = marked("Memory")

    max_memory: str | None = setting(None)
    """Memory that all processes may use together, such as 4GB or 500MB; by default what
    the machine, or its container, has."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.max_bytes  # checks its text

    @property
    def max_bytes(self) -> int | None:
        """The same in bytes, if a limit is named.

        Example:
            >>> from monody.settings.memory import MemorySettings
            >>> MemorySettings("4GB").max_bytes
            4000000000
        """
        if self.max_memory is None:
            return None
        try:
            size = parse_size(self.max_memory)
        except ValueError as error:
            raise SettingError(f"max_memory must be {error}") from None
        if size < LEAST_BYTES:
            raise SettingError(
                f"max_memory must be at least {size_text(LEAST_BYTES)}, not "
                f"{self.max_memory}"
            )
        return size
