"""Melodies that ignore the tempo their file declares, moved to the grid they keep."""
