"""Desk pages of visit records: recording, signing, reviewing."""
