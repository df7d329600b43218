"""Evidence is kept as it came, once for each thing it belongs to, and every hand it passes through is written down."""

import hashlib
import io
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from mingjing.engine.outcome import Refusal
from mingjing.kernel.evidence import store
from mingjing.kernel.evidence.actions import (
    change_access,
    note_custody,
    record_exhibits,
    verify_exhibit,
    withdraw_exhibit,
)
from mingjing.kernel.evidence.models import Custody, Exhibit
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.places.models import Area

from .conftest import SUBJECT
from .photographs import photo

OTHER = "parties.organisation:8"


def last_fact() -> Fact:
    return Fact.objects.latest("seq")


def kept(folder) -> list[str]:
    return sorted(path.name for path in (folder / "originals").rglob("*") if path.is_file())


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_a_photo_is_kept_untouched_with_what_it_says_of_itself(record, officer, at):
    content = photo(turned=6)
    exhibit = record(content, caption="  消火栓\n无水 ")
    exhibit.refresh_from_db()
    digest = hashlib.sha256(content).hexdigest()
    assert (exhibit.sha256, exhibit.size, exhibit.media_type) == (digest, len(content), "image/jpeg")
    with store.open_original(digest, verified=True) as file:
        assert file.read() == content
    assert exhibit.taken_at == datetime.fromisoformat("2024-09-04T09:12:33+08:00")
    assert (exhibit.latitude, exhibit.longitude) == (Decimal("27.8568500"), Decimal("113.1738333"))
    assert exhibit.facts == {
        "width": 64, "height": 48, "orientation": 6, "make": "HUAWEI", "model": "Mate 60", "software": "5.0",
        "taken_offset": "written", "gps_accuracy": "4.5", "gps_at": "2024-09-04T01:12:30+00:00",
    }  # fmt: skip
    assert (exhibit.caption, exhibit.recorded_by, exhibit.recorded_at) == ("消火栓 无水", officer, at)


def test_recording_writes_one_line_of_custody_and_one_fact_without_names(record, officer, at):
    exhibit = record(file_name="王敏家门口.jpg", caption="王敏")
    (line,) = exhibit.custody.all()
    assert (line.kind, line.by, line.at) == ("recorded", officer, at)
    fact = last_fact()
    assert (fact.kind, fact.subject) == ("evidence.exhibit.recorded", f"evidence.exhibit:{exhibit.pk}")
    assert fact.values == {
        "sha256": exhibit.sha256, "size": exhibit.size, "of": SUBJECT, "origin": "camera", "access": "internal",
    }  # fmt: skip
    assert "王敏" not in fact.data
    assert fact.scope == exhibit.area.path


def test_the_same_bytes_twice_for_the_same_subject_are_refused_naming_the_first(record, data_dir):
    first = record(file_name="first.jpg")
    with pytest.raises(Refusal, match=r"first\.jpg, recorded on 2024-09-04") as refusal:
        record(file_name="second.jpg")
    assert codes(refusal) == ["evidence.duplicate"]
    assert refusal.value.problems[0].place == "second.jpg"
    assert list(Exhibit.objects.all()) == [first]
    assert kept(data_dir) == [first.sha256]


def test_a_withdrawn_photo_may_be_recorded_again(record, officer, at):
    first = record()
    withdraw_exhibit(exhibit=first, reason="拍错了单元", by=officer, at=at)
    assert record().pk != first.pk


def test_the_database_itself_keeps_an_original_once_per_subject(record):
    exhibit = record()
    exhibit.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        exhibit.save(force_insert=True)


def test_the_same_bytes_for_another_subject_are_kept_and_counted(record, officer, at):
    record()
    second, third = record(subject=OTHER), record(subject="parties.organisation:9")
    assert [exhibit.facts["seen_before"] for exhibit in (second, third)] == [1, 2]
    assert "seen_before" not in record(photo(colour=(1, 2, 3))).facts


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.jpg", "evidence.empty"),
        (b"MZ\x90\x00\x03" + bytes(60), "setup.jpg", "evidence.media_type"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "photo.png", "evidence.media_type"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "note.txt", "evidence.media_type"),
        (b"\xef\xbb\xbf  \n<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "a.txt", "evidence.media_type"),
        (b"#!/bin/sh\nrm -rf /\n", "list.csv", "evidence.media_type"),
        (b"GIF89a" + bytes(40), "a.gif", "evidence.media_type"),
        (b"PK\x03\x04 no archive at all", "a.xlsx", "evidence.media_type"),
        (b"name\x00value", "a.csv", "evidence.media_type"),
    ],
)
def test_what_runs_or_cannot_be_shown_is_refused_and_not_kept(record, data_dir, content, name, code):
    with pytest.raises(Refusal) as refusal:
        record(content, file_name=name)
    assert codes(refusal) == [code]
    assert refusal.value.problems[0].place == name
    assert not (data_dir / "originals").exists()
    assert not Exhibit.objects.exists()


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"%PDF-1.7\n%...", "notice.exe", "application/pdf"),
        ("楼栋,户数\n1栋,30\n".encode(), "roster.CSV", "text/csv"),
        ("楼栋 户数".encode("gb18030"), "note", "text/plain"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx",
         "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (archive("[Content_Types].xml", "word/document.xml"), "a.docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(30), "film.mp4", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A " + bytes(30), "talk.m4a", "audio/mp4"),
    ],
)  # fmt: skip
def test_documents_and_recordings_are_told_from_their_content(record, content, name, media_type):
    exhibit = record(content, file_name=name, origin="scan")
    assert (exhibit.media_type, exhibit.taken_at, exhibit.facts) == (media_type, None, {})


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "word/vbaProject.bin"])
def test_macros_are_refused(record, name):
    with pytest.raises(Refusal, match="not kept as evidence"):
        record(archive("[Content_Types].xml", "xl/workbook.xml", name), file_name="a.xlsx")


def test_a_file_of_200_megabytes_is_refused_without_being_read(record, data_dir, tmp_path):
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.write(b"\x00\x00\x00\x18ftypmp42")
        file.truncate(200 * 2**20)
    with path.open("rb") as file, pytest.raises(Refusal, match="has 200 MB; at most 64 MB") as refusal:
        record(file=file, file_name="film.mp4")
    assert codes(refusal) == ["evidence.file_size"]
    assert not (data_dir / "originals").exists()
    assert configured.EVIDENCE_LIMIT == 64 * 2**20


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\王\\照片.jpg", "照片.jpg"),
        ("a\x00b\u202egpj.exe", "a b gpj.exe"),
        ("x" * 400 + ".jpeg", "x" * 195 + ".jpeg"),
        ("", ""),
    ],
)
def test_names_of_files_are_only_names(record, given, name):
    assert record(file_name=given).file_name == name


def test_a_caption_is_not_cut_silently(record):
    with pytest.raises(Refusal, match="301 characters; at most 300"):
        record(caption="字" * 301)


@pytest.mark.parametrize("subject", ["nobody.visit:7", "assessments", "Assessments.visit:7", "parties.organisation:é"])
def test_a_subject_that_names_nothing_is_a_mistake_of_the_program(record, subject):
    with pytest.raises(ValueError, match="names nothing"):
        record(subject=subject)


def test_withdrawing_takes_a_reason_and_happens_once(record, people, at):
    exhibit = record()
    with pytest.raises(Refusal, match="Say why"):
        withdraw_exhibit(exhibit=exhibit, reason=" \n", by=people["director"], at=at)
    done = withdraw_exhibit(exhibit=exhibit, reason="拍到无关住户", by=people["director"], at=at)
    assert (done.withdrawn_by, done.withdrawal_reason) == (people["director"], "拍到无关住户")
    assert last_fact().kind == "evidence.exhibit.withdrawn"
    assert "住户" not in last_fact().data
    with pytest.raises(Refusal, match="was withdrawn"):
        withdraw_exhibit(exhibit=exhibit, reason="again", by=people["director"], at=at)
    with pytest.raises(Refusal, match="was withdrawn"):
        change_access(exhibit=exhibit, access="sealed", reason="again", by=people["director"], at=at)
    assert [line.kind for line in exhibit.custody.all()] == ["recorded", "withdrawn"]


def test_changing_access_is_written_down_with_its_reason(record, people, at):
    exhibit = record()
    changed = change_access(exhibit=exhibit, access="sealed", reason="拍到孩子的脸", by=people["director"], at=at)
    assert changed.access == "sealed"
    line = exhibit.custody.last()
    assert (line.kind, line.note) == ("reclassed", "拍到孩子的脸")
    assert last_fact().values == {"from": "internal", "to": "sealed", "of": SUBJECT}
    with pytest.raises(Refusal, match="has this access already"):
        change_access(exhibit=exhibit, access="sealed", reason="again", by=people["director"], at=at)


def test_a_look_is_a_line_of_custody_and_opening_a_seal_a_fact_with_a_reason(record, people, at):
    exhibit, sealed = record(access="restricted"), record(photo(colour=(9, 9, 9)), access="sealed")
    before = last_fact().seq
    note_custody(exhibit=exhibit, kind="viewed", by=people["auditor"], at=at)
    assert last_fact().seq == before
    note_custody(exhibit=exhibit, kind="downloaded", by=people["auditor"], at=at)
    assert last_fact().values["kind"] == "downloaded"
    with pytest.raises(Refusal, match="Say why"):
        note_custody(exhibit=sealed, kind="viewed", by=people["auditor"], at=at)
    note_custody(exhibit=sealed, kind="viewed", note="信访复核", by=people["auditor"], at=at)
    assert (last_fact().seq, last_fact().values["access"]) == (before + 2, "sealed")
    assert [line.note for line in sealed.custody.all()] == ["", "信访复核"]
    with pytest.raises(ValueError, match="written by the action"):
        note_custody(exhibit=exhibit, kind="verified", by=people["auditor"], at=at)


def test_verifying_says_whether_the_original_is_as_it_came(record, people, at):
    exhibit = record()
    assert verify_exhibit(exhibit=exhibit, by=people["auditor"], at=at)
    store.path_of(exhibit.sha256).write_bytes(b"forged")
    assert not verify_exhibit(exhibit=exhibit, by=people["auditor"], at=at)
    store.path_of(exhibit.sha256).unlink()
    assert not verify_exhibit(exhibit=exhibit, by=people["auditor"], at=at)
    assert [line.kind for line in exhibit.custody.all()] == ["recorded", "verified", "damaged", "damaged"]
    assert last_fact().kind == "evidence.exhibit.damaged"
    assert verify().whole


def test_what_an_exhibit_is_and_who_held_it_cannot_be_changed(record):
    exhibit = record()
    for change in ({"sha256": "0" * 64}, {"caption": "other"}, {"taken_at": None}, {"subject": OTHER}):
        with pytest.raises(IntegrityError, match="final"), transaction.atomic():
            Exhibit.objects.filter(pk=exhibit.pk).update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Custody.objects.update(note="nobody")


def test_a_file_that_changes_while_it_is_read_is_not_taken(record):
    class Forgetful(io.BytesIO):
        """Its content is another once it has been hashed."""

        def read(self, size=-1):
            chunk = super().read(size)
            if not chunk:
                self.getbuffer()[-1] ^= 1
            return chunk

    with pytest.raises(RuntimeError, match="changed while"):
        record(file=Forgetful(photo()))


@pytest.mark.parametrize("minutes", [0, 90])
def test_facts_of_evidence_keep_the_ledger_whole(record, officer, at, minutes):
    withdraw_exhibit(exhibit=record(), reason="误传", by=officer, at=at + timedelta(minutes=minutes))
    assert verify().whole


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_several_files_are_recorded_as_one_lot(officer, at):
    files = [sent(f"{number}.jpg", photo(colour=(40 * number, 0, 0))) for number in range(3)]
    area = Area.objects.get(code="430202")
    done = record_exhibits(files=files, subject=SUBJECT, area=area, origin="upload", by=officer, at=at)
    assert [exhibit.file_name for exhibit in done] == ["0.jpg", "1.jpg", "2.jpg"]
    assert list(Exhibit.objects.all()) == done


def test_a_lot_with_faults_is_refused_whole_and_every_fault_is_said(officer, at, record):
    record(photo(colour=(1, 1, 1)), file_name="there.jpg")
    before, good = Fact.objects.count(), photo(colour=(2, 200, 2))
    files = [
        sent("good.jpg", good), sent("empty.jpg", b""), sent("again.jpg", photo(colour=(1, 1, 1))),
        sent("page.txt", b"<html>"), sent("twice.jpg", good),
    ]  # fmt: skip
    area = Area.objects.get(code="430202")
    with pytest.raises(Refusal) as refusal:
        record_exhibits(files=files, subject=SUBJECT, area=area, origin="upload", by=officer, at=at)
    assert [(problem.place, problem.code) for problem in refusal.value.problems] == [
        ("empty.jpg", "evidence.empty"), ("again.jpg", "evidence.duplicate"), ("page.txt", "evidence.media_type"),
    ]  # fmt: skip
    with pytest.raises(Refusal) as refusal:
        record_exhibits(files=[files[0], files[4]], subject=SUBJECT, area=area, origin="upload", by=officer, at=at)
    assert [(problem.place, problem.code) for problem in refusal.value.problems] == [
        ("twice.jpg", "evidence.duplicate")
    ]
    assert (Exhibit.objects.count(), Fact.objects.count()) == (1, before)


def test_a_refused_caption_keeps_nothing(record, data_dir):
    with pytest.raises(Refusal):
        record(caption="字" * 301)
    assert not (data_dir / "originals").exists()
