"""Prefect's settings, set before it is first imported: no telemetry, no network, a home of its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_API_HOST": "127.0.0.1",
    "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": "http://127.0.0.1:4200",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "7776000",
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
    "NO_PROXY": "127.0.0.1,localhost",
}
"""Settings that hold unless the environment says otherwise."""

FOR_ONE_RUN = {
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}
"""Services of the server that a single run has no use for; without them it costs half."""


KEPT_TABLES = frozenset(
    {"alembic_version", "configuration", "sqlite_sequence", "block_type", "block_schema", "block_schema_reference"}
)
"""What a server writes into a new database before anything has run."""


def prepare_prefect(home: Path, *, one_run: bool) -> None:
    """Set the environment for a workspace. `home` is the workspace's own folder for Prefect's state."""
    home.mkdir(parents=True, exist_ok=True)
    _bring_database(home)
    wanted = (
        QUIET
        | (FOR_ONE_RUN if one_run else {})
        | {"PREFECT_HOME": str(home), "PREFECT_PROFILES_PATH": str(home / "profiles.toml")}
    )
    for name, value in wanted.items():
        os.environ.setdefault(name, value)


def keep_database(home: Path) -> None:
    """Keep the empty database of a first run for the next new workspace: making one takes longer than a night."""
    template, database = _find_template(), home / "prefect.db"
    if template.exists() or not database.exists():
        return
    with suppress(OSError, sqlite3.Error):  # it spares a minute another time, which is not worth a failure
        template.parent.mkdir(parents=True, exist_ok=True)
        _copy_empty(database, template)


def _bring_database(home: Path) -> None:
    template, database = _find_template(), home / "prefect.db"
    if template.exists() and not database.exists():
        aside = database.with_suffix(f".{os.getpid()}.tmp")
        shutil.copyfile(template, aside)
        aside.replace(database)


def _find_template() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache")
    return cache / "huizong" / f"prefect-{version('prefect')}-empty.db"


def _copy_empty(database: Path, template: Path) -> None:
    """The database's tables and migration marks, without its runs."""
    aside = template.with_suffix(f".{os.getpid()}.tmp")
    aside.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(aside)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # else what follows lies in a file beside it and is lost
        for (table,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table not in KEPT_TABLES:
                target.execute(f'DELETE FROM "{table}"')  # noqa: S608  the database's own tables
        target.commit()
        target.execute("VACUUM")
    aside.replace(template)
