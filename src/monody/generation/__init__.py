"""From a trained network to new melodies, and to variations of melodies.

``decoding`` writes one event after the other, ``constraints`` says which may come next.
"""
