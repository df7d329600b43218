"""The pages of teams and draws: who may do what, and that nothing sealed shows anywhere to anybody."""

import json
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.faces import district
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.drawing import DAYS, Drawn

from mingjing.config.commands import main
from mingjing.engine.drawing import commitment
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import record_organisation
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.kernel.rulebooks.models import Version
from mingjing.programmes.assessments.actions import draws
from mingjing.programmes.assessments.models import Conflict, Draw, Expert, TeamDay

pytestmark = pytest.mark.django_db
On = Callable[[date], None]
ROLES = ("administrator", "director", "officer", "auditor", "supervisor")


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, at: datetime) -> On:
    """Makes it noon of a day; nine thirty of the fixed instant's day to begin with."""
    local = timezone.localdate

    def travel(day: date) -> None:
        now = at.replace(year=day.year, month=day.month, day=day.day)
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None, tz=None: local(value or now, tz))

    travel(at.date())
    return travel


@pytest.fixture
def ready(hetang: Version, people: dict[str, Person], ready_once: Callable[[], Drawn], on: On) -> Drawn:
    """A frozen round, planned, with everybody it needs; a supervisor among the people by role."""
    made = ready_once()
    people["supervisor"] = made.supervisors[0]
    return made


def address(name: str, *args: object) -> str:
    return reverse(f"assessments:{name}", args=args)


def pages(draw: Draw) -> list[str]:
    """Every page and download of teams, draws and days, sealed ones too, and where facts, work and search show."""
    pk, own = draw.round_id, (draw.round_id, draw.pk)
    found = [address(name, pk) for name in ("round-teams", "round-draw", "team-days")]
    found += [address(name, *own) for name in ("draw", "draw-inputs", "draw-file")]
    found += [address("draw-day", *own, day.isoformat()) for day in DAYS]
    found += [address("team-day", pk, team_day) for team_day in draw.team_days.values_list("pk", flat=True)]
    found += [address("my-conflicts"), reverse("desk:home"), "/ledger/", "/jobs/", f"/ledger/?q={draw.subject}"]
    return found


def told(client: Client, draw: Draw) -> dict[str, str]:
    """What a reader is told on each page that opens for them."""
    answers = {url: client.get(url) for url in pages(draw)}
    return {url: answer.content.decode() for url, answer in answers.items() if answer.status_code == 200}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("today", [0, 1, 2])
def test_no_page_links_a_sealed_community_to_a_team_or_a_day(
    ready: Drawn, signed_in: SignedIn, on: On, role: str, today: int
) -> None:
    draw = ready.draw()
    ready.begin()
    on(DAYS[today])
    sealed = draw.team_days.filter(day__gt=DAYS[today])
    names = set(sealed.values_list("records__entry__name", flat=True))
    numbers = set(sealed.values_list("records__entry__number", flat=True))
    seeds = set(draw.seeds.values_list("seed", flat=True))
    for url, text in told(signed_in(role), draw).items():
        assert not any(seed in text for seed in seeds) or today == 2, url
        if url.endswith("inputs.json"):  # every community stands here, with nothing of teams and days
            assert json.loads(text).keys() == {"sites", "experts", "conflicts", "settings"}
            continue
        assert not {name for name in names | numbers if name and name in text}, url
    for team_day in sealed:
        assert signed_in(role).get(address("team-day", draw.round_id, team_day.pk)).status_code in {403, 404}
        assert signed_in(role).post(address("team-day-open", draw.round_id, team_day.pk)).status_code in {403, 404}
    opens = signed_in(role).get(address("draw-file", draw.round_id, draw.pk)).status_code
    assert opens == (200 if today == 2 else 404)


def test_the_ledger_holds_digests_only(ready: Drawn) -> None:
    draw = ready.draw()
    texts = " ".join(Fact.objects.filter(kind__startswith="assessments.draw.").values_list("data", flat=True))
    entries = ready.round.entries.all()
    assert not any(entry.number in texts or entry.name in texts for entry in entries)
    assert not any(seed in texts for seed in draw.seeds.values_list("seed", flat=True))


def test_a_supervisor_sees_the_days_of_their_own_teams_only(ready: Drawn, signed_in: SignedIn, on: On) -> None:
    draw = ready.draw()
    ready.begin()
    on(DAYS[2])
    client = signed_in("supervisor")
    for team_day in draw.team_days.all():
        mine = team_day.members.filter(person=ready.supervisors[0], removed_at=None).exists()
        answer = client.get(address("team-day", draw.round_id, team_day.pk))
        assert answer.status_code == (200 if mine else 404)


def verify(*args: object) -> int:
    return main(["assessments", "draw", "verify", *map(str, args)])


def test_a_stranger_verifies_the_draw_from_the_downloads_alone(
    ready: Drawn, signed_in: SignedIn, on: On, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw = ready.commit()
    witness, seed = ready.supervisors[1], bytes(range(32))
    added = draws.add_seed(draw=draw, commitment=commitment(seed), label="协会", by=witness, at=ready.at)
    draws.reveal_seed(seed=added, secret=seed.hex(), by=witness, at=ready.at)
    draws.reveal_draw(draw=draw, by=ready.by, at=ready.at)
    drain()
    draw.refresh_from_db()
    client = signed_in("auditor")
    on(DAYS[-1])
    saved = {}
    for name in ("draw-inputs", "draw-file"):
        saved[name] = tmp_path / f"{name}.json"
        saved[name].write_bytes(client.get(address(name, draw.round_id, draw.pk)).content)
    given: list[object] = []
    for one in draw.seeds.all():
        path = tmp_path / f"{one.commitment}.json"
        path.write_bytes(client.get(address("draw-commitment", draw.round_id, draw.pk, one.commitment)).content)
        given += ["--commitment", path]
    assert sha256(saved["draw-inputs"].read_bytes()).hexdigest() == draw.inputs_digest
    fact = Fact.objects.get(kind="assessments.draw.drawn").values
    assert sha256(saved["draw-file"].read_bytes()).hexdigest() == fact["document_digest"]
    assert verify(saved["draw-file"], "--inputs", saved["draw-inputs"], *given) == 0
    document = json.loads(saved["draw-file"].read_bytes())
    one, other = document["team_days"][0], document["team_days"][1]
    one["sites"][0], other["sites"][0] = other["sites"][0], one["sites"][0]
    saved["draw-file"].write_text(json.dumps(document))
    assert verify(saved["draw-file"], "--inputs", saved["draw-inputs"], *given) == 1
    assert "team_days" in capsys.readouterr().err


def test_a_days_plan_is_what_the_ledger_promised_and_what_the_draw_gives(
    ready: Drawn, signed_in: SignedIn, on: On
) -> None:
    draw = ready.draw()
    on(DAYS[0])
    client, promised = signed_in("officer"), Fact.objects.get(kind="assessments.draw.drawn").values["days"]
    urls = [address("draw-day", draw.round_id, draw.pk, day.isoformat()) for day in DAYS]
    assert [client.get(url).status_code for url in urls] == [200, 404, 404]
    content = client.get(urls[0]).content
    assert promised[0] == {"day": DAYS[0].isoformat(), "digest": sha256(content).hexdigest()}
    from mingjing.programmes.assessments.policy.draw_days import compare_day

    plan, document = json.loads(content), json.loads(draw.document)
    assert compare_day(plan, document) == []
    plan["team_days"][0]["sites"].pop()
    assert [problem.code for problem in compare_day(plan, document)] == ["draw.day_differs"]


ACTS = {
    "round-plan": {"director", "officer"}, "draw-commit": {"director"}, "expert-add": {"director", "officer"},
    "staff-add": {"director", "officer"}, "round-teams": set(ROLES) - {"supervisor"},
    "round-draw": set(ROLES) - {"supervisor"}, "draw": set(ROLES), "draw-inputs": set(ROLES),
    "draw-seed": set(ROLES) - {"administrator"}, "draw-reveal": {"director"}, "draw-cancel": {"director"},
    "expert-remove": {"director", "officer"}, "conflict-add": {"director", "officer", "supervisor"},
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what(ready: Drawn, signed_in: SignedIn, role: str) -> None:
    draw, own = ready.commit(), Expert.objects.get(person=ready.supervisors[0])
    client = signed_in(role)
    for name, allowed in ACTS.items():
        args = [draw.round_id]
        args += [draw.pk] if name.startswith("draw") and name != "draw-commit" else []
        args += [own.pk] if name in {"expert-remove", "conflict-add"} else []
        send = client.post if name in {"draw-commit", "draw-reveal"} else client.get
        assert (send(address(name, *args)).status_code != 403) == (role in allowed), name
        draw.refresh_from_db()


def test_a_supervisor_declares_their_own_conflicts_only(ready: Drawn, signed_in: SignedIn) -> None:
    own, other = (Expert.objects.get(person=person) for person in ready.supervisors[:2])
    client, data = signed_in("supervisor"), {"community": "C003", "reason": "住在这里"}
    assert client.post(address("conflict-add", ready.round.pk, own.pk), data).status_code == 302
    assert client.post(address("conflict-add", ready.round.pk, other.pk), data).status_code == 403
    conflict = Conflict.objects.get()
    assert (conflict.expert, conflict.community.number, conflict.declared_by) == (own, "C003", ready.supervisors[0])
    assert client.get(address("my-conflicts")).content.decode().count("住在这里") == 1


def test_another_district_sees_and_does_nothing(ready: Drawn, at: datetime) -> None:
    draw = ready.draw()
    place = Area.objects.exclude(path__startswith=ready.round.area.path).exclude(level__lt=3).first()
    place = place or Area.objects.create(
        code="430203", name="芦淞区", level=3, parent=ready.round.area.parent, source="test", version="1"
    )
    client = Client()
    client.force_login(
        district.staff("director", "外人", place, at, "stranger"), "django.contrib.auth.backends.ModelBackend"
    )
    for url in pages(draw):
        if "/assessments/rounds/" in url:
            assert client.get(url).status_code == 403, url
    assert client.post(address("draw-cancel", draw.round_id, draw.pk), {"reason": "nein"}).status_code == 403


def test_the_page_tells_what_cannot_be_met_while_it_is_planned(ready: Drawn, signed_in: SignedIn) -> None:
    data = {"days": "2024-09-09 2024-09-10", "teams": 3, "team_size": 3, "most": 2, "share": "1", "pair_share": "1/4"}
    client, url = signed_in("officer"), address("round-plan", ready.round.pk)
    text = client.post(url, data, headers={"hx-request": "true"}).content.decode()
    assert "24 sites do not fit into 6 team-days" in text
    assert "Ask 2 more" in text
    assert client.post(url, data | {"days": "2025-01-01"}).status_code == 422


def test_called_off_draws_are_counted_on_the_page(ready: Drawn, signed_in: SignedIn) -> None:
    for reason in ("专家生病", "通知发错"):
        draws.cancel_draw(draw=ready.commit(), reason=reason, by=ready.by, at=ready.at)
    text = signed_in("auditor").get(address("round-draw", ready.round.pk)).content.decode()
    assert "2 draws were called off." in text
    assert "专家生病" in text
    assert "通知发错" in text


def test_a_team_opens_its_day_on_the_page(ready: Drawn, signed_in: SignedIn, on: On) -> None:
    draw = ready.draw()
    ready.begin()
    on(DAYS[0])
    team_day = TeamDay.objects.filter(draw=draw, day=DAYS[0]).first()
    assert team_day is not None
    url = address("team-day-open", ready.round.pk, team_day.pk)
    assert signed_in("officer").post(url).status_code == 302
    team_day.refresh_from_db()
    assert team_day.opened_at is not None


def test_no_company_of_another_district_is_found_by_its_name(ready: Drawn, signed_in: SignedIn) -> None:
    elsewhere = Area.objects.filter(level=3).exclude(pk=ready.round.area_id).first()
    elsewhere = elsewhere or Area.objects.get(code="430203")
    code = district.credit_code(77)
    company = record_organisation(credit_code=code, name="别区示例物业", area=elsewhere, by=None, at=timezone.now())
    expert = ready.round.experts.get(person=ready.supervisors[0])
    url = address("conflict-add", ready.round.pk, expert.pk)
    for text in ("别区", "bq", company.name):
        answer = signed_in("supervisor").post(url, {"company": text, "reason": "曾任职"})
        assert answer.status_code == 422
        assert "别区示例物业" not in answer.content.decode().replace(f'value="{company.name}"', "")
    assert not Conflict.objects.filter(company=company).exists()
