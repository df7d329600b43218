"""Desk pages of results of rounds: lists, communities, changes, exports, what-ifs."""
