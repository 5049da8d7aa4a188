"""The shipped profiles say what the documents say: items, thresholds, ceilings, and nothing relaxed unasked."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from schemas.catalogue import Catalogue
from schemas.definitions.evaluations import Evaluation
from schemas.definitions.returns import ListSheet

QUALITY, BASIC, PRESCHOOL = "quality_balance_2017", "basic_balance_2012", "preschool_universal_2020"


def list_ids(evaluation: Evaluation) -> list[str]:
    return [requirement.id for requirement in evaluation.requirements]


def test_quality_balance_has_fifteen_safeguards_nine_items_of_quality_and_recognition(catalogue: Catalogue) -> None:
    wanted = [f"G{n:02d}" for n in range(1, 16)] + [f"Q{n:02d}" for n in range(1, 10)] + ["R01"]

    assert list_ids(catalogue.evaluations[QUALITY]) == wanted


def test_preschool_has_items_one_to_thirty_six_and_the_survey(catalogue: Catalogue) -> None:
    assert list_ids(catalogue.evaluations[PRESCHOOL]) == [f"K{n:02d}" for n in range(1, 38)]


def test_ceilings_are_those_of_the_documents(catalogue: Catalogue) -> None:
    quality, basic = (catalogue.evaluations[name].dispersion for name in (QUALITY, BASIC))
    assert quality is not None
    assert basic is not None

    assert (quality.rule, quality.limits) == ("each", {"primary": 0.5, "junior": 0.45})
    assert (basic.rule, basic.limits) == ("mean", {"primary": 0.65, "junior": 0.55})


def test_basic_balance_has_eight_indicators_and_no_threshold_for_schools(catalogue: Catalogue) -> None:
    basic = catalogue.evaluations[BASIC]

    assert len(basic.criteria) == 8
    assert [criterion.thresholds for criterion in basic.criteria] == [{}] * 8
    assert basic.unit_rule is None


@pytest.mark.parametrize("profile", [QUALITY, PRESCHOOL])
def test_evidence_can_be_filed_under_every_number_that_asks_for_it(profile: str, catalogue: Catalogue) -> None:
    evaluation = catalogue.evaluations[profile]
    assert evaluation.evidence is not None
    owner = catalogue.returns[catalogue.sheet_owners[evaluation.evidence.sheet]]
    sheet = owner.find_sheet(evaluation.evidence.sheet)
    assert isinstance(sheet, ListSheet)
    pattern = sheet.fields[evaluation.evidence.item].pattern or ""
    asked = [r.id for r in evaluation.requirements if r.judged == "evidence" or r.evidence_too]

    assert [name for name in asked if not re.fullmatch(pattern, name)] == []


@pytest.mark.parametrize("profile", [QUALITY, BASIC, PRESCHOOL])
def test_every_criterion_says_how_a_shortfall_is_counted(profile: str, catalogue: Catalogue) -> None:
    for criterion in catalogue.evaluations[profile].criteria:
        assert criterion.amount is not None
        hundred = {"百生" in (catalogue.indicators[name].unit or "") for name in criterion.indicators.values()}

        assert hundred == {criterion.amount.per == 100}


MINIMAL = {"id": "x", "name": "x", "requirements": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {"switches": [{"id": "a", "label": "a", "requirements": ["G99"]}]},
        {"requirements": [{"id": "G01", "part": "p", "name": "n", "judged": "evidence"}]},
        {"requirements": [{"id": "G01", "part": "p", "name": "n", "judged": "district"}]},
        {"requirements": [{"id": "G01", "part": "p", "name": "n", "judged": "schools"}]},
        {
            "requirements": [
                {
                    "id": "G01", "part": "p", "name": "n", "judged": "schools",
                    "measures": [{"name": "m", "value": "1", "at_least": "1", "at_most": "2"}],
                }
            ]
        },
    ],
    ids=["switch for no requirement", "evidence filed nowhere", "no formula", "nothing asked of schools", "two bounds"],
)  # fmt: skip
def test_a_profile_that_cannot_be_judged_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Evaluation.model_validate({**MINIMAL, **wrong})
