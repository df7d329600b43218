"""What inspections does for phones: the pack of the day, and what their commands come to."""

from mingjing.programmes.inspections.field.commands import apply
from mingjing.programmes.inspections.field.packs import pack
from mingjing.programmes.inspections.field.states import states

__all__ = ["apply", "pack", "states"]
