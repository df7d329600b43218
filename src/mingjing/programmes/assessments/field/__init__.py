"""What this programme does for phones: the pack of the day, and what their commands come to."""

from mingjing.programmes.assessments.field.commands import apply
from mingjing.programmes.assessments.field.packs import pack
from mingjing.programmes.assessments.field.states import states

__all__ = ["apply", "pack", "states"]
