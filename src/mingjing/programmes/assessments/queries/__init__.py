"""Reads that cross tables, one module for each thing that is asked about."""
