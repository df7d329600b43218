"""Webhooks: signed, at least once, each address by itself, nothing inside our network; calendars behind a secret."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from tests.programmes.inspections import doors

from mingjing.engine.outcome import Refusal
from mingjing.kernel import keys
from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.inspections.actions import outside
from mingjing.programmes.inspections.jobs.posting import NotSent, post
from mingjing.programmes.inspections.models import Feed, Hook, HookPost
from mingjing.programmes.inspections.policy.addresses import check_address, is_public

ENTERED = "inspections.entry.recorded"
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


class Receiver(HTTPServer):
    """Somebody else's system: it answers with `status` and keeps what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.came = 204, list[tuple[dict[str, str], bytes]]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/told?who=us"


class Answering(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_told: Any) -> None:
        pass


@pytest.fixture
def receivers() -> Iterator[list[Receiver]]:
    made = [Receiver(), Receiver()]
    threads = [Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01}) for one in made]
    for thread in threads:
        thread.start()
    yield made
    for one, thread in zip(made, threads, strict=True):
        one.shutdown()
        thread.join()
        one.server_close()


def hook(scene: doors.Scene, url: str, at: datetime, **more: Any) -> Hook:
    made = {"name": "市平台", "area": scene.area, "authority": None, "events": [ENTERED], "made_at": at}
    return Hook.objects.create(url=url, **made | more)


@pytest.mark.django_db
def test_addresses_are_told_signed_and_each_until_it_has_it(receivers: list[Receiver], settings: Any) -> None:
    settings.WEBHOOKS_LOCAL = True
    scene, (good, bad) = doors.build(2, 1), receivers
    before = NOON - timedelta(days=1)
    hook(scene, good.url, before)
    hook(scene, bad.url, before)
    hook(scene, good.url, before, authority=scene.bodies[1])
    hook(scene, good.url, before, events=["inspections.entry.voided"])
    hook(scene, good.url, before, ended_at=before, end_reason="停用")
    bad.status = 500
    entry = scene.enter(NOON, leave=False)
    drain()
    assert [len(one.came) for one in receivers] == [1, 1]
    headers, body = good.came[0]
    told, fact = json.loads(body), Fact.objects.get(kind=ENTERED)
    assert (told["id"], told["entry"], told["event"]) == (fact.seq, entry.pk, ENTERED)
    assert told["firm"] == scene.firm.organisation.credit_code
    message = b"mingjing.webhook/1\n" + f"{headers['Mingjing-Timestamp']}\n{fact.seq}\n".encode() + body
    key = Client().get("/api/inspections/signing-key").json()["key"]
    assert key == headers["Mingjing-Key"]
    Ed25519PublicKey.from_public_bytes(keys.unpacked(key)).verify(keys.unpacked(headers["Mingjing-Signature"]), message)
    delivery = Delivery.objects.get(fact=fact, reaction__startswith="inspections.tell")
    assert delivery.state == "waiting"
    assert "市平台" in delivery.error
    bad.status = 200
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now())
    drain()
    assert [len(one.came) for one in receivers] == [1, 2], "who has it is not told again"
    assert json.loads(bad.came[0][1]) == json.loads(bad.came[1][1])
    assert list(HookPost.objects.order_by("pk").values_list("status", flat=True)) == [204, 500, 200]
    delivery.refresh_from_db()
    assert delivery.state == "done"


@pytest.mark.django_db
def test_a_redirect_is_no_yes_and_leads_nowhere(receivers: list[Receiver], settings: Any) -> None:
    settings.WEBHOOKS_LOCAL = True
    receivers[0].status = 302
    assert post(receivers[0].url, b"{}", {}) == 302
    assert len(receivers[0].came) == 1


def test_nobody_inside_our_network_is_asked(receivers: list[Receiver], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSent, match="no public address"):
        post(receivers[0].url, b"{}", {})

    def found(*_asked: Any, **_more: Any) -> Any:
        return [(2, 1, 6, "", ("203.0.114.9", 443)), (2, 1, 6, "", ("10.0.0.7", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(NotSent, match=r"10\.0\.0\.7"):
        post("https://evil.example/x", b"{}", {})
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_m: [(2, 1, 6, "", ("203.0.114.9", 80))])
    with pytest.raises(NotSent, match="https"):
        post("http://plain.example/x", b"{}", {})
    assert receivers[0].came == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://localhost/", "https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/",
        "https://[::ffff:10.0.0.1]/", "https://user@example.com/", "https://example.com:22/", "https://intranet/",
        "https://db.internal/", "ftp://example.com/", "https://exa mple.com/", "https://example.com:x/", "",
        "https://169.254.169.254/latest/meta-data", "https://" + "a" * 500 + ".com/",
    ],
)  # fmt: skip
def test_what_is_no_address_for_events(url: str) -> None:
    assert [one.code for one in check_address(url)] == ["inspections.hook.url"]


def test_public_addresses() -> None:
    assert not list(check_address("https://platform.zhuzhou.example.cn/hooks?x=1"))
    assert not list(check_address("https://8.8.8.8:8443/"))
    assert not any(
        map(is_public, ("0.0.0.0", "100.64.0.1", "224.0.0.1", "fe80::1%eth0", "2002:a00:1::", "x", "64:ff9b::a00:1"))
    )


@pytest.mark.django_db
def test_hooks_are_made_and_ended_with_reasons() -> None:
    scene, now = doors.build(1, 1), timezone.now()
    asked: dict[str, Any] = {"name": "市平台", "area": scene.area, "authority": None, "by": None, "at": now}
    wrong: list[dict[str, Any]] = [{"url": "http://x.cn/"}, {"events": []}, {"events": ["parties.person.left"]}]
    for one in wrong:
        with pytest.raises(Refusal):
            outside.make_hook(**{"url": "https://a.example.cn/", "events": [ENTERED], **asked, **one})
    made = outside.make_hook(url="https://a.example.cn/", events=[ENTERED], **asked)
    outside.end_hook(hook=made, reason="换地址", by=None, at=now)
    with pytest.raises(Refusal):
        outside.end_hook(hook=made, reason="换地址", by=None, at=now)


@pytest.mark.django_db
def test_a_firms_calendar_shows_what_it_was_told_and_nobodys_name() -> None:
    scene, now = doors.build(1, 1), timezone.now()
    told = scene.task(now.date(), joint="0198c0de-0000-7000-8000-000000000001")
    scene.task(now.date(), noticed_at=None, notice={}, coded_at=None, code=None)
    scene.enter(now - timedelta(days=1, hours=2))
    feed, secret = outside.issue_feed(firm=scene.firm, by=None, at=now)
    assert secret not in feed.digest
    answered = Client().get(f"/api/inspections/calendars/{secret}.ics")
    assert answered["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answered.content)
    events = {str(one["uid"]): one for one in calendar.walk("VEVENT")}
    assert len(events) == 2
    planned: Any = events[f"task-{told.pk}@mingjing"]
    assert planned["dtend"].dt - planned["dtstart"].dt == timedelta(days=7)
    text = answered.content.decode()
    assert scene.body.organisation.name in text.replace("\r\n ", "")
    assert not [one for one in scene.officers[scene.body.pk] if one.display_name in text]
    assert Client().post(f"/api/inspections/calendars/{secret}.ics").status_code == 405
    _second, other = outside.issue_feed(firm=scene.firm, by=None, at=now)
    assert Client().get(f"/api/inspections/calendars/{secret}.ics").status_code == 404, "a new address ends the old one"
    assert Client().get(f"/api/inspections/calendars/{other}.ics").status_code == 200
    outside.revoke_feed(feed=Feed.objects.get(revoked_at=None), by=None, at=now)
    assert Client().get(f"/api/inspections/calendars/{other}.ics").status_code == 404


@pytest.mark.django_db
def test_an_officers_calendar_has_their_own_visits() -> None:
    scene, now = doors.build(2, 1), timezone.now()
    scene.task(now.date())
    scene.task(now.date(), body=1)
    _feed, secret = outside.issue_feed(person=scene.officers[scene.body.pk][0], by=None, at=now)
    calendar = Calendar.from_ical(Client().get(f"/api/inspections/calendars/{secret}.ics").content)
    (event,) = calendar.walk("VEVENT")
    assert scene.firm.organisation.name in str(event["summary"])
