"""Desk pages of supervisors, conflicts, teams, draws and sealed days."""
