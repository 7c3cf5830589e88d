"""What predicts the next event: the network, its data, and models that count.

Events and batches go in, bits per note come out. How the network is trained is told in
``training``, how it writes in ``generation``.
"""
