"""Humdrum **kern: tables of notes, a column (spine) for each voice, read downwards."""
