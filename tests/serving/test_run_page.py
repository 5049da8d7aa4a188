"""What a run shows of itself in Prefect's pages."""

from __future__ import annotations

import re

from flows.run_page import build_summary, find_rate, list_rates, list_workbooks
from schemas.wording import Wording
from tests.serving.conftest import Night


def test_the_page_counts_verdicts_and_ledger_and_lists_what_was_sent_back(night: Night, wording: Wording) -> None:
    page = build_summary(night.report, wording)

    assert "收到 4 份" in page
    assert re.search(r"\| 通过 \| 2 \|", page)
    assert re.search(r"\| 退回 \| 1 \|", page)
    assert re.search(r"\| 见到的文件 \| 4 \|", page)
    assert "账目相符" in page
    assert re.search(r"\| J03\\_2132199016\\_.+\.xlsx \| 退回 \| [1-9]\d* \| \S+ [A-Z]+\d+ \|", page)


def test_names_of_files_are_text_and_nothing_else(night: Night, wording: Wording) -> None:
    """A file called 会议|通知<b>.docx neither breaks the table nor becomes markup."""
    (line,) = [line for line in build_summary(night.report, wording).splitlines() if "通知" in line]

    assert r"会议\|通知&lt;b&gt;.docx" in line
    assert len(re.findall(r"(?<!\\)\|", line)) == 5


def test_rates_are_those_of_the_collection(night: Night, wording: Wording) -> None:
    rows = {row["表号"]: row for row in list_rates(night.report, wording)}

    assert rows["J00"]["已报"] == rows["J00"]["应报"] == 1
    assert (rows["J03"]["已报"], rows["J03"]["通过"]) == (2, 1)
    assert rows["J03"]["上报率%"] == round(200 / int(str(rows["J03"]["应报"])), 1)


def test_progress_is_the_part_of_all_returns_that_is_in(night: Night, wording: Wording) -> None:
    rows = list_rates(night.report, wording)
    received, expected = (sum(int(str(row[head])) for row in rows) for head in ("已报", "应报"))

    assert find_rate(night.report) == ("2025-2026", round(100 * received / expected, 1))


def test_every_workbook_has_a_link_under_a_key_that_prefect_takes(night: Night) -> None:
    links = list(list_workbooks(night.report))

    assert [link.path.is_file() for link in links] == [True]
    assert all(re.fullmatch(r"[a-z0-9-]+", link.key) for link in links)
    assert links[0].path.as_uri().startswith("file:///")
