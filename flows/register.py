"""The register 名录 as of a day: which schools there are, what they are, and what they are expected to file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from flows.lineage import (
    ANY_DAY,
    Change,
    Family,
    Lists,
    Span,
    adopt_changes,
    find_closed_lines,
    find_families,
    list_changes,
    list_spans,
    trace_schools,
)
from flows.membership import Memberships, find_memberships
from schemas.applicability import Attributes, find_applicable
from schemas.catalogue import Catalogue
from schemas.definitions.returns import RegisterRoles, Return
from schemas.expressions.columns import Mask, Values
from schemas.expressions.scope import Lines
from schemas.periods import FIRST_PERIOD, find_bounds


@dataclass(frozen=True, slots=True)
class RegisterView:
    """The schools on one day. `attributes` has one column a field of the register, one value a school.

    `memberships` are the groups of each school, grouping by grouping; a school may be in none.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    areas: tuple[str, ...]
    attributes: Attributes
    is_open: Mask
    expects: Mapping[str, Mask]
    known_names: Mapping[str, frozenset[str]]
    contacts: Mapping[str, str]
    index: Mapping[str, int] = field(default_factory=dict)
    day: date = find_bounds(FIRST_PERIOD)[0]
    memberships: Memberships = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    _traced: dict[date, dict[str, tuple[str, ...]]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def length(self) -> int:
        return len(self.codes)

    def find(self, code: str) -> int | None:
        return self.index.get(code)

    def find_name(self, code: str) -> str:
        """What the school is called on the day, or was or will be called; empty for a code never in the register."""
        row = self.find(code)
        if row is not None:
            return self.names[row]
        spans = self.spans.get(code, ())
        begun = [span for span in spans if span.start <= self.day.isoformat()]
        return begun[-1].name if begun else next((span.name for span in spans), "")

    def describe(self, code: str) -> dict[str, str | float | None]:
        """Attributes of a school; none of a code that is not in the register."""
        row = self.find(code)
        columns = self.attributes.columns.items() if row is not None else ()
        return {name: _unwrap(column[row]) for name, column in columns}

    def find_successors(self, code: str) -> tuple[str, ...]:
        """Schools that carry on for a school, as far as the register says, on whatever day."""
        return tuple(dict.fromkeys(change.new for change in self.changes if change.old == code))

    def expected_codes(self, return_id: str) -> list[str]:
        """Schools that owe the return."""
        mask = self.expects.get(return_id)
        return [] if mask is None else [code for code, owes in zip(self.codes, mask, strict=True) if owes]

    def list_open(self) -> list[str]:
        """Schools that are open on the day."""
        return [code for code, is_open in zip(self.codes, self.is_open, strict=True) if is_open]

    def list_families(self, since: date) -> list[Family]:
        """Schools that carry on, together, for what stood on an earlier day."""
        return find_families(self.changes, self.spans, self.list_open(), since=since, until=self.day)

    def trace(self, since: date) -> dict[str, tuple[str, ...]]:
        """School → the schools whose figures of an earlier day are its own, where that is not simply itself."""
        if since not in self._traced:
            self._traced[since] = trace_schools(self.list_families(since))
        return self._traced[since]


def _unwrap(value: Any) -> str | float | None:
    if value is None or isinstance(value, str):
        return value
    return None if math.isnan(float(value)) else float(value)


def build_register_view(catalogue: Catalogue, lists: Lists, period: str, earlier: Sequence[Lists] = ()) -> RegisterView:
    """The register's lines in force on the first day of a period. One line a school: the one that began last.

    `earlier` are the registers before it, the oldest first: what they say of schools that it no longer names stands.
    """
    register = catalogue.register
    assert register is not None
    assert register.roles is not None
    roles, lines, day = register.roles, lists[register.roles.sheet], find_bounds(period)[0]
    chosen = _choose_lines(lines, roles, day)
    columns = {name: column[chosen] for name, column in lines.columns.items() if not hasattr(column, "yes")}
    columns = _derive(catalogue, register, columns)
    codes = tuple(str(code) for code in columns[roles.school])
    memberships = find_memberships(catalogue, lists, day)
    columns |= {name: _spell_groups(memberships.get(name, {}), codes) for name in catalogue.groupings}
    attributes = Attributes(len(codes), columns)
    is_open = ~np.array(find_closed_lines(lines, roles), dtype=bool)[chosen]
    changes, spans = _join_history([*earlier, lists], roles)
    return RegisterView(
        codes=codes,
        names=_as_texts(columns[roles.name]),
        areas=_as_texts(columns[roles.area]),
        attributes=attributes,
        is_open=is_open,
        expects=_find_expected(catalogue, roles, attributes, is_open),
        known_names=_list_known_names([*earlier, lists], roles),
        contacts={code: _join_contact(columns, roles, row) for row, code in enumerate(codes)},
        index={code: row for row, code in enumerate(codes)},
        day=day,
        memberships=memberships,
        changes=changes,
        spans=spans,
    )


def build_empty_view(catalogue: Catalogue) -> RegisterView:
    """No register has been accepted: no school is known, but what could be known of one is."""
    register = catalogue.register
    columns: dict[str, Values] = {name: np.empty(0, dtype=object) for name in catalogue.groupings}
    if register is not None and register.roles is not None:
        sheet = catalogue.latest_layout(register.id).find_sheet(register.roles.sheet)
        for cell in sheet.cells if sheet else ():
            columns[cell.ref.partition(".")[2]] = np.empty(0, dtype=np.float64 if cell.is_numeric else object)
    return RegisterView((), (), (), Attributes(0, columns), np.empty(0, dtype=bool), {}, {}, {})


def pick_attributes(register: RegisterView, schools: Sequence[str], period: str) -> Attributes:
    """The register's attributes of the schools in the order given; missing for schools it does not know."""
    rows = np.array([register.index.get(school, register.length) for school in schools], dtype=np.int64)
    columns: dict[str, Values] = {}
    for name, column in register.attributes.columns.items():
        unknown = np.array([None], dtype=object) if column.dtype == object else np.array([np.nan])
        columns[name] = np.concatenate([column, unknown])[rows]
    columns["period_month"] = np.full(len(schools), float(find_bounds(period)[0].month))
    return Attributes(len(schools), columns)


def _choose_lines(lines: Lines, roles: RegisterRoles, day: date) -> list[int]:
    """Positions of the lines in force on the day, in order of school code."""
    starts, ends, schools = (lines.columns[name] for name in (roles.valid_from, roles.valid_to, roles.school))
    today = day.isoformat()
    best: dict[str, tuple[str, int]] = {}
    for position in range(lines.length):
        start, end, school = starts[position] or ANY_DAY, ends[position], schools[position]
        if school is None or start > today or (end is not None and end < today):
            continue
        if school not in best or start >= best[school][0]:
            best[school] = (start, position)
    return [best[school][1] for school in sorted(best)]


def _spell_groups(groups: Mapping[str, Sequence[str]], codes: Sequence[str]) -> Values:
    """The group of each school; of several the first, for none nothing."""
    return np.array([next(iter(groups.get(code, ())), None) for code in codes], dtype=object)


def _join_history(
    registers: Sequence[Lists], roles: RegisterRoles
) -> tuple[tuple[Change, ...], dict[str, tuple[Span, ...]]]:
    """Changes and spans of registers, the oldest first; a later one is believed of the schools that it names."""
    changes: list[Change] = []
    spans: dict[str, tuple[Span, ...]] = {}
    for lists in registers:
        own = list_spans(lists[roles.sheet], roles)
        changes = adopt_changes(changes, own, list_changes(lists, roles))
        spans |= own
    return tuple(changes), spans


def _list_known_names(registers: Sequence[Lists], roles: RegisterRoles) -> dict[str, frozenset[str]]:
    """School → every name that it goes or went by."""
    known: dict[str, set[str]] = {}
    for lists in registers:
        columns = lists[roles.sheet].columns
        for row, code in enumerate(columns[roles.school]):
            known.setdefault(str(code), set()).update(_list_names(columns, roles, row))
    return {code: frozenset(names) for code, names in known.items()}


def _derive(catalogue: Catalogue, register: Return, columns: dict[str, Values]) -> dict[str, Values]:
    """Fields with a declared derivation, where the line leaves them blank."""
    assert register.roles is not None
    derived = dict(columns)
    for name, cases in register.roles.derived.items():
        column = np.array(derived[name], dtype=object)
        masks = find_applicable(catalogue, cases.values(), Attributes(len(column), derived))
        for code, condition in cases.items():
            blank = np.array([value is None for value in column], dtype=bool)
            column[blank & masks[condition]] = code
        derived[name] = column
    return derived


def _find_expected(
    catalogue: Catalogue, roles: RegisterRoles, attributes: Attributes, is_open: Mask
) -> dict[str, Mask]:
    """Return id → schools that owe it: those the register lists it for, else those of the definition."""
    named = [_read_named(catalogue, text) for text in _as_texts(attributes.columns[roles.expects])]
    conditions = [d.expected for d in catalogue.returns.values() if d.expected]
    masks = find_applicable(catalogue, conditions, attributes)
    expects: dict[str, Mask] = {}
    for return_id, definition in catalogue.returns.items():
        if definition.scope != "school":
            continue
        usual = masks[definition.expected] if definition.expected else np.zeros(attributes.length, dtype=bool)
        owes = np.array([return_id in names if names else usual[row] for row, names in enumerate(named)], dtype=bool)
        expects[return_id] = owes & is_open
    return expects


def _read_named(catalogue: Catalogue, text: str) -> frozenset[str]:
    found = (catalogue.find_return(part) for part in text.replace(",", ";").split(";") if part.strip())
    return frozenset(definition.id for definition in found if definition)


def _list_names(columns: Mapping[str, Values], roles: RegisterRoles, row: int) -> frozenset[str]:
    names = [columns[name][row] for name in (roles.name, *roles.names)]
    texts = [str(name).replace("；", ";") for name in names if name]
    return frozenset(part.strip() for text in texts for part in text.split(";") if part.strip())


def _join_contact(columns: Mapping[str, Values], roles: RegisterRoles, row: int) -> str:
    parts: Iterable[object] = (columns[name][row] for name in roles.contact)
    return " ".join(str(part) for part in parts if part)


def _as_texts(column: Values | Sequence[object]) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in column)
