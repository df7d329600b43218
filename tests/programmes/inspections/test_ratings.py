"""Ratings: one for a visit, provably of a firm, traceable by nobody, shown in groups only."""

import json
from datetime import date, datetime, timedelta
from fractions import Fraction
from secrets import randbelow, token_bytes
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.faces import district
from tests.programmes.inspections import doors

from mingjing.engine import blind
from mingjing.engine.blind import PublicKey
from mingjing.engine.outcome import Refusal
from mingjing.kernel import keys
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.models import EntryCode
from mingjing.programmes.inspections.actions import entries, ratings
from mingjing.programmes.inspections.board.ratings import PACE
from mingjing.programmes.inspections.models import Entry, Post, Rating, RatingKey, RatingToken
from mingjing.programmes.inspections.policy.ratings import LEAST, Batch, accepted_until, groups, quarter
from mingjing.programmes.inspections.queries.ratings import code_of, rated, visit_of_code, word_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_pace() -> None:
    PACE._misses.clear()


@pytest.fixture
def scene() -> doors.Scene:
    return doors.build(bodies=2, firms=2)


@pytest.fixture
def entry(scene: doors.Scene) -> Entry:
    return scene.enter(timezone.now() - timedelta(hours=3))


class Firm:
    """What a firm's browser does, in Python."""

    def __init__(self, entry: Entry, client: Client | None = None) -> None:
        self.code, self.client, self.word = code_of(entry), client or Client(), word_of(entry.firm)
        self.message = blind.prepared(token_bytes(32), token_bytes(32))

    def begin(self) -> None:
        self.key = self.client.post(reverse("inspections_board:rating-key", args=[self.code])).json()["key"]
        told = self.client.get(reverse("inspections_board:rating-keys")).json()["keys"]
        (one,) = (one for one in told if one["key"] == self.key)
        self.public = PublicKey(int(one["n"], 16), int(one["e"], 16))
        self.r = 2 + randbelow(self.public.n - 3)
        self.blinded, self.inverse = blind.blind(self.public, self.message, salt=token_bytes(48), r=self.r)

    def ask(self) -> Any:
        address = reverse("inspections_board:rating-token", args=[self.code])
        told = {"blinded": keys.text(self.blinded), "word": self.word}
        return self.client.post(address, told, "application/json")

    def take(self) -> "Firm":
        self.begin()
        signed = keys.unpacked(self.ask().json()["signature"])
        self.signature = blind.finalize(self.public, self.message, signed, self.inverse)
        return self

    def send(self, **more: Any) -> Any:
        told = {"key": self.key, "message": keys.text(self.message), "signature": keys.text(self.signature)}
        body = {**told, "stars": 4, "conduct": [], **more}
        return Client().post(reverse("inspections_board:rating-send"), body, "application/json")


def test_a_firm_rates_its_visit_once(entry: Entry) -> None:
    firm = Firm(entry).take()
    answer = firm.send(stars=2, conduct=["late"])
    assert (answer.status_code, answer.json(), dict(answer.cookies)) == (201, {}, {})
    assert [(one.stars, one.conduct) for one in Rating.objects.all()] == [(2, ["late"])]
    again = firm.send(stars=5)
    assert again.status_code == 422
    assert "used already" in again.json()["problem"] or "已" in again.json()["problem"]
    assert Rating.objects.get().stars == 2


def test_a_visit_has_one_token_that_can_be_asked_for_again(entry: Entry) -> None:
    firm = Firm(entry).take()
    assert firm.ask().json() == firm.ask().json()
    other = Firm(entry)
    other.begin()
    assert other.ask().status_code == 422
    assert RatingToken.objects.count() == 1


def test_a_corrected_visit_has_no_second_token(scene: doors.Scene, entry: Entry) -> None:
    Firm(entry).take()
    now, officer = timezone.now(), scene.officers[scene.body.pk][0]
    arrival = scene.arrival(now - timedelta(hours=3, minutes=30))
    new = entries.correct(entry=entry, arrival=arrival, reason="时间有误", by=officer, at=now)
    assert code_of(new) == code_of(entry)
    assert visit_of_code(code_of(entry), timezone.localdate()) == new
    second = Firm(new)
    second.begin()
    assert second.ask().status_code == 422


def test_whoever_shows_the_code_cannot_take_the_firms_token(scene: doors.Scene, entry: Entry) -> None:
    """An officer has the task's code and the visit's; the word is the firm's alone, until its fixed code changes."""
    officer = Firm(entry)
    officer.begin()
    for word in ("", "AAAA-AAAA", word_of(scene.firms[1]), officer.word[:-1]):
        officer.word = word
        before = officer.ask()
        assert before.status_code == 422
    assert not RatingToken.objects.exists()
    firm = Firm(entry)
    firm.word = f" {firm.word.lower().replace('-', '')} "
    firm.take()
    assert officer.ask().content == before.content, "nor is it told whether the firm took it"
    known = word_of(scene.firm)
    EntryCode.objects.filter(site=scene.firm.site).update(withdrawn_at=timezone.now())
    EntryCode.objects.create(site=scene.firm.site, code="NEWCODE234", issued_at=timezone.now())
    assert word_of(scene.firm) != known


def test_who_guesses_the_word_is_slowed_down_by_the_visit(entry: Entry) -> None:
    officer = Firm(entry)
    officer.begin()
    officer.word = "AAAA-AAAA"
    asked = [officer.client.post(
        reverse("inspections_board:rating-token", args=[officer.code]),
        {"blinded": keys.text(officer.blinded), "word": officer.word}, "application/json",
        REMOTE_ADDR=f"10.0.0.{number}",
    ).status_code for number in range(21)]  # fmt: skip
    assert asked == [422] * 20 + [429]


def test_the_word_is_on_the_firms_sheet_and_not_for_who_inspects(scene: doors.Scene, client: Client) -> None:
    watch = district.staff("enforcement_supervisor", "司法监督", scene.area, doors.LONG_AGO, "watch")
    EntryCode.objects.get_or_create(
        site=scene.firm.site, withdrawn_at=None, defaults={"code": "CODE234567", "issued_at": doors.LONG_AGO}
    )
    sheet, word = reverse("inspections:firm-sheet", args=[scene.firm.pk]), word_of(scene.firm)
    client.force_login(watch)
    assert word in client.get(sheet).content.decode()
    Post.objects.create(authority=scene.body, person=watch, first_day=doors.FIRST, recorded_at=doors.LONG_AGO)
    assert word not in client.get(sheet).content.decode()
    client.force_login(scene.officers[scene.body.pk][0])
    assert client.get(sheet).status_code == 403


def test_no_rating_without_a_token_of_ours(scene: doors.Scene, entry: Entry) -> None:
    firm = Firm(entry).take()
    other = Firm(scene.enter(timezone.now() - timedelta(hours=2), body=1)).take()
    assert firm.send(key=other.key).status_code == 422
    assert firm.send(message=keys.text(token_bytes(64))).status_code == 422
    wrong: dict[str, Any]
    for wrong in ({"stars": 0}, {"stars": 6}, {"conduct": ["name"]}):
        assert firm.send(**wrong).status_code == 422
    for wrong in ({"stars": "x"}, {"message": 5}, {"key": None}, {"conduct": 3}, {"signature": "="}):
        assert firm.send(**wrong).status_code == 400
    assert Client().post(reverse("inspections_board:rating-send"), b"\xff", "application/json").status_code == 400
    assert not Rating.objects.exists()


def test_who_has_not_left_long_ago_or_was_voided_is_not_rated(scene: doors.Scene, entry: Entry) -> None:
    today = timezone.localdate()
    inside = scene.enter(timezone.now() - timedelta(hours=2), leave=False)
    assert visit_of_code(code_of(inside), today) is None
    assert visit_of_code(code_of(entry), today + timedelta(days=29)) == entry
    assert visit_of_code(code_of(entry), today + timedelta(days=31)) is None
    entries.void(entry=entry, reason="录错", by=None, at=timezone.now())
    assert visit_of_code(code_of(entry), today) is None


def test_codes_are_not_guessed_and_all_wrong_ones_are_alike(entry: Entry) -> None:
    wrong = [
        f"{entry.pk}-{'x' * 22}",
        f"{entry.pk + 1}-{code_of(entry).split('-', 1)[1]}",
        "nobody",
    ]
    pages = [Client().get(f"/board/inspections/en/r/{code}/") for code in wrong]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content.replace(code.encode(), b"") for page, code in zip(pages, wrong, strict=True)}) == 1
    today = timezone.localdate()
    assert not any(visit_of_code(code, today) for code in ("", "-", "٣-x", str(entry.pk), f"{entry.pk}-é"))
    for _ in range(20):
        Client().get("/board/inspections/en/r/nobody/")
    assert Client().get(f"/board/inspections/en/r/{code_of(entry)}/").status_code == 429


def test_the_page_needs_no_account_and_says_what_it_needs(entry: Entry) -> None:
    client = Client()
    answer = client.get(f"/board/inspections/r/{code_of(entry)}/", follow=True)
    text = answer.content.decode()
    assert not client.cookies
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "12345" in text.split("<noscript>")[1].split("</noscript>")[0]
    firm = entry.firm.organisation
    assert firm.name not in text
    assert firm.credit_code not in text


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    told = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            told[table] = cursor.fetchall()
    return told


def test_a_rating_changes_one_table_by_one_row_that_leads_nowhere(scene: doors.Scene) -> None:
    """Whoever holds the database before and after knows: somebody of those who took a token of this key."""
    now = timezone.now()
    firms = [Firm(scene.enter(now - timedelta(hours=9 - at), firm=at % 2)).take() for at in range(3)]
    before = dump()
    firms[1].send(stars=1, conduct=["favours"])
    after = dump()
    changed = {table for table in after if after[table] != before[table]}
    assert changed == {"inspections_rating"}
    (row,) = after["inspections_rating"]
    assert len(row) == 4
    digest = Rating.objects.get().digest
    everything = json.dumps(
        {table: rows for table, rows in after.items() if table != "inspections_rating"}, default=str
    )
    assert digest not in everything
    for firm in firms:
        secrets = (firm.message, firm.signature, firm.r.to_bytes(256))
        assert not any(form in everything for one in secrets for form in (one.hex(), keys.text(one)))
    fields = {field.name for field in Rating._meta.get_fields()}
    assert fields == {"digest", "key", "stars", "conduct"}


@pytest.mark.skipif("connection.vendor != 'sqlite'")
def test_where_a_row_lies_tells_no_order(scene: doors.Scene) -> None:
    now = timezone.now()
    for at in range(4):
        Firm(scene.enter(now - timedelta(hours=9 - at))).take().send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM inspections_rating ORDER BY rowid")
        lying = [digest for (digest,) in cursor.fetchall()]
    assert len(lying) == 4
    assert lying == sorted(lying)


def test_no_fact_tells_of_a_token_or_a_rating(entry: Entry) -> None:
    firm = Firm(entry).take()
    known = list(Fact.objects.values_list("kind", flat=True))
    firm.ask()
    firm.send()
    assert known.count("inspections.rating_key.made") == 1
    assert known[-1] == "inspections.rating_key.made"
    assert Fact.objects.count() == len(known)


def test_nobody_changes_a_rating(entry: Entry) -> None:
    Firm(entry).take().send()
    for act in (lambda: Rating.objects.update(stars=5), lambda: RatingToken.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def ending(key: RatingKey) -> datetime:
    """The first noon after the ratings of a key are closed."""
    day = accepted_until(key.last_day) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, 12, tzinfo=doors.CHINA)


def test_ratings_are_shown_by_five_once_the_quarter_is_closed(scene: doors.Scene) -> None:
    now = timezone.now()
    made = [Firm(scene.enter(now - timedelta(minutes=100 + at))).take() for at in range(LEAST)]
    for at, firm in enumerate(made[:-1]):
        firm.send(stars=at + 1, conduct=["rude"] if at == 0 else [])
    key = RatingKey.objects.get()
    after = timezone.localdate(ending(key))
    assert [one.groups for one in rated(None, after)] == [()]
    made[-1].send(stars=5)
    assert [one.groups for one in rated(None, after - timedelta(days=1))] == [()]
    ((group,),) = (one.groups for one in rated(scene.area, after))
    assert (group.count, group.mean, group.conduct["rude"], list(group.stars)) == (5, Fraction(3), 1, [1, 1, 1, 1, 1])


def test_a_closed_quarter_takes_no_more_and_its_secret_is_gone(entry: Entry) -> None:
    firm = Firm(entry).take()
    key = RatingKey.objects.get()
    assert ratings.close_keys(at=timezone.now()) == 0
    assert ratings.close_keys(at=ending(key)) == 1
    key.refresh_from_db()
    assert bytes(key.secret) == b""
    with pytest.raises(Refusal):
        ratings.rate(key=key, message=firm.message, signature=firm.signature, stars=1, at=timezone.now())
    fact = Fact.objects.get(kind="inspections.rating_key.closed")
    assert (fact.values["tokens"], fact.values["ratings"]) == (1, 0)
    assert firm.send().status_code == 422


def test_the_public_page_shows_no_group_below_five(entry: Entry) -> None:
    Firm(entry).take().send(stars=1)
    for address in ("/board/inspections/en/ratings/", "/board/inspections/ratings.json"):
        answer = Client().get(address)
        assert answer.status_code == 200
        assert not Client().cookies
    assert "Fewer than 5 so far" in Client().get("/board/inspections/en/ratings/").content.decode()
    assert Client().get("/board/inspections/ratings.json").json()["groups"] == []


@given(
    st.lists(st.tuples(st.integers(0, 15), st.integers(0, 9)), max_size=16, unique_by=lambda one: one[0]),
    st.integers(0, 1600),
)
def test_groups_have_five_and_once_shown_never_change(counts: list[tuple[int, int]], passed: int) -> None:
    batches = []
    for number, count in counts:
        first, last = quarter(date(2024 + number // 4, 1 + 3 * (number % 4), 9))
        batches.append(Batch(first, last, (count, 0, 0, 0, 0), {}))
    today = date(2024, 1, 1) + timedelta(days=passed)
    now, later = groups(batches, today), groups(batches, today + timedelta(days=91))
    assert later[: len(now)] == now
    assert all(one.count >= LEAST for one in later)
    assert all(accepted_until(one.last) < today for one in now)
