"""What mappings of tables share: reading their sections, finding columns, reading texts; for every programme."""
