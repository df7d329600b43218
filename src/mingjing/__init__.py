"""Mingjing (明镜): the programmes of a city district, fair and able to prove it."""

__version__ = "0.1.0"
