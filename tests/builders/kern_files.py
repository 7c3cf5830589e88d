"""Humdrum tables from rows of tokens."""

from __future__ import annotations


def kern(*rows: str, spines: int = 1, ends: bool = True) -> str:
    """Write a table of **kern spines.

    Args:
        rows: Each its tokens with two blanks between them; what all spines say is
            written once.
        spines: How many.
        ends: Whether the spines end.
    """
    table = ["\t".join(["**kern"] * spines)]
    for row in rows:
        tokens = row.split("  ")
        table.append("\t".join(tokens * spines if len(tokens) == 1 else tokens))
    if ends:
        table.append("\t".join(["*-"] * spines))
    return "\n".join(table) + "\n"
