"""The command line: one module a command. Nothing is decided here."""
