"""Reading what was saved, whole or damaged, by monody or by a stranger.

Whatever is wrong with such a file comes out as a ``DamagedError``. Sizes and shapes are
looked at before anything is read, so memory and time are bounded by what was expected.
A file that the user names (``bounded_file.read_named``) is told in a sentence at once.
Which sentence the user reads is the matter of the rooms above; writing is that of
``files``.
"""
