"""Where sentences and columns of a report lead: to the rows behind their figures. Not here: those rows (rows)."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from mingjing.engine.outcome import Reason
from mingjing.engine.quantities import points_text
from mingjing.programmes.assessments.policy.reports import Bin, sentences
from mingjing.programmes.assessments.queries.reports import Report

__all__ = ["linked", "of_bin"]


def linked(found: Report) -> Iterator[tuple[Reason, str]]:
    """Each sentence with the address of its rows."""
    figures = found.figures
    classes = iter([one.code for one in figures.classes if one.median is not None])
    kinds = (("objection", figures.objections), ("appeal", figures.appeals))
    disputes = iter([kind for kind, one in kinds if one.received])
    for one in sentences(figures, found.scheme.classes):
        match one.code:
            case "report.done":
                yield one, _to(found, "round-entries")
            case "report.tiers":
                yield one, _to(found, "report-listed" if found.edition else "round-result")
            case "report.class":
                yield one, _of_class(found, next(classes))
            case "report.lost":
                yield one, _to(found, "report-check", figures.lost[0].class_code, figures.lost[0].code)
            case "report.moves":
                yield one, _to(found, "round-changes")
            case "report.orders":
                yield one, _to(found, "report-orders")
            case "report.disputes":
                yield one, f"{_to(found, 'report-disputes')}?{urlencode({'kind': next(disputes)})}"


def of_bin(found: Report, code: str, one: Bin, *, last: bool) -> str:
    """The address of the rows behind a column of totals; the last column holds its upper end too."""
    asked = {"low": points_text(one.low), "high": points_text(one.high if last else one.high - 1)}
    if found.edition:
        return f"{_to(found, 'report-listed')}?{urlencode({'class_code': code, **asked})}"
    return f"{_to(found, 'round-list', code)}?{urlencode(asked)}"


def _of_class(found: Report, code: str) -> str:
    if found.edition:
        return f"{_to(found, 'report-listed')}?{urlencode({'class_code': code})}"
    return _to(found, "round-list", code)


def _to(found: Report, name: str, *more: str) -> str:
    return reverse(f"assessments:{name}", args=[found.round.pk, *more])
