"""The register as it is to be walked through before a new collection: last known attributes, changes, candidates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flows.indicators.desk import Desk
from flows.publishers.rollover_sheets import Remark, ReviewRow
from flows.register import RegisterView, pick_attributes
from flows.sources import AcceptedBlock
from flows.warehouse.collection import list_filed
from flows.warehouse.tables import Connection
from schemas.applicability import find_applicable
from schemas.catalogue import Catalogue
from schemas.definitions.returns import RegisterRoles, Return
from schemas.expressions import syntax as s
from schemas.expressions.evaluate import evaluate_numbers
from schemas.expressions.parse import parse_expression
from schemas.expressions.scope import UnitScope
from schemas.layout import Cell
from schemas.periods import find_bounds

CODED = ("code", "codes")


@dataclass(frozen=True)
class Review:
    """The register between two periods, and what was filed for the returns of the earlier one.

    `parts` are the periods of the earlier year that each return was asked for.
    """

    desk: Desk
    connection: Connection
    roles: RegisterRoles
    period: str
    earlier: str
    parts: Mapping[str, Sequence[str]]

    @property
    def catalogue(self) -> Catalogue:
        return self.desk.catalogue

    @property
    def now(self) -> RegisterView:
        return self.desk.find_register(self.period)

    @property
    def before(self) -> RegisterView:
        return self.desk.find_register(self.earlier)


def list_review(review: Review) -> list[ReviewRow]:
    """One row a school that stands in the register for either period, by area and code."""
    filings = _count_filings(review)
    sizes = _find_sizes(review)
    doubts = _find_doubts(review)
    codes = sorted({*review.now.codes, *review.before.codes})
    rows = [
        _build_row(review, code, filings.get(code, (0, 0)), sizes.get(code), doubts.get(code, [])) for code in codes
    ]
    return sorted(rows, key=lambda row: (row.area, row.code))


def label_attributes(catalogue: Catalogue, roles: RegisterRoles) -> dict[str, str]:
    """Field → label of what the register says of a school in codes."""
    return {
        name: cell.label
        for name, cell in _index_fields(catalogue, roles).items()
        if cell.type in CODED and cell.codelist
    }


def _index_fields(catalogue: Catalogue, roles: RegisterRoles) -> dict[str, Cell]:
    register = catalogue.register
    sheet = catalogue.latest_layout(register.id).find_sheet(roles.sheet) if register else None
    return {cell.ref.partition(".")[2]: cell for cell in sheet.cells} if sheet else {}


def _build_row(
    review: Review, code: str, filing: tuple[int, int], size: float | None, doubts: Sequence[Remark]
) -> ReviewRow:
    view = review.now if review.now.find(code) is not None else review.before
    facts = _list_facts(view, code)
    roles, catalogue = review.roles, review.catalogue
    expected, filed = filing
    remarks = [*_find_candidates(review, code, facts), *doubts]
    if expected and not filed and view is review.now:
        remarks.append(Remark("filed_nothing", {"expected": str(expected)}))
    elif filed and size == 0 and Remark("all_zero") not in doubts:
        remarks.append(Remark("no_size"))
    labels = label_attributes(catalogue, roles)
    return ReviewRow(
        code, view.find_name(code), _show(facts.get(roles.area)),
        {name: show_attribute(catalogue, roles, name, facts.get(name)) for name in labels},
        _show(facts.get(roles.valid_from)), _show(facts.get(roles.valid_to)), "、".join(view.find_successors(code)),
        view.contacts.get(code, ""), expected, filed, size, tuple(_list_changes(review, code)), tuple(remarks),
    )  # fmt: skip


def _list_facts(view: RegisterView, code: str) -> dict[str, Any]:
    row = view.find(code)
    return {} if row is None else {name: column[row] for name, column in view.attributes.columns.items()}


def show_attribute(catalogue: Catalogue, roles: RegisterRoles, name: str, value: object) -> str:
    """What the register says in a field, codes by their labels."""
    text = _show(value)
    cell = _index_fields(catalogue, roles).get(name)
    if cell is None or not cell.codelist or not text:
        return text
    labels = catalogue.codelists[cell.codelist].labels
    return "、".join(labels.get(code, code) for code in text.split(";"))


def _show(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _list_changes(review: Review, code: str) -> Iterator[Remark]:
    """What the register says otherwise for the new period than for the earlier."""
    roles = review.roles
    before, now = _list_facts(review.before, code), _list_facts(review.now, code)
    if not before:
        yield Remark("was_opened", {"day": _show(now.get(roles.valid_from))})
        return
    if not now:
        yield Remark("was_ended", {"day": _show(before.get(roles.valid_to))})
        return
    skipped = {roles.valid_from, roles.valid_to, roles.name, *roles.contact}
    if before.get(roles.name) != now.get(roles.name):
        yield Remark("was_renamed", {"before": _show(before.get(roles.name)), "after": _show(now.get(roles.name))})
    for name, cell in _index_fields(review.catalogue, roles).items():
        old, new = (show_attribute(review.catalogue, roles, name, facts.get(name)) for facts in (before, now))
        if name not in skipped and old != new:
            yield Remark("was_changed", {"label": cell.label, "before": old or "—", "after": new or "—"})


def _find_candidates(review: Review, code: str, facts: Mapping[str, Any]) -> Iterator[Remark]:
    """Schools that closed, will close or have just opened, as far as the register itself says."""
    roles = review.roles
    is_there = review.now.find(code) is not None
    successors = review.now.find_successors(code) or review.before.find_successors(code)
    if successors:
        named = (f"{heir} {review.now.find_name(heir) or review.before.find_name(heir)}".strip() for heir in successors)
        yield Remark("merged_into", {"school": "、".join(named)})
    elif not is_there:
        yield Remark("ended")
    if review.before.find(code) is None:
        yield Remark("opened")
    until = _show(facts.get(roles.valid_to))
    if is_there and until and until <= find_bounds(review.period)[1].isoformat():
        yield Remark("ends", {"day": until})
    status = facts.get(roles.status)
    if is_there and status in roles.closed_status:
        yield Remark("closed_status", {"status": show_attribute(review.catalogue, roles, roles.status, status)})


def _list_school_returns(review: Review) -> list[tuple[Return, str]]:
    """Returns of schools with every period of the earlier year that they were asked for."""
    returns = [d for d in review.catalogue.returns.values() if d.scope == "school"]
    return [(definition, part) for definition in returns for part in review.parts.get(definition.id, ())]


def _count_filings(review: Review) -> dict[str, tuple[int, int]]:
    """School → returns owed and returns filed for the earlier year."""
    counts: dict[str, tuple[int, int]] = {}
    for definition, part in _list_school_returns(review):
        filed = {entry.school for entry in list_filed(review.connection, definition.id, part)}
        for code in review.desk.find_register(part).expected_codes(definition.id):
            expected, done = counts.get(code, (0, 0))
            counts[code] = (expected + 1, done + (code in filed))
    return counts


def _find_sizes(review: Review) -> dict[str, float]:
    """School → its size in the earlier period, where it filed a return that size is read from."""
    if review.catalogue.size is None:
        return {}
    expression = parse_expression(review.catalogue.size)
    owners = {review.catalogue.sheet_owners.get(reference.sheet, "") for reference in s.find_references(expression)}
    blocks = [review.desk.load(owner, part) for owner in owners for part in review.parts.get(owner, ())]
    filed = {school for block in blocks if block is not None for school in block.schools}
    source = review.desk.open_period(review.earlier).source
    sizes = evaluate_numbers(expression, UnitScope(source, blank_is_zero=True))
    return {code: float(size) for code, size in zip(source.schools, sizes, strict=True) if code in filed}


def _find_doubts(review: Review) -> dict[str, list[Remark]]:
    """School → what it files that does not fit what it is in the register, or is nothing but zeros."""
    unusual: dict[str, list[str]] = {}
    unlisted: dict[str, list[str]] = {}
    empty: dict[str, list[str]] = {}
    stray: dict[str, list[str]] = {}
    blocks = []
    for definition, part in _list_school_returns(review):
        filed = review.desk.load(definition.id, part)
        _judge_type(review, definition, part, filed, (unusual, unlisted))
        if filed is not None:
            _judge_sheets(review, filed, (empty, stray))
            blocks.append(filed)
    doubts = {code: [Remark("all_zero")] for code in _list_all_zero(blocks)}
    for key, name, found in (
        ("not_usual", "returns", unusual), ("not_listed", "returns", unlisted), ("empty_sheets", "sheets", empty),
        ("stray_sheets", "sheets", stray),
    ):  # fmt: skip
        for code, names in found.items():
            doubts.setdefault(code, []).append(Remark(key, {name: "、".join(dict.fromkeys(names))}))
    return doubts


def _list_all_zero(blocks: Sequence[AcceptedBlock]) -> list[str]:
    """Schools that filed, and no figure but 0."""
    has_figures: dict[str, bool] = {}
    for filed in blocks:
        found = (np.nan_to_num(filed.block.numbers) != 0).any(axis=1)
        for code, has_any in zip(filed.schools, found, strict=True):
            has_figures[code] = has_figures.get(code, False) or bool(has_any)
    return [code for code, has_any in has_figures.items() if not has_any]


def _judge_type(
    review: Review,
    definition: Return,
    part: str,
    filed: AcceptedBlock | None,
    found: tuple[dict[str, list[str]], dict[str, list[str]]],
) -> None:
    """Returns filed that schools of the type do not file, and such as they do that the register does not list."""
    if definition.expected is None:
        return
    register = review.desk.find_register(part)
    usual = find_applicable(review.catalogue, [definition.expected], register.attributes)[definition.expected]
    owed = set(register.expected_codes(definition.id))
    done = set(filed.schools) if filed is not None else set()
    for code, fits, is_open in zip(register.codes, usual, register.is_open, strict=True):
        if code in done and not fits:
            found[0].setdefault(code, []).append(definition.no)
        if fits and is_open and code not in owed:
            found[1].setdefault(code, []).append(definition.no)


def _judge_sheets(
    review: Review, filed: AcceptedBlock, found: tuple[dict[str, list[str]], dict[str, list[str]]]
) -> None:
    """Sheets that the school should fill and has nothing but zeros on, and the other way round."""
    block = filed.block
    sheets = [sheet for sheet in block.layout.sheets if sheet.applies and not sheet.is_list]
    attributes = pick_attributes(review.desk.find_register(filed.period), filed.schools, filed.period)
    masks = find_applicable(review.catalogue, [sheet.applies or "" for sheet in sheets], attributes)
    for sheet in sheets:
        columns = [block.index[cell.ref] for cell in sheet.cells if cell.ref in block.index and not cell.blocked]
        if not columns:
            continue
        has_figures = (np.nan_to_num(block.numbers[:, columns]) != 0).any(axis=1)
        for code, fits, is_filled in zip(filed.schools, masks[sheet.applies or ""], has_figures, strict=True):
            if fits and not is_filled:
                found[0].setdefault(code, []).append(f"{block.layout.no} {sheet.tab}")
            if is_filled and not fits:
                found[1].setdefault(code, []).append(f"{block.layout.no} {sheet.tab}")
