"""Baselines that count instead of learning: n-grams, PPM* and IDyOM."""
