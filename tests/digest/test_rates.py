"""Punctuality, quality and the use of checks, reckoned from what schools sent."""

from __future__ import annotations

import math
from datetime import date

from flows.district.rounds import Asked, FormRow, Round, SchoolRow, rate_forms, rate_schools
from flows.district.rule_usage import Fired, RuleUsage, count_usage

DUE = date(2025, 9, 20)
TODAY = date(2025, 9, 30)
SCHOOL, OTHER = "2132000001", "2132000002"


def ask(school: str, *returns: str) -> list[Asked]:
    return [Asked(return_id, "2025-2026", school, DUE) for return_id in returns]


def send(
    number: int, return_id: str, day: int, state: str, *, verdict: str = "", errors: int = 0, queries: int = 0
) -> Round:
    """A version that came on a day of September. A superseded one deserved what its verdict says."""
    in_force = state in ("accepted", "accepted_with_queries")
    return Round(
        return_id, "2025-2026", SCHOOL, number, f"{number}.xlsx", date(2025, 9, day), "2025.1", verdict or state, state,
        in_force, errors, queries,
    )  # fmt: skip


def rate(*rounds: Round, returns: tuple[str, ...] = ("J02", "J03")) -> SchoolRow:
    (row,) = rate_schools(ask(SCHOOL, *returns), rounds, TODAY)
    return row


def test_a_return_that_came_by_its_due_date_is_on_time_even_if_it_was_sent_back() -> None:
    row = rate(send(1, "J02", 20, "rejected", errors=3), send(2, "J03", 21, "accepted"))

    assert (row.on_time, row.late, row.missing) == (1, 1, 0)


def test_days_late_are_the_mean_of_what_came_late_and_what_is_overdue() -> None:
    """J02 came two days late, J03 is ten days overdue, J05 came in time and does not count."""
    row = rate(send(1, "J02", 22, "accepted"), send(2, "J05", 19, "accepted"), returns=("J02", "J03", "J05"))

    assert (row.expected, row.received, row.overdue, row.days_late) == (3, 2, 1, 6.0)


def test_nothing_that_is_not_due_yet_is_late() -> None:
    (row,) = rate_schools([Asked("J02", "2025-2026", SCHOOL, date(2025, 10, 1))], [], TODAY)

    assert (row.missing, row.overdue) == (1, 0)
    assert math.isnan(row.days_late)
    assert math.isnan(row.silent_days)


def test_rounds_are_counted_up_to_the_first_acceptance() -> None:
    """J02 was accepted at the third try; J03 at once, and amended later."""
    row = rate(
        send(1, "J02", 10, "rejected", errors=2),
        send(2, "J02", 12, "rejected", errors=1),
        send(3, "J02", 15, "accepted"),
        send(4, "J03", 11, "superseded", verdict="accepted"),
        send(5, "J03", 18, "accepted_with_queries", queries=2),
    )

    assert (row.accepted, row.with_queries, row.first_pass, row.rounds, row.amended) == (2, 1, 1, 2.0, 1)
    assert (row.open_errors, row.open_queries, row.silent_days) == (0, 2, 12.0)


def test_a_refused_new_version_leaves_the_accepted_one_standing() -> None:
    row = rate(send(1, "J02", 10, "accepted"), send(2, "J02", 12, "rejected", errors=4), returns=("J02",))

    assert (row.accepted, row.rejected, row.open_errors) == (1, 0, 0)


def test_what_a_school_was_not_asked_for_does_not_count() -> None:
    rows = rate_schools([*ask(SCHOOL, "J02"), *ask(OTHER, "J02")], [send(1, "J07", 10, "accepted")], TODAY)

    assert [(row.school, row.received, row.missing) for row in rows] == [(SCHOOL, 0, 1), (OTHER, 0, 1)]


def test_a_return_is_rated_by_version_of_its_template_with_days_to_answer() -> None:
    """Sent back on the 10th, sent again on the 12th and on the 15th."""
    sent = [
        send(1, "J02", 10, "rejected", errors=2),
        send(2, "J02", 12, "rejected", errors=1),
        send(3, "J02", 15, "accepted"),
    ]

    assert rate_forms(sent) == [FormRow("J02", "2025.1", 1, 3, 1, 0, 3.0, 2.5, 3, 0)]


def test_a_finding_that_comes_back_counts_once_and_costs_every_round_it_was_sent_back_for() -> None:
    """RC01 at C5 in both refused versions, at C6 in the first only; the third has neither."""
    sent = [send(1, "J02", 10, "rejected"), send(2, "J02", 12, "rejected"), send(3, "J02", 15, "accepted")]
    fired = [fire(1, "C5"), fire(1, "C6"), fire(2, "C5")]

    assert count_usage(sent, fired) == [RuleUsage("RC01", fired=2, corrected=2, answered=0, open=0, rounds=2)]


def test_a_finding_in_the_newest_version_is_open_until_it_is_answered() -> None:
    sent = [send(1, "J02", 10, "accepted_with_queries", queries=2)]
    fired = [fire(1, "C5", "XP04", "query"), fire(1, "C6", "XP04", "query", is_answered=True)]

    assert count_usage(sent, fired) == [RuleUsage("XP04", fired=2, corrected=0, answered=1, open=1, rounds=0)]


def test_checks_that_cost_most_rounds_stand_first() -> None:
    sent = [send(1, "J02", 10, "rejected"), send(2, "J03", 10, "accepted_with_queries")]
    fired = [fire(2, f"C{row}", "XP04", "query") for row in range(5)] + [fire(1, "C5")]

    assert [usage.code for usage in count_usage(sent, fired)] == ["RC01", "XP04"]


def fire(
    submission: int, cell: str, code: str = "RC01", severity: str = "error", *, is_answered: bool = False
) -> Fired:
    return Fired(submission, code, severity, f"ref of {cell}", cell, is_answered)
