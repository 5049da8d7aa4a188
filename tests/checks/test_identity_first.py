"""A file is what its content says, whatever it is called; where that cannot be, nothing else is judged."""

from __future__ import annotations

import pytest

from flows.publishers.fill import CellValue
from tests.checks.cases import Case, Example
from tests.checks.filings import find_filing, load_definitions
from tests.checks.hearings import Exhibit, Outcome, hear_together
from tests.checks.workbooks import fill_template
from tests.invariants.desk import Desk, list_places

PRIMARY, YEAR, YEAR_BEFORE = "2132199001", "2025-2026", "2024-2025"
ABOUT_THE_NAME = "FL17"
"""The file is called after another school or period than its cover names: that is about identity too."""
NAMES = (
    "a.xlsx", "新建 Microsoft Excel 工作表 (3).xlsx", "最终版-最终版.xlsx", "校长室/J03.xlsx", "2025/九月/乡镇/表.xlsx",
)  # fmt: skip


def hear(return_id: str, **example: object) -> Outcome:
    """What is said of a school's return with something changed, held against register and collections."""
    case = Case.model_validate(
        {
            "severity": "error", "return": return_id, "school": PRIMARY, "period": YEAR,
            "fails": [{"sheet": "", "cell": ""}], "always_assessed": "signal", "as_file": True,
        }
    )  # fmt: skip
    exhibit = Exhibit("XX00", "fails", 0, case, Example.model_validate(example))
    return hear_together(load_definitions(), [exhibit])[exhibit.key]


@pytest.mark.requirement("V-01")
@pytest.mark.parametrize("name", NAMES)
def test_name_and_folder_of_a_file_do_not_matter(name: str, desk: Desk) -> None:
    file = desk.check_one(fill_template(find_filing("students", YEAR, PRIMARY)).content, name)
    assert (file.row.return_id, file.row.school, file.row.period) == ("students", PRIMARY, YEAR)
    assert list_places(file) == []


@pytest.mark.requirement("V-01", "V-03")
def test_file_under_the_name_of_another_is_taken_by_its_cover_and_asked_about(desk: Desk) -> None:
    content = fill_template(find_filing("students", YEAR, PRIMARY)).content
    file = desk.check_one(content, "J02_2132199002_2024-2025_v1.xlsx")
    assert (file.row.return_id, file.row.school, file.row.period) == ("students", PRIMARY, YEAR)
    assert list_places(file) == ["FL17"]


def spoil_everything() -> dict[str, CellValue]:
    """Every figure of a filing made negative."""
    values = find_filing("students", YEAR, PRIMARY).values
    return {ref: -1.0 for ref, value in values.items() if isinstance(value, int | float)}


@pytest.mark.requirement("V-02")
@pytest.mark.parametrize(
    ("cover", "code"),
    [
        ({"school_code": "2132990001"}, "FL15"),
        ({"period": "2019-2020"}, "FL18"),
        ({"template_version": "2019.1"}, "FL06"),
    ],
)
def test_return_of_nobody_with_hundreds_of_faults_is_told_only_that(cover: dict[str, str], code: str) -> None:
    assert len(spoil_everything()) > 100
    findings = hear("students", set=spoil_everything(), cover=cover).findings
    assert findings[0].code == code
    assert {f.code for f in findings} <= {code, ABOUT_THE_NAME}


@pytest.mark.requirement("V-02")
def test_return_that_the_school_does_not_owe_is_told_only_that() -> None:
    outcome = hear("students", set=spoil_everything(), register={"expected_returns": "J02"})
    assert [f.code for f in outcome.findings] == ["FL19"]


@pytest.mark.requirement("V-03", "V-13")
def test_return_for_another_collection_is_told_what_it_is_and_what_is_open() -> None:
    finding, *others = hear(
        "students", cover={"period": YEAR_BEFORE}, settings={"collections": [{"period": YEAR}]}
    ).findings
    assert {other.code for other in others} <= {ABOUT_THE_NAME}
    assert finding.message == f"报告期 {YEAR_BEFORE} 不在受理范围,应为 {YEAR}"


@pytest.mark.requirement("V-13")
def test_last_years_figures_under_this_years_cover_are_noticed() -> None:
    findings = hear("classes", copy_of=YEAR_BEFORE).findings
    assert {f.sheet for f in findings if f.code == "XP16"} == {"小学班额"}


@pytest.mark.requirement("V-13")
def test_fill_date_in_the_future_is_an_error() -> None:
    assert [f.code for f in hear("students", cover={"fill_date": "2093-01-01"}).findings] == ["FL22"]
