"""The melodies of a folder: verdicts, duplicates, the split, novelty and the report.

A corpus is read once and remembered. How a single file is read is in ``reading``; how
the report looks is in ``cli.corpus_report`` and ``pages.corpus``.
"""
