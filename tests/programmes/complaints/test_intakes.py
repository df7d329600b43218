"""Files of the hotline: what is refused, what is kept, and that a file twice is a file once."""

import gzip
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as drawing
from hypothesis import strategies as st
from tests.programmes.complaints.conftest import (
    CANARY_CARD,
    CANARY_NAME,
    CANARY_PHONE,
    People,
    SignedIn,
    decided,
    hand_in,
    later,
    ranked,
    row,
    table,
    take_in,
)
from tests.programmes.complaints.test_flow import FIRST, LAST

from mingjing.engine.outcome import Refusal
from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.places.models import Area, Site
from mingjing.kernel.rulebooks.models import Version
from mingjing.kernel.tables import write_xlsx
from mingjing.programmes.complaints.actions.editions import begin_check, open_edition
from mingjing.programmes.complaints.actions.intakes import approve_intake, discard_intake
from mingjing.programmes.complaints.actions.objections import file_objection
from mingjing.programmes.complaints.models import Complaint

ALL = [row(n) for n in range(1, 6)]


def test_gb18030_utf8_and_workbooks_say_the_same(
    area: Area, sites: dict[str, Site], at: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "hotline.xlsx"
    write_xlsx(path, [list(ALL[0]), *(list(one.values()) for one in ALL)])
    digests = {
        hand_in(area, table(ALL), None, at).counts["lines"],
        hand_in(area, table(ALL, "gb18030"), None, at).counts["lines"],
        hand_in(area, BytesIO(gzip.compress(table(ALL).read())), None, at, "hotline.csv.gz").counts["lines"],
        hand_in(area, BytesIO(path.read_bytes()), None, at, "hotline.xlsx").counts["lines"],
    }
    assert len(digests) == 1


def test_every_bad_row_is_named_and_nothing_is_kept(area: Area, sites: dict[str, Site], at: datetime) -> None:
    bad = [
        row(1), row(2, 工单编号=""), row(3, opened="2024-07-03") | {"来电时间": "昨天"}, row(4, 办结时间="2024-01-01"),
        row(5, 是否有效="也许"), row(1), row(7, 小区名称="长" * 201),
    ]  # fmt: skip
    intake = hand_in(area, table(bad), None, at)
    assert intake.state == "failed"
    assert [(problem.code, problem.row) for problem in intake.told_problems] == [
        ("record.no_number", 3), ("cell.not_a_day", 4), ("record.closed_before", 5), ("record.unknown_word", 6),
        ("record.repeated_number", 7), ("record.too_long", 8),
    ]  # fmt: skip
    assert not intake.lines.exists()
    assert not Complaint.objects.exists()


def test_of_many_bad_rows_the_first_are_told_and_all_are_counted(
    area: Area, sites: dict[str, Site], at: datetime
) -> None:
    intake = hand_in(area, table([row(n, 是否有效="也许") for n in range(1, 251)]), None, at)
    *first, more = intake.told_problems
    assert [problem.row for problem in first] == list(range(2, 202))
    assert more.params["count"] == 250
    assert Fact.objects.get(kind="complaints.intake.failed").values["problems"] == 250


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "tables.empty"), (b"a,b\n1,2\n", "mapping.column"), (b"\x00\x01\x02" * 50, "tables.zero_byte"),
     (b'a,b\n"1,2\n', "mapping.column")],
)  # fmt: skip
def test_what_is_no_table_of_the_hotline_is_refused_at_the_door(
    area: Area, at: datetime, content: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        hand_in(area, BytesIO(content), None, at)
    assert code in {problem.code for problem in refused.value.problems}
    assert not Fact.objects.filter(kind__startswith="complaints.").exists()


def test_a_row_that_does_not_fit_the_header_is_refused_at_the_door(area: Area, at: datetime) -> None:
    content = table(ALL).read() + b"1,2,3\n"
    with pytest.raises(Refusal) as refused:
        hand_in(area, BytesIO(content), None, at)
    assert [(problem.code, problem.row) for problem in refused.value.problems] == [("tables.ragged", 7)]


def test_a_later_file_changes_what_the_hotline_says_and_no_decision(
    area: Area, sites: dict[str, Site], rules: Version, people: People
) -> None:
    take_in(area, [row(1, 办结时间=""), row(2, "别名小区")], None, timezone.now())
    decided(people["officer"], timezone.now())
    intake = take_in(area, [row(1), row(2, "东方名苑"), row(3)], None, timezone.now())
    assert (intake.counts["added"], intake.counts["changed"]) == (1, 2)
    one, two = Complaint.objects.get(number="W1"), Complaint.objects.get(number="W2")
    assert (one.validity, one.duty, one.closed_on is None) == ("valid", "company", False)
    assert two.site == sites["东方名苑"]
    assert intake.lines.get(number="W1").before == {"closed": None}


def test_of_two_previews_the_second_is_stale(area: Area, sites: dict[str, Site], people: People) -> None:
    first, second = (hand_in(area, table(ALL), None, timezone.now()) for _time in range(2))
    approve_intake(intake=first, by=people["officer"], at=timezone.now())
    with pytest.raises(Refusal) as refused:
        approve_intake(intake=second, by=people["officer"], at=timezone.now())
    assert refused.value.problems[0].code == "intake.another"
    drain()
    with pytest.raises(Refusal) as refused:
        approve_intake(intake=second, by=people["officer"], at=timezone.now())
    assert refused.value.problems[0].code == "intake.stale"
    discard_intake(intake=second, by=people["officer"], at=timezone.now())
    assert Complaint.objects.count() == len(ALL)


numbers = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from(["桂花花园", "东方名苑", "没有的小区"]), st.integers(1, 28)),
    min_size=1, max_size=12, unique_by=lambda one: one[0],
)  # fmt: skip


@pytest.mark.django_db
@given(numbers)
@drawing(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_file_twice_is_a_file_once(area: Area, sites: dict[str, Site], found: list[tuple[int, str, int]]) -> None:
    rows = [row(number, name, f"2024-07-{day:02d}") for number, name, day in found]

    def stands() -> list[tuple[object, ...]]:
        return list(Complaint.objects.order_by("number").values_list("number", "digest", "site", "caller", "opened_on"))

    take_in(area, rows, None, timezone.now())
    once = stands()
    again = hand_in(area, table(rows[::-1]), None, timezone.now())
    assert (again.counts["added"], again.counts["changed"]) == (0, 0)
    approve_intake(intake=again, by=None, at=timezone.now())
    drain()
    assert stands() == once


CANARIES = (CANARY_NAME, CANARY_PHONE, CANARY_CARD, "13907330417"[-8:])


def planted() -> list[dict[str, str]]:
    told = f"{CANARY_NAME}（{CANARY_PHONE}，身份证{CANARY_CARD}）反映电梯停运"
    rows = [row(n, opened=f"2024-07-{n:02d}", 来电人=CANARY_NAME, 联系电话=CANARY_PHONE, 诉求内容=told,
                详细地址=f"{CANARY_NAME}家，电话{CANARY_PHONE}") for n in (1, 2)]  # fmt: skip
    return rows + [row(n, opened=f"2024-07-{n:02d}", 诉求内容=told, 来电人=CANARY_NAME) for n in range(3, 9)]


def test_nobody_who_called_is_found_anywhere(
    area: Area, sites: dict[str, Site], rules: Version, people: People, signed_in: SignedIn
) -> None:
    intake = take_in(area, planted(), people["officer"], timezone.now())
    pages = [reverse("complaints:intake-lines", args=[intake.pk, "added"])]
    decided(people["officer"], timezone.now())
    edition = ranked(open_edition(area=area, first_day=FIRST, last_day=LAST, by=None, at=timezone.now()))
    begin_check(edition=edition, by=None, at=timezone.now())
    edition.refresh_from_db()
    one = Complaint.objects.earliest("pk")
    objection = file_objection(edition=edition, complaint=one, claims="invalid", statement="不实", document="",
                               by=people["officer"], at=timezone.now())  # fmt: skip
    pages += [reverse(f"complaints:{name}") for name in ("complaints", "intakes", "editions", "rules")]
    pages += [reverse("complaints:intake", args=[intake.pk]), "/ledger/", "/jobs/", "/"]
    pages += [
        reverse(f"complaints:{name}", args=[edition.pk]) for name in ("edition", "edition-unranked", "objections")
    ]
    pages += [reverse("complaints:edition-row", args=[edition.pk, one.site_id])]
    pages += [reverse("complaints:objection", args=[edition.pk, objection.pk])]
    pages += [reverse("complaints:edition-export", args=[edition.pk, form]) for form in ("csv", "json", "xlsx")]
    pages += [reverse("complaints:complaint", args=[each.pk]) for each in Complaint.objects.all()]
    client = signed_in("director")
    for page in pages:
        text = opened(client, page)
        assert not [canary for canary in CANARIES if canary in text], page
    assert len({each.caller for each in Complaint.objects.filter(number__in=("W1", "W2"))}) == 1


def opened(client: Client, page: str) -> str:
    answer = client.get(page)
    assert answer.status_code == 200, page
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if page.endswith("xlsx"):
        return unzipped(raw)
    return str(raw.decode("utf-8"))


def unzipped(raw: bytes) -> str:
    import zipfile

    with zipfile.ZipFile(BytesIO(raw)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_nobody_who_called_is_in_the_database_the_store_or_the_ledger(
    area: Area, sites: dict[str, Site], people: People
) -> None:
    take_in(area, planted(), people["officer"], timezone.now())
    stored = b"".join(path.read_bytes() for path in Path(settings.DATA_DIR).rglob("*") if path.is_file())
    assert stored
    from django.apps import apps

    rows = [repr(values) for model in apps.get_models() for values in model.objects.values_list()]
    kept = stored.decode("utf-8", "replace") + "".join(rows)
    assert "电梯停运" in kept
    assert not [canary for canary in CANARIES if canary in kept]


def test_another_installation_has_other_tokens(area: Area, sites: dict[str, Site], settings, at: datetime) -> None:  # type: ignore[no-untyped-def]
    take_in(area, [row(1)], None, timezone.now())
    ours = Complaint.objects.get().caller
    settings.SECRET_KEY = "another-secret-of-another-installation-0123456789"
    take_in(area, [row(1), row(2, 联系电话=row(1)["联系电话"])], None, later(timezone.now(), seconds=1))
    theirs = {one.caller for one in Complaint.objects.all()}
    assert len(theirs) == 1
    assert ours not in theirs
