"""Background work: reading and taking in files of complaints, working out editions."""
