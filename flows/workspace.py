"""The workspace: the folder with inbox, warehouse and own definitions, found by its marker in pyproject.toml."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.errors import WorkspaceError
from flows.settings import Settings, load_settings
from schemas.catalogue import EVERYTHING, SHIPPED, Catalogue, load_catalogue

MARKER = "pyproject.toml"
ENVIRONMENT = "HUIZONG_WORKSPACE"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace with its settings. All paths of the product start here."""

    root: Path
    settings: Settings

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    @property
    def prefect_home(self) -> Path:
        """Where Prefect keeps its state."""
        return self.warehouse / "prefect"

    @property
    def definitions(self) -> Path:
        return self.root / "schemas"

    @property
    def definition_folders(self) -> tuple[Path, ...]:
        """Shipped definitions, then the workspace's own if it has any of its own."""
        own = self.definitions
        if own.is_dir() and own.resolve() != SHIPPED.resolve():
            return SHIPPED, own
        return (SHIPPED,)

    def load_catalogue(self, parts: frozenset[str] = EVERYTHING) -> Catalogue:
        """The definitions in force here. Raises DefinitionError at the first that is wrong."""
        own = self.settings
        return load_catalogue(self.definition_folders, parts=parts, limits=own.limits, overlapping=own.overlapping)

    def find_today(self) -> date:
        """The day that lateness is reckoned from."""
        return self.settings.as_of or datetime.now(ZoneInfo(self.settings.timezone)).date()

    def find_now(self) -> datetime:
        """The time of receipts: the clock, or noon of the day set for demonstrations."""
        zone = ZoneInfo(self.settings.timezone)
        if self.settings.as_of:
            return datetime(
                self.settings.as_of.year, self.settings.as_of.month, self.settings.as_of.day, 12, tzinfo=zone
            )
        return datetime.now(zone)


def open_workspace(given: Path | None = None, *, start: Path | None = None) -> Workspace:
    """The workspace given, named by HUIZONG_WORKSPACE, or nearest upwards from `start`.

    Raises WorkspaceError saying how to make one.
    """
    named = given or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    root = named.resolve() if named else _search_upwards((start or Path.cwd()).resolve())
    if root is None:
        raise WorkspaceError("no_workspace")
    if not _has_marker(root):
        raise WorkspaceError("not_a_workspace", path=root)
    return Workspace(root, load_settings(root / MARKER))


def _search_upwards(start: Path) -> Path | None:
    return next((folder for folder in (start, *start.parents) if _has_marker(folder)), None)


def _has_marker(folder: Path) -> bool:
    path = folder / MARKER
    if not path.is_file():
        return False
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError("setting", path=path, key="", problem=error) from None
    return "huizong" in content.get("tool", {})
