"""Whether a company is barred from procurement on a day, and why: for procurement offices, and for whoever asks.

Public without a key: the answer rests on published lists and on decisions that were served, names no person, and says
nothing at all of what is not in force (undecided, unsigned, lifted, corrected). Not here: what decides
(policy.standing).
"""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from mingjing.engine.outcome import N_, Problem, Reason, Refusal
from mingjing.faces.api.answers import answers, listed, titled
from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.documents.queries import verify_address
from mingjing.kernel.parties.credit_codes import read_credit_code
from mingjing.kernel.parties.models import Organisation
from mingjing.programmes.assessments.policy.standing import answer
from mingjing.programmes.assessments.queries.schemes import scheme_of
from mingjing.programmes.assessments.queries.standing import BarShown, bars_of

FORMAT = "mingjing.assessments.standing/1"
WHY = "tells only what published lists and served decisions say of a company, and names no person"
ASKED = ("credit_code", "on", "known")
PLUS = re.compile(r" (\d\d:?\d\d)$")  # a plus sign of an address that nobody escaped


@answers(WHY)
def standing(request: HttpRequest) -> dict[str, Any]:
    """`credit_code`, `on` (a day; today) and `known` (an instant or a day: what was known then; now)."""
    now, problems = timezone.now(), list[Problem]()
    if unknown := sorted(set(request.GET) - set(ASKED)):
        text = N_("{names}: not known here; ask by credit_code, on and known.")
        problems.append(Problem("standing.parameter", text, {"names": tuple(unknown)}))
    code, on, known = _code(request, problems), _on(request, problems), _known(request, now, problems)
    if problems or on is None or known is None:
        raise Refusal(problems)
    company = Organisation.objects.select_related("branch_of").filter(credit_code=code).first()
    shown = {one.bar.pk: one for one in bars_of(company, now)} if company else {}
    found = answer([one.value for one in shown.values()], on, known)
    name = company.name if company and found.barred else None  # of others it would say who is on record here
    return {
        "format": FORMAT, "credit_code": code, "name": name, "on": on.isoformat(),
        "known": instant_text(known), "barred": found.barred, "reasons": listed(found.reasons),
        "bars": [_bar(shown[bar.key], known) for bar in found.bars], "notes": listed(_notes(company)),
    }  # fmt: skip


def _notes(company: Organisation | None) -> list[Reason]:
    """What whoever reads the answer should know of the company."""
    if company is None:
        text = N_("This installation knows no organisation with this code, and nothing is on record of it.")
        return [Reason("standing.unknown", text)]
    if company.branch_of:
        text = N_("This is a branch of {code}, another legal entity: ask for each of them.")
        return [Reason("standing.branch", text, {"code": company.branch_of.credit_code})]
    if company.branches.exists():
        text = N_("It has branches, which are legal entities of their own: ask for each of them.")
        return [Reason("standing.has_branches", text)]
    return []


def _bar(one: BarShown, known: datetime) -> dict[str, Any]:
    """A bar in force, with the acts it rests on."""
    bar, paper, row = one.bar, one.document_at(known), one.listed_at(known)
    served = [service.on for service in one.value.served if service.holds(known)]
    told: dict[str, Any] = {
        "area": bar.area.name, "first": bar.first_day.isoformat(), "last": bar.last_day.isoformat(), "scope": bar.scope,
        "name_then": bar.company_name,
        "basis": {"title": bar.basis, "article": bar.clause, "quote": bar.quote},
        "decided": timezone.localdate(bar.decided_at).isoformat(),
        "signed": bar.signed_at and timezone.localdate(bar.signed_at).isoformat(),
        "served": min(served).isoformat() if served else None,
    }  # fmt: skip
    if paper:
        told["document"] = {"number": paper.number, "code": paper.printed_code, "verify": verify_address(paper.code)}
    if row:
        tiers = {tier.code: tier.title for tier in scheme_of(row.entry.round.scheme).list_rules.tiers}
        told["listing"] = {
            "community": row.entry.name, "round": row.entry.round.title, "tier": titled(tiers[row.tier]),
            "edition": row.edition.number, "published": timezone.localdate(row.edition.published_at).isoformat(),
        }  # fmt: skip
    return told


def _code(request: HttpRequest, problems: list[Problem]) -> str:
    try:
        return read_credit_code(request.GET.get("credit_code", "")[:60], "credit_code")
    except Refusal as refusal:
        problems.extend(refusal.problems)
        return ""


def _on(request: HttpRequest, problems: list[Problem]) -> date | None:
    text = request.GET.get("on", "")
    try:
        return date.fromisoformat(text) if text else timezone.localdate()
    except ValueError:
        words = N_("“{text}” is no day; write it as 2026-11-28.")
        problems.append(Problem("standing.on", words, {"text": text[:40]}, "on"))
        return None


def _known(request: HttpRequest, now: datetime, problems: list[Problem]) -> datetime | None:
    """The instant of which somebody asks what was known; of a day its end, or now."""
    text = PLUS.sub(r"+\1", request.GET.get("known", ""))
    if not text:
        return now
    try:
        if len(text) == len("2026-11-28"):
            asked = timezone.make_aware(datetime.combine(date.fromisoformat(text), time.max))
            found = min(asked, now) if timezone.localdate(asked) <= timezone.localdate(now) else asked
        else:
            found = datetime.fromisoformat(text)
            found = (found if found.tzinfo else timezone.make_aware(found)).astimezone(UTC)
    except (ValueError, OverflowError):
        words = N_("“{text}” is no instant; write it as 2026-11-28 or 2026-11-28T09:30:00Z.")
        problems.append(Problem("standing.known", words, {"text": text[:40]}, "known"))
        return None
    if found <= now:
        return found
    future = N_("What will be known is not known yet; leave `known` out to ask what is known now.")
    problems.append(Problem("standing.future", future, {}, "known"))
    return None
