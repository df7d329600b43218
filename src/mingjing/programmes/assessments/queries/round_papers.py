"""What the papers of a round are filled in with, in the words of the office, and which of them it is time for.

Not here: kinds (queries.paper_kinds), templates (papers/), issuing (actions.papers), the papers of one entry
(queries.entry_papers).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone, translation
from django.utils.translation import gettext

from mingjing.engine.outcome import Reason, Titled, in_language, spoken
from mingjing.engine.quantities import points_text
from mingjing.programmes.assessments.models import Draw, Edition, Entry, Listed, Result, Round
from mingjing.programmes.assessments.policy.listings import adverse_tiers
from mingjing.programmes.assessments.policy.procedures import clocks_of
from mingjing.programmes.assessments.policy.reports import MOST, percent, sentences
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.policy.tiers import tier_title
from mingjing.programmes.assessments.queries.editions import history, newest_of
from mingjing.programmes.assessments.queries.listings import proposals
from mingjing.programmes.assessments.queries.lists import decision_of, not_assessed
from mingjing.programmes.assessments.queries.relisted import relisted
from mingjing.programmes.assessments.queries.reports import report_of
from mingjing.programmes.assessments.queries.results import distribution, worked_by
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = ["CHINESE", "ROUND_PAPERS", "day_text", "moment_text", "ready_for", "scheme_title"]

CHINESE = "zh-Hans"


def ready_for(round_: Round) -> frozenset[str]:
    """The papers of ROUND_PAPERS it is time for."""
    newest = newest_of(round_)
    times = {
        "round_plan": True,
        "class_confirmation": round_.frozen_at is not None,
        "draw_record": _drawn(round_) is not None,
        "public_notice": round_.decided_at is not None,
        "bulletin": newest is not None,
        "list_correction": newest is not None and newest.number > 1,
        "round_report": round_.decided_at is not None,
    }
    return frozenset(name for name, come in times.items() if come)


def day_text(day: date) -> str:
    """A day as documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def moment_text(at: datetime | None) -> str:
    """An instant as documents write it."""
    if at is None:
        return "—"
    local = timezone.localtime(at)
    return f"{day_text(local.date())}{local.hour}时{local.minute}分"


def scheme_title(scheme: Scheme) -> str:
    """The title of a scheme in Chinese."""
    return in_language(scheme.title.texts, CHINESE)


def _titled(title: Titled) -> str:
    return in_language(title.texts, CHINESE)


def _plan(round_: Round, now: datetime) -> dict[str, Any]:
    scheme = scheme_of(round_.scheme)
    counts = dict(round_.entries.order_by().values_list("class_code").annotate(n=Count("pk")))
    classes = [{"title": _titled(title), "count": str(counts.get(code, 0))} for code, title in scheme.classes.items()]
    return {
        "round": round_.title, "scheme": scheme_title(scheme), "area": round_.area.name,
        "count": str(sum(counts.values())), "first": day_text(round_.first_day), "last": day_text(round_.last_day),
        "classes": classes, "lead": round_.lead.display_name,
    }  # fmt: skip


def _classes(round_: Round, now: datetime) -> dict[str, Any]:
    scheme = scheme_of(round_.scheme)
    rows = round_.entries.order_by("number").values_list("number", "name", "class_code", "borderline")
    entries = [
        {
            "number": number,
            "name": name,
            "class": _titled(scheme.classes[code]),
            "note": "临界，已确认" if near else "—",
        }
        for number, name, code, near in rows
    ]
    return {"round": round_.title, "scheme": scheme_title(scheme), "entries": entries, "count": str(len(entries)),
            "digest": round_.roster_digest}  # fmt: skip


def _drawn(round_: Round) -> Draw | None:
    return Draw.objects.filter(round=round_, cancelled_at=None, drawn_at__isnull=False).first()


def _draw(round_: Round, now: datetime) -> dict[str, Any]:
    draw = _drawn(round_)
    assert draw is not None
    seeds = [
        {"holder": seed.label or (seed.holder.display_name if seed.holder else "系统"), "commitment": seed.commitment}
        for seed in draw.seeds.select_related("holder").order_by("pk")
    ]
    return {
        "round": round_.title, "committed": moment_text(draw.committed_at), "digest": draw.inputs_digest,
        "seeds": seeds, "revealed": moment_text(draw.revealed_at), "drawn": moment_text(draw.drawn_at),
        "days": str(draw.team_days.count()), "document": draw.document_digest,
    }  # fmt: skip


def _notice(round_: Round, now: datetime) -> dict[str, Any]:
    """The list as it would be published now: nobody who was spared at the hearing is named."""
    scheme, decided = scheme_of(round_.scheme), decision_of(round_)
    assert decided is not None
    proposed = {one.entry.pk: one for one in proposals(round_, now)}
    rows = relisted(round_, decided, proposed, newest_of(round_), now)
    return {
        "round": round_.title, "scheme": scheme_title(scheme), "contact": round_.lead.display_name,
        "days": str(clocks_of(scheme, "publication")["public_notice"].days), "entries": _named(round_, scheme, rows),
    }  # fmt: skip


def _named(round_: Round, scheme: Scheme, rows: Iterable[Listed]) -> list[dict[str, str]]:
    """Those in the best tier and in those that take rights, each with why: one scoring for each of them."""
    rules = scheme.list_rules
    told = {rules.tiers[0].code} | set(adverse_tiers(rules))
    wanted = [row for row in rows if row.tier in told]
    decided = decision_of(round_)
    assert decided is not None
    results = decided.results.select_related("replay__scheme", "entry").in_bulk(
        list(decided.results.filter(entry__in=[row.entry_id for row in wanted]).values_list("pk", flat=True))
    )
    by_entry = {result.entry_id: result for result in results.values()}
    totals = {code: distribution(scheme, decided, code) for code in scheme.classes}
    wanted.sort(key=lambda row: (rules.place(row.tier), row.standing, row.index))
    return [
        {
            "tier": spoken(tier_title(rules, row.tier), _zh), "community": by_entry[row.entry_id].label,
            "company": row.company_name or "—", "total": "—" if row.total is None else points_text(row.total),
            "reason": _why(scheme, row, by_entry[row.entry_id], totals),
        }
        for row in wanted
    ]  # fmt: skip


def _why(scheme: Scheme, row: Listed, result: Result, totals: Mapping[str, Any]) -> str:
    reasons: tuple[Reason, ...] = row.told_reasons
    if not reasons:
        reasons = worked_by(scheme, result, totals[row.class_code]).decision.reasons
    return "；".join(reason.say(_zh) for reason in reasons) or "—"


def _zh(text: str) -> str:
    with translation.override("zh-hans"):
        return gettext(text)


def _missing(round_: Round) -> list[str]:
    rows = not_assessed(round_).order_by("number").values_list("name", "not_assessed_reason")
    return [f"{name}：{why or '没有可计分的检查'}" for name, why in rows] or ["无"]


def _bulletin(round_: Round, now: datetime) -> dict[str, Any]:
    scheme, edition = scheme_of(round_.scheme), newest_of(round_)
    assert edition is not None
    rows = list(edition.rows.all())
    assessed = sum(row.total is not None for row in rows)
    return {
        "round": round_.title, "scheme": scheme_title(scheme), "edition": str(edition.number),
        "communities": str(Entry.objects.filter(round=round_).count()), "assessed": str(assessed),
        "absent": str(Entry.objects.filter(round=round_).count() - assessed), "entries": _named(round_, scheme, rows),
        "missing": _missing(round_), "days": str(clocks_of(scheme, "appeal")["published"].days),
        "root": edition.rows_root,
    }  # fmt: skip


def _correction(round_: Round, now: datetime) -> dict[str, Any]:
    rules = scheme_of(round_.scheme).list_rules
    last = history(round_)[-1]
    edition: Edition = last.edition
    moved = [
        {"community": one.after.entry.name, "was": spoken(tier_title(rules, one.before.tier), _zh),
         "now": spoken(tier_title(rules, one.after.tier), _zh)}
        for one in last.moved
    ]  # fmt: skip
    return {"round": round_.title, "before": str(edition.number - 1), "edition": str(edition.number),
            "reason": edition.reason, "entries": moved}  # fmt: skip


def _report(round_: Round, now: datetime) -> dict[str, Any]:
    found = report_of(round_, now)
    assert found is not None
    scheme, figures = found.scheme, found.figures
    tiers = [
        {"class": _titled(scheme.classes[one.code]), "tier": spoken(tier_title(scheme.list_rules, tier.code), _zh),
         "count": str(one.tiers.get(tier.code, 0)), "share": percent(one.tiers.get(tier.code, 0), one.count)}
        for one in figures.classes if one.count for tier in scheme.list_rules.tiers
    ]  # fmt: skip
    lost = [
        {"check": f"{one.code} {_titled(one.title)}", "count": str(one.communities), "share": one.share,
         "points": points_text(one.points)}
        for one in figures.lost[:MOST]
    ]  # fmt: skip
    return {
        "round": round_.title, "scheme": scheme_title(scheme), "tiers": tiers, "lost": lost,
        "period": f"{day_text(round_.first_day)}至{day_text(round_.last_day)}",
        "sentences": [one.say(_zh) for one in sentences(figures, scheme.classes)], "missing": _missing(round_),
        "root": found.decided.results_root,
    }  # fmt: skip


ROUND_PAPERS: Mapping[str, Callable[[Round, datetime], dict[str, Any]]] = {
    "round_plan": _plan,
    "class_confirmation": _classes,
    "draw_record": _draw,
    "public_notice": _notice,
    "bulletin": _bulletin,
    "list_correction": _correction,
    "round_report": _report,
}
"""By kind (without the programme's name): what the paper is filled in with."""
