"""Files that bring records up to date: read in the background, previewed, then applied whole or not at all.

Each programme has a table of its own for its files (models.Intake is abstract) and says what a line of one is; the way
from a file handed in to one applied is walked here (actions). Not here: reading a file (kernel.tables, policies).
"""
