"""monody studio: the page that a musician opens every day, and the server behind it.

What lies on the disk, what is asked over HTTP and what the page shows. Nothing is
composed, read or trained here: that is what the rooms below do.
"""
