"""An exhibit shows itself to whom its class, its area and its programme allow, and writes down who looked."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override
from PIL import Image
from tests.faces import district
from tests.kernel.evidence.photographs import photo

from mingjing.faces.ui.uploads import MOST_FILES, ExhibitsField
from mingjing.kernel import registry
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.actions import change_access, record_exhibit, withdraw_exhibit
from mingjing.kernel.evidence.models import Exhibit
from mingjing.kernel.evidence.queries import exhibits_of, exhibits_seen, summaries
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area

SUBJECT = "parties.organisation:7"
REASON = {"open-reason": "信访复核"}


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def record(people: dict[str, Person], at: datetime) -> Callable[..., Exhibit]:
    """Records a photo of its own each time, in Hetang."""
    count = iter(range(1, 36))

    def record_it(content: bytes | None = None, **changes: Any) -> Exhibit:
        usual = {
            "file": io.BytesIO(photo(colour=(7 * next(count), 9, 9), turned=6) if content is None else content),
            "file_name": "IMG_0001.JPG", "subject": SUBJECT, "area": Area.objects.get(code="430202"),
            "origin": "camera", "caption": "3栋消火栓无水", "by": people["officer"], "at": at,
        }  # fmt: skip
        return record_exhibit(**usual | changes)

    return record_it


def address(exhibit: Exhibit, part: str = "") -> str:
    return reverse(f"desk:exhibit{part and '-'}{part}", args=[exhibit.pk])


def held(exhibit: Exhibit) -> list[str]:
    return [line.kind for line in exhibit.custody.all()]


def content_of(response) -> bytes:
    """The body, read to its end as a browser does."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def status(response) -> int:
    content_of(response)
    return response.status_code


def test_the_page_says_what_the_exhibit_is(record, signed_in):
    exhibit = record()
    page = signed_in("officer").get(address(exhibit)).content.decode()
    for text in ("3栋消火栓无水", exhibit.sha256, "HUAWEI Mate 60", "27.85685, 113.17383", "±&nbsp;4.5&nbsp;m",
                 "Taken live in the app", "Claims of the device, not proof", "王科员"):  # fmt: skip
        assert text in page
    assert "Clocks differ" not in page
    assert held(exhibit) == ["recorded"], "what everybody may see is seen without a note"


def test_the_page_says_when_clock_and_satellites_differ_and_when_a_file_came_before(record, signed_in):
    content = photo(taken={0x9003: "2024:09:01 09:12:33", 0x9011: "+08:00"})
    record(content, subject="parties.organisation:8")
    page = signed_in("auditor").get(address(record(content))).content.decode()
    assert "Clocks differ" in page
    assert "already the evidence of 1 other matter." in page


def test_the_copy_is_upright_small_and_says_nothing_of_the_original(record, signed_in):
    exhibit = record(photo((2400, 1200), turned=6, comment=b"secret comment"))
    response = signed_in("officer").get(address(exhibit, "copy"))
    content = content_of(response)
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in response["Cache-Control"]
    image = Image.open(io.BytesIO(content))
    assert image.size == (800, 1600)
    assert not image.getexif()
    assert b"secret" not in content
    assert b"HUAWEI" not in content
    assert image.getpixel((400, 50))[0] < 60, "the darker half is on top now"
    small = Image.open(io.BytesIO(content_of(signed_in("officer").get(address(exhibit, "thumbnail")))))
    assert small.size == (160, 320)


def test_the_original_is_saved_never_shown_and_written_down(record, signed_in, people):
    exhibit = record(b"%PDF-1.7\n<script>", file_name="notice.html")
    response = signed_in("auditor").get(address(exhibit, "original"))
    assert response["Content-Disposition"] == 'attachment; filename="notice.html.pdf"'
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert content_of(response) == b"%PDF-1.7\n<script>"
    assert held(exhibit) == ["recorded", "downloaded"]
    assert Fact.objects.latest("seq").values["kind"] == "downloaded"
    assert status(signed_in("auditor").get(address(exhibit, "copy"))) == 404


@pytest.mark.parametrize("part", ["", "copy", "thumbnail", "original"])
def test_what_is_restricted_is_closed_to_the_administrator(record, signed_in, part):
    exhibit = record(access="restricted")
    assert status(signed_in("administrator").get(address(exhibit, part))) == 403
    assert held(exhibit) == ["recorded"]
    assert status(signed_in("officer").get(address(exhibit, part))) == 200


def test_a_look_at_what_is_restricted_is_written_down_once_while_it_lasts(record, signed_in):
    exhibit = record(access="restricted")
    officer, auditor = signed_in("officer"), signed_in("auditor")
    for part in ("", "copy", "", "copy"):
        assert status(officer.get(address(exhibit, part))) == 200
    assert status(auditor.get(address(exhibit, "copy"))) == 200
    assert held(exhibit) == ["recorded", "viewed", "viewed"]


@pytest.mark.parametrize("part", ["", "copy", "thumbnail", "original"])
@pytest.mark.parametrize("role", ["administrator", "officer"])
def test_what_is_sealed_is_closed_to_who_may_not_open_it(record, signed_in, role, part):
    exhibit = record(access="sealed")
    assert status(signed_in(role).get(address(exhibit, part))) == 403
    assert status(signed_in(role).post(address(exhibit, part), REASON)) in (403, 405)
    assert held(exhibit) == ["recorded"]


def test_a_seal_is_opened_with_a_reason_each_time(record, signed_in):
    exhibit, auditor = record(access="sealed"), signed_in("auditor")
    page = auditor.get(address(exhibit)).content.decode()
    assert "This exhibit is sealed." in page
    for hidden in ("消火栓", "HUAWEI", "27.85", "IMG_0001", address(exhibit, "thumbnail")):
        assert hidden not in page, "a seal hides what the file says too"
    assert status(auditor.get(address(exhibit, "copy"))) == 302
    assert status(auditor.get(address(exhibit, "original"))) == 302
    assert status(auditor.get(address(exhibit, "thumbnail"))) == 403
    assert status(auditor.post(address(exhibit, "copy"), {"open-reason": " "})) == 422
    assert held(exhibit) == ["recorded"]
    page = auditor.post(address(exhibit, "copy"), REASON).content.decode()
    for shown in ("data:image/jpeg;base64,", "消火栓", "HUAWEI", "信访复核"):
        assert shown in page
    assert "This exhibit is sealed." in auditor.get(address(exhibit)).content.decode(), "closed again at once"
    saved = auditor.post(address(exhibit, "original"), REASON)
    assert "attachment" in saved["Content-Disposition"]
    with store.open_original(exhibit.sha256) as file:
        assert content_of(saved) == file.read()
    assert held(exhibit) == ["recorded", "viewed", "downloaded"]
    assert [line.note for line in exhibit.custody.all()] == ["", "信访复核", "信访复核"]


def test_another_district_sees_nothing(record, client, at):
    exhibit = record()
    street = Area.objects.filter(parent__code="430202").first()
    elsewhere = district.staff("director", "外区主任", street, at, "elsewhere")
    client.force_login(elsewhere, "django.contrib.auth.backends.ModelBackend")
    for part in ("", "copy", "thumbnail", "original"):
        assert status(client.get(address(exhibit, part))) == 403
    assert not exhibits_seen(elsewhere, SUBJECT, at.date()).exists()


def closed(person: Person, subject: str, today: object) -> bool:
    return person.username == "auditor"


def test_a_programme_may_close_its_door_further(record, signed_in, people, at, monkeypatch):
    exhibit = record()
    owner = registry.owner_of(SUBJECT)
    changed = {field: getattr(owner, field) for field in owner.__dataclass_fields__} | {
        "evidence_door": f"{__name__}.closed"
    }
    monkeypatch.setattr("mingjing.kernel.evidence.access.import_string", lambda path: closed)
    monkeypatch.setitem(registry._registry.manifests, "parties", registry.Manifest(**changed))
    for part in ("", "copy", "thumbnail", "original"):
        assert status(signed_in("director").get(address(exhibit, part))) == 403
        assert status(signed_in("auditor").get(address(exhibit, part))) == 200
    assert not exhibits_seen(people["director"], [SUBJECT], at.date()).exists()
    assert list(exhibits_seen(people["auditor"], [SUBJECT], at.date())) == [exhibit]


def test_verifying_says_so_and_damage_is_loud(record, signed_in):
    exhibit, officer = record(), signed_in("officer")
    page = officer.post(address(exhibit, "verification"), follow=True).content.decode()
    assert "exactly what was recorded" in page
    store.path_of(exhibit.sha256).write_bytes(b"forged")
    response = officer.get(address(exhibit, "original"), follow=True)
    page = response.content.decode()
    assert "The original is NOT what was recorded" in page
    assert "The original is damaged or missing." in page
    assert held(exhibit) == ["recorded", "verified", "downloaded", "damaged"]
    assert status(officer.get(address(exhibit, "copy"))) == 404, "no copy is made of what is damaged"


def test_access_is_changed_and_exhibits_are_withdrawn_with_a_reason(record, signed_in, people):
    exhibit, officer = record(), signed_in("officer")
    change = {"access-access": "restricted", "access-reason": ""}
    assert status(officer.post(address(exhibit, "access"), change)) == 422
    assert status(officer.post(address(exhibit, "access"), change | {"access-reason": "有车牌"})) == 302
    exhibit.refresh_from_db()
    assert exhibit.access == "restricted"
    page = officer.post(address(exhibit, "withdrawal"), {"withdraw-reason": "重复"}, follow=True).content.decode()
    assert "Withdrawn" in page
    assert "Change who may see it" not in page
    assert status(officer.post(address(exhibit, "withdrawal"), {"withdraw-reason": "again"})) == 422
    assert status(signed_in("auditor").post(address(exhibit, "withdrawal"), {"withdraw-reason": "x"})) == 403


def test_who_seals_what_they_may_not_open_is_sent_home(record, signed_in):
    exhibit = record()
    seal = {"access-access": "sealed", "access-reason": "信访人要求"}
    response = signed_in("officer").post(address(exhibit, "access"), seal)
    assert response["Location"] == reverse("desk:home")


def test_the_strip_shows_thumbnails_to_whom_they_are_open(record, people, at):
    open_one, closed_one = record(caption="大门"), record(access="restricted", caption="车牌")
    paper = record(b"%PDF-1.7", file_name="合同.pdf", caption="")
    record(access="sealed", caption="孩子")
    for role, seen in (("administrator", {open_one, paper}), ("officer", {open_one, closed_one, paper})):
        found = exhibits_seen(people[role], SUBJECT, at.date())
        assert set(found) == seen
        html = render_to_string("desk/exhibits.html", {"exhibits": found, "hidden": 4 - len(seen)})
        for exhibit in (open_one, closed_one):
            assert (address(exhibit, "thumbnail") in html) == (exhibit in seen)
        assert "合同.pdf" in html
        assert "孩子" not in html
    with override("en"):
        assert "No evidence yet." in render_to_string("desk/exhibits.html", {"exhibits": []})


@pytest.mark.parametrize("count", [2, 12])
def test_lists_cost_the_same_however_many_exhibits(record, people, at, django_assert_num_queries, count):
    subjects = [f"parties.organisation:{number}" for number in range(count)]
    for subject in subjects:
        record(subject=subject)
    withdraw_exhibit(exhibit=exhibits_of(subjects[0]).get(), reason="误传", by=None, at=at)
    change_access(exhibit=exhibits_of(subjects[1]).get(), access="sealed", reason="x", by=None, at=at)
    with django_assert_num_queries(1):
        found = summaries([*subjects, "parties.organisation:999"])
    assert [found[subject].standing for subject in subjects[:2]] == [0, 1]
    assert (found[subjects[0]].withdrawn, found[subjects[1]].closed) == (1, 1)
    assert found["parties.organisation:999"].standing == 0
    with django_assert_num_queries(2):  # the roles of the person, and the exhibits
        assert len(exhibits_seen(people["officer"], subjects, at.date())) == count - 2
    assert len(exhibits_seen(people["director"], subjects, at.date(), withdrawn=True)) == count


@pytest.mark.parametrize("lines", [1, 40])
def test_the_page_costs_the_same_however_long_its_custody(
    record, signed_in, people, at, django_assert_max_num_queries, lines
):
    exhibit = record()
    exhibit.custody.bulk_create(
        exhibit.custody.model(exhibit=exhibit, kind="downloaded", by=people["officer"], at=at) for _ in range(lines)
    )
    client = signed_in("officer")
    client.get(address(exhibit))
    with django_assert_max_num_queries(13):
        client.get(address(exhibit))


def test_the_upload_field_takes_several_files_and_says_when_there_are_too_many():
    files = [SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(MOST_FILES + 1)]
    field = ExhibitsField(capture=True)
    html = field.widget.render("evidence", None)
    for part in ("multiple", 'capture="environment"', "image/*", ".pdf"):
        assert part in html
    taken = field.widget.value_from_datadict({}, MultiValueDict({"evidence": files[:3]}), "evidence")
    assert [file.name for file in field.clean(taken)] == ["0.jpg", "1.jpg", "2.jpg"]
    with override("en"), pytest.raises(ValidationError, match="31 files; send at most 30"):
        field.clean(files)
    assert ExhibitsField(required=False).clean([]) == []
