"""The register and its rosters in the browser: found, shown, handed in, approved; the same queries at any length."""

import re
from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.faces import district
from tests.programmes.assessments.conftest import SignedIn
from tests.programmes.assessments.rostering import ROWS, hand_in, registered, table

from mingjing.kernel.jobs.worker import drain
from mingjing.kernel.parties.models import Person
from mingjing.kernel.tables import read_table
from mingjing.programmes.assessments.actions.communities import remove_community
from mingjing.programmes.assessments.models import Community, Roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(people: dict[str, Person], at: datetime) -> Person:
    district.companies(1, at)
    return people["officer"]


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, response.content.decode()[:500]
    return re.sub(r"\s+", " ", response.content.decode())


class TestRegister:
    @pytest.mark.parametrize("wanted", ["桂花", "guihua", "ghy", "HT-001", "ht-001"])
    def test_a_community_is_found_by_any_of_its_names(
        self, officer: Person, signed_in: SignedIn, at: datetime, wanted: str
    ) -> None:
        registered(officer, at)
        page = text_of(signed_in("auditor"), f"/assessments/communities/?q={wanted}")
        assert "桂花苑" in page
        assert "东湖小区" not in page

    @pytest.mark.parametrize(
        ("asked", "names"),
        [
            ("", {"桂花苑", "东湖小区", "自在园"}),
            ("management=self", {"自在园"}),
            ("company=known", {"桂花苑"}),
            ("company=unknown", {"东湖小区"}),
            ("street=430202002", {"自在园"}),
            ("state=removed", set()),
            ("order=name", {"桂花苑", "东湖小区", "自在园"}),
            ("order=changed&street=nothing", {"桂花苑", "东湖小区", "自在园"}),
        ],
    )
    def test_the_list_is_narrowed(
        self, officer: Person, signed_in: SignedIn, at: datetime, asked: str, names: set[str]
    ) -> None:
        registered(officer, at)
        page = text_of(signed_in("officer"), f"/assessments/communities/?{asked}")
        assert {name for name in ("桂花苑", "东湖小区", "自在园") if name in page} == names

    def test_the_page_of_a_community_tells_what_is_known(
        self, officer: Person, signed_in: SignedIn, at: datetime
    ) -> None:
        first, *_ = registered(officer, at)
        page = text_of(signed_in("auditor"), f"/assessments/communities/{first.pk}/")
        for told in ("桂花苑", "0.3–0.5", "860", "62000", "示例物业服务有限公司000", "文化路社区居委会"):
            assert told in page
        assert "Take off the register" not in page

    def test_taking_one_off_asks_for_the_reason(self, officer: Person, signed_in: SignedIn, at: datetime) -> None:
        first, *_ = registered(officer, at)
        client = signed_in("officer")
        path = f"/assessments/communities/{first.pk}/removal/"
        assert client.post(path, {"reason": ""}).status_code == 422
        assert client.post(path, {"reason": "整体拆迁"}).status_code == 302
        assert "整体拆迁" in text_of(client, f"/assessments/communities/{first.pk}/")
        assert "桂花苑" not in text_of(client, "/assessments/communities/")
        client.post(f"/assessments/communities/{first.pk}/return/", {"reason": "未拆"})
        assert Community.objects.current().count() == 3

    def test_an_auditor_changes_nothing(self, officer: Person, signed_in: SignedIn, at: datetime) -> None:
        first, *_ = registered(officer, at)
        roster = hand_in(table(ROWS[0]), officer, at)
        client = signed_in("auditor")
        for path in (f"communities/{first.pk}/removal/", f"rosters/{roster.pk}/approval/", "add-roster/"):
            assert client.post(f"/assessments/{path}", {"reason": "x"}).status_code == 403

    def test_another_district_sees_none_of_it(
        self, officer: Person, signed_in: SignedIn, people: dict[str, Person], at: datetime
    ) -> None:
        from mingjing.kernel.places.models import Area

        first, *_ = registered(officer, at)
        roster = hand_in(table(*ROWS), officer, at)
        other = district.staff("officer", "外区", Area.objects.get(code="430203"), at, "outsider")
        client = Client()
        client.force_login(other, "django.contrib.auth.backends.ModelBackend")
        assert "桂花苑" not in text_of(client, "/assessments/communities/")
        assert roster.file_name not in text_of(client, "/assessments/rosters/")
        for path in (f"communities/{first.pk}/", f"rosters/{roster.pk}/", f"rosters/{roster.pk}/same/"):
            assert client.get(f"/assessments/{path}").status_code == 403
        content = {"area": "430202", "file": SimpleUploadedFile("r.csv", table(*ROWS).encode())}
        assert client.post("/assessments/add-roster/", content).status_code == 422

    def test_lists_cost_the_same_at_any_length(self, officer: Person, signed_in: SignedIn, at: datetime) -> None:
        def cost(path: str) -> int:
            client = signed_in("officer")
            client.get(path)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(path).status_code == 200
            return len(seen)

        registered(officer, at, *(f"A-{n},小区{n},,文化路社区,物业{n},,,,,," for n in range(2)))
        roster = hand_in(table(*(f"A-{n},小区{n},,东湖社区,物业{n},,,9,,," for n in range(2))), officer, at)
        paths = ["communities/", *(f"rosters/{{}}/{kind}" for kind in ("", "added/", "changed/", "warned/", "absent/"))]
        few = [cost("/assessments/" + path.format(roster.pk)) for path in paths]
        registered(officer, at, *(f"B-{n},小区{n}号,,文化路社区,物业{n},,,,,," for n in range(60)))
        more = table(*(f"B-{n},小区{n}号,,东湖社区,物业{n}号,,,9,,," for n in range(60)))
        roster = hand_in(more, officer, at)
        assert [cost("/assessments/" + path.format(roster.pk)) for path in paths] == few


class TestRosters:
    def test_handing_in_looking_and_approving(self, officer: Person, signed_in: SignedIn) -> None:
        client = signed_in("officer")
        assert "Hand in a roster" in text_of(client, "/assessments/add-roster/")
        content = {"area": "430202", "file": SimpleUploadedFile("名册.csv", table(*ROWS).encode())}
        response = client.post("/assessments/add-roster/", content)
        roster = Roster.objects.get()
        page = f"/assessments/rosters/{roster.pk}/"
        assert response.headers["Location"] == page
        assert "Waiting for the background work" in text_of(client, page)
        drain()
        assert "Approve: 3 new, 0 changed" in text_of(client, page)
        assert "桂花苑" in text_of(client, f"{page}added/")
        assert "approximate" in text_of(client, f"{page}warned/")
        assert client.post(f"{page}approval/").headers["Location"] == page
        assert "as a whole" in text_of(client, page) or "Waiting" in text_of(client, page)
        drain()
        assert "The register was brought up to date" in text_of(client, page)
        assert client.post(f"{page}approval/", follow=True).status_code == 200
        assert Community.objects.count() == 3

    def test_the_same_file_again_has_nothing_to_approve(
        self, officer: Person, signed_in: SignedIn, at: datetime
    ) -> None:
        registered(officer, at)
        roster = hand_in(table(*ROWS), officer, at)
        page = text_of(signed_in("officer"), f"/assessments/rosters/{roster.pk}/")
        assert "0 new, 0 changed" in page
        assert "approval/" not in page

    def test_changes_read_from_what_to_what(self, officer: Person, signed_in: SignedIn, at: datetime) -> None:
        registered(officer, at)
        roster = hand_in(table("HT-001,桂花新苑,,东湖社区,,,,0.6,,,"), officer, at)
        client, path = signed_in("officer"), f"/assessments/rosters/{roster.pk}/"
        page = text_of(client, f"{path}changed/")
        assert 'Lowest fee: <span class="soft">0.3</span> → <strong>0.6</strong>' in page
        assert "文化路社区居委会</span> → <strong>月塘街道 东湖社区居委会" in page
        refused = client.post(f"{path}approval/", follow=True).content.decode()
        assert "confirm that they are the same" in refused
        client.post(f"{path}approval/", {"renames_confirmed": "on"})
        drain()
        assert Community.objects.get(number="HT-001").name == "桂花新苑"

    def test_problems_are_listed_with_their_places_in_the_readers_language(
        self, officer: Person, signed_in: SignedIn, at: datetime
    ) -> None:
        roster = hand_in(table("HT-001,桂花苑,,没有的社区,,,08年,,,,"), officer, at)
        client, path = signed_in("officer"), f"/assessments/rosters/{roster.pk}/"
        page = text_of(client, path)
        assert "row 2, column 竣工年份" in page
        assert "Nothing was changed" in page
        chinese = client.get(path, headers={"accept-language": "zh-hans"}).content.decode()
        assert "第 2 行" in chinese

    def test_a_stale_preview_offers_to_read_the_file_again(
        self, officer: Person, signed_in: SignedIn, at: datetime
    ) -> None:
        first, *_ = registered(officer, at)
        roster = hand_in(table("HT-001,桂花苑,,,,,,0.9,,,"), officer, at)
        remove_community(community=first, reason="拆迁", by=officer, at=timezone.now())
        client = signed_in("officer")
        page = text_of(client, f"/assessments/rosters/{roster.pk}/")
        assert "The register has changed" in page
        assert "approval/" not in page
        client.post(f"/assessments/rosters/{roster.pk}/reading/")
        drain()
        assert Roster.objects.latest("pk").state == "previewed"

    def test_discarding_leaves_the_register_alone(self, officer: Person, signed_in: SignedIn, at: datetime) -> None:
        roster = hand_in(table(*ROWS), officer, at)
        client = signed_in("officer")
        client.post(f"/assessments/rosters/{roster.pk}/discarding/")
        assert Roster.objects.get().state == "discarded"
        assert not Community.objects.exists()

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_the_template_reads_back_and_its_example_is_left_out(
        self, officer: Person, hetang: object, signed_in: SignedIn, at: datetime, language: str
    ) -> None:
        response = signed_in("officer").get(
            "/assessments/roster-template/430202/", headers={"accept-language": language}
        )
        content = BytesIO(response.content)
        with read_table(content, name="t.xlsx") as template:
            assert len(list(template.rows)) == 1
        from mingjing.kernel.places.models import Area
        from mingjing.programmes.assessments.queries.rosters import Reading, read_lines

        reading = Reading(Area.objects.get(code="430202"), at.date())
        assert list(read_lines(content, "t.xlsx", reading)) == [[]]
        assert not reading.log.count
        assert reading.unread == ()
