"""Other systems: what a key opens, visits sent once however often, the gate, pages that stand still, the document."""

import csv
import io
import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import requests
import schemathesis
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import status_code_conformance
from tests.programmes.inspections import doors

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.inspections.actions import outside
from mingjing.programmes.inspections.models import Authority, Entry, Key, KeyUse

pytestmark = pytest.mark.django_db
ROOT = "/api/inspections/"
RIGHTS = ["push", "gate", "read"]


@pytest.fixture
def scene() -> doors.Scene:
    return doors.build(2, 2)


def issued(scene: doors.Scene, authority: Authority | None = None, **more: Any) -> tuple[Key, str]:
    now = timezone.now()
    told: dict[str, Any] = {"rights": RIGHTS, "last_day": now.date() + timedelta(days=30), "name": "市平台"}
    return outside.issue_key(area=scene.area, authority=authority, by=None, at=now, **told | more)


def ask(secret: str, route: str, body: object = None, **query: str | int) -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    if body is None:
        return Client().get(ROOT + route, query, headers=headers)
    return Client().post(ROOT + route, json.dumps(body), content_type="application/json", headers=headers)


def visit(scene: doors.Scene, external: str = "A-1", body: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "external": external, "authority": scene.bodies[body].organisation.credit_code,
        "firm": scene.firm.organisation.credit_code, "officers": [f"湘B{body}0", f"湘B{body}1"],
        "items": [f"事项{body}"], "purpose": "case", "trigger": "complaint", "entered": "2026-11-20T09:30:00+08:00",
        "left": "2026-11-20T10:30:00+08:00",
        "results": [{"item": f"事项{body}", "result": "finding", "findings": ["=灭火器过期"]}], **more,
    }  # fmt: skip


def codes(response: Any, status: int) -> list[tuple[str, str]]:
    assert response.status_code == status, response.content
    found = response.json()["problems"]
    assert all(one["zh-Hans"] and one["en"] for one in found)
    return [(one["code"], one["place"]) for one in found]


def test_a_key_opens_what_it_was_issued_for_and_no_more(scene: doors.Scene) -> None:
    key, secret = issued(scene, rights=["read"], per_minute=3)
    assert secret not in json.dumps(list(Key.objects.values()), default=str)
    assert codes(ask("", "visits"), 401) == codes(ask("mj_" + "x" * 40, "visits"), 401) == [("api.key", "")]
    assert ask(secret, "visits").status_code == 200
    assert codes(ask(secret, "gate", {}), 403) == [("api.right", "")]
    assert codes(ask(secret, "visits", colour="red"), 422) == [("api.parameter", "")]
    assert codes(ask(secret, "visits", limit=0, after="x"), 422) == [("api.number", "after"), ("api.number", "limit")]
    often = ask(secret, "visits")
    assert codes(often, 429) == [("api.often", "")]
    assert often["Retry-After"] == "60"
    assert list(KeyUse.objects.values_list("route", "status")) == [("visits", 422), ("visits", 422), ("visits", 200)]
    outside.revoke_key(key=key, reason="换发", by=None, at=timezone.now())
    assert codes(ask(secret, "visits"), 401) == [("api.key", "")]
    with pytest.raises(Refusal):
        outside.revoke_key(key=key, reason="换发", by=None, at=timezone.now())
    gone = Client().put(ROOT + "visits")
    assert (gone.status_code, gone["Allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    "wrong", [{"rights": []}, {"rights": ["all"]}, {"last_day": date(2020, 1, 1)}, {"per_minute": 0}]
)
def test_what_no_key_is_issued_for(scene: doors.Scene, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        issued(scene, **wrong)


def test_visits_are_applied_or_refused_one_by_one_and_once(scene: doors.Scene) -> None:
    key, secret = issued(scene)
    rows = [
        visit(scene),
        visit(scene, "A-2", firm="91430202MA4Q000002"),
        visit(scene, "A-3", extra=1),
        "x",
        visit(scene),
    ]
    told = ask(secret, "visits", {"visits": rows}).json()["visits"]
    assert [one["status"] for one in told] == ["applied", "refused", "refused", "refused", "known"]
    assert [one["code"] for one in told[1]["problems"]] == ["push.firm"]
    assert [one["code"] for one in told[2]["problems"]] == ["push.unknown"]
    assert told[0]["visit"] == told[4]["visit"]
    entry = Entry.objects.get()
    assert (entry.door, entry.external, entry.colour) == ("pushed", "A-1", told[0]["colour"])
    assert entry.visit.left_at is not None
    assert entry.result_at is not None
    fact = Fact.objects.get(kind="inspections.key.pushed")
    assert fact.values == {"key": key.pk, "entries": [entry.pk]}
    again = ask(secret, "visits", {"visits": [visit(scene), visit(scene, entered="2026-11-20T09:31:00+08:00")]})
    assert [one["status"] for one in again.json()["visits"]] == ["known", "refused"]
    assert again.json()["visits"][1]["problems"][0]["code"] == "push.other"
    assert Entry.objects.count() == 1
    half = visit(scene, "A-9", results=[{"item": "别的", "result": "pass"}])
    assert ask(secret, "visits", {"visits": [half]}).json()["visits"][0]["status"] == "refused"
    assert Entry.objects.count() == 1, "nothing of a refused visit stays"


def test_a_key_of_one_authority_speaks_for_it_alone_and_reads_its_own(scene: doors.Scene) -> None:
    _key, whole = issued(scene)
    _mine, secret = issued(scene, scene.bodies[1])
    told = ask(secret, "visits", {"visits": [visit(scene), visit(scene, "B-1", 1)]}).json()["visits"]
    assert [one["status"] for one in told] == ["refused", "applied"]
    assert told[0]["problems"][0]["code"] == "push.authority"
    ask(whole, "visits", {"visits": [visit(scene)]})
    assert [one["external"] for one in ask(secret, "visits").json()["visits"]] == ["B-1"]
    assert [one["external"] for one in ask(whole, "visits").json()["visits"]] == ["B-1", "A-1"]


def test_pages_stand_still_while_visits_come(scene: doors.Scene) -> None:
    _key, secret = issued(scene)
    ask(secret, "visits", {"visits": [visit(scene, f"A-{number}") for number in range(5)]})
    first = ask(secret, "visits", limit=2).json()
    ask(secret, "visits", {"visits": [visit(scene, "A-5")]})
    seen, after = [one["external"] for one in first["visits"]], first["next"]
    while after is not None:
        page = ask(secret, "visits", limit=2, after=after).json()
        seen, after = seen + [one["external"] for one in page["visits"]], page["next"]
    assert seen == [f"A-{number}" for number in range(6)]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "api.json"), (b"\xff", "application/json", 400, "api.json"),
        (b"{}", "text/plain", 415, "api.json"), (b'{"visits": []}', "application/json", 422, "push.rows"),
        (b"[" * 9999, "application/json", 400, "api.json"), (b'{"x": NaN}', "application/json", 400, "api.json"),
        (b" " * (2 * 2**20 + 1), "application/json", 413, "api.size"),
    ],
)  # fmt: skip
def test_what_is_no_document(scene: doors.Scene, body: bytes, kind: str, status: int, code: str) -> None:
    _key, secret = issued(scene)
    headers = {"Authorization": f"Bearer {secret}"}
    answered = Client().post(ROOT + "visits", body, content_type=kind, headers=headers)
    assert [one for one, _place in codes(answered, status)] == [code]


def test_the_gate_answers_and_records_nothing(scene: doors.Scene) -> None:
    _key, secret = issued(scene)
    question = {name: visit(scene)[name] for name in ("authority", "firm", "officers", "items", "purpose", "trigger")}
    told = ask(secret, "gate", question).json()
    assert told["colour"] in ("green", "yellow", "red")
    alone = ask(secret, "gate", question | {"officers": ["湘B00"]}).json()
    assert alone["colour"] == "red"
    assert all(one["zh-Hans"] and one["en"] for one in alone["answers"])
    assert not Entry.objects.exists()
    future = question | {"entered": "2999-01-01T00:00:00+08:00"}
    assert codes(ask(secret, "gate", future), 422) == [("api.gate.future", "entered")]
    wrong = codes(ask(secret, "gate", {"authority": 1, "helpers": -1, "purpose": "fun"}), 422)
    assert wrong == [
        ("push.text", "authority"), ("push.text", "firm"), ("push.word", "purpose"), ("push.number", "helpers"),
    ]  # fmt: skip


def test_lives_tables_hold_together_and_name_nobody(scene: doors.Scene) -> None:
    _key, secret = issued(scene)
    ask(secret, "visits", {"visits": [visit(scene), visit(scene, "A-2", results=[])]})

    def table(name: str) -> list[dict[str, str]]:
        answered = ask(secret, f"lives/{name}.csv")
        assert answered["Content-Type"].startswith("text/csv")
        text = answered.content.decode()
        assert not [one for people in scene.officers.values() for one in people if one.display_name in text]
        return list(csv.DictReader(io.StringIO(text)))

    (business,), (inspection,), (violation,), (info,) = map(
        table, ("businesses", "inspections", "violations", "feed_info")
    )
    assert business["business_id"] == inspection["business_id"] == violation["business_id"]
    assert (inspection["date"], inspection["type"]) == (violation["date"], "complaint") == ("20261120", "complaint")
    assert violation["description"] == "'=灭火器过期", "no cell acts as a formula"
    assert info["municipality_name"] == scene.area.name
    assert codes(ask(secret, "lives/people.csv"), 404) == [("api.missing", "")]


CHECKS = [
    checks.not_a_server_error, checks.content_type_conformance, checks.response_schema_conformance,
    status_code_conformance,
]  # fmt: skip
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
EXAMPLES = 15
"""For each operation and mode: 180 questions."""


def sent(case: Any, secret: str) -> Response:
    """A question as it would go over the wire, and what came back."""
    asked = case.as_transport_kwargs(base_url="http://testserver", headers={"Authorization": f"Bearer {secret}"})
    prepared: Any = requests.Request(**asked).prepare()
    body = prepared.body or b""
    headers = {name: value for name, value in prepared.headers.items() if name.lower() != "content-type"}
    answered = Client().generic(
        prepared.method or "", prepared.path_url, body, prepared.headers.get("Content-Type", ""), headers=headers
    )
    told = {name.lower(): [value] for name, value in answered.headers.items()}
    return Response(answered.status_code, told, answered.content, prepared, elapsed=0.1, verify=True)


@pytest.mark.one_database
def test_the_interface_holds_to_its_document_whatever_is_asked(scene: doors.Scene) -> None:
    _key, secret = issued(scene, per_minute=6000)
    ask(secret, "visits", {"visits": [visit(scene)]})
    codes_here = [one.organisation.credit_code for one in scene.firms]
    schema: Any = schemathesis.openapi.from_dict(Client().get(f"{ROOT}openapi.json").json())
    counts: Counter[int] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def held(operation: Any, mode: GenerationMode, data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            for row in case.body.get("visits", [case.body]):
                row |= {
                    "firm": data.draw(st.sampled_from(codes_here)),
                    "authority": scene.body.organisation.credit_code,
                }
        response = sent(case, secret)
        case.validate_response(response, checks=CHECKS)
        counts[response.status_code] += 1

    for result in schema.get_all_operations():
        for mode in MODES:
            held(operation=result.ok(), mode=mode)
    assert counts.total() >= 100
    assert {200, 422} <= set(counts), counts
