"""Production refuses what is unsafe, all of it at once, and says what to do."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from tests.installations import install
from tests.s3_server import KEYS, serving

SOURCE = Path(__file__).resolve().parents[2] / "src"
SECRET = secrets.token_urlsafe(50)


def mingjing(data: Path, *argv: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """The real command, in production on a SQLite database in `data`, with nothing else set but `env`."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MINGJING", "DATABASE", "DJANGO"))
    }
    kept |= {"MINGJING_MODE": "production", "MINGJING_DATA": str(data), "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", "mingjing", *argv, "--lang", "en"]
    return subprocess.run(command, env=kept | env, text=True, capture_output=True, check=False)


def codes(text: str) -> set[str]:
    """What is said of the installation; that of the calendar (W003) depends on the day (tests/kernel/calendar)."""
    found = {line.split(":")[0] for line in text.splitlines() if line.startswith("mingjing.")}
    return found - {"mingjing.W003"}


def test_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    done = mingjing(tmp_path, "check")
    assert done.returncode == 1
    assert codes(done.stderr) == {"mingjing.E002", "mingjing.E004", "mingjing.E008", "mingjing.W001"}
    assert "Traceback" not in done.stderr


def test_serving_refuses_the_same_and_a_public_address_without_a_proxy(tmp_path: Path) -> None:
    done = mingjing(
        tmp_path, "serve", "--host", "0.0.0.0", "--port", "1", MINGJING_HOSTS="*", MINGJING_SECRET_KEY="short"
    )
    assert done.returncode == 1
    assert {"mingjing.E003", "mingjing.E005", "mingjing.E008"} <= codes(done.stderr)
    assert "MINGJING_PROXY" in done.stderr


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    done = mingjing(tmp_path, "check", MINGJING_SECRET_KEY_FILE=str(tmp_path / "none"))
    assert done.returncode == 1
    assert done.stderr.startswith("MINGJING_SECRET_KEY_FILE cannot be read")


def test_a_sound_installation_passes_with_a_word_on_sqlite(tmp_path: Path) -> None:
    env = {"MINGJING_HOSTS": "mingjing.example.gov.cn", "MINGJING_SECRET_KEY": SECRET}
    install(tmp_path)
    done = mingjing(tmp_path, "check", **env)
    assert done.returncode == 0, done.stderr
    assert codes(done.stderr) == {"mingjing.W001"}


def test_a_database_with_demo_logins_is_refused(tmp_path: Path) -> None:
    env = {"MINGJING_HOSTS": "mingjing.example.gov.cn", "MINGJING_SECRET_KEY": SECRET}
    install(tmp_path)
    add_demo_login(tmp_path / "mingjing.sqlite3")
    done = mingjing(tmp_path, "check", **env)
    assert done.returncode == 1
    assert codes(done.stderr) == {"mingjing.E009", "mingjing.W001"}
    assert "demo-director" in done.stderr


def add_demo_login(database: Path) -> None:
    program = """
import django
django.setup()
from django.utils import timezone
from mingjing.kernel.parties.actions import register_person
register_person(username="demo-director", display_name="D", password="x", is_demo=True, by=None, at=timezone.now())
"""
    env = os.environ | {"MINGJING_MODE": "demo", "DATABASE_URL": f"sqlite://{database}", "PYTHONPATH": str(SOURCE)}
    env["DJANGO_SETTINGS_MODULE"] = "mingjing.config.settings"
    subprocess.run([sys.executable, "-c", program], env=env, check=True)


@pytest.mark.parametrize("mode", ["production"])
def test_production_takes_no_demonstration(mode: str, tmp_path: Path) -> None:
    done = mingjing(tmp_path, "demo", MINGJING_MODE=mode)
    assert done.returncode == 1
    assert "MINGJING_MODE=demo" in done.stderr
    assert not (tmp_path / "mingjing.sqlite3").exists()


def sound(data: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    """`check` on an installation in which nothing else is missing."""
    env = {"MINGJING_HOSTS": "mingjing.example.gov.cn", "MINGJING_SECRET_KEY": SECRET, **env}
    install(data)
    return mingjing(data, "check", **env)


def test_originals_in_an_s3_store_are_asked_for(tmp_path: Path) -> None:
    with serving() as s3:
        done = sound(tmp_path, **s3.environment)
        assert done.returncode == 0, done.stderr
        assert codes(done.stderr) == {"mingjing.W001", "mingjing.W002"}
        done = sound(tmp_path, **s3.environment | {"MINGJING_ORIGINALS": "s3://another-bucket"})
        assert codes(done.stderr) == {"mingjing.E011", "mingjing.W001", "mingjing.W002"}
    done = sound(tmp_path, **KEYS, MINGJING_ORIGINALS="s3://bucket", MINGJING_S3_ENDPOINT="https://127.0.0.1:9")
    assert codes(done.stderr) == {"mingjing.E011", "mingjing.W001"}
    assert "Check MINGJING_ORIGINALS" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_s3_store_without_the_program_that_speaks_to_it_is_named(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys; sys.modules['boto3'] = None")
    env = {"PYTHONPATH": f"{hidden}{os.pathsep}{SOURCE}", "MINGJING_ORIGINALS": "s3://bucket"}
    done = sound(tmp_path / "data", **env)
    assert codes(done.stderr) == {"mingjing.E010", "mingjing.W001"}
    assert "script/setup s3" in done.stderr


@pytest.mark.parametrize("address", ["bucket", "https://bucket/a", "s3://", "s3://key:secret@bucket", "s3://a?b"])
def test_an_address_of_originals_that_is_none_is_named(tmp_path: Path, address: str) -> None:
    done = mingjing(tmp_path, "check", MINGJING_ORIGINALS=address)
    assert done.returncode == 1
    assert done.stderr.startswith("MINGJING_ORIGINALS is")
