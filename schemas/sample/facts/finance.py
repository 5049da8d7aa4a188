"""The money of public schools and of the district, by calendar year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.sample.calendar import YEARS
from schemas.sample.chance import draw
from schemas.sample.facts.premises import EXTENDED
from schemas.sample.facts.pupils import Rolls
from schemas.sample.facts.schools import School

PER_PUPIL = {
    "kg": (9600, 2350), "primary": (14800, 2950), "junior": (20600, 4150), "senior": (22400, 4700),
    "voc": (18600, 5300),
    "special": (76000, 11800),
}  # fmt: skip
"""Stage → staff and running costs a pupil and year, in yuan."""

FEES = {"kg": 3900, "senior": 1650, "voc": 120}
GROWTH = 1.052
PUBLIC_QUOTAS = {"kg": 800.0, "primary": 900.0, "junior": 1150.0, "senior": 1600.0, "voc": 3200.0, "special": 9200.0}
OVERHEAD = 1.09
"""What the district spends on education against the sum over its schools."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Income and spending of a stage of a school in a calendar year, in yuan."""

    school: str
    stage: str
    year: int
    rev_budget: float
    rev_fee: float
    rev_other: float
    exp_staff: float
    exp_public: float
    exp_capital: float
    exp_infra: float
    exp_op_budget: float
    exp_pub_budget: float
    pub_plan: float
    training_exp: float
    students_prev: int
    students_cur: int

    @property
    def rev_total(self) -> float:
        return round(self.rev_budget + self.rev_fee + self.rev_other, 2)

    @property
    def exp_total(self) -> float:
        return round(self.exp_staff + self.exp_public + self.exp_infra, 2)


@dataclass(frozen=True, slots=True)
class StageBudget:
    """A stage's public spending in the district, in yuan."""

    op_exp: float
    pub_exp: float
    edu_exp_s: float
    stu_prev: int
    stu_cur: int
    pub_quota: float


@dataclass(frozen=True, slots=True)
class Budget:
    """The district's budget: sums in 万元, yearly pay in yuan."""

    gdp: float
    recurrent_rev: float
    budget_exp: float
    edu_exp: float
    edu_alloc: float
    preschool_exp: float
    salary_teacher: float
    salary_civil: float
    stages: Mapping[str, StageBudget]


def build_accounts(schools: Sequence[School], rolls: Rolls) -> dict[tuple[str, str, int], Accounts]:
    """Accounts of the public schools that were open when the calendar year began."""
    accounts: dict[tuple[str, str, int], Accounts] = {}
    for school in schools:
        if school.is_public and school.is_open(YEARS[0]):
            for year in YEARS:
                for stage in school.stages:
                    sizes = [
                        rolls[key].size if (key := (school.code, stage, y)) in rolls else 0 for y in (year - 1, year)
                    ]
                    accounts[(school.code, stage, year)] = _build_accounts(school, stage, year, *sizes)
    return accounts


def _build_accounts(school: School, stage: str, year: int, previous: int, current: int) -> Accounts:
    lasting, random = draw(school.code, stage, "finance"), draw(school.code, stage, year, "finance")
    pupils = (previous * 8 + current * 4) / 12
    scale = (
        lasting.uniform(0.94, 1.1) * (1.35 if pupils < 120 and stage == "primary" else 1) * GROWTH ** (year - YEARS[0])
    )
    staff_cost, running_cost = (cost * scale for cost in PER_PUPIL[stage])
    staff = round(pupils * staff_cost * random.uniform(0.99, 1.01), 2)
    public = round(pupils * running_cost * random.uniform(0.985, 1.015), 2)
    infra = round(public * 0.6, 2) if school.short_name in EXTENDED and year == YEARS[-1] else 0.0
    fees = round(pupils * FEES.get(stage, 0) * lasting.uniform(0.95, 1.05), 2)
    operating = round(max(staff + public - fees * 0.9, 0.0), 2)
    running = round(min(public * lasting.uniform(0.86, 0.94), operating), 2)
    budget = round(operating * 1.004 + infra, 2)
    plan = round(public * random.uniform(0.96, 0.99), 2)
    other = round(max(staff + public + infra - budget - fees, 0.0) + pupils * 18, 2)
    return Accounts(
        school.code, stage, year, budget, fees, other, staff, public, round(public * random.uniform(0.1, 0.2), 2),
        infra,
        operating, running, plan, round(plan * lasting.uniform(0.0505, 0.064), 2), previous, current,
    )  # fmt: skip


def build_budgets(accounts: Iterable[Accounts]) -> dict[int, Budget]:
    """The district's budget of each calendar year, on top of its schools' accounts."""
    listed = tuple(accounts)
    return {year: _build_budget([a for a in listed if a.year == year], year) for year in YEARS}


def _build_budget(accounts: Sequence[Accounts], year: int) -> Budget:
    stages = {stage: _sum_stage([a for a in accounts if a.stage == stage], stage, year) for stage in PER_PUPIL}
    spent = sum(stage.edu_exp_s for stage in stages.values()) * OVERHEAD / 10000
    steps = year - YEARS[0]
    return Budget(
        gdp=round(4_860_000 * 1.049**steps, 2), recurrent_rev=round(372_000 * 1.031**steps, 2),
        budget_exp=round(612_000 * 1.034**steps, 2), edu_exp=round(spent, 2), edu_alloc=round(spent * 0.94, 2),
        preschool_exp=round(stages["kg"].edu_exp_s * 1.35 / 10000, 2), salary_teacher=round(126_400 * 1.036**steps, 2),
        salary_civil=round(124_900 * 1.031**steps, 2), stages=stages,
    )  # fmt: skip


def _sum_stage(accounts: Sequence[Accounts], stage: str, year: int) -> StageBudget:
    return StageBudget(
        op_exp=round(sum(a.exp_op_budget for a in accounts), 2),
        pub_exp=round(sum(a.exp_pub_budget for a in accounts), 2),
        edu_exp_s=round(sum(a.rev_budget for a in accounts), 2), stu_prev=sum(a.students_prev for a in accounts),
        stu_cur=sum(a.students_cur for a in accounts), pub_quota=PUBLIC_QUOTAS[stage] + 30 * (year - YEARS[0]),
    )  # fmt: skip
