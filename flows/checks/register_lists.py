"""Checks of the register's own lists: spans of schools, who carries on for whom, and the groups schools belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np

from flows.checks.addresses import AddressBook
from flows.checks.identity import MOST_LIKELY, list_near, name_schools, offer
from flows.lineage import Change, Lists, Span, find_closed_lines, find_cycles, find_day_after, list_changes, list_spans
from flows.membership import Membership, find_group, list_memberships
from flows.normalisers.records import FormBlock
from flows.register import RegisterView
from flows.signals import Notice, Signal
from schemas.catalogue import Catalogue
from schemas.definitions.returns import RegisterRoles
from schemas.expressions.scope import Lines

MOST_DROPPED = 20
"""So many schools are named that a register leaves out."""


def check_register(catalogue: Catalogue, block: FormBlock, unit: int, book: AddressBook) -> Iterator[Signal]:
    """Everything that the lines of a register say against one another, at the cells that say it."""
    register = catalogue.register
    if register is None or register.roles is None or block.layout.return_id != register.id:
        return
    lists = {sheet: _pick_unit(lines, unit) for sheet, lines in block.lists.items()}
    clerk = _Clerk(catalogue, register.roles, lists, book, block.submissions[unit])
    yield from clerk.check_spans()
    yield from clerk.check_successions()
    yield from clerk.check_origins()
    yield from clerk.check_cycles()
    yield from clerk.check_memberships()


def check_dropped(
    catalogue: Catalogue, block: FormBlock, unit: int, book: AddressBook, before: RegisterView
) -> Iterator[Signal]:
    """Schools open in the period before of which the register says nothing, not even that they are closed."""
    register = catalogue.register
    assert register is not None
    assert register.roles is not None
    roles = register.roles
    listed = set(_pick_unit(block.lists[roles.sheet], unit).columns[roles.school])
    dropped = [school for school in before.list_open() if school not in listed]
    if dropped:
        values = {"count": str(len(dropped)), "schools": name_schools(before, dropped[:MOST_DROPPED])}
        tab = book.find_tab(block.submissions[unit], roles.sheet)
        yield Signal(Notice.SCHOOLS_DROPPED, tab, found=str(len(dropped)), values=values)


@dataclass(frozen=True)
class _Clerk:
    """One register under review."""

    catalogue: Catalogue
    roles: RegisterRoles
    lists: Lists
    book: AddressBook
    submission: int

    @property
    def lines(self) -> Lines:
        return self.lists[self.roles.sheet]

    @property
    def spans(self) -> Mapping[str, tuple[Span, ...]]:
        return list_spans(self.lines, self.roles)

    def check_spans(self) -> Iterator[Signal]:
        """Two lines of a school are never in force on one day. Two without an end are told apart by another check."""
        roles = self.roles
        for school, positions in self._list_positions().items():
            for first, second in pairwise(positions):
                (_, end), (start, later_end) = self._read_span(first), self._read_span(second)
                if (end and end < start) or not (end or later_end):
                    continue
                field, line = (roles.valid_to, first) if end else (roles.valid_from, second)
                values = {"code": school, "a": self._spell_span(first), "b": self._spell_span(second)}
                yield self._point(Notice.LINES_OVERLAP, roles.sheet, field, line, values)

    def check_successions(self) -> Iterator[Signal]:
        """A successor is a school of the register, open when it takes over."""
        roles, spans = self.roles, self.spans
        columns = (
            self.lines.columns[name] for name in (roles.school, roles.successor, roles.valid_from, roles.valid_to)
        )
        closed = find_closed_lines(self.lines, roles)
        for line, (school, successor, start, end) in enumerate(zip(*columns, strict=True)):
            if not successor or successor == school:
                continue
            since = start if closed[line] else find_day_after(end) if end else None
            values = {"code": str(successor), "name": _name(spans, successor), "day": since or ""}
            values |= self._offer_near(str(successor))
            if successor not in spans:
                yield self._point(Notice.SUCCESSOR_UNKNOWN, roles.sheet, roles.successor, line, values)
            elif since and not _is_open(spans[successor], since):
                yield self._point(Notice.SUCCESSOR_NOT_OPEN, roles.sheet, roles.successor, line, values)

    def check_origins(self) -> Iterator[Signal]:
        """Both schools of a line are in the register; the new one is open from the day, the old one was until then."""
        roles, spans = self.roles.lineage, self.spans
        lines = self.lists.get(roles.sheet) if roles is not None else None
        if roles is None or lines is None:
            return
        for line, since in enumerate(lines.columns[roles.since]):
            fields = {name: lines.columns[name][line] for name in (roles.school, roles.predecessor)}
            strangers = [name for name, school in fields.items() if school and school not in spans]
            for name in strangers:
                values = {"code": str(fields[name]), **self._offer_near(str(fields[name]))}
                yield self._point(Notice.ORIGIN_UNKNOWN, roles.sheet, name, line, values)
            new, old = (spans.get(str(school), ()) for school in fields.values())
            fits = since and _is_open(new, since) and any(span.start < since and _reaches(span, since) for span in old)
            if since and all(fields.values()) and not strangers and not fits:
                yield self._point(Notice.ORIGIN_NOT_OPEN, roles.sheet, roles.since, line, {"day": str(since)})

    def check_cycles(self) -> Iterator[Signal]:
        """Nobody carries on for a school that carries on for it."""
        changes = list_changes(self.lists, self.roles)
        for cycle in find_cycles(changes):
            place = self._find_change(next(change for change in changes if {change.old, change.new} <= set(cycle)))
            yield self._point(Notice.SUCCESSION_CYCLE, *place, {"codes": "→".join((*cycle, cycle[0]))})

    def check_memberships(self) -> Iterator[Signal]:
        """Members are schools of the register, groups those of the code list, and one at a time unless said."""
        roles = self.roles.membership
        if roles is None or roles.sheet not in self.lists:
            return
        spans, columns = self.spans, self.lists[roles.sheet].columns
        entries = list(list_memberships(self.catalogue, self.lists))
        for entry in entries:
            if entry.school not in spans:
                values = {"code": entry.school, **self._offer_near(entry.school)}
                yield self._point(Notice.MEMBER_UNKNOWN, roles.sheet, roles.school, entry.line, values)
            if find_group(self.catalogue, entry.grouping, str(columns[roles.group][entry.line])) is None:
                values = {"grouping": self.catalogue.groupings[entry.grouping], "group": entry.group}
                yield self._point(Notice.GROUP_UNKNOWN, roles.sheet, roles.group, entry.line, values)
        for first, second in _list_clashes(entries, self.catalogue.overlapping):
            values = {
                "name": _name(spans, second.school), "grouping": self.catalogue.groupings[second.grouping],
                "a": first.group, "b": second.group, "code": second.school,
            }  # fmt: skip
            yield self._point(Notice.GROUPS_OVERLAP, roles.sheet, roles.group, second.line, values)

    def _list_positions(self) -> dict[str, list[int]]:
        """School → positions of its lines that are in order themselves, by first and last day."""
        found: dict[str, list[int]] = {}
        for line, school in enumerate(self.lines.columns[self.roles.school]):
            start, end = self._read_span(line)
            if school is not None and (not end or start <= end):
                found.setdefault(school, []).append(line)
        return {school: sorted(lines, key=self._read_span) for school, lines in found.items()}

    def _read_span(self, line: int) -> tuple[str, str]:
        columns = self.lines.columns
        return columns[self.roles.valid_from][line] or "", columns[self.roles.valid_to][line] or ""

    def _spell_span(self, line: int) -> str:
        start, end = self._read_span(line)
        return f"{start}~{end}"

    def _offer_near(self, code: str) -> dict[str, str]:
        """The schools of the register that a code may have been meant for, unless they are many."""
        near = list_near(code, self.spans)
        named = "、".join(f"{school} {_name(self.spans, school)}" for school in near)
        return {"likely": offer(self.catalogue, named) if len(near) <= MOST_LIKELY else ""}

    def _find_change(self, change: Change) -> tuple[str, str, int]:
        """Sheet, field and line that a change is said on."""
        roles, columns = self.roles, self.lines.columns
        for line, pair in enumerate(zip(columns[roles.school], columns[roles.successor], strict=True)):
            if pair == (change.old, change.new):
                return roles.sheet, roles.successor, line
        assert roles.lineage is not None
        listed = self.lists[roles.lineage.sheet].columns
        pairs = list(zip(listed[roles.lineage.predecessor], listed[roles.lineage.school], strict=True))
        return roles.lineage.sheet, roles.lineage.predecessor, pairs.index((change.old, change.new))

    def _point(self, notice: Notice, sheet: str, field: str, line: int, values: Mapping[str, str]) -> Signal:
        """A signal at a field of a line."""
        ref, row = f"{sheet}.{field}", int(self.lists[sheet].row[line])
        address = self.book.find(self.submission, ref, row)
        tab, cell = (address.sheet, address.cell) if address else ("", "")
        found = self.lists[sheet].columns[field][line]
        return Signal(notice, tab, cell, ref, found=str(found or ""), values=values)


def _pick_unit(lines: Lines, unit: int) -> Lines:
    chosen = np.nonzero(lines.unit == unit)[0]
    columns = {name: column[chosen] for name, column in lines.columns.items()}
    return replace(lines, unit=lines.unit[chosen], row=lines.row[chosen], columns=columns, submission=None)


def _list_clashes(
    entries: Sequence[Membership], overlapping: frozenset[str]
) -> Iterator[tuple[Membership, Membership]]:
    """Lines of one school and grouping that hold on one day; of different groups only where that is not declared."""
    found: dict[tuple[str, str], list[Membership]] = {}
    for entry in entries:
        if not entry.end or entry.start <= entry.end:
            found.setdefault((entry.school, entry.grouping), []).append(entry)
    for (_, grouping), several in found.items():
        for first, second in combinations(sorted(several, key=lambda entry: (entry.start, entry.line)), 2):
            if first.overlaps(second) and (grouping not in overlapping or first.group == second.group):
                yield first, second


def _is_open(spans: Sequence[Span], day: str) -> bool:
    return any(span.covers(day) and not span.is_closed for span in spans)


def _reaches(span: Span, day: str) -> bool:
    """True if the span, of an open school, lasts to the eve of a day."""
    return not span.is_closed and (not span.end or find_day_after(span.end) >= day)


def _name(spans: Mapping[str, Sequence[Span]], school: str) -> str:
    return spans[school][-1].name if school in spans else ""
