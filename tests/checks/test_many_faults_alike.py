"""The same fault on thousands of lines: the first are listed one by one, the last stands for all others, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import pytest

from flows.checks.alike import MOST_ALIKE, keep_first
from flows.checks.explanations import Query
from flows.checks.findings import Finding, find_from_signals
from flows.checks.verdict import judge_findings
from flows.publishers.marking.remark import Remark, count_faults
from flows.publishers.receipt import MOST_LINES, Receipt, write_text
from flows.receipt_words import build_remark, build_words
from flows.signals import Notice, Signal
from flows.warehouse.answers import load_queries
from flows.warehouse.standings import OWN, count_findings, replace_findings
from flows.warehouse.warehouse import open_empty
from schemas.sample.filings import Value
from tests.checks.cases import Case
from tests.checks.filings import find_filing, load_definitions
from tests.checks.hearings import Courtroom, Outcome

LINES = 20_000
WRONG = 700
OFFICE, PERIOD = "3201990000", "2025-12"


def test_the_first_of_a_kind_are_kept_and_the_last_stands_for_the_rest() -> None:
    kept = keep_first([("a", n) for n in range(MOST_ALIKE + 5)] + [("b", 0)], lambda fault: fault[0])

    assert kept[:MOST_ALIKE] == [(("a", n), 1) for n in range(MOST_ALIKE)]
    assert kept[MOST_ALIKE:] == [(("b", 0), 1), (("a", MOST_ALIKE + 4), 5)]


@pytest.mark.parametrize("count", [0, 1, MOST_ALIKE, MOST_ALIKE + 1])
def test_nothing_is_lost_or_counted_twice(count: int) -> None:
    kept = keep_first(range(count), lambda _: "")

    assert sum(n for _, n in kept) == count
    assert len(kept) == min(count, MOST_ALIKE + 1)


def test_a_list_whose_every_cell_is_no_number_gives_few_findings_with_exact_counts() -> None:
    signals = [
        Signal(Notice.NO_NUMBER, "项目台账", f"{column}{row}", "proj.seats", found="若干")
        for row in range(5, 5 + LINES) for column in "NO"
    ]  # fmt: skip
    findings = list(find_from_signals(load_definitions(), 1, signals))

    assert len(findings) == MOST_ALIKE + 1
    assert (findings[0].cell, findings[-1].cell) == ("N5", f"O{4 + LINES}")
    assert findings[-1].count == 2 * LINES - MOST_ALIKE
    assert findings[-1].message.startswith(
        f"此类问题已逐一列出 {MOST_ALIKE} 处，另有 {2 * LINES - MOST_ALIKE} 处未列出，最后一处在 O{4 + LINES}："
    )
    assert judge_findings(findings).errors == 2 * LINES


def test_sheets_and_checks_are_counted_each_by_itself() -> None:
    signals = [
        Signal(notice, sheet, f"A{row}")
        for notice in (Notice.NO_NUMBER, Notice.BAD_DATE)
        for sheet in ("一", "二")
        for row in range(1, MOST_ALIKE + 3)
    ]
    findings = list(find_from_signals(load_definitions(), 1, signals))

    assert Counter((f.code, f.sheet, f.count) for f in findings if f.count > 1) == {
        (code, sheet, 2): 1 for code in ("CE07", "CE20") for sheet in ("一", "二")
    }


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """700 projects that are finished without a day, at schools without a code though they are no new ones."""
    line = find_filing("projects", PERIOD, OFFICE).lists["proj"][0]
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in line.items()}
    wrong: Mapping[str, Value] = {
        **plain,
        "finished": "是",
        "actual_finish": None,
        "school_code": None,
        "category": "3",
    }
    case = Case.model_validate(
        {
            "severity": "error", "return": "projects", "school": OFFICE, "period": PERIOD,
            "fails": {
                "drop": {"proj": "all"}, "add": {"proj": [{**wrong, "project_id": f"P{n}"} for n in range(WRONG)]},
                "sheet": "项目台账", "cell": "W5",
            },
            "unassessed": {"drop": {"proj": "all"}},
        }
    )  # fmt: skip
    return Courtroom(load_definitions(), {"RC72": case}).hear("RC72", "fails")


@pytest.mark.parametrize(("code", "column"), [("RC72", "W"), ("RC71", "C")])
def test_a_rule_that_every_line_breaks_is_listed_so_often_and_counted_exactly(
    code: str, column: str, outcome: Outcome
) -> None:
    found = outcome.find(code)

    assert [f.cell for f in found[:3]] == [f"{column}5", f"{column}6", f"{column}7"]
    assert sorted(f.count for f in found) == [1] * MOST_ALIKE + [WRONG - MOST_ALIKE]
    assert max(found, key=lambda f: f.count).cell == f"{column}{4 + WRONG}"
    assert outcome.count(code)[2] == WRONG


def test_a_fault_behind_the_ones_not_listed_still_blocks_what_rests_on_its_cell(outcome: Outcome) -> None:
    """The one that stands for the rest keeps its place, its field and its figures."""
    last = max(outcome.find("RC72"), key=lambda f: f.count)

    assert last.ref == "proj.actual_finish"
    assert {operand.ref for operand in last.operands} == {"proj.actual_finish", "proj.finished"}


def test_the_warehouse_counts_what_is_not_listed(outcome: Outcome) -> None:
    connection = open_empty()
    findings = [f for f in outcome.findings if f.code in ("RC71", "RC72")]
    replace_findings(connection, findings, [findings[0].submission], OWN)
    number = findings[0].submission
    stored = load_queries(connection, load_definitions(), [number], without="")[number]

    assert count_findings(connection, [number], without="") == {number: {"error": WRONG, "query": WRONG}}
    assert sum(entry.count for entry in stored) == WRONG
    assert all(isinstance(entry.query, Query) for entry in stored)


def test_the_receipt_says_how_many_faults_there_are(outcome: Outcome) -> None:
    catalogue = load_definitions()
    remarks = tuple(build_remark(catalogue, as_record(f), None) for f in outcome.find("RC72"))
    text = write_text(Receipt("", "", "", "", remarks), build_words(catalogue))

    assert count_faults(remarks) == WRONG
    assert str(WRONG - MOST_LINES) in text.splitlines()[-1]
    assert isinstance(remarks[0], Remark)


def as_record(finding: Finding) -> dict[str, object]:
    return {name: getattr(finding, name) for name in Finding.__dataclass_fields__}
