"""What a district has of complaints, for the test that its neighbours see nothing of it (tests/districts.py)."""

from collections.abc import Iterator
from datetime import date, timedelta

from tests.districts import District, Routes

from mingjing.kernel.places.models import Site
from mingjing.kernel.rulebooks.actions import create_rulebook, publish_version
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.complaints.models import Complaint, Edition, EditionRow, Intake, IntakeLine, Objection
from mingjing.programmes.complaints.policy.rules import KIND
from mingjing.programmes.complaints.queries.files import load_document, shipped_rules

FIRST, LAST = date(2024, 7, 1), date(2024, 7, 31)
OF_EDITION = ("edition", "edition-unranked", "edition-step", "edition-correct", "edition-bulletin", "objections")


def examples(district: District) -> Iterator[Routes]:
    """Rules, a file with a line, a complaint, and an edition in check with a row and an objection.

    Rows are made as they would lie there; that each page can be worked with is tried elsewhere.
    """
    rules = _rules(district)
    code = int(district.area.code)
    yield {"complaints:rules-draft": {"code": code}, "complaints:rules-version": {"code": code, "pk": rules.pk}}
    site = Site.objects.create(name=f"{district.secret}小区", area=district.area, recorded_at=district.at)
    intake = _intake(district)
    yield {f"complaints:{name}": {"pk": intake.pk} for name in ("intake", "intake-approve", "intake-discard")}
    yield {"complaints:intake-lines": {"pk": intake.pk, "kind": "added"}}
    complaint = _complaint(district, intake, site)
    yield {f"complaints:{name}": {"pk": complaint.pk} for name in ("complaint", "complaint-repeat")}
    yield from _edition(district, rules, complaint, site)


def _rules(district: District) -> Version:
    document = load_document(shipped_rules()["default"]) | {"title": {"zh-Hans": district.secret}}
    by, at = district.people["director"], district.at
    draft = create_rulebook(
        kind=KIND, code=f"complaints-{district.area.code}", titles=document["title"], area=district.area,
        document=document, by=by, at=at,
    )  # fmt: skip
    return publish_version(
        version=draft, effective_from=at.date(), expected_digest=draft.digest, by=by, at=at
    )  # fmt: skip


def _intake(district: District) -> Intake:
    intake = Intake.objects.create(
        area=district.area, file_name=f"{district.secret}.csv", mapping_name=district.secret, mapping_text="",
        original_digest="0" * 64, input_digest="0" * 64, requested_by=district.people["officer"],
        requested_at=district.at, read_at=district.at, counts={"added": 1, "changed": 0, "same": 0},
    )  # fmt: skip
    IntakeLine.objects.create(
        intake=intake, row=2, number=district.secret, kind="added", values={"category": district.secret}
    )
    return intake


def _complaint(district: District, intake: Intake, site: Site) -> Complaint:
    return Complaint.objects.create(
        area=district.area, number=district.secret, opened_on=FIRST, community_text=district.secret, site=site,
        category=district.secret, text=district.secret, validity="valid", duty="company", intake=intake,
        digest="0" * 64, recorded_at=district.at, changed_at=district.at,
    )  # fmt: skip


def _edition(district: District, rules: Version, complaint: Complaint, site: Site) -> Iterator[Routes]:
    edition = Edition.objects.create(
        area=district.area, first_day=FIRST, last_day=LAST, rules=rules, opened_by=district.people["officer"],
        opened_at=district.at, ranked_at=district.at, totals={"ranked": 1, "communities": 1},
        checking_at=district.at, check_until=district.at + timedelta(days=7),
    )  # fmt: skip
    EditionRow.objects.create(
        edition=edition, position=0, site=site, name=f"{district.secret}小区", company=district.secret, households=500,
        raw=1, valid=1, counted=1, rate=200, rank=1, still_open=1, cases={"counted": [complaint.pk]},
    )  # fmt: skip
    objection = Objection.objects.create(
        edition=edition, complaint=complaint, claims="invalid", statement=district.secret,
        filed_by=district.people["officer"], filed_at=district.at,
    )  # fmt: skip
    yield {f"complaints:{name}": {"pk": edition.pk} for name in OF_EDITION}
    yield {
        "complaints:edition-row": {"pk": edition.pk, "site": site.pk},
        "complaints:edition-export": {"pk": edition.pk, "form": "csv"},
        "complaints:objection": {"pk": edition.pk, "objection": objection.pk},
        "complaints:objection-add": {"pk": edition.pk, "complaint": complaint.pk},
    }
