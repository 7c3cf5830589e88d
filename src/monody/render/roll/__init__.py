"""A melody as a piano roll: SVG, PNG, in the terminal, with its surprisal."""
