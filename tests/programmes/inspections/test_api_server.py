"""The API as a server answers it: what it remembers, how it counts, what stays on record when it is killed."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.programmes.inspections import doors
from tests.programmes.inspections.test_api import ask, issued, visit

from mingjing.programmes.inspections.actions import authorities, outside, uses
from mingjing.programmes.inspections.models import Certificate, Key, KeyUse
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
    ask(secret, "gate", question)
    with CaptureQueriesContext(connection) as statements:
        answer = ask(secret, "gate", other)
    said = [one["sql"][:60] for one in statements.captured_queries]
    assert len([one for one in said if one.startswith("SELECT")]) == 4, (
        "three, and without a server the count of its uses"
    )
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert not answer.cookies
    assert reds(answer.json()) == ["A6"]
    now = timezone.now()
    certificate = Certificate.objects.get(number="湘B00")
    authorities.revoke_certificate(certificate=certificate, day=now.date(), reason="调离", by=None, at=now)
    assert reds(ask(secret, "gate", question).json()) == ["A2", "A6"]
    outside.revoke_key(key=key, reason="换发", by=None, at=now)
    assert ask(secret, "gate", question).status_code == 401
    assert list(KeyUse.objects.values_list("status", flat=True)) == [200, 200, 200]


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
