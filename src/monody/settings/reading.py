"""How a folder of music files becomes melodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monody.music.note_values import parse_meter
from monody.music.pitch import parse_pitch_range
from monody.settings.base import Settings, setting
from monody.translation import marked

LINES = ("auto", "strict", "tolerant", "skyline")


TRACKS = ("all", "best")


TEMPOS = ("auto", "off", "always")


AS_WRITTEN = "as_written"


@dataclass(frozen=True)
class ReadSettings(Settings):
    """How a folder of MIDI files becomes melodies."""

    heading = marked("Reading: what counts as a melody")

    min_notes: int = setting(8, minimum=1)
    """Notes that a melody has at least; shorter ones are left out."""

    min_distinct_pitches: int = setting(3, minimum=1, maximum=128)
    """Different pitches that a melody has at least."""

    max_rest_quarters: int = setting(8, minimum=1)
    """A silence of this many quarter notes or more splits a melody."""

    pitch_range: str | None = setting(None)
    """Lowest and highest note that a melody may have, such as C3..C6 or 48..84;
    melodies that leave it are left out. By default any."""

    meters: str | None = setting(None)
    """Time signatures wanted, such as 3/4,6/8; melodies in others are left out. By
    default any. MIDI files that count single beats, such as 1/4, get the bars that are
    heard; as_written, alone or in the list, keeps 1/4."""

    line: str = setting("auto", choices=LINES)
    """Which tracks are a melody: those without an overlap (strict), those of whose
    notes 95 % stand alone (tolerant), or any, of which the top line is taken (skyline);
    auto is tolerant, and skyline for a file that has nothing else."""

    tracks: str = setting("all", choices=TRACKS)
    """Take all tracks of a file that are a melody, or the one with the most notes
    (best): in 97 % of labelled files that is the tune."""

    tempo: str = setting("auto", choices=TEMPOS)
    """Re-time melodies whose onsets ignore the declared grid (auto), none (off), or
    every one that has a steady pulse (always); off also leaves onsets and ends that
    were played beside the grid where they are."""

    deduplicate: bool = setting(True)
    """Learn from each tune once, however many copies of it there are."""

    max_file_megabytes: float = setting(16.0, minimum=0.001)
    """Files larger than this are skipped, in megabytes."""

    max_seconds_per_file: float = setting(10.0, minimum=0.1)
    """A file that takes longer than this is skipped, in seconds."""

    n_jobs: int | None = setting(None, minimum=1)
    """Processes that read files; by default one for each core, 8 at most."""

    max_files_in_ram: int = setting(1024, minimum=1)
    """Files that are being read and parsed at a time."""

    cache: bool = setting(True)
    """Remember what was read, so that it is not read again (`monody cache`)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.allowed_pitches, self.wanted_meters  # both check their text

    @property
    def allowed_pitches(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch that a melody may have."""
        return parse_pitch_range(self.pitch_range) if self.pitch_range else (0, 127)

    @property
    def wanted_meters(self) -> frozenset[str]:
        """The time signatures wanted; empty means any."""
        example = f"time signatures such as 3/4,6/8 or {AS_WRITTEN}"
        texts = (text for text in self._listed_meters if text != AS_WRITTEN)
        meters = (parse_meter(text, "meters", example) for text in texts)
        return frozenset(f"{above}/{below}" for above, below in meters)

    @property
    def meters_as_written(self) -> bool:
        """Whether time signatures of single beats, such as 1/4, are believed.

        Example:
            >>> from monody.settings.reading import ReadSettings
            >>> settings = ReadSettings(meters="as_written,1/4")
            >>> settings.meters_as_written, sorted(settings.wanted_meters)
            (True, ['1/4'])
        """
        return AS_WRITTEN in self._listed_meters

    @property
    def _listed_meters(self) -> list[str]:
        texts = self.meters.split(",") if self.meters else []
        return [text.strip().lower() for text in texts]

    def of_reading(self) -> dict[str, Any]:
        """Return the settings that decide what is read out of a file's bytes."""
        others = ("n_jobs", "max_files_in_ram", "max_seconds_per_file")
        return {
            name: value
            for name, value in self.to_json().items()
            if name not in (*others, "deduplicate", "cache")
        }
