"""Reads of inspections: tables of visits by mapping, and the rules over whole files of them, in columns."""
