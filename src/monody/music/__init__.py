"""Melodies, and the words in which musicians write about music.

Notes, meters, keys, pitches, scales, note values and instruments; many melodies in flat
arrays; writing MIDI files. Other people's files are read in ``reading``.
"""
