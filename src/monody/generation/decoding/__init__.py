"""Writing events one after the other, in one compiled loop."""
