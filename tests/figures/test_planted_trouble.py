"""Everything that was planted in the sample stands in the summary's validation sheet, with school, sheet and cell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from schemas.sample.filings import Filing, Trouble
from schemas.sample.troubles import MISSING_KEYS, list_troubles
from tests.figures.published import Published
from tests.sample_workspace import RETURN_NUMBERS, SampleRun


@pytest.fixture
def validation(published: Published) -> list[dict[str, str]]:
    """校验汇总, one line a finding."""
    return published.read_rows("校验汇总")


def test_every_planted_trouble_is_in_the_validation_summary(
    sample_run: SampleRun,
    validation: list[dict[str, str]],
) -> None:
    told = [trouble for trouble in list_troubles(sample_run.sample) if trouble[1].code]
    unsaid = [trouble for trouble in told if not list(find_lines(*trouble, validation))]
    assert len(told) >= 19
    assert unsaid == []


def test_a_trouble_at_a_cell_names_its_sheet_and_address(
    sample_run: SampleRun,
    validation: list[dict[str, str]],
) -> None:
    """Totals, girls, ages and classes: typed wrong at one cell each."""
    for filing, trouble in list_troubles(sample_run.sample):
        if trouble.ref and trouble.code.startswith(("TB", "RC", "XT")):
            lines = list(find_lines(filing, trouble, validation))
            assert all(line["工作表"] and line["单元格"] for line in lines), trouble


def test_returns_that_were_never_sent_are_listed_as_missing(sample_run: SampleRun, published: Published) -> None:
    listed = {(line["报表"], line["学校标识码"]) for line in published.read_rows("未报清单") if line["状态"] == "未报"}
    codes = {filing.school_name.removeprefix("示例区"): filing.school for filing in sample_run.sample.filings}
    assert listed == {(RETURN_NUMBERS[return_id], codes[name]) for return_id, name in MISSING_KEYS}


def find_lines(filing: Filing, trouble: Trouble, validation: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Lines of the finding, by code and by the school of the file or of its cover."""
    schools = {filing.school, str(filing.cover.get("school_code"))}
    number = RETURN_NUMBERS[filing.return_id]
    for line in validation:
        same_return = line["报表"] in (number, "")
        if line["校验编号"] == trouble.code and line["学校标识码"] in schools and same_return:
            yield line
