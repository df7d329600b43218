"""The report of a round: its figures against counting them another way, its links, its pages, what it costs."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from tests.programmes.assessments import judged
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.replaying import HETANG
from tests.programmes.assessments.test_round_decisions import decided

from mingjing.engine.kept import keep
from mingjing.engine.outcome import Reason, Titled
from mingjing.kernel.parties.models import Person
from mingjing.programmes.assessments.actions.reports import keep_losses
from mingjing.programmes.assessments.desk.reports.links import linked
from mingjing.programmes.assessments.models import Edition, KeptLosses, Listed, Replay, Round
from mingjing.programmes.assessments.policy.reports import (
    Order,
    Row,
    class_figures,
    lost_of,
    orders_of,
    percent,
    sentences,
    state_of,
)
from mingjing.programmes.assessments.queries import reports
from mingjing.programmes.assessments.queries.reports import losers, report_of
from mingjing.programmes.assessments.queries.results import worked_out

People = dict[str, Person]
NOON = datetime.fromisoformat("2024-09-04T12:00:00+08:00")
HOUR = timedelta(hours=1)


def test_columns_hold_everybody_once_and_the_last_one_its_upper_end() -> None:
    rows = [Row("A", "RED", total) for total in (10000, 9999, 9500, 9499, 7000, None)] + [Row("B", "RED", 1)]
    found = class_figures(HETANG.list_rules, "A", rows)
    assert (found.count, found.scored, found.median) == (6, 5, 9500)
    assert [(one.low, one.count) for one in found.bins if one.count] == [(7000, 1), (9000, 1), (9500, 3)]
    assert sum(one.count for one in found.bins) == found.scored
    assert [(one.at, one.below, one.above) for one in found.near] == [(6000, 0, 0), (7500, 0, 0), (9000, 0, 0)]
    assert class_figures(HETANG.list_rules, "A", []).bins == ()


@pytest.mark.parametrize(
    ("claimed", "closed", "outcome", "now", "state"),
    [
        (None, None, "", NOON, "open"),
        (None, None, "", NOON + 2 * HOUR, "overdue"),
        (NOON, None, "", NOON + 2 * HOUR, "claimed"),
        (NOON + 2 * HOUR, None, "", NOON + 3 * HOUR, "overdue"),
        (NOON + HOUR, NOON + 9 * HOUR, "confirmed", NOON + 9 * HOUR, "in_time"),
        (NOON + 2 * HOUR, NOON + 9 * HOUR, "confirmed", NOON + 9 * HOUR, "late"),
        (None, NOON, "cancelled", NOON + 9 * HOUR, "cancelled"),
    ],
)
def test_what_became_of_an_order(
    claimed: datetime | None, closed: datetime | None, outcome: str, now: datetime, state: str
) -> None:
    order = Order(NOON + HOUR, claimed, closed, outcome)
    assert state_of(order, now) == state
    assert orders_of([order], now)[state] == 1


def test_checks_come_by_the_share_of_communities() -> None:
    found = lost_of({("A", "1"): (Titled({}), [100]), ("B", "2"): (Titled({}), [50, 50]), ("B", "3"): (Titled({}), [])},
                    {"A": 10, "B": 40})  # fmt: skip
    assert [(one.code, one.share, one.points) for one in found] == [("1", "10.0", 100), ("2", "5.0", 100)]
    assert percent(1, 0) == "0.0"


@pytest.fixture
def round_(db: None, people: People, at: datetime) -> Round:
    found = judged.in_review(people, at, judged.register(40, at))
    decided(found, people, at)
    return found


@pytest.mark.django_db
def test_every_figure_is_what_counting_the_rows_gives(round_: Round, at: datetime) -> None:
    found = report_of(round_, at)
    assert found is not None
    figures, results = found.figures, list(found.decided.results.select_related("replay__scheme"))
    assert figures.communities == 40 == sum(one.count for one in figures.classes)
    assert figures.assessed == sum(result.total is not None for result in results)
    assert sum(count for _why, count in figures.absent) == figures.not_assessed
    assert sum(count for _title, count in figures.tiers) == 40
    assert len(list(sentences(figures, found.scheme.classes))) >= 4


@pytest.mark.django_db
def test_every_sentence_and_every_number_of_the_page_leads_to_its_rows(
    round_: Round, people: People, signed_in: SignedIn, at: datetime
) -> None:
    for number in range(2):
        client, url = signed_in("officer"), f"/assessments/rounds/{round_.pk}/report/"
        page = client.get(url).content.decode()
        found = report_of(round_, at)
        assert found is not None
        links = [link for _sentence, link in linked(found)]
        assert len(links) == len(list(sentences(found.figures, found.scheme.classes)))
        for link in links:
            assert client.get(link, follow=True).status_code == 200
            assert f'href="{escape(link)}"' in page
        cells = re.findall(r'<(?:td|dd)[^>]*class="num"[^>]*>(.*?)</td>|<dd>(.*?)</dd>', page)
        bare = [
            cell
            for one in cells
            if re.search(r"[1-9]", re.sub("<[^>]*>", "", cell := "".join(one))) and "<a " not in cell
        ]
        assert not bare, number
        published(round_, people, at) if number == 0 else None


@pytest.mark.django_db
def test_the_points_lost_are_those_of_the_accounts(round_: Round, at: datetime) -> None:
    """Each result's lines, added up by check, are what the report says of the check."""
    found = report_of(round_, at)
    assert found is not None
    told: dict[tuple[str, str], list[int]] = {}
    for result in found.decided.results.filter(total__isnull=False).select_related("replay__scheme"):
        by_check: dict[str, int] = {}
        for line in worked_out(result).account.lines:
            if line.kind.value == "deduction" and line.points:
                by_check[line.code] = by_check.get(line.code, 0) - line.points
        for code, points in by_check.items():
            told.setdefault((result.class_code, code), []).append(points)
    assert {(one.class_code, one.code): (one.communities, one.points) for one in found.figures.lost} == {
        key: (len(points), sum(points)) for key, points in told.items()
    }
    first = found.figures.lost[0]
    assert len(losers(found.decided, first.class_code, first.code)) == first.communities


@pytest.mark.django_db
def test_what_was_lost_is_kept_with_the_decision_and_read_from_there(
    round_: Round, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided_ = Replay.objects.get(round=round_, purpose="decision")
    before = reports.losses_of(decided_)
    reports._losses.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(reports, "losses_of", lambda _decided: pytest.fail("worked out on request"))
        first = report_of(round_, at)
        assert reports._losses(decided_.pk, decided_.results_root) == before
    assert before
    KeptLosses.objects.all().delete()
    reports._losses.cache_clear()
    again = report_of(round_, at)
    assert first is not None
    assert again is not None
    assert again.figures == first.figures
    for _again in range(2):
        keep_losses(replay=decided_, by=None, at=at)
    reports._losses.cache_clear()
    assert KeptLosses.objects.count() == 1
    assert reports._losses(decided_.pk, decided_.results_root) == before


def published(round_: Round, people: People, at: datetime) -> tuple[Edition, str]:
    """An edition in which one community stands elsewhere than was decided; and the tier it was decided for."""
    replay = Replay.objects.get(round=round_, purpose="decision")
    edition = Edition.objects.create(
        round=round_, number=1, replay=replay, rows_root="0" * 64, published_by=people["director"], published_at=at
    )
    spared = ""
    for result in replay.results.select_related("entry"):
        assert result.entry is not None
        moved = not spared and result.tier == "ORDINARY"
        spared = spared or (result.tier if moved else "")
        Listed.objects.create(
            edition=edition, entry=result.entry, index=result.index, class_code=result.class_code,
            tier="WATCH" if moved else result.tier, decided_tier=result.tier, base=result.base, total=result.total,
            standing=result.standing, leaf="0" * 64, reasons=[keep(Reason("tested", "spared"))] if moved else [],
        )  # fmt: skip
    assert spared
    return edition, spared


@pytest.mark.django_db
def test_a_published_list_counts_as_it_was_published(round_: Round, people: People, at: datetime) -> None:
    def tiers() -> dict[str, int]:
        found = report_of(round_, at)
        assert found is not None
        return {code: found.figures.tiers[place][1] for place, code in
                enumerate(tier.code for tier in found.scheme.list_rules.tiers)}  # fmt: skip

    before = tiers()
    published(round_, people, at)
    assert tiers() == before | {"WATCH": before["WATCH"] + 1, "ORDINARY": before["ORDINARY"] - 1}


PAGES = ("round-report", "report-orders", "report-disputes")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["administrator", "director", "officer", "auditor"])
def test_who_reads_what(round_: Round, signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    for name in PAGES:
        assert client.get(reverse(f"assessments:{name}", args=[round_.pk])).status_code == 200
    alarms = client.get(reverse("assessments:round-alarms", args=[round_.pk])).status_code
    assert alarms == (200 if role in {"director", "auditor"} else 403)


@pytest.mark.django_db
def test_every_link_of_the_report_answers(round_: Round, people: People, signed_in: SignedIn, at: datetime) -> None:
    client = signed_in("director")
    address = reverse("assessments:round-report", args=[round_.pk])
    for _ in range(2):
        page = client.get(address).content.decode()
        links = set(re.findall(r'href="(/assessments/[^"]+)"', page))
        assert any("/report/checks/" in link for link in links)
        for link in sorted(links):
            assert client.get(link.replace("&amp;", "&")).status_code == 200, link
        if not Edition.objects.exists():
            published(round_, people, at)
    assert "/report/listed/?tier=RED" in page
    assert "tier=&" not in page
    assert 'tier="' not in page
    assert "<title id=" in page
    assert "<desc id=" in page
    assert "<script" not in page.split("<article")[1].split("</article>")[0]


@pytest.mark.django_db
def test_before_the_decision_it_leads_to_what_the_decision_waits_for(
    people: People, signed_in: SignedIn, at: datetime
) -> None:
    found = judged.in_review(people, at, judged.register(3, at))
    client, result = signed_in("director"), reverse("assessments:round-result", args=[found.pk])
    for name in ("round-report", "round-alarms", "report-listed"):
        assert client.get(reverse(f"assessments:{name}", args=[found.pk])).headers["Location"] == result
    check = reverse("assessments:report-check", args=[found.pk, "A", "A1.1"])
    assert client.get(check).headers["Location"] == result
    assert client.get(check.replace("A1.1", "Z9")).status_code == 404


@pytest.mark.django_db
def test_it_costs_as_many_statements_for_few_as_for_more(people: People, signed_in: SignedIn, at: datetime) -> None:
    costs = []
    client = signed_in("director")
    for count, code, year in ((12, "2024-1", 2024), (12, "2024-2", 2025), (60, "2024-3", 2026)):
        few = judged.register(count, at, start=1000 * (year - 2024))
        found = judged.in_review(people, at, few, code=code, first_day=date(year, 1, 1))
        decided(found, people, at)
        for name in ("round-report", "round-alarms"):
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert client.get(reverse(f"assessments:{name}", args=[found.pk])).status_code == 200
            costs.append(len(caught))
    assert costs[2:4] == costs[4:]  # both have a round before them
    assert max(costs) <= 40


COLUMN = re.compile(r'<a href="([^"]+)" aria-label="([^"]+): (\d+)"><rect class="column"')
ROW = re.compile(r'<th scope="row"')


@pytest.mark.django_db
@pytest.mark.parametrize("shown", [False, True])
def test_every_column_of_a_picture_leads_to_as_many_rows_as_it_counts(
    round_: Round, people: People, signed_in: SignedIn, at: datetime, shown: bool
) -> None:
    if shown:
        published(round_, people, at)
    client = signed_in("officer")
    page = client.get(f"/assessments/rounds/{round_.pk}/report/").content.decode()
    found = COLUMN.findall(page)
    figures = report_of(round_, at).figures  # type: ignore[union-attr]
    assert [int(count) for _, _, count in found] == [
        one.count for part in figures.classes for one in part.bins if one.count
    ]
    assert ("listed" in found[0][0]) is shown
    for link, _label, count in found:
        rows = client.get(link.replace("&amp;", "&")).content.decode()
        assert len(ROW.findall(rows.partition("<tbody>")[2])) == int(count), link
