"""A query is explained on the returned copy, decided by the bureau, and stays explained while nothing changes.

The school says that six more leave at the year's end than sit in the last year: TB07 asks why.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from schemas.catalogue import Catalogue
from schemas.sample.filings import Filing
from tests.journeys.bureau import NIGHT, SCHOOLS, Bureau, find_filing, find_register, type_over
from tests.journeys.command import run_verb

SCHOOL = SCHOOLS[0]
WHY = "六名学生休学期满，拟随本届毕业"
DAYS = [date(2025, 9, day) for day in range(19, 31)]


@dataclass
class Story:
    """What was seen after each step."""

    bureau: Bureau
    states: dict[str, list[str]] = field(default_factory=dict)
    queries: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    copies: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)

    def look(self, step: str, day: date) -> None:
        self.states[step] = self.bureau.list_states()[("students", SCHOOL)]
        _, lines = run_verb(self.bureau.root, day, "findings", "--check", "TB07", "--past")
        self.queries[step] = lines
        receipts = sorted(
            self.bureau.workspace.warehouse.glob("receipts/*/J03*.txt"), key=lambda p: int(p.stem.split("回执")[1])
        )
        self.texts[step] = receipts[-1].read_text(encoding="utf-8")
        copy = receipts[-1].with_suffix(".xlsx")
        if copy.exists():
            self.copies[step] = copy.read_bytes()

    def resend(self, step: str, day: date, *, explanation: str = "", reason_code: str = "", **cells: float) -> None:
        """The copy returned at a step comes back with an explanation in the list and cells typed over."""
        book = openpyxl.load_workbook(io.BytesIO(self.copies[step]))
        listing = book["整改清单"]
        head = next(row for row in listing.iter_rows() if "学校说明" in [cell.value for cell in row])
        place = {cell.value: cell.column for cell in head}
        for row in listing.iter_rows(min_row=head[0].row + 1):
            if row[place["校验"] - 1].value == "TB07" and explanation:
                row[place["学校说明"] - 1].value = explanation
                row[place["原因代码"] - 1].value = reason_code
        for cell, value in cells.items():
            book["小学分类型学生数"][cell] = value
        target = io.BytesIO()
        book.save(target)
        self.bureau.receive_bytes(f"再报_{day}.xlsx", target.getvalue())
        self.bureau.run_night(day)


def find_odd() -> Filing:
    """A return that is right but for six more who are to leave school than are in the last grade."""
    right = find_filing("students", SCHOOL)
    return type_over(right, stu_primary__total__expected_grads=float(right.values["stu_primary[total].g6"]) + 6)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Story:
    bureau = Bureau(tmp_path_factory.mktemp("explaining") / "bureau", catalogue)
    story = Story(bureau)
    bureau.receive(find_register(), find_odd())
    bureau.run_night(NIGHT)
    story.look("asked", NIGHT)

    story.resend("asked", DAYS[1], explanation=WHY, reason_code="06 转入转出集中")
    story.look("explained", DAYS[1])

    query = story.queries["explained"][-1]["id"]
    story.answers["refused without a reason"] = run_verb(
        bureau.root, DAYS[2], "decide", query, "--refuse", "--by", "王统计"
    )
    run_verb(bureau.root, DAYS[2], "decide", query, "--refuse", "--reason", "请写明名单批次", "--by", "王统计")
    story.look("refused", DAYS[2])

    story.resend("refused", DAYS[3], explanation=f"{WHY}，名单见学籍平台第3批", reason_code="06 转入转出集中")
    story.look("explained again", DAYS[3])
    listed = bureau.root / "办理表.xlsx"
    run_verb(bureau.root, DAYS[4], "findings", "--state", "explained", "--out", str(listed))
    fill_decisions(listed, decision="采纳", reason="")
    story.answers["accepted"] = run_verb(bureau.root, DAYS[4], "decide", "--from", str(listed), "--by", "王统计")
    story.look("accepted", DAYS[4])

    return story


def fill_decisions(path: Path, decision: str, reason: str) -> None:
    """A statistician fills the decision file."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if "决定" in [cell.value for cell in row])
    place = {cell.value: cell.column for cell in head}
    for row in sheet.iter_rows(min_row=head[0].row + 1):
        row[place["决定"] - 1].value = decision
        row[place["理由"] - 1].value = reason
    book.save(path)


def test_a_query_without_an_explanation_is_open_and_the_return_waits(story: Story) -> None:
    (query,) = story.queries["asked"]

    assert story.states["asked"] == ["accepted_with_queries"]
    assert (query["state"], query["cell"], query["school"]) == ("open", "Q5", SCHOOL)
    assert "待核实 1 处，已说明 0 处" in story.texts["asked"]


@pytest.mark.requirement("C-14")
def test_an_explanation_on_the_returned_copy_answers_the_query(story: Story) -> None:
    query = story.queries["explained"][-1]

    assert story.states["explained"][-1] == "accepted"
    assert (query["state"], query["explanation"], query["reason_code"]) == ("explained", WHY, "06 转入转出集中")
    assert "已说明 1 处" in story.texts["explained"]


def test_a_refusal_needs_a_reason(story: Story) -> None:
    code, complaint = story.answers["refused without a reason"]

    assert code == 2
    assert "须写理由" in complaint


def test_a_refused_explanation_asks_again_and_says_why(story: Story) -> None:
    assert story.states["refused"][-1] == "accepted_with_queries"
    assert story.queries["refused"][-1]["state"] == "refused"
    book = openpyxl.load_workbook(io.BytesIO(story.copies["refused"]))
    words = [str(cell.value) for row in book["整改清单"].iter_rows() for cell in row if cell.value]
    assert any("请写明名单批次" in word for word in words)
    assert WHY in words


def test_another_explanation_takes_the_place_of_the_refused_one(story: Story) -> None:
    assert story.queries["explained again"][-1]["state"] == "explained"


def test_the_decision_file_is_read_back(story: Story) -> None:
    code, lines = story.answers["accepted"]

    assert code == 0
    assert [(line["state"], line["decided_by"]) for line in lines] == [("accepted", "王统计")]


def test_the_journal_says_who_decided_what_when_and_why(story: Story) -> None:
    journal = (story.bureau.workspace.warehouse / "journal.jsonl").read_text(encoding="utf-8")
    decided = [line for line in journal.splitlines() if '"kind":"decided"' in line]

    assert len(decided) == 2
    assert all("王统计" in line and '"at":"2025-09-2' in line for line in decided)
    assert "请写明名单批次" in decided[0]
