"""Written music of any format: its measures, put in playing order, as a raw score."""
