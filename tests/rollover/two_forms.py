"""A survey of reading rooms on two forms: as it was handed out last year, and as it is this year."""

from __future__ import annotations

OLD_VERSION, NEW_VERSION = "2024.1", "2025.1"
YEAR_BEFORE, YEAR = "2024-2025", "2025-2026"

HEAD = """\
id: reading_rooms
no: L01
title: {zh: 阅览室调查表, en: Survey of reading rooms}
scope: school
filed_by: 中小学
expected: "'primary' in stages"
period: school_year
due: {after: start, months: 2, day: 15}
"""

OLD_SHEETS = """\
sheets:
  - id: books
    name: 藏书
    kind: matrix
    unit: 册
    rows: {total: 合计, fiction: 文学, science: 科普, rest: 其他}
    columns: {opening: 年初藏书, bought: 本年购入, lost: 本年剔旧, closing: 年末藏书, damaged: 破损}
    totals:
      - books[*].closing = books[*].opening + books[*].bought - books[*].lost
      - books[total].* = sum(books[fiction..rest].*)
  - id: room
    name: 馆舍
    kind: items
    fields:
      seats: {label: 阅览座位, type: count, unit: 个}
      area: {label: 馆舍面积, type: number, unit: 平方米, decimals: 1}
      cost: {label: 年支出, type: money, unit: 元}
      digital: {label: 有电子阅览室, type: yesno}
      stove: {label: 有取暖炉, type: yesno}
  - id: keeper
    name: 管理员
    kind: list
    key: [card_no]
    capacity: 20
    may_be_empty: true
    fields:
      card_no: {label: 工号, type: text, length: 10}
      hours: {label: 每周开放小时, type: number, unit: 小时, decimals: 1}
      since: {label: 任职日期, type: date}
"""

NEW_SHEETS = """\
sheets:
  - id: books
    name: 馆藏
    kind: matrix
    unit: 册
    rows: {total: 合计, fiction: 文学, science: 科普, comics: 连环画, other: 其他}
    columns: {opening: 年初馆藏, lost: 本年剔旧, bought: 本年购入, closing: 年末藏书, lent: 外借册次}
    totals:
      - books[*].closing = books[*].opening + books[*].bought - books[*].lost
      - books[total].* = sum(books[fiction..other].*)
  - id: room
    name: 馆舍
    kind: items
    fields:
      seats: {label: 阅览座位, type: count, unit: 个}
      area: {label: 馆舍面积, type: number, unit: 平方米, decimals: 1}
      cost: {label: 年支出, type: money, unit: 万元}
  - id: digital
    name: 数字化
    kind: items
    fields:
      digital_room: {label: 有电子阅览室, type: yesno}
      terminals: {label: 终端台数, type: count, unit: 台, blank: optional}
  - id: keeper
    name: 管理员
    kind: list
    key: [card_no]
    capacity: 20
    may_be_empty: true
    fields:
      card_no: {label: 工号, type: text, length: 10}
      hours: {label: 每周开放小时, type: number, unit: 小时, decimals: 1}
      since: {label: 任职日期, type: date}
      trained: {label: 受过培训, type: yesno, blank: optional}
checks:
  - code: LB01
    level: record
    severity: error
    formula: books[*].lost <= books[*].opening + books[*].bought
    rows: [fiction, science, comics, other]
    message: "{row}剔旧多于原有加购入"
    remedy: 请核对剔旧册数。
"""

OLD_FORMS = f'forms:\n  - {{version: "{OLD_VERSION}", since: "{YEAR_BEFORE}"}}\n'
NEW_FORM = f'  - {{version: "{NEW_VERSION}", since: "{YEAR}"}}\n'

OLD = HEAD + OLD_FORMS + OLD_SHEETS
"""The definition of last year."""

NEW_WITHOUT_MAP = HEAD + OLD_FORMS + NEW_FORM + NEW_SHEETS
"""The definition of this year by somebody who forgot last year's form."""

INDICATORS = """\
domain: reading
name: {zh: 阅览室, en: Reading rooms}
indicators:
  - id: books_per_room_seat
    name: {zh: 每座藏书, en: Books per seat}
    kind: average
    unit: 册/座
    decimals: 3
    numerator: books[total].closing
    denominator: room.seats
    breakdowns: [school]
  - id: cost_per_room_seat
    name: {zh: 每座支出, en: Cost per seat}
    kind: average
    unit: 万元/座
    decimals: 4
    numerator: room.cost
    denominator: room.seats
    breakdowns: [school]
"""
