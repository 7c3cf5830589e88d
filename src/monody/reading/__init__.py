"""From the bytes of strangers' files to melodies, with a reason for what is left out.

Files are found, opened in child processes, parsed by their format and searched for
melodies. Whole folders, and the copies in them, are the business of ``corpus``.
"""
