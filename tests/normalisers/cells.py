"""Cells of a form by their traits alone, for tests that need no form."""

from __future__ import annotations

from dataclasses import replace

from schemas.layout import Cell

PLAIN = Cell(
    ref="sheet.field", sheet="sheet", label="餐位数", row=5, column=3, type="count", unit="", decimals=None,
    sign="nonnegative", required=True, codelist=None, minimum=None, maximum=None, length=None, pattern=None,
    over_time=None, contact=False, applies=(),
)  # fmt: skip
COUNT = replace(PLAIN, unit="个", decimals=0)
OPTIONAL_COUNT = replace(COUNT, required=False)
AREA = replace(PLAIN, type="number", unit="平方米", decimals=2)
MONEY = replace(PLAIN, type="money", unit="元/人", decimals=2)
PERCENT = replace(PLAIN, type="percent", unit="%", decimals=2)
CHANGE = replace(PERCENT, sign="any")
DATE = replace(PLAIN, type="date")
YES_NO = replace(PLAIN, type="yesno")
CODE = replace(PLAIN, type="code", codelist="CL-07")
CODES = replace(PLAIN, type="codes", codelist="CL-07")
TEXT = replace(PLAIN, type="text", length=20)
CONTACT = replace(TEXT, contact=True)
IDENTIFIER = replace(TEXT, pattern="[0-9]{14}")
BLOCKED = replace(COUNT, blocked=True, required=False)
OTHERS_ONLY = replace(COUNT, applies=("'primary' in stages",))

ANSWERS = {"primary": "primary", "小学": "primary", "primary小学": "primary", "junior": "junior", "初中": "junior"}
NUMBERED_ANSWERS = {"007": "007", "在建": "007", "17": "17", "已建": "17"}
