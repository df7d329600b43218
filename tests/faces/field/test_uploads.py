"""Bytes of photos over HTTP: whole or to be gone on with, checked, receipted, each phone's own."""

from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone
from tests.phones import Phone, bound, opened, picture

from mingjing.engine.chain import canonical
from mingjing.kernel import keys
from mingjing.kernel.evidence import store
from mingjing.kernel.parties.models import Person
from mingjing.kernel.sync import uploads
from mingjing.kernel.sync.actions import revoke_device

OCTETS = "application/offset+octet-stream"


@pytest.fixture
def at() -> datetime:
    """Now: tokens and uploads grow old by the clock of the machine."""
    return timezone.now()


@pytest.fixture
def phone(people: dict[str, Person], at: datetime, settings, tmp_path: Path) -> Phone:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path
    return bound(people["officer"], at)


def named(raw: bytes) -> str:
    """The metadata of these bytes."""
    return f"sha256 {b64encode(sha256(raw).hexdigest().encode()).decode()}"


def begun(phone: Phone, raw: bytes, **headers: str) -> Any:
    """Create an upload without its bytes; the answer."""
    usual = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(raw)), "Upload-Metadata": named(raw)}
    return phone.client.generic("POST", "/field/api/uploads/", headers={**phone.bearer, **usual, **headers})


def sent(phone: Phone, where: str, piece: bytes, offset: int, **headers: str) -> Any:
    usual = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)}
    return phone.client.generic("PATCH", where, piece, OCTETS, headers={**phone.bearer, **usual, **headers})


def asked(phone: Phone, where: str) -> Any:
    return phone.client.head(where, headers={**phone.bearer, "Tus-Resumable": "1.0.0"})


def code_of(answer: Any) -> str:
    return str(answer.json()["problems"][0]["code"])


def test_a_photo_in_one_go_is_kept_and_receipted(phone: Phone) -> None:
    raw = picture(1)
    answer = phone.upload(raw)
    assert answer.status_code == 201, answer.content
    with store.open_original(sha256(raw).hexdigest(), verified=True) as kept:
        assert kept.read() == raw
    told = opened(answer.headers["Mingjing-Receipt"])
    signature = told.pop("signature")
    assert keys.signed_by_us(canonical(told), signature, told["key"])
    assert (told["sha256"], told["size"], told["device"]) == (sha256(raw).hexdigest(), len(raw), str(phone.device.pk))


def test_a_photo_in_pieces_goes_on_where_it_stands(phone: Phone) -> None:
    raw = picture(2)
    where = begun(phone, raw).headers["Location"]
    for start in range(0, len(raw), 200):
        assert asked(phone, where).headers["Upload-Offset"] == str(start)
        answer = sent(phone, where, raw[start : start + 200], start)
        assert answer.status_code == 204
    assert opened(answer.headers["Mingjing-Receipt"])["sha256"] == sha256(raw).hexdigest()
    again = asked(phone, where)
    assert again.headers["Upload-Offset"] == again.headers["Upload-Length"] == str(len(raw))
    assert again.headers["Mingjing-Receipt"] == answer.headers["Mingjing-Receipt"]


def test_a_photo_whose_first_bytes_come_along_goes_on_from_there(phone: Phone) -> None:
    raw = picture(30)
    cut = phone.upload(raw[:250], **{"Upload-Length": str(len(raw)), "Upload-Metadata": named(raw)})
    where = cut.headers["Location"]
    assert (cut.status_code, cut.headers["Upload-Offset"]) == (201, "250")
    assert "Mingjing-Receipt" not in cut.headers
    answer = sent(phone, where, raw[250:], 250)
    assert opened(answer.headers["Mingjing-Receipt"])["sha256"] == sha256(raw).hexdigest()


def test_an_upload_that_came_whole_can_be_asked_for(phone: Phone) -> None:
    whole = phone.upload(picture(31))
    again = asked(phone, whole.headers["Location"])
    assert again.headers["Upload-Offset"] == str(len(picture(31)))
    assert again.headers["Mingjing-Receipt"] == whole.headers["Mingjing-Receipt"]
    twice = phone.upload(picture(31))
    assert asked(phone, twice.headers["Location"]).headers["Mingjing-Receipt"] == twice.headers["Mingjing-Receipt"]


def test_what_is_refused_as_it_begins_leaves_nothing_on_its_way(phone: Phone, tmp_path: Path) -> None:
    wrong = f"sha1 {b64encode(sha1(b'other').digest()).decode()}"
    assert phone.upload(picture(32), **{"Upload-Checksum": wrong}).status_code == 460
    assert phone.upload(picture(33), **{"Upload-Metadata": named(picture(34))}).status_code == 460
    assert phone.upload(b"%PDF-1.7 no picture").status_code == 422
    assert not [path for path in (tmp_path / "incoming").iterdir() if path.is_file()]


def test_a_lost_receipt_is_given_again_to_its_own_phone_only(
    phone: Phone, people: dict[str, Person], at: datetime
) -> None:
    raw = picture(3)
    given = phone.upload(raw).headers["Mingjing-Receipt"]
    address = f"/field/api/receipts/{sha256(raw).hexdigest()}/"
    assert phone.client.get(address, headers=phone.bearer).headers["Mingjing-Receipt"] == given
    other = bound(people["director"], at)
    assert code_of(other.client.get(address, headers=other.bearer)) == "upload.no_receipt"


def test_an_upload_is_its_own_phones(phone: Phone, people: dict[str, Person], at: datetime) -> None:
    where, other = begun(phone, picture(4)).headers["Location"], bound(people["director"], at)
    assert asked(other, where).status_code == 404
    assert sent(other, where, b"x", 0).status_code == 404


def test_a_wrong_offset_is_told_where_to_go_on(phone: Phone) -> None:
    raw = picture(5)
    where = begun(phone, raw).headers["Location"]
    sent(phone, where, raw[:100], 0)
    answer = sent(phone, where, raw[50:], 50)
    assert (answer.status_code, answer.headers["Upload-Offset"], code_of(answer)) == (409, "100", "upload.offset")


def test_a_piece_with_a_wrong_checksum_is_not_kept(phone: Phone) -> None:
    raw = picture(6)
    where = begun(phone, raw).headers["Location"]
    wrong = f"sha1 {b64encode(sha1(b'other').digest()).decode()}"
    answer = sent(phone, where, raw[:100], 0, **{"Upload-Checksum": wrong})
    assert (answer.status_code, code_of(answer)) == (460, "upload.checksum")
    assert asked(phone, where).headers["Upload-Offset"] == "0"
    right = f"sha256 {b64encode(sha256(raw).digest()).decode()}"
    assert sent(phone, where, raw, 0, **{"Upload-Checksum": right}).status_code == 204


def test_other_bytes_than_were_named_are_thrown_away(phone: Phone) -> None:
    raw, other = picture(7), picture(8, size=(64, 48))
    where = begun(phone, raw + b"").headers["Location"]
    answer = sent(phone, where, (other + bytes(len(raw)))[: len(raw)], 0)
    assert (answer.status_code, code_of(answer)) == (460, "upload.checksum")
    assert asked(phone, where).status_code == 404


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"MZ not a picture at all" * 10, 422, "upload.no_picture"),
        (b"\0\1\2\3" * 40, 422, "evidence.media_type"),
        (picture(9)[:-40], 422, "upload.broken"),
        (picture(10) + b"PK\3\4 something else hangs on", 422, "upload.broken"),
        (picture(11, "PNG") + b"<script>", 422, "upload.broken"),
        (picture(12)[:160] + b"\xff\xd9", 422, "upload.broken"),
        (b"\xff\xd8\xff\xd9", 422, "upload.unreadable"),
        (b"%PDF-1.4 a document", 422, "upload.no_picture"),
    ],
)
def test_what_is_no_whole_picture_is_refused_in_words(phone: Phone, raw: bytes, status: int, code: str) -> None:
    answer = phone.upload(raw)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert not store.exists(sha256(raw).hexdigest())


def test_a_picture_with_another_file_inside_is_refused(phone: Phone, tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    path.write_bytes(picture(13))
    with ZipFile(path, "a") as archive:
        archive.writestr("run.sh", "echo")
    assert code_of(phone.upload(path.read_bytes())) == "upload.broken"


def test_a_bomb_is_refused_by_its_head(phone: Phone) -> None:
    raw = bytearray(picture(14, "PNG"))
    raw[16:24] = (60_000).to_bytes(4) * 2
    import zlib

    raw[29:33] = zlib.crc32(bytes(raw[12:29])).to_bytes(4)
    assert code_of(phone.upload(bytes(raw))) == "upload.pixels"


def test_too_much_is_refused_before_a_byte_is_taken(phone: Phone) -> None:
    answer = begun(phone, b"x", **{"Upload-Length": str(uploads.LIMIT + 1)})
    assert (answer.status_code, code_of(answer)) == (413, "upload.size")


def test_more_than_was_announced_is_not_taken(phone: Phone) -> None:
    raw = picture(15)
    where = begun(phone, raw).headers["Location"]
    assert sent(phone, where, raw + b"more", 0).status_code == 204
    assert store.exists(sha256(raw).hexdigest())


def test_headers_that_make_no_sense_are_refused(phone: Phone) -> None:
    raw = picture(16)
    assert begun(phone, raw, **{"Tus-Resumable": "0.2"}).status_code == 412
    assert code_of(begun(phone, raw, **{"Upload-Length": "-1"})) == "upload.header"
    assert code_of(begun(phone, raw, **{"Upload-Metadata": "sha256 !!!"})) == "upload.digest"
    where = begun(phone, raw).headers["Location"]
    assert (
        phone.client.patch(where, raw, "image/jpeg", headers={**phone.bearer, "Tus-Resumable": "1.0.0"}).status_code
        == 415
    )
    assert code_of(sent(phone, where, raw, 0, **{"Upload-Checksum": "md5 AAAA"})) == "upload.checksum_kind"


def test_an_upload_can_be_given_up_and_expires(phone: Phone, at: datetime) -> None:
    first, second = (begun(phone, picture(n)).headers["Location"] for n in (17, 18))
    assert phone.client.delete(first, headers={**phone.bearer, "Tus-Resumable": "1.0.0"}).status_code == 204
    assert asked(phone, first).status_code == 404
    assert uploads.sweep(at=at) == 0
    assert uploads.sweep(at=at + uploads.LASTS + timedelta(hours=1)) == 1
    assert asked(phone, second).status_code == 404


def test_no_session_no_upload(phone: Phone, at: datetime) -> None:
    phone.token = "made-up"
    assert (phone.upload(picture(19)).status_code, code_of(phone.upload(picture(19)))) == (401, "field.session")


def test_a_revoked_phone_begins_nothing(phone: Phone, people: dict[str, Person], at: datetime) -> None:
    revoke_device(device=phone.device, reason="丢失", by=people["director"], at=timezone.now())
    answer = phone.upload(picture(20))
    assert (answer.status_code, code_of(answer)) == (403, "field.revoked")


def test_each_refusal_is_logged_with_its_code_and_its_phone_and_without_its_token(
    phone: Phone, people: dict[str, Person], caplog: pytest.LogCaptureFixture
) -> None:
    raw = picture(20)
    where = begun(phone, raw).headers["Location"]
    sent(phone, where, raw[50:], 50)
    sent(phone, where, raw[:9], 0, **{"Upload-Checksum": f"sha1 {b64encode(bytes(20)).decode()}"})
    phone.upload(b"MZ not a picture at all" * 10)
    phone.client.post("/field/api/sync/", "[", "application/json", headers=phone.bearer)
    phone.client.post("/field/api/session/", {"device": "x"}, "application/json")
    revoke_device(device=phone.device, reason="丢失", by=people["director"], at=timezone.now())
    phone.upload(picture(23))
    token, phone.token = phone.token, "made-up"
    phone.upload(picture(24))
    whose = f"phone {phone.device.id.hex}"
    uploads_at = "/field/api/uploads/"
    wanted = [
        (where, whose, "upload.offset"), (where, whose, "upload.checksum"), (uploads_at, whose, "upload.no_picture"),
        ("/field/api/sync/", whose, "sync."), ("/field/api/session/", "no phone", "field.format"),
        (uploads_at, whose, "field.revoked"), (uploads_at, "no phone", "field.session"),
    ]  # fmt: skip
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == len(wanted)
    for line, parts in zip(lines, wanted, strict=True):
        assert all(part in line for part in parts)
        assert token not in line


def test_a_photo_costs_one_statement(phone: Phone, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        assert phone.upload(picture(21)).status_code == 201
    where = begun(phone, picture(22)).headers["Location"]
    with django_assert_num_queries(0):
        sent(phone, where, picture(22), 0)


def test_an_upload_that_came_whole_can_be_forgotten_and_its_receipt_stands(phone: Phone) -> None:
    raw = picture(40)
    whole = phone.upload(raw)
    where, headers = whole.headers["Location"], {**phone.bearer, "Tus-Resumable": "1.0.0"}
    assert phone.client.delete(where, headers=headers).status_code == 204
    assert asked(phone, where).status_code == 404
    address = f"/field/api/receipts/{sha256(raw).hexdigest()}/"
    given = phone.client.get(address, headers=phone.bearer)
    assert given.headers["Mingjing-Receipt"] == whole.headers["Mingjing-Receipt"]
