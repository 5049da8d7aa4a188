"""Figures as asked for: from the warehouse where the run stored them, reckoned on the spot where it did not."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.aggregate import compute_figures, list_groupings
from flows.campaigns import read_period
from flows.errors import UsageError
from flows.indicators.desk import Desk
from flows.indicators.groups import Grouping, is_nameless, label_group
from flows.indicators.targets import Attainment, judge_figure, list_targets
from flows.warehouse.collection import list_years
from flows.warehouse.figures import Figure, load_figures
from flows.warehouse.tables import Connection
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.indicators import Indicator

MOST_CLOSE = 8


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a period, an area or the whole district, a breakdown or none, some indicators or all."""

    period: str
    area: str = ""
    by: str = ""
    indicators: tuple[str, ...] = ()


def find_indicators(catalogue: Catalogue, names: Sequence[str]) -> list[Indicator]:
    """Indicators by id or by their whole name, or all. Raises UsageError for one that is not there."""
    if not names:
        return list(catalogue.indicators.values())
    by_label = {label: i for i in catalogue.indicators.values() for label in (i.name.zh, i.name.en, i.id) if label}
    for name in names:
        if name not in by_label:
            raise UsageError("no_such_indicator", name=name, close="、".join(_list_close(name, by_label)) or "—")
    return [by_label[name] for name in names]


def find_period_asked(workspace: Workspace, connection: Connection, text: str | None) -> str:
    """The period as typed, or the latest year that anything was filed for, else the latest open collection.

    Raises UsageError for a text that is no period, and where nothing has been filed and no period is given.
    """
    if text:
        return read_period(text)
    years = list_years(connection) or sorted(c.period for c in workspace.settings.collections)
    if not years:
        raise UsageError("nothing_filed")
    return years[-1]


def find_figures(question: Question, desk: Desk, connection: Connection) -> list[Figure]:
    """Figures in the order of the catalogue. Raises UsageError for an area or breakdown that is not there."""
    refuse_unknown(question, desk)
    wanted = find_indicators(desk.catalogue, question.indicators)
    grouping = Grouping(by=question.by)
    is_stored = all(grouping in list_groupings(desk, question.period, indicator) for indicator in wanted)
    if is_stored and not (question.area and question.by):
        return list(_pick_stored(question, wanted, desk.catalogue, connection))
    return list(_reckon(question, wanted, desk))


def judge(catalogue: Catalogue, sets: Sequence[str], figure: Figure) -> Attainment:
    """The figure held against the first target that concerns it; only figures of the whole district have targets."""
    targets = [] if figure.breakdown or figure.area else list_targets(catalogue, sets, figure.indicator, figure.stage)
    indicator = catalogue.indicators[figure.indicator]
    return judge_figure(indicator, targets[0] if targets else None, figure.value, figure.coverage, figure.earlier)


def name_group(catalogue: Catalogue, desk: Desk, figure: Figure) -> str:
    """What the figure's group is called."""
    if figure.breakdown == "school":
        return desk.find_register(figure.period).find_name(figure.group_code) or figure.group_code
    if not figure.breakdown:
        return figure.area
    return label_group(catalogue, figure.breakdown, figure.group_code, catalogue.indicators[figure.indicator])


def refuse_unknown(question: Question, desk: Desk) -> None:
    """Raise UsageError for an area or breakdown that is not there."""
    areas = sorted(set(desk.find_register(question.period).areas))
    if question.area and question.area not in areas:
        raise UsageError("no_such_area", name=question.area, known=", ".join(areas) or "—")
    declared = (by for indicator in desk.catalogue.indicators.values() for by in indicator.breakdowns)
    known = {desk.catalogue.area_breakdown, "school", *desk.catalogue.groupings, *declared}
    if question.by and question.by not in known:
        raise UsageError("no_such_breakdown", name=question.by, known=", ".join(sorted(known)))


def _list_close(name: str, by_label: Mapping[str, Indicator]) -> list[str]:
    """Indicators whose id or name has the words in it, else those spelled much alike; ids with names."""
    labels = [label for label in by_label if name.lower() in label.lower()]
    labels = labels or difflib.get_close_matches(name, by_label, n=MOST_CLOSE)
    chosen = dict.fromkeys(by_label[label].id for label in labels)
    return [f"{id_} {by_label[id_].name.zh}" for id_ in list(chosen)[:MOST_CLOSE]]


def _pick_stored(
    question: Question, wanted: Sequence[Indicator], catalogue: Catalogue, connection: Connection
) -> Iterator[Figure]:
    by = catalogue.area_breakdown if question.area else question.by
    stored: dict[str, list[Figure]] = {}
    for figure in load_figures(connection, question.period, breakdown=by):
        if not question.area or figure.group_code == question.area:
            stored.setdefault(figure.indicator, []).append(figure)
    for indicator in wanted:
        yield from sorted(stored.get(indicator.id, ()), key=lambda f: (f.stage, is_nameless(f.group_code)))


def _reckon(question: Question, wanted: Sequence[Indicator], desk: Desk) -> Iterator[Figure]:
    grouping = Grouping(by=question.by, area=question.area)
    everywhere = ("school", desk.catalogue.area_breakdown, *desk.catalogue.groupings)
    for indicator in wanted:
        stored = list_groupings(desk, question.period, indicator, question.area)
        if question.by not in everywhere and grouping not in stored:
            continue
        yield from compute_figures(desk, indicator, question.period, [grouping])
