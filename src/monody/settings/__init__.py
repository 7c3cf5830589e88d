"""Every setting of monody, declared once: its default, its range and its help text.

The command line, the documentation and the saved JSON are made from these dataclasses.
What they do is decided in the rooms that read them.
"""
