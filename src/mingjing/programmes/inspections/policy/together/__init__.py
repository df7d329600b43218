"""Joint inspections (综合查一次): which visits of several authorities to one firm can be made together, on which day.

Pure: `values` in, a proposal or what stands in its way out, the same each time. `greedy` finds one quickly and tells
below what nobody gets, `solver` the fewest visits (with the extra `together` installed), `conflicts` why there is none.
Not here: who agrees to a proposal, and everything that is kept.
"""

from mingjing.programmes.inspections.policy.together.matching import SolverLacking, match
from mingjing.programmes.inspections.policy.together.values import Met, Proposal, Standstill, Terms, Wanted

__all__ = ["Met", "Proposal", "SolverLacking", "Standstill", "Terms", "Wanted", "match"]
