"""J10: accounts of schools. B02: the district's budget. B14: pay, grants and special investments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from schemas.sample.calendar import YEARS
from schemas.sample.facts.district import Facts
from schemas.sample.facts.finance import Accounts
from schemas.sample.filings import Filing, Value
from schemas.sample.writers.filing import Line, file_for_office, file_for_school
from schemas.sample.writers.tables import spell

INVESTMENTS = (
    ("1", "1", 860.0, 852.3), ("2", "2", 320.0, 320.0), ("3", "1", 410.0, 410.0), ("4", "4", 1250.0, 1188.6),
    ("6", "1", 540.0, 545.2), ("7", "4", 2300.0, 2164.9), ("12", "1", 980.0, 980.0), ("13", "2", 760.0, 742.5),
    ("16", "5", 85.0, 92.4),
)  # fmt: skip
"""Purpose, source, planned and paid in the first year."""

COMPULSORY, OTHER_STAGES = ("primary", "junior"), ("senior", "voc", "special")


def write_accounts(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        for school in facts.list_open(YEARS[0]):
            if school.is_public:
                lines = [_describe_accounts(facts.accounts[(school.code, stage, year)]) for stage in school.stages]
                yield file_for_school(school, "J10", str(year), {}, {"fin": lines})


def _describe_accounts(accounts: Accounts) -> Line:
    amounts = {name: value for name, value in asdict(accounts).items() if name not in ("school", "year")}
    return amounts | {"rev_total": accounts.rev_total, "exp_total": accounts.exp_total}


def write_budgets(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        budget = asdict(facts.budgets[year])
        stages: dict[str, dict[str, float]] = budget.pop("stages")
        values: dict[str, Value] = {f"dfin.{name}": value for name, value in budget.items()}
        values |= {spell("dfin_stage", stage, name): v for stage, items in stages.items() for name, v in items.items()}
        yield file_for_office("B02", str(year), values)


def write_finance_supplement(facts: Facts) -> Iterator[Filing]:
    for year in YEARS:
        step = 1 + 0.04 * (year - YEARS[0])
        compulsory, other = (_count_teachers(facts, year, stages) for stages in (COMPULSORY, OTHER_STAGES))
        pay = sum(a.exp_staff for a in facts.accounts.values() if a.year == year) / 10000
        running = sum(a.exp_pub_budget for a in facts.accounts.values() if a.year == year) / 10000
        special = _count_teachers(facts, year, ("special",))
        items = {
            "perf_comp_n": compulsory, "perf_comp_amt": round(compulsory * 3.2 * step, 2),
            "perf_other_n": other, "perf_other_amt": round(other * 3.35 * step, 2),
            "pay_due": round(pay, 2), "pay_paid": round(pay, 2), "pub_due": round(running * 1.01, 2),
            "pub_paid": round(running, 2),
            "plan_cum": round((pay + running) * 1.02, 2), "spend_cum": round((pay + running) * 0.994, 2),
            "sp_allow_due": special, "sp_allow_paid": special,
        }  # fmt: skip
        lines: list[Line] = [
            {"purpose": purpose, "source": source, "due": round(due * step, 2), "paid": round(paid * step, 2)}
            for purpose, source, due, paid in INVESTMENTS
        ]
        yield file_for_office("B14", str(year), {f"fb.{name}": value for name, value in items.items()}, {"inv": lines})


def _count_teachers(facts: Facts, year: int, stages: tuple[str, ...]) -> int:
    return sum(roster.size for (_, stage, y), roster in facts.rosters.items() if stage in stages and y == year)
