"""The one list of programmes of this installation; everything else is read from their manifests."""

PROGRAMMES: tuple[str, ...] = (
    "mingjing.programmes.assessments",
    "mingjing.programmes.complaints",
    "mingjing.programmes.inspections",
)
