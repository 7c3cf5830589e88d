"""Melodies made heard, seen and read: sound, piano rolls and written music.

Each form takes a melody and gives bytes or text. Pages that put them together are in
``pages``.
"""
