"""Constrained decoding: which events may come next, as tables to look up."""
