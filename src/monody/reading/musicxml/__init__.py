"""MusicXML files, plain or compressed: simplified, then parsed by music21."""
