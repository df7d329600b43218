"""Inspections at the desk: parse, call, render."""
