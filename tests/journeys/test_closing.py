"""A collection is locked, one school is let in again and corrects: a new vintage says what was revised and why.

The school first counts twelve in grade three as left behind, one class too many; after the lock it corrects the figure.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from schemas.catalogue import Catalogue
from schemas.sample.filings import Filing
from tests.journeys.bureau import SCHOOLS, YEAR, Bureau, find_filing, find_register, type_over
from tests.journeys.command import run_verb

SCHOOL, OTHER = SCHOOLS[0], SCHOOLS[1]
FILED, LOCKED, SENT, OPENED, TAKEN, AFTER = (date(2025, 9, day) for day in (19, 25, 26, 27, 28, 30))


def find_wrong() -> Filing:
    """The return as first filed: twelve in grade three too many."""
    right = find_filing("students", SCHOOL)
    return type_over(right, stu_primary__left_behind__g3=float(right.values["stu_primary[left_behind].g3"]) + 12)


def find_corrected() -> Filing:
    """The return as it should have been, sent with its reason."""
    right = find_filing("students", SCHOOL)
    return replace(right, revision=2, cover={**right.cover, "correction_reason": "三年级留守儿童误填"})


@dataclass
class Story:
    bureau: Bureau
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    states: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    findings: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def act(self, step: str, day: date, *arguments: str) -> None:
        self.answers[step] = run_verb(self.bureau.root, day, *arguments)

    def night(self, step: str, day: date) -> None:
        self.bureau.run_night(day)
        self.states[step] = self.bureau.list_states()[("students", SCHOOL)]
        self.figures[step] = self.bureau.find_figure("share_left_behind", "primary")
        self.findings[step] = self.bureau.list_findings("FL38")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Story:
    story = Story(Bureau(tmp_path_factory.mktemp("closing") / "bureau", catalogue))
    bureau = story.bureau
    bureau.receive(find_register(), find_wrong(), find_filing("students", OTHER))
    bureau.run_night(FILED)
    story.act("locked", LOCKED, "lock", "--period", YEAR, "--by", "王统计", "--reason", "汇总上报")
    story.act("locked twice", LOCKED, "lock", "--period", YEAR)
    bureau.receive(find_corrected())
    story.night("kept out", SENT)

    letting_in = ("reopen", "--period", YEAR, "--school", SCHOOL, "--by", "王统计")
    story.act("reopened", OPENED, *letting_in, "--until", "2025-09-29", "--reason", "城关小学来函更正")
    story.night("let in", TAKEN)
    story.act("history", AFTER, "history", "--period", YEAR)

    story.act("taken back", AFTER, "withdraw", "4", "--reason", "学校来函撤回", "--by", "王统计")
    story.night("after taking back", AFTER)
    return story


def test_a_correction_after_the_lock_is_sent_back_and_nothing_moves(story: Story) -> None:
    assert story.answers["locked"][0] == 0
    assert story.states["kept out"][-1] == "rejected"
    assert story.findings["kept out"] == [("", "", f"{YEAR}的J03已于2025-09-25锁定,不再受理")]
    assert story.figures["kept out"] == pytest.approx(expect(12))


def test_locking_twice_is_refused(story: Story) -> None:
    code, complaint = story.answers["locked twice"]

    assert code == 2
    assert "已经锁定" in complaint


def test_a_school_let_in_again_needs_not_send_its_file_a_second_time(story: Story) -> None:
    assert story.answers["reopened"][1]["judged_again"] == [4]
    assert story.states["let in"] == ["superseded", "accepted_with_queries"]
    assert story.figures["let in"] == pytest.approx(expect())


def test_the_new_vintage_says_what_was_revised_and_why(story: Story) -> None:
    history = story.answers["history"][1]
    (pupils,) = [
        r
        for r in history["revisions"]
        if (r["indicator"], r["stage"], r["breakdown"]) == ("share_left_behind", "primary", "")
    ]

    assert [p["is_final"] for p in history["publications"]] == [False, True, True]
    assert (pupils["old_value"], pupils["new_value"]) == pytest.approx((expect(12), expect()))
    assert pupils["vintage"] == 3
    assert "三年级留守儿童误填" in pupils["reason"]
    assert "城关小学来函更正" in pupils["reason"]


def test_the_published_workbook_lists_the_revisions(story: Story) -> None:
    published = story.bureau.read_published()
    name = next(name for name in published if name.startswith(f"{YEAR}/v3/") and name.endswith("教育统计汇总.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(published[name]))
    words = [[cell.value for cell in row] for row in book["修订"].iter_rows(min_row=5)]

    revised = [row[5:8] for row in words if row[:3] == ["v3", "农村留守儿童比例", "小学"] and row[3] == "全区"]
    assert revised == [pytest.approx([expect(12), expect(), expect() - expect(12)])]
    assert "定稿" in " ".join(str(cell.value) for row in book["封面"].iter_rows() for cell in row)


@pytest.mark.requirement("V-18", "P-11")
def test_what_was_taken_back_leaves_the_version_before_in_force(story: Story) -> None:
    changed = {entry["submission"]: entry["state"] for entry in story.answers["taken back"][1]}

    assert changed[4] == "withdrawn"
    assert story.states["after taking back"] == ["accepted", "withdrawn"]
    assert story.figures["after taking back"] == pytest.approx(expect(12))


@pytest.mark.requirement("V-15")
def test_the_history_tells_every_state_with_time_and_person(story: Story) -> None:
    (told,) = [s for s in story.answers["history"][1]["submissions"] if s["submission"] == 4]

    assert [act["what"] for act in told["acts"]] == ["received", "rejected", "accepted_with_queries"]
    assert told["changes"]["count"] > 0
    assert story.answers["history"][1]["collections"][0]["done_by"] == "王统计"


def expect(too_many: float = 0) -> float:
    """Share of left-behind pupils in the two schools that filed, in percent."""
    values = [find_filing("students", school).values for school in (SCHOOL, OTHER)]
    grades = [f"g{number}" for number in range(1, 7)]
    left, pupils = (
        sum(float(value[f"stu_primary[{row}].{grade}"]) for value in values for grade in grades)
        for row in ("left_behind", "total")
    )
    return 100 * (left + too_many) / pupils
