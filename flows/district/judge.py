"""Checks of the level district, judged over the facts of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.checks.findings import SEVERITIES, fill_message
from flows.district.facts import DistrictFacts
from flows.district.kinds import DISTRICT_KINDS
from flows.district.outcome import Outcome
from schemas.catalogue import Catalogue
from schemas.definitions.checks import Check


@dataclass(frozen=True, slots=True)
class DistrictFinding:
    """What a check found about the district, or about one school or indicator seen from the district."""

    code: str
    severity: str
    subject: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What a check did over a period. Applicable = passed + failed + not assessed."""

    code: str
    applicable: int
    passed: int
    failed: int
    not_assessed: int


@dataclass(frozen=True, slots=True)
class DistrictJudgement:
    """Findings, the gravest first, and what every check did."""

    findings: Sequence[DistrictFinding]
    rules: Sequence[RuleRow]


def judge_district(facts: DistrictFacts) -> DistrictJudgement:
    """Judge all checks on the district. None of them blocks a return."""
    findings: list[DistrictFinding] = []
    rules: list[RuleRow] = []
    for check in list_district_checks(facts.catalogue):
        outcomes = list(DISTRICT_KINDS[check.kind](check, facts))
        findings += [_build_finding(check, outcome) for outcome in outcomes if outcome.holds is False]
        rules.append(_count(check, outcomes))
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return DistrictJudgement(findings, rules)


def list_district_checks(catalogue: Catalogue) -> list[Check]:
    """The checks of the level district, by code."""
    checks = (entry.check for entry in catalogue.checks.values() if entry.check.level == "district")
    return sorted(checks, key=lambda check: check.code)


def _build_finding(check: Check, outcome: Outcome) -> DistrictFinding:
    values = {"subject": outcome.subject, **outcome.values}
    message = fill_message(check.message.zh, values)
    return DistrictFinding(check.code, check.severity, outcome.subject, message, fill_message(check.remedy.zh, values))


def _count(check: Check, outcomes: Sequence[Outcome]) -> RuleRow:
    passed = sum(outcome.holds is True for outcome in outcomes)
    failed = sum(outcome.holds is False for outcome in outcomes)
    return RuleRow(check.code, len(outcomes), passed, failed, len(outcomes) - passed - failed)
