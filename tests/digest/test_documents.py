"""Every document says the same, keeps any text as it is, and needs nothing but itself."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from openpyxl import load_workbook

from flows.publishers.digest_content import Column, DigestContent, Fact, Frames, Section
from flows.publishers.digest_page import write_digest_page
from flows.publishers.digest_text import write_digest_text
from flows.publishers.digest_workbook import build_workbook
from flows.publishers.write import write_workbook
from schemas.catalogue import SHIPPED, Catalogue

TEMPLATE = (SHIPPED / "pages" / "digest.html").read_text(encoding="utf-8")
COLUMNS = (
    Column("name", "单位名称", 28), Column("code", "标识码", 14, is_detail=True), Column("late", "迟报", 10, "count"),
    Column("days", "平均天数", 10, "number1"),
)  # fmt: skip
FRAMES = Frames("{title} {day}", "{label}：{text}", "【{title}】", "另有 {count} 项。", "zh")
HOSTILE = [
    "\"quoted\" 'name'", "a[b](c)", "<script>alert(1)</script>", "AT&T &amp;", "first\nsecond", "\u202eabc", "🏫 实验",
    "=1+1", "+1", "-1", "@sum", "0012", "123456789012345678", "{{ content }}", "{name}",
]  # fmt: skip


def build(*rows: tuple[str, str, int, float], most: int = 30) -> DigestContent:
    section = Section(
        "名单",
        "迟报名单",
        "说明",
        COLUMNS,
        rows,
        "无人迟报。",
        "{name}：{late} 份，{days} 天",
        most,
        ["error"] * len(rows),
    )
    facts = [Fact("概况", rows[0][0] if rows else "无", "query")]
    return DigestContent("示例区晨报", "2025-09-25", "概况", facts, [section], "页脚", FRAMES)


class Reader(HTMLParser):
    """The words of a page's table cells and facts, and everything that it would fetch or run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.fetched: list[str] = []
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.fetched += [tag] if tag in {"script", "link", "img", "iframe", "object", "form"} else []
        self.fetched += [f"{tag} {name}" for name in named if name in {"src", "onclick", "onload", "style"}]
        self.fetched += [str(named["href"])] if "href" in named and not str(named["href"]).startswith("#") else []
        if tag in ("td", "dd"):
            self.is_open = True
            self.words.append("")

    def handle_endtag(self, tag: str) -> None:
        self.is_open = self.is_open and tag not in ("td", "dd")

    def handle_data(self, data: str) -> None:
        if self.is_open:
            self.words[-1] += data


def read_page(content: DigestContent) -> Reader:
    reader = Reader()
    reader.feed(write_digest_page(content, TEMPLATE))
    return reader


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_stands_in_the_page_as_it_is(name: str) -> None:
    assert read_page(build((name, "0012", 3, 1.25))).words == [name, name, "3", "1.3"]


@pytest.mark.requirement("M-12")
@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_stands_in_the_workbook_as_text(name: str, catalogue: Catalogue) -> None:
    assert catalogue.theme is not None
    content = write_workbook(build_workbook(build((name, "0012", 3, 1.25))), catalogue.theme)
    sheet = load_workbook(BytesIO(content))["名单"]
    cells = [sheet.cell(5, column) for column in range(1, 5)]

    assert [(cell.value, cell.data_type) for cell in cells] == [(name, "s"), ("0012", "s"), (3, "n"), (1.25, "n")]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_stands_in_the_text_on_one_line(name: str) -> None:
    lines = write_digest_text(build((name, "0012", 3, 1.25))).splitlines()

    assert f"1. {name.replace(chr(10), ' ')}：3 份，1.3 天" in lines


def test_a_page_runs_and_fetches_nothing() -> None:
    page = read_page(build(*((name, "1", 1, 1.0) for name in HOSTILE)))

    assert page.fetched == []
    assert re.findall(r"@import|url\(|https?:", write_digest_page(build(), TEMPLATE)) == []


def test_a_number_that_is_not_known_is_a_dash_everywhere(catalogue: Catalogue) -> None:
    assert catalogue.theme is not None
    content = build(("城关", "1", 0, math.nan))
    sheet = load_workbook(BytesIO(write_workbook(build_workbook(content), catalogue.theme)))["名单"]

    assert "1. 城关：0 份，— 天" in write_digest_text(content)
    assert read_page(content).words[-1] == "—"
    assert sheet.cell(5, 4).value == "—"


def test_a_long_table_is_cut_in_page_and_text_and_whole_in_the_workbook(catalogue: Catalogue) -> None:
    assert catalogue.theme is not None
    content = build(*((f"学校{number}", str(number), number, 1.0) for number in range(40)), most=30)
    sheet = load_workbook(BytesIO(write_workbook(build_workbook(content), catalogue.theme)))["名单"]

    assert "另有 10 项。" in write_digest_text(content)
    assert "另有 10 项。" in write_digest_page(content, TEMPLATE)
    assert sheet.max_row == 4 + 40


def test_an_empty_table_says_so_everywhere(catalogue: Catalogue) -> None:
    assert catalogue.theme is not None
    content = build()
    sheet = load_workbook(BytesIO(write_workbook(build_workbook(content), catalogue.theme)))["名单"]

    assert "无人迟报。" in write_digest_text(content)
    assert "无人迟报。" in write_digest_page(content, TEMPLATE)
    assert sheet.cell(5, 1).value == "无人迟报。"


@pytest.mark.requirement("P-15")
def test_a_workbook_is_for_work(catalogue: Catalogue) -> None:
    """One row of heads that stays in sight, a filter, no protection, A4 or A3 lying, heads on every page."""
    assert catalogue.theme is not None
    content = build(("城关", "1", 0, 1.0))
    sheet = load_workbook(BytesIO(write_workbook(build_workbook(content), catalogue.theme)))["名单"]

    assert [sheet.cell(4, column).value for column in range(1, 5)] == ["单位名称", "标识码", "迟报", "平均天数"]
    assert sheet.auto_filter.ref == "A4:D5"
    assert sheet.freeze_panes == "C5"
    assert not sheet.protection.sheet
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$4:$4"


def test_the_same_digest_gives_the_same_bytes(catalogue: Catalogue) -> None:
    assert catalogue.theme is not None
    first, second = (write_workbook(build_workbook(build(("城关", "1", 0, 1.0))), catalogue.theme) for _ in range(2))

    assert first == second
