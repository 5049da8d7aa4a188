"""The cell that a finding names is the one in the school's own workbook: through the command's function, from files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from flows.check import check_files
from flows.checks.findings import Finding
from flows.conductor import Unwatched
from flows.setup import make_workspace
from flows.warehouse.warehouse import open_empty
from flows.workspace import open_workspace
from schemas.sample.filings import Filing
from tests.checks.cases import Example
from tests.checks.filings import apply_example, find_filing, load_definitions
from tests.checks.hearings import describe_district
from tests.checks.workbooks import fill_template

YEAR, YEAR_BEFORE = "2025-2026", "2024-2025"
BUREAU, PRIMARY, OTHER_PRIMARY, JUNIOR, KINDERGARTEN = (
    "3201990000", "2132199001", "2132199002", "3132199031", "1132199046",
)  # fmt: skip

Place = tuple[str, str]


@dataclass(frozen=True)
class Fault:
    """A filing with something wrong, and for each check that must say so the tab, the cell and what stands in it."""

    return_id: str
    school: str
    example: Mapping[str, object] = field(default_factory=dict)
    named: Mapping[str, tuple[str, str, object]] = field(default_factory=dict)
    period: str = YEAR

    @property
    def filing(self) -> Filing:
        return apply_example(
            find_filing(self.return_id, self.period, self.school), Example.model_validate(self.example)
        )


FAULTS = (
    Fault("register", BUREAU),
    Fault(
        "students", PRIMARY,
        {"set": {"stu_primary[total].enrolled": 1311}, "blank": ["stu_primary[boarder].g3"]},
        {
            "FL13": ("小学分类型学生数", "I5", 1311), "RC01": ("小学分类型学生数", "I5", 1311),
            "CE01": ("小学分类型学生数", "M10", None),
        },
    ),
    Fault(
        "premises", PRIMARY, {"lines": {"equip": {1: {"equip_value": 3201600}}}},
        {"RC26": ("设备与资产", "J5", 3201600)},
    ),
    Fault("staff", PRIMARY, {"lines": {"tmisc": {1: {"certified": 82}}}}, {"XT14": ("教师专项", "B5", 82)}),
    Fault(
        "kg", KINDERGARTEN, {"set": {"kg_child[age3].enr_large": 1}, "lines": {"kg_cls_list": {4: {"n_children": 31}}}},
        {"TB29": ("分年龄幼儿数", "M12", 1), "XS14": ("班级清单", "C8", 31)},
    ),
    Fault(
        "basic", OTHER_PRIMARY, {"set": {"basic.doctors": 1.5, "basic.toilet": "9"}, "cover": {"checker_name": None}},
        {"CE10": ("基本情况", "C16", 1.5), "CE14": ("基本情况", "C13", "9"), "FL22": ("封面", "C13", None)},
    ),
    Fault("students", JUNIOR),
    Fault("students", JUNIOR, period=YEAR_BEFORE),
    Fault(
        "flow", JUNIOR, {"set": {"flow[junior].begin": 1395, "flow[junior].inc_in": 11}},
        {"XP01": ("学生变动", "C9", 1395)},
    ),
    Fault("students", OTHER_PRIMARY),
    Fault(
        "flow", OTHER_PRIMARY, {"set": {"flow[primary].end": 1461, "flow[primary].inc_in": 14}},
        {"XT01": ("学生变动", "Q7", 1461)},
    ),
)  # fmt: skip
NAMED = [(fault, code) for fault in FAULTS for code in fault.named]


@dataclass(frozen=True)
class Checked:
    """A workbook and what was said of it."""

    content: bytes
    findings: tuple[Finding, ...]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str, str], Checked]:
    """All files checked with one command."""
    folder = tmp_path_factory.mktemp("files")
    make_workspace(folder / "office", {**describe_district(), "as_of": date(2025, 9, 19)})
    paths = [_write(folder / f"{number}.xlsx", fault.filing) for number, fault in enumerate(FAULTS)]
    workspace, catalogue = open_workspace(folder / "office"), load_definitions()
    files = check_files(workspace, catalogue, open_empty(), paths, Unwatched())
    return {
        (fault.return_id, fault.school, fault.period): Checked(file.path.read_bytes(), file.findings)
        for fault, file in zip(FAULTS, files, strict=True)
    }


def _write(path: Path, filing: Filing) -> Path:
    path.write_bytes(fill_template(filing).content)
    return path


@pytest.mark.requirement("M-01", "R-25")
@pytest.mark.parametrize(("fault", "code"), NAMED, ids=[code for _, code in NAMED])
def test_the_finding_names_the_cell_that_is_wrong_in_the_workbook(
    fault: Fault, code: str, checked: Mapping[tuple[str, str, str], Checked]
) -> None:
    file = checked[fault.return_id, fault.school, fault.period]
    tab, cell, value = fault.named[code]
    places = [(finding.sheet, finding.cell) for finding in file.findings if finding.code == code]

    assert (tab, cell) in places
    assert openpyxl.load_workbook(io.BytesIO(file.content))[tab][cell].value == value


def list_labels(code: str) -> list[str]:
    """What a code that was typed can mean."""
    return [codes.labels[code] for codes in load_definitions().codelists.values() if code in codes.labels]


@pytest.mark.requirement("M-01")
@pytest.mark.parametrize(("fault", "code"), NAMED, ids=[code for _, code in NAMED])
def test_the_label_of_the_finding_stands_beside_the_cell(
    fault: Fault, code: str, checked: Mapping[tuple[str, str, str], Checked]
) -> None:
    file = checked[fault.return_id, fault.school, fault.period]
    tab, cell, _ = fault.named[code]
    finding = next(f for f in file.findings if (f.code, f.sheet, f.cell) == (code, tab, cell))
    sheet = openpyxl.load_workbook(io.BytesIO(file.content))[tab]
    around = [c.value for c in sheet[sheet[cell].row]] + [
        row[0].value for row in sheet[f"{sheet[cell].column_letter}1:{cell}"]
    ]

    texts = [str(value).removeprefix("其中:").strip() for value in around if value is not None]
    printed = {part for text in texts for part in (text, text.partition(" ")[2], *list_labels(text))}
    assert [
        part for part in finding.label.split("·") if part and part.removeprefix("其中:").strip() not in printed
    ] == []
