"""Whatever can be wrong with a definition can be said in Chinese and in English."""

from __future__ import annotations

import re

import pytest

from schemas.catalogue import SHIPPED
from schemas.errors import DefinitionError, ExpressionError, problem
from schemas.wording import Language, load_shipped_wording
from schemas.yaml_files import FAULTS, OWN_FAULTS

WORDED = {key.partition(".")[2] for key in load_shipped_wording().messages if key.startswith("problems.")}
RAISED = {
    key
    for folder in (SHIPPED, SHIPPED.parent / "flows")
    for path in folder.rglob("*.py")
    for key in re.findall(r'\bproblem\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
}
BY_PATTERN = {
    f"kind_{kind}" for kind in ("return", "check", "domain", "indicator", "target_set", "evaluation", "workbook")
}
PERIODS = {f"period_{kind}" for kind in ("school_year", "calendar_year", "half_year", "term", "month", "event")}


@pytest.mark.requirement("M-08")
def test_every_problem_that_is_raised_has_its_words() -> None:
    assert RAISED | set(FAULTS.values()) | OWN_FAULTS | BY_PATTERN | PERIODS <= WORDED


def test_no_words_stand_for_a_problem_that_is_never_raised() -> None:
    assert RAISED | set(FAULTS.values()) | OWN_FAULTS | BY_PATTERN | PERIODS | {"wrong_value"} >= WORDED


@pytest.mark.requirement("M-08")
@pytest.mark.parametrize("key", sorted(WORDED))
def test_both_languages_name_the_same_figures(key: str) -> None:
    label = load_shipped_wording().messages[f"problems.{key}"]
    chinese, english = (re.findall(r"{(\w+)}", text) for text in (label.zh, label.en))
    assert set(english) == set(chinese)
    assert label.en.isascii() or "⟪here⟫" in label.en or "…" in label.en


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "没有行或列 g9(现有：g1, g2)"), ("en", "there is no g9 (there are: g1, g2)")],
)
def test_a_problem_is_said_in_the_language_asked_for(language: Language, said: str) -> None:
    wording = load_shipped_wording(language)
    assert wording.spell(problem("no_line", line="g9", known=("g1", "g2"))) == said


def test_a_problem_within_a_problem_is_said_in_the_same_language() -> None:
    said = load_shipped_wording("en").spell(problem("and_more", first=problem("unknown_key"), count=2))
    assert said == "there is no such key (and 2 more)"


def test_an_error_names_file_key_and_problem_in_one_line() -> None:
    error = DefinitionError(problem("unknown_key"), file="returns/L01.yaml", key="sheets.0.colour")
    assert str(error) == "returns/L01.yaml: sheets.0.colour: 没有这个键"


def test_an_error_keeps_the_place_it_was_raised_at() -> None:
    error = ExpressionError(problem("unknown_key"), key="LB01").located(file="checks/own.yaml", key="checks")
    assert isinstance(error, ExpressionError)
    assert (error.file, error.key) == ("checks/own.yaml", "LB01")
