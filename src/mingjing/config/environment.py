"""What an installation may set in its environment, with types, defaults and clear refusals."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from mingjing.config.programmes import PROGRAMMES

DEMO_SECRET = "demo-only-and-refused-in-production"  # noqa: S105 - public on purpose; config.checks refuses it
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
MODES = ("demo", "production", "test")
PREPARED = 2
"""How often a statement of the hot paths is asked before PostgreSQL keeps its plan."""


class EnvironmentRefused(SystemExit):
    """An environment variable makes no sense; carries one sentence that says what to do."""


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The settings of one installation.

    MINGJING_MODE: `demo` (loopback only, demo logins), `production` (refuses unsafe settings) or `test`.
    MINGJING_DATA: folder of the SQLite database, uploaded originals and collected static files.
    MINGJING_ORIGINALS: empty for a folder in MINGJING_DATA, or `s3://bucket/prefix` for uploaded originals in an
        S3-compatible store (script/setup s3); its keys come from the usual AWS variables or files.
    MINGJING_S3_ENDPOINT: address of that store, such as `https://s3.example.cn`; Amazon's own unless given.
    MINGJING_FONT: a font file with Chinese for the watermark of photos; looked for in the usual places unless given.
    DATABASE_URL: empty for SQLite in MINGJING_DATA, or `postgresql://user:password@host/name`; add
        `?prepare_threshold=none` behind a pooler that changes connections between transactions.
    MINGJING_SECRET_KEY, MINGJING_SECRET_KEY_FILE: the signing secret, or the file that holds it.
    MINGJING_HOSTS: host names this installation answers to, separated by commas; production has no default.
    MINGJING_PROXY: addresses or networks, separated by commas, of the reverse proxy whose X-Forwarded-For and
        X-Forwarded-Proto are believed; a proxy on this machine unless given.
    MINGJING_LANG: language of the command line, `zh-hans` or `en`; that of the terminal unless given.
    MINGJING_WITHOUT: programmes to leave out, separated by commas (CI boots once without each).
    """

    mode: str
    data_dir: Path
    originals: str
    s3_endpoint: str
    font: str
    database_url: str
    secret_key: str
    allowed_hosts: list[str]
    proxies: list[str]
    programmes: list[str]

    @classmethod
    def read(cls, env: "os._Environ[str] | dict[str, str] | None" = None) -> Self:
        """Read `env` (the process environment unless given); raises EnvironmentRefused."""
        env = os.environ if env is None else env
        mode = env.get("MINGJING_MODE", "demo")
        if mode not in MODES:
            raise EnvironmentRefused(f"MINGJING_MODE is {mode!r}; set it to one of {', '.join(MODES)}.")
        hosts = _listed(env.get("MINGJING_HOSTS", ""))
        return cls(
            mode=mode,
            data_dir=Path(env.get("MINGJING_DATA") or "var").resolve(),
            originals=cls._originals(env.get("MINGJING_ORIGINALS", "")),
            s3_endpoint=env.get("MINGJING_S3_ENDPOINT", ""),
            font=env.get("MINGJING_FONT", ""),
            database_url=env.get("DATABASE_URL", ""),
            secret_key=cls._secret(env),
            allowed_hosts=hosts or ([] if mode == "production" else [*LOCAL_HOSTS, "testserver"]),
            proxies=_listed(env.get("MINGJING_PROXY", "")),
            programmes=cls._programmes(env.get("MINGJING_WITHOUT", "")),
        )

    @staticmethod
    def _secret(env: "os._Environ[str] | dict[str, str]") -> str:
        if path := env.get("MINGJING_SECRET_KEY_FILE"):
            try:
                return Path(path).read_text("utf-8").strip()
            except OSError as error:
                raise EnvironmentRefused(f"MINGJING_SECRET_KEY_FILE cannot be read: {error}.") from error
        return env.get("MINGJING_SECRET_KEY") or DEMO_SECRET

    @staticmethod
    def _originals(address: str) -> str:
        parts = urlsplit(address)
        if address and (parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment or "@" in address):
            raise EnvironmentRefused(
                f"MINGJING_ORIGINALS is {address!r}; write s3://bucket/prefix, or leave it empty for a folder."
            )
        return address

    @staticmethod
    def _programmes(without: str) -> list[str]:
        left_out = set(_listed(without))
        known = {path.rsplit(".", 1)[1] for path in PROGRAMMES}
        if unknown := left_out - known:
            raise EnvironmentRefused(
                f"MINGJING_WITHOUT names no programme of config/programmes.py: {', '.join(sorted(unknown))}."
            )
        return [path for path in PROGRAMMES if path.rsplit(".", 1)[1] not in left_out]

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def package(self) -> Path:
        """The folder of the installed package."""
        return Path(__file__).resolve().parent.parent

    @property
    def static_storage(self) -> str:
        if self.mode == "test":
            return "django.contrib.staticfiles.storage.StaticFilesStorage"
        return "mingjing.config.static.StaticFiles"

    def database(self) -> dict[str, Any]:
        """Django's DATABASES entry; SQLite in write-ahead mode, or PostgreSQL with a connection pool."""
        if not self.database_url:
            return self._sqlite(str(self.data_dir / "mingjing.sqlite3"))
        url = urlsplit(self.database_url)
        if url.scheme == "sqlite":
            return self._sqlite(unquote(url.path) or ":memory:")
        if url.scheme not in {"postgresql", "postgres"}:
            raise EnvironmentRefused(
                f"DATABASE_URL starts with {url.scheme!r}; use postgresql:// or leave it empty for SQLite."
            )
        options: dict[str, Any] = {"prepare_threshold": PREPARED} | dict(parse_qsl(url.query))
        if options["prepare_threshold"] == "none":  # behind a pooler that changes connections between transactions
            options["prepare_threshold"] = None
        host = options.pop("host", None) or unquote(url.hostname or "")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": host,
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }

    def _sqlite(self, name: str) -> dict[str, Any]:
        # IMMEDIATE: under the default, two writers that both read first fail with "database is locked".
        pragmas = (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=20000;"
        )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "CONN_MAX_AGE": 600,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
            # A file, not memory: threads and a second process see the same test database.
            "TEST": {"NAME": str(Path(tempfile.gettempdir()) / f"mingjing-test-{os.getpid()}.sqlite3")},
        }
