"""How every school stands, on the screen and in the digest, adds up to the register.

| school | J03 | then |
|---|---|---|
| TOWN | accepted | accepted again with a reason: revised |
| SMALL | more girls than pupils: sent back | |
| VILLAGE | three migrants from nowhere, which it was let off | |
| FOURTH | accepted | taken back |
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from schemas.catalogue import Catalogue
from tests.figures.returned import list_owed
from tests.journeys.bureau import (
    LATE_NIGHT,
    NEXT_NIGHT,
    NIGHT,
    SCHOOLS,
    YEAR,
    Bureau,
    find_filing,
    find_register,
    load_sample,
    type_over,
)
from tests.journeys.command import run_verb

TOWN, SMALL, VILLAGE = SCHOOLS
FOURTH = next(
    filing.school
    for filing in load_sample().filings
    if filing.return_id == "students" and filing.period == YEAR and not filing.troubles and filing.school not in SCHOOLS
)
OFFICE = "3201990000"
WAIVER = {
    "check": "TB03", "school": VILLAGE, "period": YEAR, "reason": "并入的教学点户籍未登记", "asked_by": "石门小学",
    "approved_by": "李科长", "until": date(2025, 12, 31),
}  # fmt: skip

ASKED = {
    str(line["school_code"])
    for line in find_register().lists["reg"]
    if "students" in list_owed(line) and not line.get("valid_to")
}
"""Schools that owe the return, by the lines of the register that have not ended."""

ZERO = {
    "expected": 1, "received": 0, "accepted": 0, "accepted_with_queries": 0, "rejected": 0, "unsettled": 0,
    "not_filed": 1, "revised": 0, "waived": 0, "withdrawn": 0, "days_since_last": None,
}  # fmt: skip
IN = ZERO | {"received": 1, "not_filed": 0}
DAYS = (LATE_NIGHT - NIGHT).days


@dataclass(frozen=True)
class Seen:
    """The bureau after two nights, and its status five days later."""

    bureau: Bureau
    status: dict[str, Any]

    def find(self, school: str) -> dict[str, Any]:
        (row,) = [row for row in self.status["schools"] if row["school"] == school]
        return {name: value for name, value in row.items() if name in ZERO}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Seen:
    bureau = Bureau(tmp_path_factory.mktemp("standing") / "bureau", catalogue, settings={"waivers": [WAIVER]})
    village = find_filing("students", VILLAGE)
    three_more = float(village.values["stu_primary[migrant].g3"]) + 3  # type: ignore[arg-type]
    town = find_filing("students", TOWN)
    bureau.receive(find_register())
    bureau.receive(town)
    bureau.receive(type_over(find_filing("students", SMALL), stu_primary__female__g3=999))
    bureau.receive(type_over(village, stu_primary__migrant__g3=three_more))
    bureau.receive(find_filing("students", FOURTH))
    report = bureau.run_night(NIGHT)
    number = next(each.submission for each in report.standings if each.school == FOURTH)
    code, _ = run_verb(bureau.root, NIGHT, "withdraw", str(number), "--reason", "报错了单位", "--by", "王统计")
    assert code == 0
    boarders = float(town.values.get("stu_primary[boarding].g1") or 0)  # type: ignore[arg-type]
    again = type_over(town, stu_primary__boarding__g1=boarders + 1)
    bureau.receive(replace(again, cover={**town.cover, "correction_reason": "一年级寄宿生误填，现予更正"}, revision=2))
    bureau.run_night(NEXT_NIGHT)
    _, status = run_verb(bureau.root, LATE_NIGHT, "status", "--period", YEAR)
    return Seen(bureau, status)


@pytest.mark.requirement("P-16")
def test_every_state_of_a_school_is_told(seen: Seen) -> None:
    assert seen.find(TOWN) == IN | {"accepted": 1, "revised": 1, "days_since_last": DAYS - 1}
    assert seen.find(SMALL) == IN | {"rejected": 1, "days_since_last": DAYS}
    assert seen.find(VILLAGE) == IN | {"accepted": 1, "waived": 1, "days_since_last": DAYS}
    assert seen.find(FOURTH) == ZERO | {"withdrawn": 1}
    assert seen.find(OFFICE) == IN | {"accepted": 1, "days_since_last": DAYS}


@pytest.mark.requirement("P-16")
def test_counts_add_up_to_the_register(seen: Seen) -> None:
    rows = seen.status["schools"]

    assert {row["school"] for row in rows} == ASKED | {OFFICE}
    assert len(rows) == len(ASKED) + 1 == seen.status["expected"]
    for row in rows:
        decided = row["accepted"] + row["accepted_with_queries"] + row["rejected"] + row["unsettled"]
        assert (row["received"], row["expected"]) == (decided, decided + row["not_filed"]), row
    totals = Counter({name: sum(row[name] for row in rows) for name in ZERO if name != "days_since_last"})
    assert {name: seen.status[name] for name in totals} == dict(totals)
    assert seen.status["not_filed"] == len(ASKED) - 3


@pytest.mark.requirement("P-16")
def test_the_digest_tells_the_same_of_every_school(seen: Seen) -> None:
    (path,) = seen.bureau.workspace.warehouse.glob(f"digests/{NEXT_NIGHT}/晨报_*.xlsx")
    rows = list(load_workbook(path)["及时与质量"].iter_rows(min_row=4, values_only=True))
    told = {row[0]: dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]}

    assert set(told) == ASKED | {OFFICE}
    heads = ("应报", "已报", "通过", "待核实", "退回", "未定", "未报", "更正", "豁免", "撤回", "距上次来件(天)")
    assert [told[TOWN][head] for head in heads] == [1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0]
    assert [told[SMALL][head] for head in heads] == [1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert [told[VILLAGE][head] for head in heads] == [1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 1]
    assert [told[FOURTH][head] for head in heads] == [1, 0, 0, 0, 0, 0, 1, 0, 0, 1, "—"]


@pytest.mark.requirement("P-22")
def test_the_digest_keeps_figures_by_check_template_and_program(seen: Seen) -> None:
    """Templates that no program has saved again say Excel 12. Of four schools three were accepted at once."""
    (path,) = seen.bureau.workspace.warehouse.glob(f"digests/{NEXT_NIGHT}/晨报_*.xlsx")
    book = load_workbook(path)
    tables = {
        name: [dict(zip(map(str, head), row, strict=True)) for row in rows]
        for name in ("制表软件", "各表质量", "校验使用情况")
        for head, *rows in [list(book[name].iter_rows(min_row=4, values_only=True))]
    }

    form = next(row for row in tables["各表质量"] if row["表号"] == "J03")
    (program,) = tables["制表软件"]
    assert (program["制表软件"], program["份数"], program["版数"]) == ("Microsoft Excel 12", 5, 6)
    assert (program["一次通过"], program["一次通过率(%)"], program["平均轮次"]) == (4, 100, 1)
    assert program["错误"] == form["错误"]
    assert (form["单位数"], form["版数"], form["一次通过"]) == (4, 5, 3)
    assert "TB01" in {row["校验"] for row in tables["校验使用情况"]}
