"""What to do first: what was sent back, is overdue or in doubt, in the order of what it does to printed figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.district.rounds import Round
from flows.effects import Effect, measure_effects
from flows.gather import Gathering
from flows.indicators.doubt import Suspect
from flows.indicators.sums import list_printed
from flows.publishers.digest_data import Filer, FirstRow, Move
from flows.warehouse.standings import list_in_force, load_findings
from schemas.layout import split_address
from schemas.periods import step_back

MOST_LISTED = 1000
ORDER = {"unreadable": 0, "rejected": 1, "missing": 2, "query": 3}
SIGNS = "≤≥<>"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A return that was not filed in time, and what is said of that."""

    return_id: str
    period: str
    school: str
    message: str
    remedy: str


@dataclass
class _Matters:
    """What is to be done, and whatever of it can be asked for its effect, under the same number."""

    rows: list[tuple[str, str, str, str, Mapping[str, Any]]] = field(default_factory=list)
    """Kind, return, period, school, and the finding."""
    suspects: list[Suspect] = field(default_factory=list)

    def add(self, kind: str, slot: tuple[str, str, str], finding: Mapping[str, Any]) -> int:
        self.rows.append((kind, *slot, finding))
        return len(self.rows) - 1


def rank_matters(
    gathering: Gathering,
    refused: Sequence[Round],
    overdue: Sequence[Overdue],
    doubted: Sequence[Round],
    filers: Mapping[str, Filer],
) -> list[FirstRow]:
    """Everything that waits for somebody, the greatest move of a printed figure first.

    Of what is overdue only that is listed whose effect is known: the chase list has all of it.
    """
    matters = _Matters()
    _add_refused(gathering, refused, matters)
    _add_overdue(gathering, overdue, matters)
    _add_doubted(gathering, doubted, matters)
    known = gathering.catalogue.evaluations
    wanted = gathering.workspace.settings.evaluations or known
    printed = list_printed(gathering.catalogue, [profile for profile in wanted if profile in known])
    effects = measure_effects(gathering.desk, gathering.connection, gathering.period, matters.suspects, printed)
    listed = [n for n, row in enumerate(matters.rows) if row[0] != "missing" or n in effects]
    listed.sort(key=lambda number: _order(matters.rows[number], effects.get(number)))
    return [_build_row(matters.rows[n], effects.get(n), filers) for n in listed[:MOST_LISTED]]


def _add_refused(gathering: Gathering, refused: Sequence[Round], matters: _Matters) -> None:
    """A submission sent back counts as it was filed; its first finding stands for it."""
    found = load_findings(gathering.connection, [each.submission for each in refused])
    for each in refused:
        first = next(iter(found.get(each.submission, ())), {})
        number = matters.add(each.state, each.slot, {"file": each.file_name, **first})
        if each.return_id in gathering.catalogue.returns and each.period and each.state == "rejected":
            matters.suspects.append(Suspect(number, *each.slot, each.submission))


def _add_overdue(gathering: Gathering, overdue: Sequence[Overdue], matters: _Matters) -> None:
    """A return that is overdue counts as the one in force for the period before."""
    earlier: dict[tuple[str, str], dict[str, int]] = {}
    for each in overdue:
        place = (each.return_id, each.period)
        if place not in earlier:
            filed = list_in_force(gathering.connection, each.return_id, step_back(each.period))
            earlier[place] = {school: submission for submission, school, _ in filed}
        finding = {"message": each.message, "remedy": each.remedy}
        number = matters.add("missing", (each.return_id, each.period, each.school), finding)
        submission = earlier[place].get(each.school)
        if submission is not None:
            matters.suspects.append(Suspect(number, *place, each.school, submission))


def _add_doubted(gathering: Gathering, doubted: Sequence[Round], matters: _Matters) -> None:
    """A query in a submission that counts puts its cell in doubt, if that is one of figures."""
    found = load_findings(gathering.connection, [each.submission for each in doubted])
    for each in doubted:
        for finding in found.get(each.submission, ()):
            if finding["severity"] == "query" and not finding["trial"]:
                number = matters.add("query", each.slot, finding)
                matters.suspects += _doubt(gathering, each, number, finding)


def _doubt(gathering: Gathering, each: Round, number: int, finding: Mapping[str, Any]) -> Iterator[Suspect]:
    layout = gathering.catalogue.latest_layout(each.return_id)
    sheet = layout.find_sheet(finding["ref"].partition("[")[0].partition(".")[0])
    if sheet is None or not any(cell.ref == finding["ref"] and cell.is_numeric for cell in sheet.cells):
        return
    line = split_address(finding["cell"])[0] + 1 if sheet.is_list and finding["cell"] else None
    found, expected = _read_number(finding["found"]), _read_number(finding["expected"].lstrip(SIGNS))
    yield Suspect(number, *each.slot, each.submission, finding["ref"], line, found, expected)


def _read_number(text: str) -> float:
    """A number of a finding; missing where it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _order(row: tuple[str, str, str, str, Mapping[str, Any]], effect: Effect | None) -> tuple[object, ...]:
    kind, return_id, period, school, finding = row
    size = abs(effect.share) if effect is not None else -1.0
    return (-size, ORDER[kind], return_id, period, school, finding.get("code", ""), finding.get("cell", ""))


def _build_row(
    row: tuple[str, str, str, str, Mapping[str, Any]],
    effect: Effect | None,
    filers: Mapping[str, Filer],
) -> FirstRow:
    kind, return_id, period, school, finding = row
    filer = filers.get(school, Filer(school, "", "", ""))
    place = f"{finding.get('sheet', '')} {finding.get('cell', '')}".strip()
    return FirstRow(
        kind, _show(effect) if effect is not None else None, school, filer.name or finding.get("file", ""),
        filer.area, return_id,
        period, finding.get("code", ""), place, finding.get("message", ""), finding.get("remedy", ""),
    )  # fmt: skip


def _show(effect: Effect) -> Move:
    moved = (effect.now, effect.then, 100 * effect.share)
    return Move(effect.manner, effect.indicator, effect.stage, *moved, effect.others)
