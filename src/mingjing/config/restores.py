"""`mingjing restore BACKUP`: checks a backup, puts it into an empty installation, and checks the ledger there.

Everything is read and compared before anything is written; an installation that holds something is never touched, so a
restore into a new MINGJING_DATA is also how a backup is proved good. Taking backups is `backups`.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext as _

from mingjing.config import backups, upkeep
from mingjing.config.backups import CONTENTS, DATABASES, FORMAT, ORIGINALS
from mingjing.engine.chain import Mark
from mingjing.engine.outcome import N_, Problem, Refusal
from mingjing.kernel.evidence import store
from mingjing.kernel.ledger.verify import verify


def configure_restore(parser: argparse.ArgumentParser) -> None:
    """Which backup."""
    parser.add_argument("backup", type=Path, help=_("folder of one backup, as `mingjing backup` printed it"))


def run_restore(args: argparse.Namespace) -> int:
    """Restore and verify; 0 when the restored ledger is whole and ends where the backup says."""
    contents = read_contents(args.backup)
    if problems := [*damages(args.backup, contents), *occupied(contents)]:
        raise Refusal(problems)
    put_originals(args.backup, contents)
    put_database(args.backup, contents)
    return report(contents)


def read_contents(backup: Path) -> dict[str, Any]:
    """backup.json of a backup; raises Refusal when this is none."""
    place = str(backup / CONTENTS)
    try:
        contents = json.loads((backup / CONTENTS).read_bytes())
        end = Mark(contents["ledger"]["seq"], contents["ledger"]["hash"])
        known = contents["format"] == FORMAT and contents["database"] in DATABASES
        if known and type(end.seq) is int and type(end.hash) is str and contents["files"].items():
            return dict(contents)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    text = N_("This is not a backup. Give the folder that `mingjing backup` printed.")
    raise Refusal([Problem("restore.unreadable", text, {}, place)])


def damages(backup: Path, contents: dict[str, Any]) -> Iterator[Problem]:
    """Every file of the backup that is missing, changed or should not be named."""
    if DATABASES[contents["database"]] not in contents["files"]:
        yield Problem("restore.database", N_("The backup holds no database."), {}, str(backup))
    for name, expected in contents["files"].items():
        path = PurePosixPath(name)
        if (
            path.is_absolute()
            or ".." in path.parts
            or (path.parts[:1] != (ORIGINALS,) and name not in DATABASES.values())
        ):
            yield Problem("restore.path", N_("The backup names a file outside it. Do not use it."), {}, name)
        elif not (backup / name).is_file():
            yield Problem("restore.missing", N_("The file is missing. Use another backup."), {}, name)
        elif backups.described(backup / name) != expected:
            yield Problem("restore.changed", N_("The file is not as it was saved. Use another backup."), {}, name)
    yield from _absent(set(contents.get("elsewhere", ())))


def _absent(listed: set[str]) -> Iterator[Problem]:
    """What a backup without originals says there is, and this installation's store does not have."""
    if listed and (absent := listed.difference(store.digests())):
        text = N_(
            "The backup only lists its originals, and the store of this installation lacks {count} of them. "
            "Set MINGJING_ORIGINALS to the store they are in."
        )
        yield Problem("restore.absent", text, {"count": len(absent)}, min(absent))


def occupied(contents: dict[str, Any]) -> Iterator[Problem]:
    """Why this installation cannot take the backup: of another database, or not empty."""
    if connection.vendor != contents["database"]:
        text = N_("The backup is of {theirs}, this installation uses {ours}. Set DATABASE_URL to match.")
        yield Problem("restore.vendor", text, {"theirs": contents["database"], "ours": connection.vendor})
    elif _holds_tables():
        text = N_("The database is not empty. Restore into a new one (MINGJING_DATA or DATABASE_URL).")
        yield Problem("restore.occupied", text)
    if settings.ORIGINALS:
        return  # contents that are there already are the same, whoever put them there: a bucket outlives a database
    if _foreign_originals(contents):
        text = N_("There are originals already. Restore into a new MINGJING_DATA.")
        yield Problem("restore.originals", text, {}, str(store.folder()))


def _foreign_originals(contents: dict[str, Any]) -> bool:
    """Whether there are originals other than those that a restore of this backup put here before it was killed."""
    folder = store.folder()
    found = (path for path in folder.rglob("*") if path.is_file())
    names = ((path, f"{ORIGINALS}/{path.relative_to(folder).as_posix()}") for path in found)
    return any(contents["files"].get(name) != backups.described(path) for path, name in names)


def _holds_tables() -> bool:
    if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
        return False
    return bool(connection.introspection.table_names())


def put_originals(backup: Path, contents: dict[str, Any]) -> None:
    """Copy the evidence store: a folder whole or not at all, what an S3 store lacks one by one."""
    if settings.ORIGINALS:
        for name, expected in contents["files"].items():
            if name.startswith(f"{ORIGINALS}/"):
                with (backup / name).open("rb") as file:
                    store.store(file, expected["size"])
        return
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    draft = store.folder().with_name(f".{ORIGINALS}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for name in contents["files"]:
        if name.startswith(f"{ORIGINALS}/"):
            backups.copied(backup / name, draft / PurePosixPath(name).relative_to(ORIGINALS))
    if store.folder().exists():
        shutil.rmtree(store.folder())  # empty folders, or the very same files: `occupied` has looked
    draft.replace(store.folder())


def put_database(backup: Path, contents: dict[str, Any]) -> None:
    """Bring the database back in one step."""
    source = backup / DATABASES[contents["database"]]
    if contents["database"] == "postgresql":
        name = str(connection.settings_dict["NAME"])
        command = [
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            f"--dbname={name}",
            str(source),
        ]
        backups.run_postgresql(command)
        return
    connections.close_all()
    target = Path(settings.DATABASES["default"]["NAME"])
    draft = target.with_name(f".{target.name}.partial")
    shutil.copyfile(source, draft)
    os.replace(draft, target)


def report(contents: dict[str, Any]) -> int:
    """Verify the ledger that is now here against the backup's own mark, and say what was restored."""
    mark = Mark(contents["ledger"]["seq"], contents["ledger"]["hash"])
    found = verify([mark])
    faults = [problem.say(_) for problem in found.problems]
    if found.end != mark:
        faults.append(_("The ledger does not end where the backup says: at fact {seq}.").format(seq=mark.seq))
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(_("Restored, but its ledger is NOT whole; it was so when it was saved, or the backup was altered."))
        return 1
    words = _("Restored {files} files; the ledger is whole: {count} facts, the last hash is {hash}.")
    print(words.format(files=len(contents["files"]), count=found.count, hash=found.end.hash))
    if upkeep.pending_migrations():
        print(_("The backup is of version {version}. Run: mingjing migrate").format(version=contents["version"]))
    return 0
