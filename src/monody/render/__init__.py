"""A melody as sound, as a picture and as written music.

Each form takes a melody and gives bytes or text. Pages that put them together are in
``pages``.
"""
