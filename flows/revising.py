"""Revisions of locked periods: what changed since figures were final, and whose correction brought it about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.checks.locks import Locks
from flows.gather import Gathering
from flows.warehouse.figures import load_figures
from flows.warehouse.interventions import list_locks
from flows.warehouse.publications import find_latest_vintage, list_vintages
from flows.warehouse.revisions import Place, Revision, compare_figures, load_final
from flows.warehouse.warehouse import Warehouse


def is_locked(gathering: Gathering) -> bool:
    """True if everything that is asked for of the year is locked."""
    locks = Locks(list_locks(gathering.connection), gathering.workspace.settings.months_of_year)
    asked = [
        (definition, part)
        for definition in gathering.catalogue.returns.values()
        for part in gathering.list_parts(definition)
    ]
    day = gathering.workspace.find_today().isoformat()
    return bool(asked) and all(locks.is_locked(definition, part, day) for definition, part in asked)


def collect_final(gathering: Gathering) -> dict[Place, float]:
    """The public figures of the period as they are now."""
    return {
        (f.indicator, f.stage, f.breakdown, f.group_code): f.value
        for f in load_figures(gathering.connection, gathering.period)
        if not f.area and gathering.catalogue.indicators[f.indicator].publish == "public"
    }


def find_revisions(warehouse: Warehouse, gathering: Gathering) -> list[Revision]:
    """What the next vintage of a locked period revises in the last that was final."""
    before = load_final(warehouse.connection, gathering.period)
    if not before:
        return []
    vintage = find_latest_vintage(warehouse, gathering.period) + 1
    reason = "；".join(dict.fromkeys(_list_reasons(gathering)))
    now = collect_final(gathering)
    return compare_figures(before, now, period=gathering.period, vintage=vintage, reason=reason)


def _list_reasons(gathering: Gathering) -> Iterator[str]:
    """Why figures moved: what the corrections in force say that came after the last final vintage, and the openings."""
    final = [v.published_at for v in list_vintages(gathering.connection, gathering.period) if v.is_final]
    since = final[-1] if final else ""
    for definition in gathering.catalogue.returns.values():
        for part in gathering.list_parts(definition):
            yield from _list_corrections(gathering, definition.id, part, since)
    for act in list_locks(gathering.connection):
        if act.kind == "reopened" and act.at >= since and act.reason:
            yield act.reason


def _list_corrections(gathering: Gathering, return_id: str, part: str, since: str) -> Iterator[str]:
    rows: Sequence[tuple[str, str, str]] = gathering.connection.execute(
        "SELECT school, json_extract_string(cover, '$.school_name'), json_extract_string(cover, '$.correction_reason') "
        "FROM submissions JOIN standings USING (submission) "
        "WHERE in_force AND return_id = ? AND period = ? AND received_at >= ? ORDER BY submission",
        [return_id, part, since],
    ).fetchall()
    number = gathering.catalogue.returns[return_id].no
    for school, name, reason in rows:
        if reason:
            yield f"{name or school} {number}：{reason}"
