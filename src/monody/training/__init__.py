"""From a corpus to an experiment with a trained network."""
