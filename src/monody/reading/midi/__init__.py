"""MIDI files: parsed by symusic where they are healthy, by event where they are not."""
