"""What returns_bureau.md says of fields beside their type is kept by a check, or by the definition of the field.

The table beside this module lists every such statement and what keeps it: codes of checks, or one of KEPT_BY_FIELD.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue
from schemas.compile import fill_parameters
from schemas.definitions.checks import Check
from schemas.layout import Cell
from tests.catalogue.markdown import read_remarks

TABLE = Path(__file__).with_name("bureau_constraints.csv")
NUMBER = re.compile(r"\d+")
PART = "其中"
"""What the label of a part of the line above begins with."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """What is said of a field, and what keeps it."""

    no: str
    sheet: str
    field: str
    said: str
    kept_by: tuple[str, ...]

    @property
    def place(self) -> tuple[str, str, str]:
        return self.no, self.sheet, self.field


def read_table() -> list[Constraint]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [
            Constraint(row["return"], row["sheet"], row["field"], row["constraint"], tuple(row["kept_by"].split(";")))
            for row in rows
        ]


CONSTRAINTS = read_table()


def keeps_bounds(cell: Cell, said: str) -> bool:
    """The least and the most are declared; of a scale in thousandths the most is 1000."""
    if said == "千分制":
        return (cell.minimum, cell.maximum) == (0, 1000)
    return [cell.minimum, cell.maximum] == [float(number) for number in NUMBER.findall(said)]


KEPT_BY_FIELD: Mapping[str, Callable[[Cell, str], bool]] = {
    "bounds": keeps_bounds,
    "sign": lambda cell, _: cell.sign == "nonnegative",
    "count": lambda cell, _: cell.type == "count",
    "applies": lambda cell, _: bool(cell.applies),
    "optional": lambda cell, _: not cell.required,
    "total": lambda cell, _: cell.total,
    "output": lambda cell, _: cell.type == "count",
    "wording": lambda _cell, _said: True,
}
"""How the definition of a field keeps what is said; `wording` explains only, and `output` is kept by publications."""


def find_cells(catalogue: Catalogue, constraint: Constraint) -> list[Cell]:
    definition = catalogue.find_return(constraint.no)
    assert definition is not None
    sheet = catalogue.latest_layout(definition.id).find_sheet(constraint.sheet)
    assert sheet is not None
    return [cell for cell in sheet.cells if cell.ref.rpartition(".")[2] == constraint.field]


def list_formulas(check: Check) -> Iterator[str]:
    """The formulas of a check, one for each of its choices."""
    for text in check.rules:
        yield text
        for name, choices in check.each.items():
            yield from (fill_parameters(text, {name: choice}) for choice in choices)


def is_spoken_of(field: str, sheet: str, check: Check) -> bool:
    """True if a formula of the check names the field of the sheet."""
    named = re.compile(rf"\b{sheet}(\[[^\]]*\])?\.{field}\b")
    return any(named.search(text) for text in list_formulas(check))


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda c: " ".join(c.place))
def test_what_is_said_of_a_field_is_kept(constraint: Constraint, loaded: Catalogue) -> None:
    cells = find_cells(loaded, constraint)
    assert cells
    for keeper in constraint.kept_by:
        if keeper in KEPT_BY_FIELD:
            assert all(KEPT_BY_FIELD[keeper](cell, constraint.said) for cell in cells)
        else:
            assert is_spoken_of(constraint.field, constraint.sheet, loaded.checks[keeper].check)


def test_no_constraint_is_listed_twice() -> None:
    places = [constraint.place for constraint in CONSTRAINTS]
    assert sorted(set(places)) == sorted(places)


def test_every_part_of_a_whole_is_compared_with_it(loaded: Catalogue) -> None:
    """No line of a supplementary or bureau return says 其中 and goes unchecked."""
    checked = {c.place for c in CONSTRAINTS if not set(c.kept_by) <= set(KEPT_BY_FIELD)}
    parts = {
        (definition.no, sheet.id, cell.ref.rpartition(".")[2])
        for definition in loaded.returns.values() if is_of_the_text(definition.no)
        for sheet in loaded.latest_layout(definition.id).sheets
        for cell in sheet.cells
        for head in (*sheet.rows, *sheet.columns)
        if head.label.strip().startswith(PART) and head.id == cell.ref.rpartition(".")[2]
    }  # fmt: skip
    assert parts - checked == set()


def is_of_the_text(no: str) -> bool:
    """S01–S03 and B05–B15: the returns of returns_bureau.md."""
    return no.startswith("S") or (no.startswith("B") and int(no[1:]) >= 5)


def test_everything_the_text_says_of_a_field_is_listed(domain_folder: Path) -> None:
    listed = {constraint.place: constraint.said for constraint in CONSTRAINTS}
    said = {
        (remark.no, remark.sheet, remark.field): remark.said
        for remark in read_remarks(domain_folder / "returns_bureau.md")
    }
    assert {place: text for place, text in said.items() if listed.get(place) != text} == {}
