"""What a melody is, and how musicians write about music.

Notes, meters, keys, pitches, scales, note values and instruments; many melodies in flat
arrays; writing MIDI files. What other people's files say is read in ``reading``.
"""
