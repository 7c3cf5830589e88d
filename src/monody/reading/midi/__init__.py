"""MIDI files: parsed by symusic, once their bytes have been repaired."""
