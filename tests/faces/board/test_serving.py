"""Published files as the application answers: the same bytes, compressed, with an ETag, without a cookie."""

import gzip
from pathlib import Path

import brotli
import pytest
from django.test import Client

from mingjing.faces.board.folders import Unit, publish, writing

PAGE = ("<p>你好</p>" * 100).encode()


@pytest.fixture(autouse=True)
def unit(settings, tmp_path: Path) -> Unit:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = tmp_path
    made = Unit("tests/430202")
    with writing(made):
        publish(made, [("index.html", b"<p>door</p>"), ("zh/a/index.html", PAGE), ("zh/feed.atom", b"<feed/>"),
                       ("data/list.csv", b"a\n" * 200)])  # fmt: skip
    return made


def get(path: str, **headers: str):  # type: ignore[no-untyped-def]
    return Client(headers=headers).get(f"/board/tests/430202/{path}")


@pytest.mark.parametrize(
    ("accepted", "used", "unpack"),
    [("br, gzip", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("", "", bytes),
     ("br;q=0, gzip", "gzip", gzip.decompress)],
)  # fmt: skip
def test_a_page_is_the_bytes_of_its_file(accepted: str, used: str, unpack, unit: Unit) -> None:  # type: ignore[no-untyped-def]
    answer = get("zh/a/", **{"accept-encoding": accepted})
    assert answer.headers.get("Content-Encoding", "") == used
    assert unpack(answer.content) == PAGE == (unit.link / "zh/a/index.html").read_bytes()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_nothing_is_sent_twice_and_nobody_is_recognised() -> None:
    first = get("zh/a/")
    assert not first.cookies
    assert "Cookie" not in first.headers["Vary"]
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = get("zh/a/", **{"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert get("zh/a/", **{"if-none-match": '"other"'}).status_code == 200


def test_a_new_publication_is_served_at_once(unit: Unit) -> None:
    before = get("zh/a/").headers["ETag"]
    with writing(unit):
        publish(unit, [("zh/a/index.html", b"new")])
    after = get("zh/a/", **{"if-none-match": before})
    assert (after.status_code, after.content) == (200, b"new")
    assert get("data/list.csv").status_code == 404


@pytest.mark.parametrize(
    "path", ["zh/b/", "../../../etc/passwd", "%2e%2e/listing.json", "listing.json", "zh/a/index.html.gz", "zh", "//"]
)
def test_only_what_was_published_is_served(path: str) -> None:
    assert get(path).status_code == 404


def test_types_and_redirects() -> None:
    assert get("").content == b"<p>door</p>"
    assert get("zh/a").headers["Location"] == "/board/tests/430202/zh/a/"
    assert get("zh/feed.atom").headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert get("data/list.csv").headers["Content-Type"] == "text/csv; charset=utf-8"
    assert Client().post("/board/tests/430202/zh/a/").status_code == 405
    assert Client().get("/board/tests/000000/").status_code == 404


def test_the_door_leads_in(db: None) -> None:
    assert Client().get("/board/").headers["Location"] == "/board/zh/"
    shown = Client().get("/board/en/")
    assert b"Published lists" in shown.content
    assert not shown.cookies
