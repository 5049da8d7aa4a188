"""The marked copy is repaired by the school and sent again."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from schemas.catalogue import Catalogue
from tests.journeys.bureau import LATE_NIGHT, NEXT_NIGHT, SCHOOLS, Bureau, find_filing, find_register, type_over

SCHOOL = SCHOOLS[0]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Bureau:
    """After a night that sent a return back."""
    bureau = Bureau(tmp_path_factory.mktemp("refused") / "bureau", catalogue)
    bureau.receive(find_register(), type_over(find_filing("students", SCHOOL), stu_primary__female__g3=999))
    bureau.run_night()
    return bureau


@pytest.fixture
def bureau(refused: Bureau, tmp_path: Path) -> Bureau:
    return refused.copy_to(tmp_path / "bureau")


@pytest.mark.requirement("M-10")
def test_a_rejected_return_comes_back_marked_and_is_accepted_once_repaired(bureau: Bureau) -> None:
    (marked,) = find_receipts(bureau, ".xlsx")
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames[0] == "整改清单"
    sheet = book["小学分类型学生数"]
    assert "TB01" in sheet["M6"].comment.text
    right = find_filing("students", SCHOOL).values["stu_primary[female].g3"]
    sheet["M6"] = right
    bureau.receive_bytes("改好了.xlsx", save(book))
    bureau.run_night(NEXT_NIGHT)
    assert bureau.list_states()[("students", SCHOOL)] == ["rejected", "accepted"]
    assert bureau.list_findings("FL25") == []


def test_the_text_receipt_says_what_is_wrong_and_what_to_do(bureau: Bureau) -> None:
    text = find_receipts(bureau, ".txt", "J03")[0].read_text(encoding="utf-8")
    assert "结果：退回" in text
    assert "小学分类型学生数 M6" in text
    assert "请在本文件中改正标出的单元格" in text


def test_an_accepted_return_gets_a_text_and_no_marked_copy(bureau: Bureau) -> None:
    assert [path.suffix for path in find_receipts(bureau, "", "J00")] == [".txt"]


def test_receipts_are_made_once(bureau: Bureau) -> None:
    before = {path: path.stat().st_mtime_ns for path in find_receipts(bureau, "")}
    bureau.run_night()
    assert {path: path.stat().st_mtime_ns for path in find_receipts(bureau, "")} == before


def find_receipts(bureau: Bureau, suffix: str, stem: str = "") -> list[Path]:
    folder = bureau.workspace.warehouse / "receipts"
    return sorted(p for p in folder.rglob(f"{stem}*{suffix}") if p.is_file())


def save(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.requirement("M-15", "P-12")
def test_a_receipt_begins_with_state_counts_time_and_what_was_read_by_rule(bureau: Bureau) -> None:
    """After the repaired copy comes one with a fault again and a number written in full width."""
    right = find_filing("students", SCHOOL)
    bureau.receive(replace(right, revision=2))
    bureau.run_night(NEXT_NIGHT)
    spoilt = type_over(right, stu_primary__female__g3=999, stu_primary__migrant__g1="\uff13\uff12")
    bureau.receive(replace(spoilt, revision=3))
    bureau.run_night(LATE_NIGHT)
    lines = find_receipts(bureau, ".txt", "J03")[-1].read_text(encoding="utf-8").splitlines()

    assert lines[0].startswith("J03 学生情况表")
    assert lines[2].startswith("结果：退回。强制性错误")
    assert "已过截止日期 2025-09-20" in lines[3]
    assert "计入汇总的仍是第3号" in lines[3]
    assert any("系统已按规则统一写法" in line for line in lines)
