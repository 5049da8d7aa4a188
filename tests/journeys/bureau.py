"""A small bureau for journeys: its register, a few schools, and what reaches it."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from flows.conductor import PlainConductor
from flows.demonstration import build_settings
from flows.pipeline import NightReport, run_night
from flows.publishers.campaign import TemplateMaker
from flows.sampling import Attributes, MadeFile, drop_files, make_file, read_attributes
from flows.setup import make_workspace
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue
from schemas.sample.district import build_sample_district
from schemas.sample.filings import Filing, Sample

YEAR = "2025-2026"
NIGHT = date(2025, 9, 19)
NEXT_NIGHT = date(2025, 9, 20)
LATE_NIGHT = date(2025, 9, 25)
SCHOOLS = ("2132199001", "2132199016", "2132199023")
"""A large school in town, a small one and a village one; none has trouble planted in it."""


@cache
def load_sample() -> Sample:
    return build_sample_district({"J00", "J01", "J02", "J03"})


def find_filing(return_id: str, school: str, period: str = YEAR) -> Filing:
    """The filing of a school as it should be."""
    found = [f for f in load_sample().filings if (f.return_id, f.school, f.period) == (return_id, school, period)]
    return replace(found[-1], troubles=(), received_on=NIGHT)


def find_register() -> Filing:
    """The register of the year, from the bureau itself."""
    return replace(next(f for f in load_sample().filings if f.return_id == "register" and f.period == YEAR), revision=1)


@dataclass
class Bureau:
    """A workspace, and the hands that drop files into it and run its nights."""

    root: Path
    catalogue: Catalogue
    returns: Sequence[str] = ("J00", "J03")
    settings: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        collections = [{"period": YEAR, "returns": list(self.returns), "due": {"J00": NIGHT}}]
        sample = replace(load_sample(), collections=collections, filings=[find_register()])
        make_workspace(self.root, {**build_settings(sample, as_of=None), **self.settings})
        self.maker = TemplateMaker(self.catalogue)
        self.attributes: Attributes = read_attributes(sample, self.catalogue)

    @property
    def workspace(self) -> Workspace:
        return open_workspace(self.root)

    def copy_to(self, root: Path) -> Bureau:
        """The same bureau as it stands, in another folder: what happens there leaves this one as it is."""
        shutil.copytree(self.root, root)
        twin = copy.copy(self)
        twin.root = root
        return twin

    def make(self, filing: Filing) -> MadeFile:
        """The workbook that a clerk would send."""
        return make_file(self.maker, load_sample(), self.attributes, filing)

    def receive(self, *filings: Filing) -> list[Path]:
        """Filled templates reach the inbox."""
        return drop_files([self.make(filing) for filing in filings], self.workspace.inbox)

    def receive_bytes(self, name: str, content: bytes) -> Path:
        """A file of any kind reaches the inbox."""
        path = self.workspace.inbox / name
        path.write_bytes(content)
        return path

    def run_night(self, day: date = NIGHT) -> NightReport:
        """The nightly run, on a day of one's choice."""
        workspace = self.workspace
        at = replace(workspace, settings=workspace.settings.model_copy(update={"as_of": day}))
        return run_night(at, PlainConductor(), self.catalogue)

    def list_states(self) -> dict[tuple[str, str], list[str]]:
        """Return and school → states of its submissions, in order of receipt."""
        rows = self._ask(
            "SELECT s.return_id, s.school, t.state FROM submissions s JOIN standings t USING (submission) "
            "ORDER BY s.submission"
        )
        states: dict[tuple[str, str], list[str]] = {}
        for return_id, school, state in rows:
            states.setdefault((str(return_id), str(school)), []).append(str(state))
        return states

    def find_state(self, return_id: str, school: str) -> str:
        """The state of the newest submission."""
        return self.list_states()[(return_id, school)][-1]

    def list_findings(self, code: str) -> list[tuple[str, str, str]]:
        """Sheet, cell and message of every finding of a check."""
        rows = self._ask("SELECT sheet, cell, message FROM findings WHERE code = ? ORDER BY ALL", code)
        return [(str(sheet), str(cell), str(message)) for sheet, cell, message in rows]

    def find_figure(self, indicator: str, stage: str = "") -> float:
        """A published figure of the whole district."""
        sql = "SELECT value FROM figures WHERE period = ? AND indicator = ? AND stage = ? AND breakdown = ''"
        ((value,),) = self._ask(sql, YEAR, indicator, stage)
        assert isinstance(value, float)
        return value

    def count_reported(self, indicator: str, stage: str = "") -> int:
        """How many schools a published figure of the whole district rests on."""
        sql = "SELECT reported FROM figures WHERE period = ? AND indicator = ? AND stage = ? AND breakdown = ''"
        ((count,),) = self._ask(sql, YEAR, indicator, stage)
        assert isinstance(count, int)
        return count

    def read_published(self) -> dict[str, bytes]:
        """Name below the published folder → content."""
        folder = self.workspace.warehouse / "published"
        return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}

    def _ask(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        with open_warehouse(self.workspace.warehouse, read_only=True) as warehouse:
            return warehouse.connection.execute(sql, list(values)).fetchall()


def type_over(filing: Filing, **cells: object) -> Filing:
    """The filing with cells changed; a reference is written stu_primary__total__g3 for stu_primary[total].g3."""
    changed = {}
    for name, value in cells.items():
        sheet, row, column = name.split("__")
        changed[f"{sheet}[{row}].{column}"] = value
    return replace(filing, values={**filing.values, **changed})  # type: ignore[dict-item]
