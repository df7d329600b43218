"""The demonstration: invented complaints of invented communities, a ranking published and the next one in check; and
petitions and lawsuits, of which nothing is ranked.

Everything goes the way people go: files handed in, decisions by two people, a check that runs its working days.
"""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random

from django.utils import timezone
from django.utils.translation import gettext as _

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.programmes.complaints.actions.decisions import decide
from mingjing.programmes.complaints.actions.editions import begin_check, open_edition, publish_edition
from mingjing.programmes.complaints.actions.intakes import approve_intake, request_intake
from mingjing.programmes.complaints.actions.objections import file_objection
from mingjing.programmes.complaints.demo.clock import moment, standing_at
from mingjing.programmes.complaints.demo.invented import (
    COLUMNS,
    LAWSUITS,
    PETITIONS,
    Row,
    lawsuits_of,
    petitions_of,
    rows_of,
)
from mingjing.programmes.complaints.models import Complaint, Edition, Intake, Origin
from mingjing.programmes.complaints.policy.decisions import Wanted
from mingjing.programmes.complaints.policy.rules import COMPANY, KIND
from mingjing.programmes.complaints.queries.files import load_document, shipped_mappings, shipped_rules
from mingjing.programmes.complaints.queries.rulebooks import in_force

__all__ = ["build"]

DISTRICT = "430202"
MAPPING = "hotline-12345"
MOST_SITES = 40
AFTER = timedelta(days=3)
"""How long after a quarter its complaints are handed over."""
PER_QUARTER = 120
OWNERS = "owners"
"""A duty of the rules that ship."""
LEFT = 9
"""Complaints of the latest quarter on which nobody has decided yet."""


def build(say: Callable[[str], None]) -> None:
    """Everything the demonstration shows, where it is not there yet."""
    area = Area.objects.filter(code=DISTRICT).first()
    known = {person.username: person for person in Person.objects.filter(is_demo=True)}
    names = list(Site.objects.under(area).order_by("pk").values_list("name", flat=True)[:MOST_SITES]) if area else []
    if area is None or not names or "director" not in known or Intake.objects.filter(area=area).exists():
        return
    officer, director = known["officer"], known["director"]
    second = next(known[name] for name in sorted(known) if name.startswith("officer") and name != "officer")
    now, quarters = timezone.now(), _quarters(timezone.localdate())
    for seed, (first, last) in enumerate(quarters):
        rows = rows_of(names, first, last, PER_QUARTER, Random(seed))  # noqa: S311 - decides nothing
        with standing_at(min(moment(last + AFTER, 9), now - timedelta(hours=1))):
            if seed == 0:
                _rules(area, director)
            _take_in(area, rows, first, officer)
            _decide(area, (first, last), officer, second, left=LEFT if seed == 2 else 0)
            checked = _ranked(area, (first, last), officer) if seed == 0 else None
        if checked and checked.check_until:
            with standing_at(checked.check_until + timedelta(hours=10)) as at:
                publish_edition(edition=checked, by=director, at=at)
    with standing_at(now - timedelta(days=2)):
        _in_check(area, quarters[1], officer)
    _petitions_and_lawsuits(area, names, (quarters[0][0], quarters[-1][1]), officer, second)
    say(_("complaints of three quarters, petitions, lawsuits, a published ranking and one in check are ready"))


def _quarters(today: date) -> list[tuple[date, date]]:
    """The last three quarters that are over, the oldest first."""
    first = date(today.year, today.month - (today.month - 1) % 3, 1)
    found = []
    for _time in range(3):
        last = first - timedelta(days=1)
        first = date(last.year, last.month - 2, 1)
        found.append((first, last))
    return found[::-1]


def _rules(area: Area, director: Person) -> None:
    now, document = timezone.now(), load_document(shipped_rules()["default"])
    if in_force(area, timezone.localdate()):
        return
    draft = create_rulebook(
        kind=KIND, code=f"complaints-{area.code}", titles=document["title"], area=area, document=document, by=director,
        at=now,
    )  # fmt: skip
    publish_version(
        version=draft, effective_from=timezone.localdate(), expected_digest=draft.digest, by=director, at=now
    )  # fmt: skip


def _take_in(area: Area, rows: Sequence[Row], first: date, officer: Person) -> None:
    name = f"热线工单（演示数据）{first.year}年{(first.month + 2) // 3}季度.csv"
    _handed_in(area, rows, COLUMNS, name, MAPPING, None, officer)


def _handed_in(
    area: Area, rows: Sequence[Row], columns: Sequence[str], name: str, mapping: str, days: tuple[date, date] | None,
    officer: Person,
) -> None:  # fmt: skip
    """A file handed in, looked at and taken in; `days` are those of which it has every record."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    first, last = days or (None, None)
    intake = request_intake(
        area=area, file=io.BytesIO(text.getvalue().encode("gb18030")), file_name=name, mapping_name=mapping,
        mapping_text=shipped_mappings()[mapping].read_text("utf-8"), first_day=first, last_day=last, by=officer,
        at=timezone.now(),
    )  # fmt: skip
    drain()
    intake.refresh_from_db()
    approve_intake(intake=intake, by=officer, at=timezone.now())
    drain()


def _petitions_and_lawsuits(
    area: Area, names: Sequence[str], days: tuple[date, date], officer: Person, second: Person
) -> None:
    """Every record of three quarters, decided by two people in turn: most are the fault of nobody here."""
    chance, now = Random(len(names)), timezone.now()  # noqa: S311 - decides nothing
    petitions, lawsuits = petitions_of(names, *days, chance), lawsuits_of(names, *days, chance)
    with standing_at(now - timedelta(hours=3)):
        _handed_in(area, petitions, PETITIONS, "信访件（演示数据）.csv", "petitions", days, officer)
    with standing_at(now - timedelta(hours=2)):
        _handed_in(area, lawsuits, LAWSUITS, "涉诉案件（演示数据）.csv", "lawsuits", days, officer)
    for place, one in enumerate(Complaint.objects.filter(area=area).exclude(origin=Origin.HOTLINE).order_by("pk")):
        duty, reason = (
            (COMPANY, "材料显示属物业服务范围。") if place % 3 == 0 else (OWNERS, "业主之间的事项，非物业责任。")
        )
        wanted = Wanted(validity="valid", duty=duty, reason=reason)
        decide(complaint=one, wanted=wanted, by=officer if place % 2 else second, at=now - timedelta(hours=1))


def _decide(area: Area, days: tuple[date, date], officer: Person, second: Person, left: int) -> None:
    """Two people decide in turn, as the hotline suggests; what lies nowhere is invalid here."""
    waiting = Complaint.objects.undecided().filter(area=area, opened_on__range=days).order_by("opened_on", "pk")
    found = list(waiting)
    for place, one in enumerate(found[: len(found) - left]):
        by = officer if place % 2 else second
        if one.said_valid == "invalid" or one.site_id is None:
            wanted = Wanted(validity="invalid", reason="经核实，反映情况不属实或无法查找。")
        else:
            duty = one.said_duty or COMPANY
            reason = "现场核实属实，属物业服务范围。" if duty == COMPANY else "核实属实，非物业企业职责，已转有关单位。"
            wanted = Wanted(validity="valid", duty=duty, reason=reason)
        decide(complaint=one, wanted=wanted, by=by, at=timezone.now())


def _ranked(area: Area, days: tuple[date, date], officer: Person) -> Edition:
    opened = open_edition(area=area, first_day=days[0], last_day=days[1], by=officer, at=timezone.now())
    drain()
    return begin_check(edition=opened, by=officer, at=timezone.now())


def _in_check(area: Area, days: tuple[date, date], officer: Person) -> None:
    edition = _ranked(area, days, officer)
    row = edition.rows.filter(rank__gt=0).order_by("position").first()
    if row and (counted := row.cases.get("counted")):
        file_objection(
            edition=edition, complaint=Complaint.objects.get(pk=counted[0]), claims="parking",
            statement="该处为市政道路违停，我司无权处置，已多次劝导并上报。", document="〔2024〕演示函1号", by=officer,
            at=timezone.now(),
        )  # fmt: skip
