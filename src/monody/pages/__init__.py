"""HTML pages that open from disk: of melodies, of a training, of a corpus."""
