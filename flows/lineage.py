"""The lineage 沿革 of schools: which carries on for which, since when, and what may be compared with what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.definitions.returns import RegisterRoles
from schemas.expressions.scope import Lines

ANY_DAY = "0000-00-00"
"""Before every day: a line without a first day has always been so."""


Lists = Mapping[str, Lines]
"""The lists of a register by the id of their sheet."""


@dataclass(frozen=True, slots=True)
class Change:
    """From a day on (ISO) one school carries on for another; in part, where the list of origins says so."""

    old: str
    new: str
    since: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A line of the register: from when until when (ISO; empty: still) a school is called so, open or closed."""

    start: str
    end: str
    name: str
    is_closed: bool

    def covers(self, day: str) -> bool:
        return self.start <= day and (not self.end or day <= self.end)


@dataclass(frozen=True, slots=True)
class Family:
    """Schools that stand now, together, for schools that stood on an earlier day."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def list_spans(lines: Lines, roles: RegisterRoles) -> dict[str, tuple[Span, ...]]:
    """School → its lines in a register, the oldest first."""
    found: dict[str, list[Span]] = {}
    names = (roles.school, roles.valid_from, roles.valid_to, roles.name)
    columns = (lines.columns[name] for name in names)
    for school, start, end, name, is_closed in zip(*columns, find_closed_lines(lines, roles), strict=True):
        if school is not None:
            found.setdefault(school, []).append(Span(start or ANY_DAY, end or "", name or "", is_closed))
    return {school: tuple(sorted(spans, key=lambda span: (span.start, span.end))) for school, spans in found.items()}


def find_closed_lines(lines: Lines, roles: RegisterRoles) -> list[bool]:
    """Whether each line says that its school is closed while the line is in force.

    A school's only or first line that says so and has an end tells how it ended: until then the school was open.
    """
    names = (roles.school, roles.status, roles.valid_from, roles.valid_to)
    columns = [lines.columns[name] for name in names]
    first: dict[str, str] = {}
    for school, _, start, _ in zip(*columns, strict=True):
        first[school] = min(start or ANY_DAY, first.get(school, start or ANY_DAY))
    return [
        status in roles.closed_status and not (end and (start or ANY_DAY) == first[school])
        for school, status, start, end in zip(*columns, strict=True)
    ]


def list_changes(lists: Lists, roles: RegisterRoles) -> list[Change]:
    """What a register says of schools that carry on for others, the earliest day of each pair."""
    first: dict[tuple[str, str], Change] = {}
    for change in (*_list_successions(lists[roles.sheet], roles), *_list_parts(lists, roles)):
        known = first.setdefault((change.old, change.new), change)
        if change.since < known.since:
            first[change.old, change.new] = change
    return sorted(
        (change for change in first.values() if change.old != change.new), key=lambda c: (c.since, c.old, c.new)
    )


def adopt_changes(known: Sequence[Change], spans: Mapping[str, Sequence[Span]], said: Sequence[Change]) -> list[Change]:
    """Changes of earlier registers with those of a later one, whose spans are given.

    It is believed where it says otherwise: that a school went on elsewhere, or that it is open still.
    """
    changed = {change.old for change in said}

    def stands(change: Change) -> bool:
        covering = [span for span in spans.get(change.old, ()) if span.covers(change.since) and not span.is_closed]
        return change.old not in changed and (change.is_part or not covering)

    return [*filter(stands, known), *said]


def find_families(
    changes: Sequence[Change],
    spans: Mapping[str, Sequence[Span]],
    is_open: Collection[str],
    *,
    since: date,
    until: date,
) -> list[Family]:
    """Schools bound together by what changed after one day and up to another.

    `is_open` are the schools open on the later day. A school that neither took over nor was taken over has no family.
    """
    start, end = since.isoformat(), until.isoformat()
    bound = [change for change in changes if start < change.since <= end]
    families = []
    for members in _join_members(bound):
        before = tuple(sorted(school for school in members if school not in spans or spans[school][0].start <= start))
        families.append(Family(before, tuple(sorted(members.intersection(is_open)))))
    return sorted(families, key=lambda family: (family.before, family.after))


def trace_schools(families: Sequence[Family]) -> dict[str, tuple[str, ...]]:
    """School → the schools whose earlier figures are its own, for those where that is not itself.

    What one school left to several belongs to none of them alone.
    """
    return {school: family.before if len(family.after) == 1 else () for family in families for school in family.after}


def find_heirs(changes: Sequence[Change], school: str, is_open: Collection[str]) -> tuple[str, ...]:
    """The open schools that carry on for one that does not."""
    found: list[str] = []
    waiting, seen = [school], {school}
    while waiting:
        old = waiting.pop(0)
        for new in (change.new for change in changes if change.old == old and change.new not in seen):
            seen.add(new)
            (found if new in is_open else waiting).append(new)
    return tuple(found)


def find_cycles(changes: Sequence[Change]) -> list[tuple[str, ...]]:
    """Schools that carry on for one another in a ring, each ring once, from its smallest code on."""
    heirs: dict[str, list[str]] = {}
    for change in changes:
        heirs.setdefault(change.old, []).append(change.new)
    found: dict[tuple[str, ...], None] = {}
    for start in sorted(heirs):
        ring = _find_way_back(start, heirs)
        if ring and min(ring) == start:
            found[ring] = None
    return list(found)


def find_closing_day(spans: Sequence[Span], day: str) -> str | None:
    """The first day since which a school has been closed on a day; None where it is open, or not known then."""
    begun = [span for span in spans if span.start <= day]
    if not begun or any(span.covers(day) and not span.is_closed for span in begun[-1:]):
        return None
    closed_since = None
    for span in begun:
        if not span.is_closed:
            closed_since = find_day_after(span.end) if span.end else None
        elif closed_since is None:
            closed_since = span.start
    return closed_since


def find_relatives(changes: Sequence[Change], schools: Collection[str]) -> set[str]:
    """The schools, and all that ever carried on for them or left them something."""
    related = set(schools)
    for members in _join_members(changes):
        if not members.isdisjoint(schools):
            related |= members
    return related


def find_day_after(day: str) -> str:
    """The ISO day after a day."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _list_successions(lines: Lines, roles: RegisterRoles) -> Iterator[Change]:
    """Lines that name a successor. One that says the school is closed speaks from its first day on, any other from
    the day after its last.
    """
    names = (roles.school, roles.successor, roles.valid_from, roles.valid_to)
    columns = (lines.columns[name] for name in names)
    for old, new, start, end, is_closed in zip(*columns, find_closed_lines(lines, roles), strict=True):
        if old and new and is_closed:
            yield Change(old, new, start or ANY_DAY)
        elif old and new and end:
            yield Change(old, new, find_day_after(end))


def _list_parts(lists: Lists, roles: RegisterRoles) -> Iterator[Change]:
    """The list of origins, where it is filed."""
    part = roles.lineage
    lines = lists.get(part.sheet) if part is not None else None
    if part is not None and lines is not None:
        names = (part.predecessor, part.school, part.since)
        for old, new, since in zip(*(lines.columns[name] for name in names), strict=True):
            if old and new and since:
                yield Change(old, new, since, is_part=True)


def _find_way_back(start: str, heirs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from a school through its heirs to itself; nothing where there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for heir in heirs.get(way[-1], ()):
            if heir == start:
                return way
            if heir not in seen:
                seen.add(heir)
                ways.append((*way, heir))
    return ()


def _join_members(changes: Sequence[Change]) -> list[set[str]]:
    """Schools bound to one another by changes, directly or through others."""
    bound: dict[str, set[str]] = {}
    for change in changes:
        one, other = (bound.setdefault(school, {school}) for school in (change.old, change.new))
        if one is not other:
            smaller, larger = sorted((one, other), key=len)
            larger |= smaller
            bound.update(dict.fromkeys(smaller, larger))
    return list({id(members): members for members in bound.values()}.values())
