"""From the tracks of files to their melodies, many files at a time."""
