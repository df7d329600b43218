"""A bundle is a ZIP that grows while it is sent, with the hash of every file in it; a damaged file breaks it off."""

import io
import json
import subprocess
import tracemalloc
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from mingjing.kernel.documents.bundles import Entry, stream
from mingjing.kernel.evidence import store


def kept(content: bytes, name: str = "a.bin", folder: str = "证据") -> Entry:
    original = store.store(io.BytesIO(content), len(content))
    return Entry(folder, name, original.sha256, "说明")


def test_a_bundle_holds_every_file_and_its_hash(tmp_path: Path) -> None:
    entries = [
        kept(b"one", "告知书 荷物考〔2024〕1号.docx", "文书"),
        kept(b"two"),
        kept(b"", "../../etc/passwd\n"),
        kept(b"two"),
    ]
    content = b"".join(stream("荷物考〔2024〕1号", entries, ["未列入1件"]))
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.testzip() is None
        index = json.loads(bundle.read("index.json"))
        for one in index["files"]:
            assert sha256(bundle.read(one["path"])).hexdigest() == one["sha256"]
        assert [one["path"] for one in index["files"]] == [
            "文书/001 告知书 荷物考〔2024〕1号.docx",
            "证据/002 a.bin",
            "证据/003 _.._etc_passwd_",
            "证据/004 a.bin",
        ]
        assert index["left_out"] == ["未列入1件"]
        assert "未列入1件" in bundle.read("目录.txt").decode("utf-8-sig")
        bundle.extractall(tmp_path)
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_same_files_make_the_same_bundle() -> None:
    entries = [kept(b"one"), kept(b"two")]
    assert b"".join(stream("x", entries)) == b"".join(stream("x", entries))


def test_a_large_bundle_takes_little_memory() -> None:
    entries = [kept(bytes([number]) * 8 * 2**20) for number in range(4)]
    tracemalloc.start()
    sent = sum(len(part) for part in stream("x", entries))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent > 32 * 2**20
    assert most < 6 * 2**20


def test_a_damaged_file_breaks_it_off() -> None:
    entry = kept(b"whole")
    path = store.path_of(entry.sha256)
    path.chmod(0o644)
    path.write_bytes(b"broken")
    with pytest.raises(store.Damaged):
        list(stream("x", [entry]))
