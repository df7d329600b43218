"""The draw of sites and teams: nobody can bend it, anyone can recompute it.

`stream` chance · `model` inputs · `rules` what makes a draw impossible · `teams` who goes with whom · `ground`,
`market`, `placing` where they go, at the least travel · `proof` why that is the least · `measures` what people ask
about a draw · `draw` all of it. Standard library only, whole numbers only. Not here: files, tables, the ledger.
"""

from mingjing.engine.drawing.draw import Draw, certificate_flaw, draw
from mingjing.engine.drawing.measures import measures
from mingjing.engine.drawing.model import Conflict, Expert, Inputs, Settings, Site
from mingjing.engine.drawing.stream import SEED_BYTES, Stream, combined, commitment, in_order

__all__ = [
    "SEED_BYTES",
    "Conflict",
    "Draw",
    "Expert",
    "Inputs",
    "Settings",
    "Site",
    "Stream",
    "certificate_flaw",
    "combined",
    "commitment",
    "draw",
    "in_order",
    "measures",
]
