"""What predicts the next event: the network, its data, and models that count.

Melodies go in as events and batches, and bits per note come out. How the network is
trained is told in ``training``, and how it writes in ``generation``.
"""
