"""Desk pages of the report of a round: its one page, the rows behind its figures, the alarms."""
