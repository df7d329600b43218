"""Any tus client works: tus-js-client under node against the real server, and what the protocol asks for."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.faces.field.live import ROOT, Live, noise
from tests.phones import picture

CLIENT = ROOT / "tests" / "js" / "tus_client.js"


@pytest.fixture(scope="module")
def cases(server: Live, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What became of each case of the client, by name."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine: the run with tus-js-client is left out")
    if not (ROOT / "node_modules" / "tus-js-client").is_dir():
        pytest.skip("tus-js-client is not installed (npm ci): the run with it is left out")
    folder = tmp_path_factory.mktemp("photos")
    files = []
    for number in range(12):
        files.append(folder / f"{number}.jpg")
        files[-1].write_bytes(noise(200 + number, side=600))
    given = [server.url, server.token, server.device, server.server_key, *map(str, files)]
    done = subprocess.run(
        [node, str(CLIENT), *given], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return {told["name"]: told for told in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", ["whole", "withCreation", "chunks"])
def test_another_client_sends_a_photo_and_our_app_believes_the_receipt(cases: dict[str, Any], name: str) -> None:
    assert cases[name]["ended"] == "success", cases[name]
    assert cases[name]["believed"] is True
    if name == "withCreation":
        assert cases[name]["requests"] == ["POST 201"]


def test_it_pauses_and_goes_on_where_it_was(cases: dict[str, Any]) -> None:
    case = cases["pausedAndResumed"]
    assert (case["first"]["ended"], case["ended"], case["believed"]) == ("paused", "success", True)
    assert 90_000 <= case["first"]["done"] <= case["resumedAt"] < case["size"]


def test_asked_again_a_finished_upload_says_so(cases: dict[str, Any]) -> None:
    case = cases["resumedWhenDone"]
    assert (case["ended"], case["believed"], case["requests"]) == ("success", True, ["HEAD 200"])


def test_it_gives_up_an_upload(cases: dict[str, Any]) -> None:
    assert cases["terminated"]["status"] == 404
    assert "DELETE 204" in cases["terminated"]["requests"]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("otherBytes", 460, "upload.checksum"),
        ("noPicture", 422, "upload.no_picture"),
        ("tooLarge", 413, "upload.size"),
    ],
)
def test_it_is_refused_with_a_code(cases: dict[str, Any], name: str, status: int, code: str) -> None:
    case = cases[name]
    assert (case["ended"], case["status"]) == ("error", status), case
    assert json.loads(case["text"])["problems"][0]["code"] == code


def test_it_begins_anew_what_is_not_known(cases: dict[str, Any]) -> None:
    assert cases["unknown"]["requests"][0] == "HEAD 404"
    assert cases["unknown"]["ended"] == "success"


def test_the_server_says_what_it_speaks(server: Live) -> None:
    answer = server.ask("OPTIONS", "/field/api/uploads/", Authorization="")
    assert answer.status == 204
    assert (answer.headers["Tus-Version"], answer.headers["Tus-Resumable"]) == ("1.0.0", "1.0.0")
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "expiration", "termination",
    }  # fmt: skip
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(answer.headers["Tus-Max-Size"]) == 32 * 2**20


def test_every_answer_holds_what_the_protocol_asks(server: Live) -> None:
    raw = picture(1)
    where = server.begin(raw)
    head = server.ask("HEAD", where)
    assert "no-store" in head.headers["Cache-Control"]
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("0", str(len(raw)))
    assert head.headers["Upload-Expires"].endswith("GMT")
    other = server.ask("HEAD", where, Tus_Resumable="0.2.2")
    assert (other.status, other.headers["Tus-Version"]) == (412, "1.0.0")
    assert server.ask("PATCH", where, raw, Upload_Offset="0", Content_Type="image/jpeg").status == 415
    assert server.go_on(where, raw, 7).status == 409
    octets = {"Content_Type": "application/offset+octet-stream", "Upload_Offset": "0"}
    overridden = server.ask("POST", where, raw, X_HTTP_Method_Override="PATCH", **octets)
    assert (overridden.status, overridden.headers["Upload-Offset"]) == (204, str(len(raw)))
    for answer in (head, other, overridden):
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert Path(server.data / "incoming").is_dir()
