"""Constrained decoding: which events may come next.

A request (``spec``) becomes tables (``tables``), and the rules (``rules``) look things
up in them while a melody is written. ``durations`` and ``reachable`` work out what can
still fill the time that is left, ``endings`` on which notes a melody may end, and
``repetition`` how often a figure has come in a row. Which of the allowed symbols is
drawn is decided in ``decoding.sampling``, not here.
"""
