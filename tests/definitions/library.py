"""A survey of school libraries, as somebody who has never seen the product would write it down."""

from __future__ import annotations

from pathlib import Path

from schemas.catalogue import SHIPPED

RETURN = """\
id: library_survey
no: L01
title: {zh: 图书馆(室)调查表, en: Survey of school libraries}
scope: school
filed_by: 中小学图书管理员
period: school_year
due: {after: start, months: 2, day: 15}
basis: 中小学图书馆(室)规程
forms:
  - {version: "2025.1", since: "2025-2026"}
sheets:
  - id: books
    name: 藏书
    kind: matrix
    unit: 册
    rows: {total: 合计, fiction: 文学, science: 科普, other: 其他}
    columns: {opening: 年初藏书, bought: 本年购入, discarded: 本年剔旧, closing: 年末藏书}
    totals:
      - books[*].closing = books[*].opening + books[*].bought - books[*].discarded
      - books[total].* = sum(books[fiction..other].*)
  - id: room
    name: 馆舍
    kind: items
    fields:
      seats: {label: 阅览座位, type: count, unit: 个}
      area: {label: 馆舍面积, type: number, unit: 平方米, decimals: 1}
      digital: {label: 有电子阅览室, type: yesno}
      housing: {label: 馆舍类型, type: code, codelist: LB-01}
  - id: librarian
    name: 管理员
    kind: list
    key: [card_no]
    capacity: 20
    may_be_empty: true
    fields:
      card_no: {label: 工号, type: text, length: 10}
      hours: {label: 每周开放小时, type: number, unit: 小时, decimals: 1}
      since: {label: 任职日期, type: date}
checks:
  - code: LB01
    level: record
    severity: error
    formula: books[*].discarded <= books[*].opening + books[*].bought
    rows: [fiction, science, other]
    message: "{row}剔旧多于原有加购入"
    remedy: 请核对剔旧册数。
"""

CODELIST = """\
code,zh,en,key
1,独立馆舍,a building of its own,own
2,教学楼内,in the school building,shared
"""

CODELIST_INDEX = """\
list,zh,en
LB-01,馆舍类型,Housing
"""

INDICATORS = """\
domain: library
name: {zh: 图书馆, en: Libraries}
indicators:
  - id: books_per_seat
    name: {zh: 每座图书, en: Books per seat}
    kind: average
    unit: 册/座
    decimals: 1
    numerator: books[total].closing
    denominator: room.seats
    direction: higher
"""

TARGETS = """\
id: library_rules
name: 图书馆(室)规程
official: true
targets:
  - {indicator: books_per_seat, op: ">=", value: 20, unit: 册/座, text: 每座不少于20册}
"""

FILES = {
    "returns/L01_library.yaml": RETURN,
    "codelists/index.csv": CODELIST_INDEX,
    "codelists/LB-01.csv": CODELIST,
    "indicators/library.yaml": INDICATORS,
    "targets/library.yaml": TARGETS,
}
"""Place under the definitions of a workspace → content."""


def lay_down(folder: Path, **changed: str) -> Path:
    """The survey alone as a folder of definitions; `changed` gives other contents by the name of a kind."""
    for place, content in FILES.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed.get(place.partition("/")[0], content), encoding="utf-8")
    (folder / "common.yaml").write_bytes((SHIPPED / "common.yaml").read_bytes())
    return folder
