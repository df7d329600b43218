"""What changed between two versions of a scheme, in words."""

from mingjing.programmes.assessments.policy.changes.compare import Change, changes

__all__ = ["Change", "changes"]
