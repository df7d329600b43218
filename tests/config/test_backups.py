"""A backup restores to the same ledger and the same originals, or is refused whole; on both databases."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from tests.installations import install, on_postgresql, template
from tests.s3_server import KEYS, S3, serving

from mingjing.config.backups import CONTENTS, DATABASES, ORIGINALS

SOURCE = Path(__file__).resolve().parents[2] / "src"
FILL = """
import django
django.setup()
from django.utils import timezone
from mingjing.kernel.parties.actions import register_person
for name in ("li.na", "wang.fang"):
    register_person(username=name, display_name=name, by=None, at=timezone.now())
"""


def place_of(content: bytes) -> str:
    """Where an original lies below its folder."""
    digest = sha256(content).hexdigest()
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


PHOTO, EMPTY = place_of(b"photo"), place_of(b"")


class House:
    """An installation of its own: a data folder and a database of the kind that the suite runs on."""

    def __init__(self, data: Path, database_url: str, **more: str) -> None:
        self.data, self.database_url, self.more = data, database_url, more

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING")}
        kept |= {"MINGJING_MODE": "test", "MINGJING_DATA": str(self.data), "DATABASE_URL": self.database_url}
        kept |= {"PYTHONPATH": str(SOURCE), "DJANGO_SETTINGS_MODULE": "mingjing.config.settings", "PATH": search_path()}
        kept |= self.more
        return subprocess.run([sys.executable, *command], env=kept, text=True, capture_output=True, check=False)

    def mingjing(self, *argv: str) -> "subprocess.CompletedProcess[str]":
        return self.run("-m", "mingjing", *argv, "--lang", "en")

    def migrated(self) -> None:
        if not self.database_url:
            install(self.data)
        else:
            recreate(urlsplit(self.database_url).path.lstrip("/"), f"TEMPLATE {template()}")

    def ledger_end(self) -> str:
        return self.mingjing("ledger", "verify").stdout.strip()


def search_path() -> str:
    """PATH with the programs of the PostgreSQL wheel, which are of the version of the server under test."""
    from tools.postgres import programs

    return f"{programs()}:{os.environ['PATH']}"


@pytest.fixture
def new_house(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], House]:
    """Makes empty installations, by name."""
    return lambda name: empty_house(tmp_path / name, request)


def empty_house(data: Path, request: pytest.FixtureRequest) -> House:
    """An installation with an empty database, which is dropped again at the end of the request's scope."""
    data.mkdir()
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        return House(data, "")
    database = f"mingjing_{data.name}_{os.getpid()}"
    recreate(database)
    request.addfinalizer(lambda: drop(database))
    return House(data, on_postgresql(database))


def administer(statement: str) -> None:
    import psycopg

    with psycopg.connect(on_postgresql("postgres"), autocommit=True) as connection:
        connection.execute(statement)


def drop(database: str) -> None:
    administer(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def recreate(database: str, like: str = "") -> None:
    drop(database)
    administer(f"CREATE DATABASE {database} {like}")


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> House:
    """An installation with two facts and two originals."""
    house = empty_house(tmp_path_factory.mktemp("lived_in") / "old", request)
    house.migrated()
    done = house.run("-c", FILL)
    assert done.returncode == 0, done.stderr
    for name, content in ((PHOTO, b"photo"), (EMPTY, b"")):
        path = house.data / ORIGINALS / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return house


@pytest.fixture(scope="module")
def taken(lived_in: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    done = lived_in.mingjing("backup", str(tmp_path_factory.mktemp("backups")))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture
def backup(taken: Path, tmp_path: Path) -> Path:
    """A copy of that backup, for the test to spoil."""
    return Path(shutil.copytree(taken, tmp_path / "backups" / taken.name))


# `db` is asked for so that the PostgreSQL pass runs these too.
pytestmark = pytest.mark.usefixtures("db")


def test_a_backup_restores_to_the_same_ledger_and_originals(
    lived_in: House, backup: Path, new_house: Callable[[str], House]
) -> None:
    house = new_house("new")
    done = house.mingjing("restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert "the ledger is whole: 2 facts" in done.stdout
    assert house.ledger_end() == lived_in.ledger_end()
    assert (house.data / ORIGINALS / PHOTO).read_bytes() == b"photo"
    assert house.mingjing("check").returncode == 0


def test_the_backup_lists_every_file_and_nothing_is_left_beside_it(backup: Path) -> None:
    contents = json.loads((backup / CONTENTS).read_text("utf-8"))
    found = {path.relative_to(backup).as_posix() for path in backup.rglob("*") if path.is_file()}
    assert found == {CONTENTS, *contents["files"]}
    assert contents["ledger"]["seq"] == 2
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_an_installation_that_holds_something_is_not_touched(lived_in: House, backup: Path) -> None:
    before = lived_in.ledger_end()
    done = lived_in.mingjing("restore", str(backup))
    assert done.returncode == 1
    assert "The database is not empty" in done.stderr
    assert lived_in.ledger_end() == before


def test_originals_of_something_else_are_not_touched(backup: Path, new_house: Callable[[str], House]) -> None:
    house = new_house("new")
    other = house.data / ORIGINALS / PHOTO
    other.parent.mkdir(parents=True)
    other.write_bytes(b"another photo")
    done = house.mingjing("restore", str(backup))
    assert done.returncode == 1
    assert done.stderr.startswith(f"{house.data / ORIGINALS}: There are originals already")
    assert other.read_bytes() == b"another photo"


def test_a_restore_killed_before_the_database_came_is_begun_again(
    backup: Path, new_house: Callable[[str], House]
) -> None:
    house = new_house("new")
    shutil.copytree(backup / ORIGINALS, house.data / ORIGINALS)
    (house.data / f".{ORIGINALS}.partial").mkdir()
    done = house.mingjing("restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in house.data.iterdir() if path.name.startswith(("origin", "."))) == [ORIGINALS]


@pytest.mark.parametrize("damage", ["changed", "missing", "database", "outside", "nameless", "no contents"])
def test_a_damaged_backup_is_refused_whole(damage: str, backup: Path, new_house: Callable[[str], House]) -> None:
    house, contents = new_house("new"), json.loads((backup / CONTENTS).read_text("utf-8"))
    database = backup / DATABASES[contents["database"]]
    match damage:
        case "changed":
            (backup / ORIGINALS / PHOTO).write_bytes(b"phot0")
        case "missing":
            (backup / ORIGINALS / PHOTO).unlink()
        case "database":
            database.write_bytes(database.read_bytes()[:-1])
        case "outside":
            contents["files"]["originals/../../outside"] = contents["files"].pop(f"originals/{PHOTO}")
            (backup / CONTENTS).write_text(json.dumps(contents), "utf-8")
        case "nameless":
            contents["files"][""] = {}
            (backup / CONTENTS).write_text(json.dumps(contents), "utf-8")
        case "no contents":
            (backup / CONTENTS).write_text("[]", "utf-8")
    done = house.mingjing("restore", str(backup))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
    assert list(house.data.iterdir()) == []


def test_a_backup_whose_database_was_altered_and_listed_anew_is_found_out(
    lived_in: House, tmp_path: Path, new_house: Callable[[str], House]
) -> None:
    """Somebody takes a fact's words away before the backup: every digest of the backup is right, the ledger is not."""
    if lived_in.database_url:
        pytest.skip("the forger of this test knows SQLite")
    import sqlite3

    house = House(Path(shutil.copytree(lived_in.data, tmp_path / "forged")), "")
    with sqlite3.connect(house.data / "mingjing.sqlite3") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE ledger_fact SET kind = 'parties.person.left' WHERE seq = 1")
    database.close()
    folder = Path(house.mingjing("backup", str(tmp_path / "backups")).stdout.strip())
    done = new_house("new").mingjing("restore", str(folder))
    assert done.returncode == 1
    assert "NOT whole" in done.stdout


def test_a_failed_backup_leaves_nothing(lived_in: House, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file")
    done = lived_in.mingjing("backup", str(tmp_path / "blocked"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["blocked"]


def test_an_original_that_was_changed_is_backed_up_as_it_is_and_one_that_lies_astray_is_not(
    lived_in: House, tmp_path: Path, new_house: Callable[[str], House]
) -> None:
    house = House(Path(shutil.copytree(lived_in.data, tmp_path / "damaged")), lived_in.database_url)
    (house.data / ORIGINALS / PHOTO).write_bytes(b"phot0")
    (house.data / ORIGINALS / "astray.jpg").write_bytes(b"photo")
    folder = Path(house.mingjing("backup", str(tmp_path / "backups")).stdout.strip())
    assert (folder / ORIGINALS / PHOTO).read_bytes() == b"phot0"
    assert not (folder / ORIGINALS / "astray.jpg").exists()


@pytest.fixture
def s3() -> Iterator[S3]:
    with serving() as server:
        yield server


def in_s3(house: House, s3: S3) -> House:
    """The same installation with its originals in the S3 store."""
    return House(house.data, house.database_url, **s3.environment)


def test_a_backup_brings_originals_from_s3_and_back_into_another_store(
    lived_in: House, tmp_path: Path, new_house: Callable[[str], House], s3: S3
) -> None:
    for content in (b"photo", b""):
        s3.client.put_object(Bucket=s3.bucket, Key=f"hetang/{place_of(content)}", Body=content)
    done = in_s3(lived_in, s3).mingjing("backup", str(tmp_path / "backups"))
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.strip())
    assert (folder / ORIGINALS / PHOTO).read_bytes() == b"photo"
    to_folder = new_house("folder")
    assert to_folder.mingjing("restore", str(folder)).returncode == 0
    assert (to_folder.data / ORIGINALS / PHOTO).read_bytes() == b"photo"
    s3.empty()
    s3.client.put_object(Bucket=s3.bucket, Key="hetang/other", Body=b"of somebody else")
    done = in_s3(new_house("bucket"), s3).mingjing("restore", str(folder))
    assert done.returncode == 0, done.stderr
    assert s3.keys() == sorted([f"hetang/{PHOTO}", f"hetang/{EMPTY}", "hetang/other"])


def test_a_backup_without_originals_restores_only_where_they_are(
    lived_in: House, tmp_path: Path, new_house: Callable[[str], House], s3: S3
) -> None:
    s3.client.put_object(Bucket=s3.bucket, Key=f"hetang/{PHOTO}", Body=b"photo")
    done = in_s3(lived_in, s3).mingjing("backup", "--without-originals", str(tmp_path / "backups"))
    folder = Path(done.stdout.strip())
    assert not (folder / ORIGINALS).exists()
    assert json.loads((folder / CONTENTS).read_text("utf-8"))["elsewhere"] == [PHOTO.rsplit("/")[-1]]
    house = new_house("new")
    done = house.mingjing("restore", str(folder))
    assert done.returncode == 1
    assert "lacks 1 of them" in done.stderr
    assert list(house.data.iterdir()) == []
    done = in_s3(house, s3).mingjing("restore", str(folder))
    assert done.returncode == 0, done.stderr
    assert house.ledger_end() == lived_in.ledger_end()


def test_a_store_that_does_not_answer_stops_the_backup_and_leaves_nothing(lived_in: House, tmp_path: Path) -> None:
    silent = {"MINGJING_ORIGINALS": "s3://nowhere", "MINGJING_S3_ENDPOINT": "http://127.0.0.1:9", **KEYS}
    done = House(lived_in.data, lived_in.database_url, **silent).mingjing("backup", str(tmp_path / "backups"))
    assert done.returncode == 1
    assert "The store of originals does not answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "backups").iterdir()) == []
