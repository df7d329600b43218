"""The API as a server answers it: what it remembers, how it counts, what stays on record when it is killed."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.programmes.inspections import doors
from tests.programmes.inspections.test_api import ask, issued, visit

from mingjing.kernel.sync.turns import turn_to_work
from mingjing.programmes.inspections.actions import authorities, items, outside, uses
from mingjing.programmes.inspections.models import Certificate, Key, KeyUse
from mingjing.programmes.inspections.queries.gate import firm_by_code
from mingjing.programmes.inspections.queries.often import Meter

QUESTION = ("authority", "firm", "officers", "items", "purpose", "trigger")


def reds(told: dict[str, Any]) -> list[str]:
    return [one["rule"] for one in told["answers"] if one["level"] == "red"]


@pytest.mark.django_db(transaction=True)
def test_what_is_remembered_ends_with_the_fact_that_ends_it() -> None:
    scene = doors.build(1, 2)
    key, secret = issued(scene)
    question = {name: visit(scene)[name] for name in QUESTION}
    other = question | {"firm": scene.firms[1].organisation.credit_code}
    for first in ({**question, "items": []}, question):  # what is remembered from now on holds
        ask(secret, "gate", first)
    for asked in ({**other, "items": []}, other):
        with CaptureQueriesContext(connection) as statements:
            answer = ask(secret, "gate", asked)
        said = [one["sql"] for one in statements.captured_queries if one["sql"].startswith("SELECT")]
        assert len(said) == 3, "two, and without a server the count of its uses"
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert not answer.cookies
    assert reds(answer.json()) == ["A6"]
    now = timezone.now()
    certificate = Certificate.objects.get(number="湘B00")
    authorities.revoke_certificate(certificate=certificate, day=now.date(), reason="调离", by=None, at=now)
    assert reds(ask(secret, "gate", question).json()) == ["A2", "A6"]
    outside.revoke_key(key=key, reason="换发", by=None, at=now)
    assert ask(secret, "gate", question).status_code == 401
    assert list(KeyUse.objects.values_list("status", flat=True)) == [200, 200, 200, 200, 200]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("ends", "status"), [("key", 401), ("right", 403), ("certificate", 200), ("note", 200)])
def test_nobody_is_answered_from_what_ends_while_the_answer_is_made(
    ends: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = doors.build(1, 1)
    key, secret = issued(scene, per_minute=3)
    question, now = {name: visit(scene)[name] for name in QUESTION}, timezone.now()
    for _ in range(2):  # what is remembered from now on holds
        assert reds(ask(secret, "gate", question).json()) == ["A6"]
    looked_up = iter([1])

    def meanwhile(*told: Any) -> Any:
        """Just before the firm is looked up, by somebody else."""
        for _ in looked_up:
            if ends == "certificate":
                certificate = Certificate.objects.get(number="湘B00")
                authorities.revoke_certificate(certificate=certificate, day=now.date(), reason="调离", by=None, at=now)
            elif ends == "key":
                outside.revoke_key(key=key, reason="换发", by=None, at=now)
            elif ends == "right":
                Key.objects.filter(pk=key.pk).update(rights=["read"])
            if ends in ("right", "note"):
                outside.issue_key(
                    area=scene.area, authority=None, name="另一平台", rights=["read"],
                    last_day=now.date() + timedelta(days=9), by=None, at=now,
                )  # fmt: skip
        return firm_by_code(*told)

    monkeypatch.setattr("mingjing.programmes.inspections.queries.outside.firm_by_code", meanwhile)
    answer = ask(secret, "gate", question)
    assert answer.status_code == status
    if status == 200:
        assert reds(answer.json()) == (["A2", "A6"] if ends == "certificate" else ["A6"])
    assert list(KeyUse.objects.values_list("status", "count")) == [(200, 1)] * (3 if status == 200 else 2)
    assert ask(secret, "gate", question).status_code == (429 if status == 200 else status), "it is counted once"


@pytest.mark.django_db(transaction=True)
def test_who_sends_slowly_keeps_nobody_waiting() -> None:
    scene = doors.build(1, 1)
    _key, secret = issued(scene)
    question = {name: visit(scene)[name] for name in QUESTION}
    body, begun, sent = json.dumps(question).encode(), Event(), Event()

    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            begun.set()
            assert sent.wait(20)
            return super().read(size)

    def ask_slowly() -> int:
        try:
            return Client().generic(
                "POST", "/api/inspections/gate",
                headers={"Authorization": f"Bearer {secret}"},
                **{"wsgi.input": Slow(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json"},
            ).status_code  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(ask_slowly)
        assert begun.wait(20)
        assert ask(secret, "gate", question).status_code == 200
        assert not slow.done()
        sent.set()
        assert slow.result(20) == 200


@pytest.mark.django_db(transaction=True)
def test_a_question_does_not_wait_for_a_phone_that_waits_to_write() -> None:
    scene = doors.build(1, 1)
    _key, secret = issued(scene)
    question = {name: visit(scene)[name] for name in QUESTION}

    def asked() -> int:
        try:
            status: int = ask(secret, "gate", question).status_code
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with turn_to_work():
            answer = pool.submit(asked)
            with suppress(TimeoutError):
                answer.result(10)
            waited = not answer.done()
        assert answer.result(20) == 200
    assert not waited


@pytest.mark.django_db(transaction=True)
def test_what_was_not_known_a_moment_ago_is_not_refused_from_memory() -> None:
    scene = doors.build(1, 1)
    _key, secret = issued(scene)
    question = {name: visit(scene)[name] for name in QUESTION} | {"items": ["新事项"]}
    for _ in range(2):
        assert ask(secret, "gate", question).status_code == 422
    items.publish_item(
        authority=scene.body, code="新事项", title="新事项", legal_basis=["《消防法》第五十三条"], object_class="企业",
        method="on_site", checklist=["看"], first_day=timezone.localdate(), by=None, at=timezone.now(),
    )  # fmt: skip
    assert ask(secret, "gate", question).status_code == 200


@pytest.mark.django_db
def test_a_question_that_nobody_can_answer_is_on_record_too(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = doors.build(1, 1)
    _key, secret = issued(scene)
    monkeypatch.setattr("mingjing.programmes.inspections.api.gate.decide", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ask(secret, "gate", {name: visit(scene)[name] for name in QUESTION})
    assert list(KeyUse.objects.values_list("route", "status")) == [("gate", 500)]


@pytest.mark.django_db
def test_a_limit_holds_at_once_in_a_process_and_soon_across_them() -> None:
    scene = doors.build(1, 1)
    key, _secret = issued(scene, per_minute=4)
    mine, yours, now = Meter(), Meter(), timezone.now()
    assert [mine.admits(key, now) for _ in range(2)] == [yours.admits(key, now) for _ in range(2)] == [True, True]
    records = [{"key": key.pk, "at": now.isoformat(), "route": "gate", "status": 200, "count": 1}] * 2
    uses._take(records)
    mine.taken(records)
    assert mine.admits(key, now), "what the other let through is not known yet"
    uses._take(records)
    yours.taken(records)
    assert not yours.admits(key, now), "four are on record"
    mine.taken([])
    assert not mine.admits(key, now)
    later = now + timedelta(minutes=1, seconds=1)
    assert Meter().admits(key, later), "a minute later it may ask again"


SERVER = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "mingjing.config.settings"
import django
django.setup()
from django.utils import timezone
from mingjing.programmes.inspections.actions.uses import USES, note_use
from mingjing.programmes.inspections.models import Key
USES.kept = True
note_use(key=Key(pk=int(os.environ["KEY"])), route="gate", status=200, count=1, at=timezone.now())
os.kill(os.getpid(), 9)
"""


@pytest.mark.django_db
def test_what_a_killed_server_answered_is_on_record(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    key, _secret = issued(doors.build(1, 1))
    environment = os.environ | {"MINGJING_DATA": str(tmp_path), "KEY": str(key.pk)}
    assert subprocess.run([sys.executable, "-c", SERVER], env=environment, check=False).returncode == -9
    assert not KeyUse.objects.exists()
    assert uses.USES.take_in() == 1
    assert list(Key.objects.get(pk=key.pk).uses.values_list("route", "status", "count")) == [("gate", 200, 1)]
