"""Checks are registered data: what each must say of itself, that none asks what it may not, and when it is in force."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.catalogue import Catalogue, load_catalogue
from schemas.compile import compile_checks
from schemas.definitions.checks import Check
from schemas.expressions.columns import Truth
from schemas.expressions.evaluate import evaluate
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope
from tests.definitions.figures import Figures
from tests.invariants.desk import Desk
from tests.readers.sheets import Canteen, build_canteen, load_small_catalogue

HELPLINES = re.compile("客服|热线|技术支持|运维|维护人员|开发")
INCIDENT = "FL35"
"""The check that has failed itself: the fault is ours, and has a number."""

FILLED = re.compile(r"filled\((?P<field>\w+\.\w+)\) or (?P<condition>.+)")
BLANK = re.compile(r"not filled\((?P<field>\w+\.\w+)\) or (?P<condition>.+)")
COMPARED = re.compile(r"(?P<sheet>\w+)\.(?P<field>\w+) (?P<sign>=|!=) '(?P<value>\w+)'")
ONE_WAY = {
    "proj.school_code": "projects of a whole district have no school, others may have one",
    "reg.valid_to": "a school that closes with no heir ends its record too",
}
"""Fields that must be filled under a condition and may be filled otherwise, with the reason."""


def list_checks(catalogue: Catalogue) -> list[Check]:
    return [entry.check for entry in catalogue.checks.values()]


@pytest.mark.requirement("C-02", "M-06")
def test_every_check_says_what_is_wrong_what_to_do_and_why_it_is_asked(catalogue: Catalogue) -> None:
    checks = list_checks(catalogue)
    assert [c.code for c in checks if not (c.message.zh.strip() and c.remedy.zh.strip() and c.basis.strip())] == []
    assert len({c.code for c in checks}) == len(checks)


@pytest.mark.requirement("C-02")
def test_every_field_that_a_rule_reads_is_there(catalogue: Catalogue) -> None:
    """A reference that leads nowhere stops the compilation; of every return, all rules are compiled on all forms."""
    known = {
        cell.ref
        for definition in catalogue.returns.values()
        for form in definition.forms
        for sheet in catalogue.build_layout(definition.id, form.version).sheets
        for cell in sheet.cells
    }
    read = {
        reference
        for definition in catalogue.returns.values()
        for form in definition.forms
        for compiled in compile_checks(catalogue, catalogue.build_layout(definition.id, form.version))
        for rule in compiled.rules
        for reference in rule.references
    }
    assert len(read) > 1000
    assert read - known == set()


@pytest.mark.requirement("M-06")
def test_nobody_is_sent_to_a_helpline_but_for_a_fault_of_ours_that_has_a_number(catalogue: Catalogue) -> None:
    told = [c for c in list_checks(catalogue) if c.level != "district"]
    assert [c.code for c in told if HELPLINES.search(c.remedy.zh + c.message.zh)] == []
    ours = catalogue.checks[INCIDENT].check
    assert "系统故障" in ours.remedy.zh
    assert "{value}" in ours.remedy.zh


@pytest.mark.requirement("V-06")
def test_no_rule_asks_for_the_version_of_the_form(catalogue: Catalogue) -> None:
    """What differs between forms is said of the form; a rule reads fields."""
    texts = [text for check in list_checks(catalogue) for text in (*check.rules, check.when or "", check.printed or "")]
    assert [text for text in texts if re.search("version|template|cover", text)] == []


@pytest.mark.requirement("C-07")
def test_what_must_be_filled_under_a_condition_must_be_blank_otherwise(catalogue: Catalogue) -> None:
    one_way = set()
    for check in list_checks(catalogue):
        asked = {match["field"] for rule in check.rules if (match := FILLED.fullmatch(rule))}
        one_way |= asked - {match["field"] for rule in check.rules if (match := BLANK.fullmatch(rule))}
    assert one_way == set(ONE_WAY)


def list_pairs(catalogue: Catalogue) -> list[tuple[str, str, str, str]]:
    """Code, field, the rule that asks for it, and the rule that asks for a blank, where one text is compared."""
    pairs = []
    for check in list_checks(catalogue):
        blank = {match["field"]: rule for rule in check.rules if (match := BLANK.fullmatch(rule))}
        for rule in check.rules:
            asks = FILLED.fullmatch(rule)
            if asks and asks["field"] in blank and COMPARED.fullmatch(asks["condition"]):
                pairs.append((check.code, asks["field"], rule, blank[asks["field"]]))
    return pairs


@pytest.mark.requirement("C-07")
def test_both_ways_of_a_condition_leave_no_gap(catalogue: Catalogue) -> None:
    """Four lines: the condition holds or not, the field is filled or not. Two of them are wrong, each for one rule."""
    pairs = list_pairs(catalogue)
    assert len(pairs) >= 5
    for code, field, asks, asks_blank in pairs:
        condition, opposite = COMPARED.search(asks), COMPARED.search(asks_blank)
        assert condition
        assert opposite
        sheet, name = field.split(".")
        others = {"zzz", opposite["value"]} - {condition["value"]}
        values = [(value, filled) for value in (condition["value"], min(others)) for filled in (1.0, None)]
        lines = [(0, {condition["field"]: value, name: filled}) for value, filled in values]
        fails = [_find_failing(rule, sheet, lines) for rule in (asks, asks_blank)]
        assert sorted(fails[0] + fails[1]) in ([0, 3], [1, 2]), code
        assert all(len(each) == 1 for each in fails), code


def _find_failing(rule: str, sheet: str, lines: list[tuple[int, dict[str, object]]]) -> list[int]:
    scope = UnitScope(Figures({}, lists={sheet: lines})).lines_of(sheet)  # type: ignore[dict-item]
    truth = evaluate(parse_expression(rule), scope)
    assert isinstance(truth, Truth)
    return [int(line) for line in truth.no.nonzero()[0]]


DATED = """
checks:
  - code: ZZ01
    level: record
    severity: query
    returns: [canteen]
    formula: kitchen.seats <= 200
    until: "2024-2025"
    message: 餐位数超过 200
    remedy: 请核对。
    basis: 项目
  - code: ZZ02
    level: record
    severity: error
    returns: [canteen]
    formula: kitchen.seats <= 200
    since: "2025-2026"
    message: 餐位数超过 200
    remedy: 请核对。
    basis: 项目
"""


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Canteen, Desk]:
    """The small return with a rule that asks until one year and blocks from the next."""
    folder = tmp_path_factory.mktemp("dated")
    canteen = build_canteen(folder / "schemas")
    (folder / "schemas" / "checks" / "dated.yaml").write_text(DATED, encoding="utf-8")
    return canteen, Desk(folder / "desk", load_catalogue((folder / "schemas",)))


@pytest.mark.requirement("C-16")
@pytest.mark.parametrize(
    ("period", "version", "said"),
    [("2024-2025", "2024.1", ("ZZ01", "query")), ("2025-2026", "2025.1", ("ZZ02", "error"))],
)
def test_the_same_file_is_judged_by_the_rule_in_force_for_its_period(
    dated: tuple[Canteen, Desk], period: str, version: str, said: tuple[str, str]
) -> None:
    """240 seats."""
    canteen, desk = dated
    file = desk.check_one(canteen.type_at("封面", {"C6": version, "C7": period}))
    assert [(f.code, f.severity) for f in file.findings if f.code.startswith("ZZ")] == [said]


@pytest.mark.requirement("M-03")
@pytest.mark.parametrize(
    ("period", "version", "label"), [("2024-2025", "2024.1", "座位数"), ("2025-2026", "2025.1", "餐位数")]
)
def test_labels_are_those_of_the_form_that_the_school_used(
    dated: tuple[Canteen, Desk], period: str, version: str, label: str
) -> None:
    canteen, desk = dated
    content = canteen.type_at("封面", {"C6": version, "C7": period})
    file = desk.check_one(canteen.type_in({"kitchen.seats": None}, canteen.type_in({}, content)))
    (finding,) = [f for f in file.findings if f.cell == "C5"]
    assert (finding.label, finding.message) == (label, f"C5“{label}”未填,如为零请填 0")


def test_the_small_return_has_both_forms(tmp_path: Path) -> None:
    forms = load_small_catalogue(tmp_path / "s").returns["canteen"].forms
    assert [form.version for form in forms] == ["2024.1", "2025.1"]
