"""MusicXML files, plain or compressed: their parts, put together as written music."""
