"""Experiments: the folders that hold one training each, and what is in them.

Every file name of an experiment and every record in it is declared here. The base model
that comes with monody is an experiment, too.
"""
