"""Collecting static files: every copy is of what its file holds, and nothing is compressed twice."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.core.management import call_command
from whitenoise.compress import Compressor

WORDS = "明镜高悬 " * 200
Collect = Callable[[], list[bytes]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "page.css").write_text(f"/* {WORDS} */ body {{ background: url(mark.svg) }}", "utf-8")
    (folder / "mark.svg").write_text(f"<svg xmlns='http://www.w3.org/2000/svg'><!-- {WORDS} --></svg>", "utf-8")
    (folder / "tiny.txt").write_bytes(b"x")
    return folder


@pytest.fixture
def collect(source: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Collect:
    """Collects, and returns what had to be compressed."""
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path / "static", [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "mingjing.config.static.StaticFiles"}}
    compress, found = Compressor.compress_brotli, list[bytes]()

    def noted(content: bytes) -> bytes:
        found.append(content)
        return bytes(compress(content))

    monkeypatch.setattr(Compressor, "compress_brotli", staticmethod(noted))

    def collected() -> list[bytes]:
        found.clear()
        call_command("collectstatic", interactive=False, verbosity=0)
        return list(found)

    return collected


def whole(folder: Path) -> int:
    """How many files have copies, each of which must hold what its file does."""
    copies = list(folder.rglob("*.br"))
    for copy in copies:
        content = copy.with_suffix("").read_bytes()
        assert brotli.decompress(copy.read_bytes()) == content, copy
        assert gzip.decompress(copy.with_suffix(".gz").read_bytes()) == content, copy
    return len(copies)


def test_every_copy_holds_what_its_file_does_and_is_made_once(collect: Collect, tmp_path: Path) -> None:
    assert any(WORDS.encode() in content for content in collect())
    assert whole(tmp_path / "static") == 4, "two files, each with and without its digest in its name"
    assert not [content for content in collect() if WORDS.encode() in content]
    assert whole(tmp_path / "static") == 4


@pytest.mark.parametrize("suffix", [".br", ".gz"])
@pytest.mark.parametrize("left", [0, 20])
def test_a_copy_that_is_not_whole_is_made_again(collect: Collect, tmp_path: Path, suffix: str, left: int) -> None:
    collect()
    (copy,) = (tmp_path / "static").glob(f"mark.svg{suffix}")
    copy.write_bytes(copy.read_bytes()[:left])
    assert collect()
    assert whole(tmp_path / "static") == 4


def test_a_file_that_changed_has_new_copies(collect: Collect, source: Path, tmp_path: Path) -> None:
    collect()
    file = source / "mark.svg"
    file.write_text(file.read_text("utf-8").replace("svg>", "svg >"), "utf-8")
    later = file.stat().st_mtime + 10  # files are told apart by the second
    os.utime(file, (later, later))
    collect()
    assert whole(tmp_path / "static") >= 4
    assert b"svg >" in gzip.decompress((tmp_path / "static" / "mark.svg.gz").read_bytes())
