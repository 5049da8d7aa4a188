"""One look at a file finds everything, by every rule there is, and tells how often each could be judged."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from flows.publishers.fill import CellValue, fill_workbook
from flows.publishers.marking.remark import Remark, order_remarks
from flows.publishers.receipt import MOST_LINES, Receipt, write_text
from flows.receipts import build_words
from schemas.catalogue import SHIPPED, load_catalogue
from schemas.check_kinds import CELL_KINDS
from schemas.compile import compile_checks
from schemas.periods import is_in_force
from tests.checks.cases import Case, Example
from tests.checks.filings import find_filing, load_definitions
from tests.checks.hearings import Exhibit, Outcome, hear_together
from tests.checks.test_broken_checks import BROKEN
from tests.invariants.desk import Desk
from tests.invariants.faults import list_faults, plant
from tests.readers.sheets import Canteen, build_canteen, change_workbook, open_tab

PRIMARY, YEAR = "2132199001", "2025-2026"
INNER = re.compile(r"\w+\[\w*\]\.?\w*|\b[a-z]+_[a-z_]+\b|\bNone\b|\bnan\b|\[0-9\]")
"""Names that only the program uses: references, ids, patterns, and how it writes what is missing."""

KITCHEN: dict[str, CellValue] = {
    "kitchen.seats": "约300", "kitchen.area": 318.555, "kitchen.cost": "125,000元", "kitchen.satisfaction": 101,
    "kitchen.change": "无", "kitchen.opened_on": "昨天", "kitchen.licensed": "也许", "kitchen.stage": "大学",
    "kitchen.stages": "小学、初中", "kitchen.licence": "3.3E+13", "kitchen.remark": "11010519491231002X",
    "meals[breakfast].day": 5, "meals[lunch].day": -5, "meals[lunch].boarder": "三十", "meals[dinner].day": 12.5,
    "meals[total].total": 99_999, "meals[breakfast].boarder": None,
}  # fmt: skip
LINES: dict[str, CellValue] = {
    "A5": "0007 ", "B5": "2020年1月1日", "C5": "４０", "D5": "√", "A6": "0012", "B6": "2020-01-01", "C6": "37.5",
    "D6": "是", "A7": "0013", "B7": "2020-01-01", "C7": "1,000", "D7": "是", "A8": "0014", "B8": "2020-01-01",
    "C8": " 40", "D8": "是", "A9": "合计", "C9": 80, "F5": 7,
}  # fmt: skip
KINDS = {
    "CE01", "CE02", "CE03", "CE04", "CE05", "CE06", "CE07", "CE08", "CE09", "CE10", "CE11", "CE12", "CE14", "CE15",
    "CE20", "CE21", "CE22", "CE26", "CE27", "CE28", "CE29", "CE30", "FL08", "FL09", "FL22", "FL25", "FL27", "FL28",
    "FL31", "FL33", "FL39",
}  # fmt: skip
"""Kinds of fault planted in one file."""


@pytest.fixture(scope="module")
def canteen(tmp_path_factory: pytest.TempPathFactory) -> Canteen:
    return build_canteen(tmp_path_factory.mktemp("definitions"))


@pytest.fixture(scope="module")
def small(canteen: Canteen, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"), canteen.catalogue)


def spoil(book: Workbook) -> None:
    """What no cell alone can show: sheets, comments, formulas, and a cover that nobody checked."""
    book.create_sheet("底稿")["A1"] = 5
    hidden = book.create_sheet("旧数")
    hidden["A1"], hidden.sheet_state = 5, "hidden"
    open_tab(book, "封面")["C13"] = None
    meals = open_tab(book, "用餐人数")
    meals["E8"].comment = Comment("实际 421 人", "王")
    meals["A20"] = "注：含教职工"
    lines = open_tab(book, "从业人员")
    lines["A10"], lines["B10"], lines["C10"], lines["D10"] = "0031", "2020-01-01", "#REF!", "是"
    book["食堂概况"].title = "食堂 概况"


@pytest.mark.requirement("C-01")
def test_thirty_kinds_of_fault_in_one_file_are_all_told_at_once(canteen: Canteen, small: Desk) -> None:
    typed = fill_workbook(canteen.type_in(KITCHEN), {"从业人员": LINES})
    file = small.check_one(change_workbook(typed, spoil), "报表.xls")
    assert len(KINDS) > 30
    assert KINDS - {finding.code for finding in file.findings} == set()


@pytest.mark.requirement("M-01")
def test_no_finding_speaks_of_what_only_the_program_knows(canteen: Canteen, small: Desk) -> None:
    """Of every fault that can be planted in one cell."""
    faults = list_faults(canteen)
    copies = [{(f.tab, f.address): f for f in faults[start::7]}.values() for start in range(7)]
    files = small.check({f"{n}.xlsx": plant(canteen.workbook, copy) for n, copy in enumerate(copies)})
    findings = [finding for file in files.values() for finding in file.findings]
    shown = [t for f in findings for t in (f.message, f.remedy, f.label, f.expected, f.difference)]
    assert len(findings) > 50
    assert [text for text in shown if INNER.search(text)] == []


def hear(return_id: str, *, folder: Path | None = None, **example: object) -> Outcome:
    """What comes of a school's return with something changed, held against everything the sample has."""
    case = Case.model_validate(
        {
            "severity": "error", "return": return_id, "school": PRIMARY, "period": YEAR, "among_all": True,
            "fails": [{"sheet": "", "cell": ""}], "always_assessed": "signal",
        }
    )  # fmt: skip
    exhibit = Exhibit("XX00", "fails", 0, case, Example.model_validate(example))
    catalogue = load_catalogue((SHIPPED, folder)) if folder else load_definitions()
    return hear_together(catalogue, [exhibit])[exhibit.key]


@pytest.mark.requirement("C-04")
@pytest.mark.parametrize("return_id", ["classes", "students"])
def test_every_check_in_force_ran_and_says_how_often_it_could_be_judged(return_id: str) -> None:
    """Three times in one process, each time the same."""
    catalogue = load_definitions()
    layout = catalogue.find_layout(return_id, YEAR)
    active = {c.code for c in compile_checks(catalogue, layout) if c.rules and is_in_force(c.check, YEAR)}
    active |= {
        e.check.code for e in catalogue.checks.values() if e.check.kind in CELL_KINDS and is_in_force(e.check, YEAR)
    }
    outcomes = [hear(return_id) for _ in range(3)]

    assert set(outcomes[0].counts) == active
    assert outcomes[1:] == outcomes[:-1]
    assert [
        c for c, (applied, passed, failed, open_) in outcomes[0].counts.items() if applied != passed + failed + open_
    ] == []


@pytest.mark.requirement("C-05")
def test_other_checks_report_beside_one_that_cannot_run(tmp_path: Path) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "own.yaml").write_text(BROKEN, encoding="utf-8")
    outcome = hear("basic", folder=tmp_path, set={"basic.doctors": 1.5})
    assert {("FL35", "error"), ("CE10", "error")} <= {(f.code, f.severity) for f in outcome.findings}


@pytest.mark.long
@pytest.mark.requirement("C-19")
def test_rules_take_no_more_than_twice_as_long_for_twice_as_many_lines() -> None:
    """The list of classes, of a school larger than any: ten and twenty thousand lines."""
    filing = find_filing("classes", YEAR, PRIMARY)
    line = dict(filing.lists["cls_list"][0])
    spent = []
    for lines in (10_000, 20_000):
        added = [{**line, "class_no": number} for number in range(100, 100 + lines)]
        begin = time.process_time()
        assert hear("classes", add={"cls_list": added}).find("TB19") == []
        spent.append(time.process_time() - begin)
    assert spent[1] < 2.5 * spent[0] + 1
    assert spent[1] < 60


@pytest.mark.requirement("M-17")
def test_one_error_among_hundreds_of_queries_stands_first() -> None:
    queries = [Remark("学生", f"B{n}", "query", "XP05", f"变动 {n}%", "请说明。") for n in range(5, 505)]
    error = Remark("学生", "C7", "error", "TB01", "女大于总计", "请核对。")
    remarks = order_remarks([*queries[:250], error, *queries[250:]])
    text = write_text(Receipt("J03", "a.xlsx", "结果：退回。", "请改正。", remarks), build_words(load_definitions()))
    lines = text.splitlines()
    assert remarks[0] == error
    assert "TB01" not in lines[4]
    assert "女大于总计" in lines[4]
    assert len(lines) == 4 + MOST_LINES + 1
