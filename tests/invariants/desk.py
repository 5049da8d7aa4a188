"""A desk at which files are checked as `huizong check` does: the command's function, real files, real children."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from flows.check import CheckedFile, check_files
from flows.checks.findings import Finding
from flows.conductor import Unwatched
from flows.warehouse.warehouse import open_empty
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue

SETTINGS = '[tool.huizong]\ndistrict_code = "330000"\nas_of = "2025-09-15"\nworkers = 1\n'
ALWAYS_SAID = frozenset({"FL36"})
"""Said of every file: there is no register to look schools up in."""

Line = tuple[str, str, str, str, str]
"""A finding as it matters to a school: code, severity, sheet, cell, message."""


@dataclass(frozen=True)
class Desk:
    """A workspace without a warehouse, and the definitions that files are checked by."""

    root: Path
    catalogue: Catalogue
    settings: str = SETTINGS

    @property
    def workspace(self) -> Workspace:
        marker = self.root / "pyproject.toml"
        if not marker.exists():
            self.root.mkdir(parents=True, exist_ok=True)
            marker.write_text(self.settings, encoding="utf-8")
        return open_workspace(self.root)

    def check(self, contents: Mapping[str, bytes]) -> dict[str, CheckedFile]:
        """What is said of files, by name; they are checked together."""
        workspace = self.workspace
        paths = {name: self.root / "files" / name for name in contents}
        for name, content in contents.items():
            paths[name].parent.mkdir(parents=True, exist_ok=True)
            paths[name].write_bytes(content)
        with closing(open_empty()) as connection:
            checked = check_files(workspace, self.catalogue, connection, list(paths.values()), Unwatched())
        for path in paths.values():
            path.unlink()
        return dict(zip(contents, checked, strict=True))

    def check_one(self, content: bytes, name: str = "a.xlsx") -> CheckedFile:
        return self.check({name: content})[name]


def list_lines(file: CheckedFile) -> list[Line]:
    """Everything said of a file in its order, but for what is said of all."""
    return [spell(finding) for finding in file.findings if finding.code not in ALWAYS_SAID]


def spell(finding: Finding) -> Line:
    return finding.code, finding.severity, finding.sheet, finding.cell, finding.message


def list_places(file: CheckedFile) -> list[str]:
    """Codes with their cells, such as `CE01 C5`."""
    return [f"{code} {cell}".strip() for code, _, _, cell, _ in list_lines(file)]
