"""What predicts the next event: the network, its data, and models that count.

Melodies go in as events and batches, and bits per note come out. The network is
written down once, in ``network``, ``copy_attention`` and ``copy_mixture``, over
operations that it is given: Keras's where ``keras_network`` builds it, NumPy's where
``decoder_state`` reads event by event. How it is trained is told in ``training``, and
how it writes in ``generation``.
"""
