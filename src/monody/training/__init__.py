"""From a corpus to an experiment with a trained network.

``train`` begins a training and ``resume`` goes on with one; ``train_along`` is what
other processes do meanwhile, and ``from_nothing`` trains what a fine-tuned network is
compared with. The work is done in ``train_network`` and ``fit``; what is left open is
chosen in ``presets``.
"""
