"""I-10: every published number leads to its cells, and every cell that counts to its numbers."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from flows.desk import open_desk
from flows.explain import Explained, Explanation, Origin, explain_indicator
from flows.warehouse.received import ReceivedFiles
from flows.warehouse.records import load_block
from flows.warehouse.standings import list_in_force
from flows.warehouse.submissions import load_rows
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from tests.invariants.nights import WholeNight
from tests.invariants.profiles import few, many
from tests.journeys.bureau import YEAR

pytestmark = pytest.mark.requirement("I-10", "P-18", "R-24")

REFERENCE = re.compile(r"\w+\[\w+\]\.\w+")
SUM = re.compile(rf"{REFERENCE.pattern}(?: [+-] {REFERENCE.pattern})*")
"""Formulas that are cells added to and taken from one another: what they give can be reckoned from the cells alone."""
COUNT = re.compile(r"count\(\w+(?:, .*)?\)")
OWN_RETURNS = {"J02", "J03"}


@dataclass(frozen=True)
class Traced:
    """Everything that the returns of the night explain, and the files as the schools sent them."""

    explanations: Mapping[str, Explanation]
    opened: Mapping[str, Workbook]


@pytest.fixture(scope="module")
def traced(whole_night: WholeNight, catalogue: Catalogue) -> Traced:
    workspace = whole_night.bureau.workspace
    ids = [i.id for i in catalogue.indicators.values() if i.sources and set(i.sources) <= OWN_RETURNS]
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        desk = open_desk(workspace, warehouse.connection, catalogue)
        explanations = {name: explain_indicator(desk, warehouse.connection, name, YEAR) for name in ids}
    received = ReceivedFiles(workspace.warehouse / "received")
    names = {o.received for explanation in explanations.values() for o in explanation.origins if o.received}
    opened = {name: openpyxl.load_workbook(io.BytesIO(received.read(name.rpartition("/")[2]))) for name in names}
    return Traced(explanations, opened)


def list_figures(traced: Traced) -> list[tuple[str, Explained]]:
    """Every figure of every stage that has a value."""
    return [
        (name, figure)
        for name, explanation in sorted(traced.explanations.items())
        for figure in explanation.figures
        if not math.isnan(figure.value)
    ]


def list_parts(explanation: Explanation, stage: str, part: str) -> list[Origin]:
    return [o for o in explanation.origins if (o.stage, o.contribution.part) == (stage, part)]


def reckon(formula: str, origins: Sequence[Origin]) -> float | None:
    """What the formula gives, from the cells that were named; None for a formula of another form."""
    if SUM.fullmatch(formula):
        signs = {ref: -1 if formula[: at.start()].rstrip().endswith("-") else 1 for at in REFERENCE.finditer(formula)
                 for ref in (at[0],)}  # fmt: skip
        return sum(signs[o.contribution.ref] * float(o.contribution.value or 0) for o in origins)
    return float(len(origins)) if COUNT.fullmatch(formula) else None


def check_figure(traced: Traced, catalogue: Catalogue, name: str, figure: Explained) -> bool:
    """True if the figure could be reckoned from its cells, and is what it should be."""
    indicator, explanation = catalogue.indicators[name], traced.explanations[name]
    reckoned = False
    for part, shown, formula in (
        ("numerator", figure.numerator, indicator.numerator),
        ("denominator", figure.denominator, indicator.denominator),
    ):
        origins = list_parts(explanation, figure.stage, part)
        value = reckon(formula.replace("{stage}", figure.stage), origins) if formula else None
        if value is not None:
            assert value == pytest.approx(shown), (name, figure.stage, part)
            reckoned = True
        for origin in origins:
            typed = traced.opened[origin.received][origin.sheet][origin.cell].value if origin.cell else None
            if isinstance(typed, int | float):
                assert float(typed) == origin.contribution.value, origin
    return reckoned


def test_every_figure_is_what_its_cells_add_up_to(traced: Traced, catalogue: Catalogue) -> None:
    figures = list_figures(traced)
    reckoned = [check_figure(traced, catalogue, name, figure) for name, figure in figures]
    assert len(figures) > 15
    assert sum(reckoned) > len(figures) / 2


def test_every_figure_names_cells_of_every_school_that_counts(traced: Traced) -> None:
    for name, figure in list_figures(traced):
        schools = {o.contribution.school for o in list_parts(traced.explanations[name], figure.stage, "numerator")}
        assert len(schools) <= figure.reported
        assert all(o.sheet and o.cell for o in list_parts(traced.explanations[name], figure.stage, "numerator"))


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure of an accepted return: whose it is, where it stands, what it is."""

    school: str
    ref: str
    value: float


def list_counted(whole_night: WholeNight, catalogue: Catalogue) -> list[Counted]:
    """Every number on the fixed sheets of the accepted returns, as it is stored."""
    counted = []
    with open_warehouse(whole_night.bureau.workspace.warehouse, read_only=True) as warehouse:
        for return_id in ("classes", "students"):
            in_force = list_in_force(warehouse.connection, return_id, YEAR)
            numbers = [submission for submission, *_ in in_force]
            assert len(load_rows(warehouse.connection, numbers)) == len(numbers)
            block = load_block(warehouse.connection, catalogue.find_layout(return_id, YEAR), numbers)
            for row, (_, school, _) in enumerate(in_force):
                known = ((ref, float(block.numbers[row, column])) for ref, column in block.index.items())
                counted += [Counted(school, ref, value) for ref, value in known if not math.isnan(value)]
    return counted


def list_readers(traced: Traced, catalogue: Catalogue, ref: str) -> Iterator[tuple[str, str, str]]:
    """Indicators, with stage and part, whose formula names the cell outright."""
    for name, explanation in traced.explanations.items():
        indicator = catalogue.indicators[name]
        for stage in (figure.stage for figure in explanation.figures):
            for part, formula in (("numerator", indicator.numerator), ("denominator", indicator.denominator)):
                spelled = (formula or "").replace("{stage}", stage)
                if SUM.fullmatch(spelled) and ref in REFERENCE.findall(spelled):
                    yield name, stage, part


def check_cell(traced: Traced, catalogue: Catalogue, cell: Counted) -> bool:
    """True if a figure reads the cell; each that does names it, with the school and the value."""
    readers = list(list_readers(traced, catalogue, cell.ref))
    for name, stage, part in readers:
        named = [
            origin.contribution.value
            for origin in list_parts(traced.explanations[name], stage, part)
            if (origin.contribution.school, origin.contribution.ref) == (cell.school, cell.ref)
        ]
        assert named == [cell.value], (cell, name, stage)
    return bool(readers)


def test_every_cell_that_counts_leads_to_its_figures(
    traced: Traced, whole_night: WholeNight, catalogue: Catalogue
) -> None:
    counted = list_counted(whole_night, catalogue)
    led = sum(check_cell(traced, catalogue, cell) for cell in counted if "[total]" in cell.ref or "[ge66]" in cell.ref)
    assert len(counted) > 500
    assert led > 20


def test_any_cell_leads_to_its_figures(traced: Traced, whole_night: WholeNight, catalogue: Catalogue) -> None:
    counted = list_counted(whole_night, catalogue)

    @few(40)
    @given(st.sampled_from(range(len(counted))))
    def check(number: int) -> None:
        check_cell(traced, catalogue, counted[number])

    check()


@pytest.mark.long
def test_all_cells_lead_to_their_figures(traced: Traced, whole_night: WholeNight, catalogue: Catalogue) -> None:
    counted = list_counted(whole_night, catalogue)

    @many(2000)
    @given(st.sampled_from(range(len(counted))))
    def check(number: int) -> None:
        check_cell(traced, catalogue, counted[number])

    check()
