"""Whose a return is: said before it is accepted, with the school that was probably meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.checks.identity import Claim, check_school
from flows.register import build_register_view
from flows.signals import Signal
from schemas.catalogue import Catalogue
from schemas.sample.filings import Filing
from tests.evaluations.invented import School, build_register
from tests.register.changing import (
    CLOSED,
    GIVES_UP,
    MOVES,
    NEW,
    NEW_CODE,
    NOW,
    OLD_CODE,
    OWN,
    RENAMED,
    SPLIT,
    STAYS,
    TAKES_OVER,
    THEN,
    file_pupils,
)
from tests.register.conftest import Ask

CODE_CELL = ("封面", "C8")


def send_as(filing: Filing, **cover: str) -> Filing:
    """The filing with something else written on its cover."""
    return replace(filing, cover={**filing.cover, **cover}, revision=2)


def list_identity(findings: list[dict[str, Any]]) -> list[str]:
    """Codes of the checks on the school that found something."""
    codes = {found["check"] for found in findings}
    return sorted(codes & {"FL15", "FL16", "FL19", "RG01", "RG02", "RG03", "RG04"})


def find_message(findings: list[dict[str, Any]], code: str) -> str:
    (found,) = [found for found in findings if found["check"] == code]
    message: str = found["message"]
    return message


def test_a_closed_school_that_files_is_told_since_when_it_is_closed(check: Ask) -> None:
    findings = check(file_pupils(NOW, CLOSED, (OWN[CLOSED],)))
    (found,) = findings

    assert (found["check"], found["sheet"], found["cell"]) == ("RG01", *CODE_CELL)
    assert found["message"] == f"{CLOSED} 示例区晨光实验小学 自 2025-09-01 起已撤销或停办，不应再报 2025-2026"


def test_a_school_that_was_taken_over_is_told_who_files_now(check: Ask) -> None:
    findings = check(file_pupils(NOW, GIVES_UP, (OWN[GIVES_UP],)))

    assert list_identity(findings) == ["RG02"]
    assert f"由 {TAKES_OVER} 示例区丁塘镇北河小学 承接" in find_message(findings, "RG02")


def test_a_school_that_files_under_its_old_code_is_told_the_new_one(check: Ask) -> None:
    findings = check(file_pupils(NOW, OLD_CODE, (OWN[OLD_CODE],)))

    assert f"由 {NEW_CODE} 示例区戊湖镇南圩小学 承接" in find_message(findings, "RG02")


def test_a_school_that_was_split_is_told_all_that_file_now(check: Ask) -> None:
    findings = check(file_pupils(NOW, SPLIT, (OWN[STAYS],)))

    assert "示例区庚南分校、2132199912 示例区湖滨分校 承接" in find_message(findings, "RG02")


def test_a_school_does_not_file_for_a_year_in_which_it_was_not_there(check: Ask) -> None:
    """This year's register is not that of last year, which does not know the school at all."""
    findings = check(file_pupils(THEN, NEW, (OWN[STAYS],)))

    assert list_identity(findings) == ["FL15"]


@pytest.mark.requirement("V-11")
def test_a_code_with_one_wrong_digit_leads_to_the_school_of_that_name(check: Ask) -> None:
    filing = file_pupils(NOW, STAYS)
    findings = check(send_as(filing, school_code="2132199094"))

    assert find_message(findings, "FL15") == (
        "学校标识码 2132199094 不在名录内或格式错误，可能是 2132199024 示例区辛坪乡杏湾小学"
    )


def test_a_code_that_lacks_a_digit_leads_to_the_school_too(check: Ask) -> None:
    findings = check(send_as(file_pupils(NOW, STAYS), school_code="213219924"))

    assert "可能是 2132199024 示例区辛坪乡杏湾小学" in find_message(findings, "FL15")


def test_an_unknown_code_and_an_unknown_name_lead_nowhere(check: Ask) -> None:
    findings = check(send_as(file_pupils(NOW, STAYS), school_code="1132990001", school_name="别处小学"))

    assert find_message(findings, "FL15") == "学校标识码 1132990001 不在名录内或格式错误"


@pytest.mark.requirement("V-11")
def test_swapped_codes_are_noticed_and_the_other_school_is_named(check: Ask) -> None:
    findings = check(send_as(file_pupils(NOW, STAYS), school_code=MOVES))

    assert list_identity(findings) == ["FL16"]
    assert find_message(findings, "FL16").endswith(f"，可能是 {STAYS} 示例区辛坪乡杏湾小学")


def test_of_two_schools_of_one_name_the_code_decides_and_both_are_offered_for_an_unknown_one(
    catalogue: Catalogue,
) -> None:
    schools = [School(code, known={"school_name": "同名小学"}) for code in ("2132990001", "2132990055")]
    view = build_register_view(catalogue, {"reg": build_register(catalogue, schools)}, NOW)
    definition = catalogue.returns["students"]

    def tell(code: str) -> list[Signal]:
        return list(check_school(Claim(code, NOW, {"school_name": "同名小学"}), definition, catalogue, view))

    assert tell("2132990055") == []
    assert [signal.values["likely"] for signal in tell("2132771234")] == [
        "，可能是 2132990001 同名小学、2132990055 同名小学"
    ]
    assert [signal.values["likely"] for signal in tell("2132990056")] == ["，可能是 2132990055 同名小学"]


def test_a_school_that_changed_its_name_is_known_by_the_old_one(check: Ask) -> None:
    assert list_identity(check(send_as(file_pupils(NOW, RENAMED), school_name="示例区丙东小学"))) == []
    assert list_identity(check(send_as(file_pupils(NOW, RENAMED), school_name="丙东小学"))) == []


@pytest.mark.requirement("V-11")
def test_another_districts_code_on_the_cover_is_asked_about(check: Ask) -> None:
    findings = check(send_as(file_pupils(NOW, STAYS), district_code="320198"))
    (found,) = [found for found in findings if found["check"] == "RG04"]

    assert (found["severity"], found["sheet"], found["found"], found["expected"]) == (
        "query", "封面", "320198", "320199",
    )  # fmt: skip
