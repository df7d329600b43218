"""The programme's pages on the desk: complaints, files of complaints, editions of the ranking, its rules."""
