"""A melody as sound: monody's own two instruments, or a sound bank's."""
