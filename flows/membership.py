"""Groups that schools belong to beside their area, grouping by grouping, as of a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flows.lineage import ANY_DAY, Lists
from schemas.catalogue import Catalogue
from schemas.definitions.codelists import fold_answer
from schemas.expressions.scope import Lines

Memberships = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Grouping → school → the groups it belongs to, in order of their names."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A line of the list: a school belongs to a group from a day to a day (ISO; empty: still). `line` is its place."""

    school: str
    grouping: str
    group: str
    start: str
    end: str
    line: int

    def covers(self, day: str) -> bool:
        return self.start <= day and (not self.end or day <= self.end)

    def overlaps(self, other: Membership) -> bool:
        """True if there is a day on which both hold."""
        return (not other.end or self.start <= other.end) and (not self.end or other.start <= self.end)


def find_memberships(catalogue: Catalogue, lists: Lists, day: date) -> Memberships:
    """The groups of a register's schools on a day."""
    found: dict[str, dict[str, set[str]]] = {}
    for entry in list_memberships(catalogue, lists):
        if entry.covers(day.isoformat()):
            found.setdefault(entry.grouping, {}).setdefault(entry.school, set()).add(entry.group)
    return {
        grouping: {school: tuple(sorted(groups)) for school, groups in schools.items()}
        for grouping, schools in found.items()
    }


def list_memberships(catalogue: Catalogue, lists: Lists) -> Iterator[Membership]:
    """Every whole line of the list, groups by their code where the grouping has a code list of its own name."""
    register = catalogue.register
    roles = register.roles.membership if register is not None and register.roles is not None else None
    lines: Lines | None = lists.get(roles.sheet) if roles is not None else None
    if roles is None or lines is None:
        return
    kinds = catalogue.grouping_codes
    called = {entry.code: entry.key or entry.code for entry in kinds.codes} if kinds is not None else {}
    names = (roles.school, roles.grouping, roles.group, roles.valid_from, roles.valid_to)
    for line, values in enumerate(zip(*(lines.columns[name] for name in names), strict=True)):
        school, kind, group, start, end = values
        grouping = called.get(kind)
        if school and grouping and group:
            named = find_group(catalogue, grouping, group) or group
            yield Membership(school, grouping, named, start or ANY_DAY, end or "", line)


def find_group(catalogue: Catalogue, grouping: str, text: str) -> str | None:
    """The code of a group as written, in the code list called like the grouping; None if that has no such group.

    Where there is no such list, groups are called as they are written.
    """
    codelist = catalogue.codelists.get(grouping)
    return text if codelist is None else codelist.by_answer.get(fold_answer(text))
