"""Desk pages of rounds, their entries and classes, filings and progress."""
