"""Every write of an edition: opened, ranked, shown to the companies, published once; corrected by another edition only.

Not here: the arithmetic (policy.ranking, queries.editions), what stands in the way (policy.editions).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.calendar.queries import deadline
from mingjing.kernel.db.locks import exclusive
from mingjing.kernel.ledger import writer
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.complaints.models import Edition, EditionRow
from mingjing.programmes.complaints.policy.editions import (
    check_obstacles,
    period_problems,
    publish_obstacles,
)
from mingjing.programmes.complaints.queries.editions import Ranked, before, progress_of, rows_digest
from mingjing.programmes.complaints.queries.rulebooks import required, rules_of

__all__ = [
    "begin_check", "correct_edition", "discard_edition", "edition_lock", "keep_ranking", "open_edition",
    "publish_edition", "request_ranking",
]  # fmt: skip


def edition_lock(area: int) -> str:
    """The lock under which editions of an area are opened and published."""
    return f"complaints.edition:{area}"


def open_edition(*, area: Area, first_day: date, last_day: date, by: Person | None, at: datetime) -> Edition:
    """Open the ranking of a period, by the rules in force after its last day; it is ranked in the background.

    Raises Refusal for a period that is not over, that is in work already, or that was published: that is corrected.
    """
    if problems := period_problems(first_day, last_day, localdate(at)):
        raise Refusal(problems)
    with transaction.atomic():
        exclusive(edition_lock(area.pk))
        same = Edition.objects.filter(area=area, first_day=first_day, last_day=last_day, discarded_at=None)
        if same.exists():
            text = N_("There is an edition of this period already; go on with that one, or correct it.")
            raise Refusal([Problem("edition.same_period", text, {}, "first_day")])
        return _opened(area, first_day, last_day, None, "", by, at)


def correct_edition(*, edition: Edition, reason: str, by: Person | None, at: datetime) -> Edition:
    """Open a new edition that takes the place of a published one, saying why. Raises Refusal."""
    with transaction.atomic():
        exclusive(edition_lock(edition.area_id))
        found = _locked(edition)
        if found.state != "published":
            raise Refusal([Problem("edition.not_published", N_("Only what was published is corrected."))])
        later = found.corrections.filter(discarded_at=None)
        if later.exists():
            text = N_("A correction of this edition is there already; correct that one.")
            raise Refusal([Problem("edition.corrected", text)])
        if len(reason.strip()) < 2:
            raise Refusal([Problem("decision.reason", N_("Give the reason."), {}, "reason")])
        return _opened(found.area, found.first_day, found.last_day, found, reason.strip(), by, at)


def _opened(
    area: Area, first: date, last: date, corrects: Edition | None, reason: str, by: Person | None, at: datetime
) -> Edition:
    same = Edition.objects.filter(area=area, first_day=first, last_day=last)
    edition = Edition(
        area=area, first_day=first, last_day=last, rules=required(area, localdate(at)), corrects=corrects,
        correction_reason=reason[:500], number=(same.aggregate(last=Max("number"))["last"] or 0) + 1,
        opened_by=by, opened_at=at,
    )  # fmt: skip
    edition.before = before(edition)
    edition.save()
    data = {
        "first": first.isoformat(), "last": last.isoformat(), "number": edition.number,
        "rules": edition.rules.digest, "corrects": corrects.pk if corrects else None,
    }  # fmt: skip
    _tell(edition, "opened", data, by, at)
    return edition


@transaction.atomic
def request_ranking(*, edition: Edition, by: Person | None, at: datetime) -> None:
    """Ask for an edition to be ranked again, from what is on record now. Raises Refusal."""
    found = _locked(edition)
    if found.state not in ("draft", "checking"):
        raise Refusal([Problem("edition.settled", N_("This edition is settled; correct it by another one."))])
    _tell(found, "ranking_requested", {}, by, at)


@transaction.atomic
def keep_ranking(*, edition: Edition, ranked: Ranked, taken_at: datetime, by: None, at: datetime) -> bool:
    """Keep a ranking worked out from what stood at `taken_at`; False where the edition is settled or ranked later."""
    found = _locked(edition)
    if found.state not in ("draft", "checking") or (found.ranked_at and found.ranked_at >= taken_at):
        return False
    found.rows.all().delete()
    for row in ranked.rows:
        row.edition = found
    EditionRow.objects.bulk_create(ranked.rows, batch_size=500)
    found.totals, found.ranked_at = ranked.totals, taken_at
    found.save(update_fields=["totals", "ranked_at"])
    figures = ("communities", "ranked", "raw", "valid")
    _tell(found, "ranked", {name: ranked.totals[name] for name in figures}, by, at)
    return True


@transaction.atomic
def begin_check(*, edition: Edition, by: Person | None, at: datetime) -> Edition:
    """Show a ranked draft to the companies; the clock of working days runs. Raises Refusal with every obstacle.

    Once more counts than they have seen, the check is begun again, with its whole time.
    """
    found = _locked(edition)
    now = progress_of(found)
    if not (found.state == "checking" and now.not_seen) and (problems := check_obstacles(now)):
        raise Refusal(problems)
    end = deadline(found.area, at, days=rules_of(found.rules).check_days, kind="working")
    found.checking_by, found.checking_at = by, at
    found.check_until, found.check_calendar = end.at, end.calendar_digest
    found.checked = {str(site): counted for site, counted in found.rows.values_list("site", "counted")}
    found.save(update_fields=["checking_by", "checking_at", "check_until", "check_calendar", "checked"])
    data = {"until": end.last_day.isoformat(), "calendar": end.calendar_digest}
    _tell(found, "check_begun", data, by, at)
    return found


def publish_edition(*, edition: Edition, by: Person | None, at: datetime) -> Edition:
    """Publish an edition for good. Raises Refusal with everything that stands in the way."""
    with transaction.atomic():
        exclusive(edition_lock(edition.area_id))
        found = _locked(edition)
        if problems := publish_obstacles(progress_of(found), at):
            raise Refusal(problems)
        found.published_by, found.published_at, found.digest = by, at, rows_digest(found)
        found.save(update_fields=["published_by", "published_at", "digest"])
        _tell(found, "published", {"digest": found.digest, "number": found.number}, by, at)
        return found


@transaction.atomic
def discard_edition(*, edition: Edition, by: Person | None, at: datetime) -> None:
    """Nobody wants an edition that was not published. Raises Refusal."""
    found = _locked(edition)
    if found.state not in ("draft", "checking"):
        raise Refusal([Problem("edition.settled", N_("This edition is settled; correct it by another one."))])
    found.discarded_by, found.discarded_at = by, at
    found.save(update_fields=["discarded_by", "discarded_at"])
    _tell(found, "discarded", {}, by, at)


def _locked(edition: Edition) -> Edition:
    found = Edition.objects.select_for_update(of=("self",)).select_related("area", "rules", "before")
    return found.get(pk=edition.pk)


def _tell(edition: Edition, what: str, more: Mapping[str, Any], by: Person | None, at: datetime) -> None:
    data = {"edition": edition.pk, **more}
    kind = f"complaints.edition.{what}"
    writer.append(kind=kind, subject=edition.subject, data=data, area=edition.area, by=by, at=at)
