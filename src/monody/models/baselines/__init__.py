"""Reference models that count instead of learning: n-grams, PPM* and IDyOM."""
