"""Melodies to hear, see and read: audio, piano roll, score and page."""
