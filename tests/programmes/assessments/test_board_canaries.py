"""Nothing that names a person reaches the public: a canary in every free text of a round, then every page and file.

Every text column of every table that a round touches gets one, also columns that come later, unless it is named below
as the machine's own or as meant for the public; of those the public ones hold a telephone and the name of somebody.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from tests.guarded import guards_lifted
from tests.programmes.assessments.boarded import publish
from tools.routes import routes

from mingjing.engine.chain import canonical
from mingjing.faces.board.folders import root
from mingjing.kernel.cases.actions import claim_case, open_case
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.board import files
from mingjing.programmes.assessments.models import Edition, Entry, Reply, Round, VisitRecord

pytestmark = pytest.mark.django_db

APPS = ("assessments", "cases", "proceedings", "evidence", "documents", "parties", "visits", "submissions", "places")
MACHINE = {
    "about", "check_code", "class_code", "class_inputs", "code", "commitment", "company_stance", "credit_code",
    "decided_tier", "document_digest", "expected_tier", "finding", "group", "image_digest", "input_digest",
    "inputs", "inputs_digest", "key", "kind", "leaf", "letters", "mapping_digest", "mapping_name", "mapping_text",
    "media_type", "number", "outcome", "part", "password", "path", "pick_seed", "preferred_language", "programme",
    "proposed_class", "purpose", "register", "results_root", "role", "roster_digest", "rows_root", "salt",
    "scheme_digest", "scheme_text", "scope", "secret", "seed", "series", "sha256", "sheet", "sheet_digest",
    "stance", "step", "subject", "template_sha256", "tier", "token", "version", "words",
}  # fmt: skip
"""Columns that people do not write, or (`sheet`) that are seeded on their own."""
PUBLIC = {
    "places.Area": {"name", "source"},
    "places.Site": {"name", "address"},
    "parties.Organisation": {"name"},
    "assessments.Community": {"name", "company_name"},
    "assessments.Entry": {"name", "company_name", "not_assessed_reason"},
    "assessments.Listed": {"company_name"},
    "assessments.Round": {"title"},
    "assessments.Edition": {"reason"},
    "assessments.Reply": {"text"},
}
"""What the public is meant to read."""
TELEPHONE, NAME = "13912345678", "canary-欧阳某"
SEEDED = {
    "parties.Person.display_name", "assessments.Signature.name", "assessments.Signature.comment",
    "assessments.Filing.document", "proceedings.Taken.note", "proceedings.Proceeding.title", "cases.Case.title",
    "cases.Step.note", "documents.Service.received_by", "documents.Document.title", "assessments.Result.name",
}  # fmt: skip
"""Some of the columns that must have been reached, or the test would try nothing."""


def in_sheets(round_: Round) -> None:
    """A canary in everything people write on a score sheet."""
    for record in VisitRecord.objects.filter(round=round_):
        sheet = json.loads(record.sheet)
        for n, finding in enumerate(sheet.get("findings", ())):
            finding |= {
                "place": f"canary-place-{n}",
                "note": f"canary-note-{n} {TELEPHONE}",
                "fact": f"canary-fact-{n}",
            }
        for absence in sheet.get("not_applicable", ()):
            absence["reason"] = "canary-absence"
        VisitRecord.objects.filter(pk=record.pk).update(sheet=canonical(sheet).decode())


def seed() -> set[str]:
    """A canary in every free text that is filled in; returns the columns that got one."""
    done = set()
    for model in apps.get_models():
        if model._meta.app_label not in APPS or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            free = (
                isinstance(field, models.CharField | models.TextField) and not field.choices and not field.is_relation
            )
            if not free or field.primary_key or field.name in MACHINE | PUBLIC.get(model._meta.label, set()):
                continue
            for pk in model._base_manager.exclude(**{field.name: ""}).values_list("pk", flat=True):
                limit = field.max_length or 200
                text = f"canary {model.__name__}.{field.name} {pk}"[:limit]
                model._base_manager.filter(pk=pk).update(**{field.name: text})
                done.add(f"{model._meta.label}.{field.name}")
    return done


@pytest.fixture
def edition(people: dict[str, Person], at: datetime) -> Edition:
    made = publish(people, at, 20, in_sheets)
    black = made.rows.select_related("entry__community", "company").get(adverse=True)
    record = VisitRecord.objects.filter(entry=black.entry).order_by("id")[0]
    case = open_case(
        programme="assessments", kind="rectification", subject=f"{record.subject}/A5.2", title="整改",
        area=made.round.area, site=black.entry.community.site, organisation=black.company, owner=people["director"],
        due_at=at + timedelta(days=9), note="请王某整改", by=people["officer"], at=at,
    )  # fmt: skip
    claim_case(case=case, note="已由赵某完成", by=people["officer"], at=at + timedelta(days=1))
    Reply.objects.create(
        entry=black.entry, company=black.company, by=people["officer"], at=at, text=f"请致电{NAME}{TELEPHONE}，已整改"
    )
    return made


def everything(edition: Edition) -> Iterator[tuple[str, str]]:
    """Every file, as it lies on the disk (copies too), and every page that answers live."""
    files.write(edition.round.area)
    for path in sorted(root().rglob("*")):
        if path.is_file() and path.suffix not in {".br", ".lock"}:
            raw = path.read_bytes()
            yield str(path), (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    client, base = Client(), "/board/assessments/430202/en"
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/board/en/", {}), (f"{base}/search/", {"q": "花园"}), (f"{base}/near/", {"lat": "27.8", "lon": "113.1"}),
    )  # fmt: skip
    live = {
        "board:door",
        "board:home",
        "board:unit",
        "board:file",
        "assessments_board:search",
        "assessments_board:near",
    }
    assert {one.name for one in routes() if one.name.startswith(("board:", "assessments_board:"))} == live
    for address, query in asked:
        answer = client.get(address, query)
        assert answer.status_code == 200
        yield address, answer.content.decode() + str(answer.headers)


def test_no_canary_sings_in_public(edition: Edition, people: dict[str, Person]) -> None:
    with guards_lifted(), transaction.atomic():
        seeded = seed()
        assert seeded >= SEEDED, SEEDED - seeded
        Person.objects.filter(pk=people["officer"].pk).update(display_name=NAME)
        told = f"因{NAME}{TELEPHONE}未能进入"
        Entry.objects.exclude(not_assessed_reason="").update(not_assessed_reason=told)
    found = dict(everything(edition))
    heard = [path for path, text in found.items() if "canary" in text or TELEPHONE in text]
    assert not heard, heard[:5]
    tokens = {person.token for person in Person.objects.all()}
    assert not [path for path, text in found.items() if any(token in text for token in tokens)]
    everywhere = "".join(found.values())
    assert "已整改" in everywhere
    assert "未能进入" in everywhere or not Entry.objects.exclude(not_assessed_reason="").exists()
    assert len(found) > 200
