"""What tests are made of: melodies, files, networks and pages to test with."""
