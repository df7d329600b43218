"""The writes of draws: who may be drawn (listing), the draw itself (drawing), and its days (days)."""

from mingjing.programmes.assessments.actions.draws.days import open_team_day, replace_member
from mingjing.programmes.assessments.actions.draws.drawing import (
    add_seed,
    cancel_draw,
    commit_draw,
    fail_draw,
    keep_draw,
    plan_draw,
    reveal_draw,
    reveal_seed,
)
from mingjing.programmes.assessments.actions.draws.listing import (
    declare_conflict,
    list_expert,
    remove_expert,
    staff_team,
    unstaff_team,
    withdraw_conflict,
)

__all__ = [
    "add_seed", "cancel_draw", "commit_draw", "declare_conflict", "fail_draw", "keep_draw", "list_expert",
    "open_team_day", "plan_draw", "remove_expert", "replace_member", "reveal_draw", "reveal_seed", "staff_team",
    "unstaff_team", "withdraw_conflict",
]  # fmt: skip
