"""HTML pages to hear and read: of a sampling run, of a training, of a corpus.

``melodies``, ``training`` and ``corpus`` are the pages. ``player`` is one melody on a
page, and ``page`` the frame that all pages share. What they look like is in
``templates/``: the template, style and script of a module have its name.
"""
