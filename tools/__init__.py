"""What builds parts of monody and is no part of it."""
