"""MuseScore files of versions 1 to 4, plain (.mscx) and packed (.mscz)."""
