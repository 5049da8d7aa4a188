"""Small bureaus for what can only be told of whole nights: three schools, their pupils and their classes.

| school | J02 classes | J03 pupils |
|---|---|---|
| town | in order | in order |
| small | in order | in order, or not, as the test has it |
| village | in order | in order |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from flows.publishers.fill import CellValue, fill_workbook
from schemas.catalogue import Catalogue
from schemas.layout import Cell
from tests.journeys.bureau import SCHOOLS, YEAR, Bureau, find_filing, find_register

RETURNS = ("J00", "J02", "J03")
TOWN, SMALL, VILLAGE = SCHOOLS
UNCLEAR: tuple[CellValue, ...] = ("约12", "三十", -5, 12.4, "NaN")
"""Errors in any cell that asks for a count."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file in the inbox: its name, perhaps in a folder, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class WholeNight:
    """A night in which every file came once and was in order."""

    bureau: Bureau
    files: Mapping[tuple[str, str], Dropped]
    tidy: bytes
    states: Mapping[tuple[str, str], list[str]]


def run_whole_night(folder: Path, catalogue: Catalogue) -> WholeNight:
    bureau = open_bureau(folder, catalogue)
    files = make_in_order(bureau)
    drop(bureau, files.values())
    bureau.run_night()
    return WholeNight(bureau, files, read_tidy(bureau), bureau.list_states())


def open_bureau(folder: Path, catalogue: Catalogue) -> Bureau:
    return Bureau(folder, catalogue, RETURNS)


def drop(bureau: Bureau, files: Iterable[Dropped]) -> None:
    for file in files:
        path = bureau.workspace.inbox / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)


def make_in_order(bureau: Bureau) -> dict[tuple[str, str], Dropped]:
    """Every file in order by return and school, the register among them."""
    filings = [find_register(), *(find_filing(name, school) for name in ("classes", "students") for school in SCHOOLS)]
    made = [(filing, bureau.make(filing)) for filing in filings]
    return {(filing.return_id, filing.school): Dropped(file.name, file.content) for filing, file in made}


def list_counts(catalogue: Catalogue, return_id: str) -> list[tuple[str, Cell]]:
    """Tab and cell of every count that a primary school types into a return."""
    layout = catalogue.find_layout(return_id, YEAR)
    values = find_filing(return_id, SMALL).values
    cells = [(s.tab, cell) for s in layout.sheets if not s.is_list for cell in s.cells if cell.type == "count"]
    return [(tab, cell) for tab, cell in cells if cell.ref in values and not cell.total and not cell.blocked]


def choose_errors(catalogue: Catalogue, return_id: str) -> st.SearchStrategy[dict[str, dict[str, CellValue]]]:
    """Tab → address → what is typed wrongly, in one to four cells."""
    cells = list_counts(catalogue, return_id)
    chosen = st.lists(st.tuples(st.sampled_from(range(len(cells))), st.sampled_from(UNCLEAR)), min_size=1, max_size=4)
    return chosen.map(lambda errors: _group((*cells[number], value) for number, value in errors))


def _group(errors: Iterable[tuple[str, Cell, CellValue]]) -> dict[str, dict[str, CellValue]]:
    typed: dict[str, dict[str, CellValue]] = {}
    for tab, cell, value in errors:
        typed.setdefault(tab, {})[cell.address] = value
    return typed


def type_wrongly(file: Dropped, errors: dict[str, dict[str, CellValue]]) -> Dropped:
    return Dropped(f"错_{file.name}", fill_workbook(file.content, errors))


def read_tidy(bureau: Bureau) -> bytes:
    """The newest figures of the year as published for programs, but for those that count the files themselves."""
    files = bureau.read_published()
    newest = max((name for name in files if name.endswith("_指标.csv")), key=lambda name: (len(name), name))
    counting = {f",{name},".encode() for name in list_about_files(bureau.catalogue)}
    lines = files[newest].splitlines(keepends=True)
    assert len(lines) > 100
    return b"".join(line for line in lines if not any(name in line for name in counting))


def list_about_files(catalogue: Catalogue) -> list[str]:
    """Indicators of the collection itself, such as how many returns were received: those count what is refused too."""
    formulas = {i.id: f"{i.numerator} {i.denominator or ''}" for i in catalogue.indicators.values()}
    return [name for name, formula in formulas.items() if "collection" in formula]


def list_said(bureau: Bureau, return_id: str, school: str) -> list[tuple[object, ...]]:
    """Everything that was found in the newest submission of a school, and how often each check could be judged."""
    newest = "(SELECT max(submission) FROM submissions WHERE return_id = ? AND school = ?)"
    findings = bureau._ask(
        f"SELECT code, sheet, cell, message FROM findings WHERE submission = {newest} ORDER BY ALL", return_id, school
    )
    outcomes = bureau._ask(
        "SELECT code, applicable, passed, failed, not_assessed FROM outcomes "
        f"WHERE submission = {newest} ORDER BY ALL", return_id, school,
    )  # fmt: skip
    return [*findings, *outcomes]


def count_distinct(files: Iterable[Dropped]) -> int:
    return len({hashlib.sha256(file.content).hexdigest() for file in files})
