"""0012 and 123456789012345678 are text in every list that people get, and text when LibreOffice has saved it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from flows.publishers.decision_list import build_decision_list
from flows.publishers.digest_content import Column, DigestContent, Frames, Section
from flows.publishers.digest_workbook import build_workbook
from flows.publishers.marking.mark import mark_workbook
from flows.publishers.marking.remark import Remark
from flows.publishers.write import write_workbook
from schemas.catalogue import Catalogue
from tests.returning.test_marking import WORDS
from tests.templates.office import needs_office, save_again

CODES = ("0012", "123456789012345678", "1E5", "3-4", "007.10", "=1+1")


def mark(catalogue: Catalogue) -> bytes:
    """The list in front of a school's own workbook."""
    target = io.BytesIO()
    openpyxl.Workbook().save(target)
    faults = [Remark("Sheet", f"B{n}", "error", "CE05", "?", "?", "?", code, code) for n, code in enumerate(CODES, 2)]
    return mark_workbook(target.getvalue(), faults, WORDS)


def list_decisions(catalogue: Catalogue) -> bytes:
    """The file of findings to be decided on."""
    assert catalogue.theme is not None
    lines = [{"id": code, "school": code, "found": code, "expected": code, "check": "XP01"} for code in CODES]
    return write_workbook(build_decision_list(catalogue, lines), catalogue.theme)


def list_matters(catalogue: Catalogue) -> bytes:
    """A table of the digest or of the chase list."""
    assert catalogue.theme is not None
    columns = (Column("school", "标识码", 14), Column("file", "文件", 20))
    section = Section("名单", "名单", "", columns, [(code, code) for code in CODES], "", "{school}", 30, [])
    frames = Frames("{title} {day}", "{label}：{text}", "【{title}】", "{count}", "zh")
    content = DigestContent("晨报", "2025-09-25", "概况", [], [section], "", frames)
    return write_workbook(build_workbook(content), catalogue.theme)


REPORTS: dict[str, tuple[Callable[[Catalogue], bytes], int]] = {
    "marked": (mark, 2), "decisions": (list_decisions, 4), "matters": (list_matters, 2),
}  # fmt: skip
"""Name → how it is made, and how many cells show each code."""


def count_texts(content: bytes) -> dict[str, int]:
    """How often each code stands in the workbook as text."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    texts = [
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "s" or cell.quotePrefix
    ]
    return {code: texts.count(code) for code in CODES}


@pytest.mark.requirement("M-12")
@pytest.mark.parametrize("name", REPORTS)
def test_a_code_is_text_in_every_list(name: str, catalogue: Catalogue) -> None:
    make, times = REPORTS[name]
    assert count_texts(make(catalogue)) == dict.fromkeys(CODES, times)


@pytest.mark.requirement("M-12")
@needs_office
def test_a_code_is_text_when_another_program_has_saved_the_list(catalogue: Catalogue, tmp_path: Path) -> None:
    made = {name: make(catalogue) for name, (make, _) in REPORTS.items()}
    saved = save_again(made, "xlsx", tmp_path)

    assert {name: count_texts(content) for name, content in saved.items()} == {
        name: dict.fromkeys(CODES, times) for name, (_, times) in REPORTS.items()
    }
