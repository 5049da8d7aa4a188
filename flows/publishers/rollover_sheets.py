"""The workbook of a rollover: what will be asked, the register to be walked through, how forms changed, the release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.publishers.sheets import Condition, Print, Range, SheetContent, Validation, Value, WorkbookContent
from flows.publishers.tables import HEAD_ROW, Head, open_sheet, put_rows
from schemas.catalogue import Catalogue
from schemas.definitions.workbooks import SheetDefinition
from schemas.drift.compare import Drift, list_told
from schemas.drift.spell import spell_change
from schemas.layout import column_letter

TICKS = ("unchanged", "renamed", "closed", "merged", "opened")
"""Columns of which one is ticked for every school."""

ANSWERS = ("new_name", "successor_code", "from_day", "note")
NEW_LINES = 20
"""Lines for schools that the register does not have yet."""

TICK = "√"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be looked at: a message under `review`, and what fills it."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A school as last known: `attributes` by field of the register as printed; what changed; what to look at."""

    code: str
    name: str
    area: str
    attributes: Mapping[str, str]
    valid_from: str
    valid_to: str
    successor: str
    contact: str
    expected: int
    filed: int
    size: float | None
    changes: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A return of the new collection, beside what it was in the earlier one."""

    no: str
    title: str
    filed_by: str
    period: str
    schools: int
    version: str
    earlier_version: str
    changes: str
    due: str
    earlier_due: str


@dataclass(frozen=True)
class RolloverFacts:
    """Everything the workbook shows. `drifts` are the forms that changed, by number of the return."""

    district: str
    period: str
    earlier: str
    asked: Sequence[AskedRow]
    review: Sequence[ReviewRow]
    labels: Mapping[str, str]
    drifts: Mapping[str, Drift]


def build_rollover_workbook(
    catalogue: Catalogue, facts: RolloverFacts, release: Sequence[SheetContent]
) -> WorkbookContent:
    """The returns asked for, the register to be walked through, the changes of forms, and the sheets of the release."""
    title = catalogue.message("review.title", district=facts.district, period=facts.period)
    sheets = (
        _build_asked(catalogue, facts), _build_review(catalogue, facts), _build_changes(catalogue, facts), *release,
    )  # fmt: skip
    return WorkbookContent(title, sheets, subject=facts.period)


def define_review_sheet(catalogue: Catalogue, key: str, facts: RolloverFacts, *, paper: str) -> SheetDefinition:
    name = catalogue.message(f"review.{key}_sheet")
    title = catalogue.message(f"review.{key}_title", district=facts.district, period=facts.period)
    return SheetDefinition.model_validate(
        {"kind": key, "name": name, "title": title, "landscape": True, "paper": paper}
    )


def _build_asked(catalogue: Catalogue, facts: RolloverFacts) -> SheetContent:
    say = catalogue.message
    widths = {"no": 8, "return": 34, "filed_by": 26, "period": 14, "schools": 8, "form": 10, "earlier_form": 10}
    heads = [Head(say(f"review.{key}"), width, _center(key)) for key, width in widths.items()]
    heads += [Head(say("review.form_changes"), 44), Head(say("review.due"), 13, "text_center")]
    heads += [Head(say("review.earlier_due"), 13, "text_center")]
    content = open_sheet(define_review_sheet(catalogue, "asked", facts, paper="A4"), heads, say("review.asked_note"))
    rows: list[list[Value]] = [
        [
            row.no, row.title, row.filed_by, row.period, row.schools, row.version, row.earlier_version,
            row.changes or say("review.no_change"), row.due, row.earlier_due,
        ]
        for row in facts.asked
    ]  # fmt: skip
    put_rows(content, heads, rows)
    return content


def _center(key: str) -> str:
    return "text" if key in ("return", "filed_by") else "count" if key == "schools" else "text_center"


def _build_review(catalogue: Catalogue, facts: RolloverFacts) -> SheetContent:
    say = catalogue.message
    heads = list(_list_review_heads(catalogue, facts))
    content = open_sheet(
        define_review_sheet(catalogue, "register", facts, paper="A3"), heads, say("review.register_note")
    )
    content.heights[HEAD_ROW] = 46
    ticks = len(heads) - len(ANSWERS) - len(TICKS)
    rows = [_list_review_values(catalogue, facts, number, row) for number, row in enumerate(facts.review, start=1)]
    end = put_rows(content, heads, rows)
    for offset, row in enumerate(facts.review):
        if row.remarks:
            content.put(HEAD_ROW + 1 + offset, ticks - 1, rows[offset][ticks - 1], "query_text")
    content.merge(end, 0, len(heads) - 1, say("review.new_schools"), "section")
    for line in range(end + 1, end + 1 + NEW_LINES):
        for column in range(len(heads)):
            is_tick = ticks <= column < ticks + len(TICKS)
            content.put(line, column, None, "input_tick" if is_tick else "input_text" if column else "text_center")
        content.heights[line] = 18
    _help_ticking(content, ticks, end + NEW_LINES, say("review.one_tick"))
    content.freeze = (HEAD_ROW + 1, 3)
    content.print = Print("A3", landscape=True, repeat_rows=(HEAD_ROW, HEAD_ROW))
    return content


def _list_review_heads(catalogue: Catalogue, facts: RolloverFacts) -> Iterator[Head]:
    say = catalogue.message
    yield Head(say("review.number"), 5, "text_center")
    yield from (Head(say("review.code"), 13), Head(say("review.name"), 24), Head(say("review.area"), 10))
    yield from (Head(label, 11) for label in facts.labels.values())
    yield from (Head(say("review.valid_from"), 11, "text_center"), Head(say("review.valid_to"), 11, "text_center"))
    yield from (Head(say("review.successor"), 13), Head(say("review.contact"), 21))
    yield from (Head(say("review.filed"), 9, "text_center"), Head(say("review.size"), 8, "count"))
    yield from (Head(say("review.changes"), 24), Head(say("review.to_review"), 32))
    yield from (Head(say(f"review.tick_{tick}"), 6, "input_tick") for tick in TICKS)
    yield from (Head(say(f"review.{key}"), 14, "input_text") for key in ANSWERS)


def _list_review_values(catalogue: Catalogue, facts: RolloverFacts, number: int, row: ReviewRow) -> list[Value]:
    return [
        str(number), row.code, row.name, row.area, *(row.attributes.get(field_id, "") for field_id in facts.labels),
        row.valid_from, row.valid_to, row.successor, row.contact,
        f"{row.filed}/{row.expected}" if row.expected else "—", row.size,
        _join(catalogue, row.changes), _join(catalogue, row.remarks),
        *("" for _ in TICKS), *("" for _ in ANSWERS),
    ]  # fmt: skip


def _join(catalogue: Catalogue, remarks: Sequence[Remark]) -> str:
    return catalogue.message("drift.then").join(
        catalogue.message(f"review.{remark.key}", **remark.values) for remark in remarks
    )


def _help_ticking(content: SheetContent, first: int, last_row: int, error: str) -> None:
    """A tick from a list, and red where a school has more than one."""
    area = Range(HEAD_ROW + 1, first, last_row, first + len(TICKS) - 1)
    content.validations.append(
        Validation(area, {"validate": "list", "source": [TICK], "error_type": "warning", "error_message": error})
    )
    left, right, row = column_letter(first + 1), column_letter(first + len(TICKS)), HEAD_ROW + 2
    formula = f'=COUNTIF(${left}{row}:${right}{row},"{TICK}")>1'
    content.conditions.append(Condition((area,), formula, "wrong_in_sheet"))


def _build_changes(catalogue: Catalogue, facts: RolloverFacts) -> SheetContent:
    say = catalogue.message
    heads = [
        Head(say("review.no"), 8, "text_center"), Head(say("review.return"), 34),
        Head(say("review.earlier_form"), 10, "text_center"), Head(say("review.form"), 10, "text_center"),
        Head(say("review.change"), 90),
    ]  # fmt: skip
    content = open_sheet(
        define_review_sheet(catalogue, "changes", facts, paper="A4"), heads, say("review.changes_note")
    )
    titles = {row.no: row.title for row in facts.asked}
    rows: list[list[Value]] = [
        [no, titles.get(no, ""), drift.before.version, drift.after.version, spell_change(change, say)]
        for no, drift in facts.drifts.items()
        for change in list_told(drift)
    ]
    put_rows(content, heads, rows or [["", say("review.no_change"), "", "", ""]])
    return content
