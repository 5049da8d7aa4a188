"""Which line answers which query, what explains nothing, and how long a decision holds."""

from __future__ import annotations

import pytest

from flows.checks.explanations import AnswerState, Decision, Note, Query, answer_queries
from schemas.catalogue import ExplanationRules
from tests.checks.filings import load_definitions

FEWER = Query("TB07", "小学分类型学生数", "Q5", "总计·预计毕业生数", "k1")
GIRLS = Query("TB14", "小学分类型学生数", "J6", "女·合计", "k2")
LATE = Query("FL23", "", "", "", "k3")
WHY = "六名学生休学期满，拟随本届毕业"


def load_rules() -> ExplanationRules:
    """How explanations are judged, as shipped."""
    return load_definitions().explanations


def answer(note: Note, *queries: Query, decision: Decision | None = None) -> list[AnswerState]:
    decisions = {(query.code, query.key): decision for query in queries} if decision else {}
    return [found.state for found in answer_queries(queries, [note], decisions, load_rules()).answers]


PLACES = (
    "小学分类型学生数 Q5", "Q5", "q5", "小学分类型学生数!Q5", "小学分类型学生数 Ｑ５", "总计·预计毕业生数",
    "小学分类型学生数", "",
)  # fmt: skip
EMPTY_PHRASES = (
    "", "属实", "正确", "数据属实，正确无误", "经核实，数据准确，情况属实。", "已核实无误！！！！！！！！",
    "　　　　　　　　　　", "12345",
)  # fmt: skip


@pytest.mark.parametrize("location", PLACES)
def test_a_place_is_named_as_people_write_it(location: str) -> None:
    assert answer(Note("tb07", location, WHY), FEWER, GIRLS) == ["explained", "open"]


@pytest.mark.parametrize("location", ["初中分类型学生数 Q5", "小学分类型学生数 Q50"])
def test_another_place_is_another_query_where_there_are_several(location: str) -> None:
    twin = Query("TB07", "小学分类型学生数", "Q9", "其中：寄宿·预计毕业生数", "k4")

    assert answer(Note("TB07", location, WHY), FEWER, twin) == ["open", "open"]


def test_a_line_without_a_check_answers_what_stands_at_its_place() -> None:
    assert answer(Note("", "小学分类型学生数 J6", WHY), FEWER, GIRLS) == ["open", "explained"]


def test_a_query_on_the_whole_file_is_answered_by_its_check() -> None:
    assert answer(Note("FL23", "", "设备故障，已于当日修复后补报"), LATE) == ["explained"]


@pytest.mark.parametrize("text", EMPTY_PHRASES)
def test_what_gives_no_reason_explains_nothing(text: str) -> None:
    assert answer(Note("TB07", "Q5", text), FEWER) == ["open"]


def test_a_line_that_answers_nothing_is_not_lost() -> None:
    note = Note("XP05", "小学分类型学生数 E5", WHY)

    assert answer_queries([FEWER], [note], {}, load_rules()).idle == (note,)


def test_of_two_lines_the_last_that_says_something_counts() -> None:
    said = [Note("TB07", "Q5", WHY), Note("TB07", "Q5", f"{WHY}，名单另附"), Note("TB07", "Q5", "属实")]

    (found,) = answer_queries([FEWER], said, {}, load_rules()).answers

    assert found.explanation == f"{WHY}，名单另附"


@pytest.mark.requirement("C-14")
def test_an_accepted_explanation_stays_valid_in_a_version_that_does_not_repeat_it() -> None:
    accepted = Decision(True, "", "王统计", "2025-09-22", WHY)

    (found,) = answer_queries([FEWER], [], {("TB07", "k1"): accepted}, load_rules()).answers

    assert (found.state, found.explanation, found.decided_by) == ("accepted", WHY, "王统计")


def test_other_figures_are_asked_about_again() -> None:
    accepted = Decision(True, "", "王统计", "2025-09-22", WHY)

    (found,) = answer_queries([FEWER], [], {("TB07", "another key"): accepted}, load_rules()).answers

    assert found.state == "open"


def test_a_refused_explanation_stays_refused_until_another_is_given() -> None:
    refused = Decision(False, "请写明批次", "王统计", "2025-09-22", WHY)

    assert answer(Note("TB07", "Q5", f" {WHY}。"), FEWER, decision=refused) == ["refused"]
    assert answer(Note("TB07", "Q5", f"{WHY}，名单见第3批"), FEWER, decision=refused) == ["explained"]
