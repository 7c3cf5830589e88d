"""From the bytes of strangers' files to melodies, with a reason for what is left out.

Files are found, opened in child processes, parsed by their format and searched for
melodies. What a whole folder holds is the business of ``corpus``.
"""
