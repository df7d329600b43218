"""The app's pages: the same for everybody, whole on a phone after one visit, new as soon as a byte of it is new."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from mingjing.faces.field import shell
from mingjing.faces.ui import modules

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client()


def worker(client: Client) -> tuple[str, list[str]]:
    """The version of the service worker and what it keeps."""
    text = client.get("/field/sw.js").content.decode()
    version, assets = re.search(r'VERSION = "(.*)";\nconst ASSETS = (\[.*\]);', text).groups()  # type: ignore[union-attr]
    return version, json.loads(assets)


def test_the_page_brings_everything_from_here_and_runs_nothing_of_its_own(client: Client) -> None:
    answer = client.get("/field/")
    page, policy = answer.content.decode(), answer.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script([^>]*)>", page)
    assert answer.status_code == 200
    assert len(scripts) == 2
    assert "<style" not in page
    assert "unsafe-inline" not in policy
    assert "'wasm-unsafe-eval'" in policy
    assert "'unsafe-eval'" not in policy
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_only_the_phones_page_may_run_web_assembly(client: Client) -> None:
    assert "wasm-unsafe-eval" not in client.get("/login/").headers.get("Content-Security-Policy", "")


def test_the_worker_keeps_all_that_the_page_and_its_modules_ask_for(client: Client) -> None:
    _, assets = worker(client)
    page = client.get("/field/").content.decode()
    imports = json.loads(re.search(r'<script type="importmap">(.*?)</script>', page).group(1))["imports"]  # type: ignore[union-attr]
    asked = {
        *re.findall(r'(?:src|href|data-icons|data-mark)="([^"#]+)"', page), *imports.values(), "/field/",
        "/field/words/en.json", "/field/words/zh-Hans.json", "/static/mj/field/vendor/zxing_reader.wasm",
    }  # fmt: skip
    assert asked - set(assets) == set()
    assert len(assets) == len(set(assets))


def test_every_address_of_the_worker_answers(client: Client) -> None:
    """One that did not would keep every phone from the new version."""
    _, assets = worker(client)
    assert {url: code for url in assets if (code := status(client, url)) != 200} == {}


def status(client: Client, url: str) -> int:
    if url.startswith("/static/"):
        return 200 if finders.find(url.removeprefix("/static/")) else 404
    return client.get(url).status_code


def test_another_byte_in_any_file_is_another_version(client: Client, monkeypatch: Any) -> None:
    before, assets = worker(client)
    assert worker(client)[0] == before
    names = [url.removeprefix("/static/") for url in assets if url.startswith("/static/")]
    known = modules.file_digest
    for changed in names:
        monkeypatch.setattr(shell, "file_digest", lambda name, it=changed: "0" if name == it else known(name))
        assert worker(client)[0] != before, changed


@pytest.mark.parametrize("part", ["_page", "_manifest", "_texts"])
def test_another_word_on_a_page_is_another_version(client: Client, monkeypatch: Any, part: str) -> None:
    before = worker(client)[0]
    monkeypatch.setattr(shell, part, lambda *_: "another")
    assert worker(client)[0] != before


def test_another_worker_is_another_version(client: Client, monkeypatch: Any) -> None:
    before, made = worker(client)[0], render_to_string
    monkeypatch.setattr(shell, "render_to_string", lambda *given: made(*given) + "// another")
    assert worker(client)[0] != before


def test_a_digest_is_of_the_content() -> None:
    file = finders.find("field/field.css") or ""
    assert modules.file_digest("field/field.css") == sha256(Path(file).read_bytes()).hexdigest()
    with pytest.raises(LookupError, match="nothing"):
        modules.file_digest("field/nothing.css")


def test_the_manifest_makes_an_app_of_it(client: Client) -> None:
    answer = client.get("/field/manifest.webmanifest")
    told = answer.json()
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (told["scope"], told["start_url"], told["display"]) == ("/field/", "/field/", "standalone")
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
    assert all(status(client, icon["src"]) == 200 for icon in told["icons"])


def test_the_words_are_those_of_the_app_in_both_languages(client: Client) -> None:
    chinese = client.get("/field/words/zh-Hans.json").json()
    assert len(chinese["texts"]) > 50
    assert client.get("/field/words/en.json").json() == {"language": "en", "texts": {}}
    assert client.get("/field/words/fr.json").status_code == 404


@pytest.mark.parametrize("url", ["/field/", "/field/sw.js", "/field/manifest.webmanifest", "/field/words/en.json"])
def test_what_a_phone_asks_again_is_asked_anew_and_sets_no_cookie(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert not answer.cookies
    assert client.post(url).status_code in (403, 405)
