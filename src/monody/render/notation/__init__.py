"""A melody as written music: measures, spelling, ABC, MusicXML and staves."""
