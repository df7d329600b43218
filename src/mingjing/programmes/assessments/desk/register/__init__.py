"""Desk pages of the register of communities and the rosters that bring it up to date."""
