"""Stage 4: figures and findings → standardised workbooks and tidy data, one vintage a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.basis import list_bases
from flows.conductor import PLAIN, Conductor
from flows.desk import open_desk
from flows.gather import Gathering, gather_summary
from flows.indicators.desk import Desk
from flows.publishers.summary import build_summary, name_workbook_file
from flows.publishers.summary_data import SummaryData
from flows.publishers.tidy import build_tidy, build_tidy_dictionary
from flows.publishers.write import write_workbook
from flows.revising import collect_final, find_revisions, is_locked
from flows.warehouse.done import is_done, note_done
from flows.warehouse.publications import Publication, ReportingRate, find_publication, publish_files
from flows.warehouse.revisions import list_revisions, replace_final
from flows.warehouse.warehouse import Warehouse
from flows.workspace import Workspace
from schemas.catalogue import Catalogue
from schemas.definitions.workbooks import WorkbookDefinition


@dataclass(frozen=True, slots=True)
class Publishing:
    """What was published: the newest vintage of every period."""

    publications: tuple[Publication, ...]

    @property
    def paths(self) -> list[Path]:
        return [path for publication in self.publications for path in publication.paths]


def publish(
    workspace: Workspace, warehouse: Warehouse, catalogue: Catalogue, conductor: Conductor = PLAIN
) -> Publishing:
    """Publish every period whose workbooks or data have changed."""
    desk = open_desk(workspace, warehouse.connection, catalogue)
    bases = list_bases(workspace, warehouse.connection, catalogue)
    batches = [(period, period == max(bases), basis) for period, basis in bases.items()]
    conductor.watcher.begin("publish", len(batches))
    made = conductor.run_batches(
        "publish", lambda wanted: publish_period(wanted, workspace, warehouse, desk), batches, retries=1
    )
    return Publishing(tuple(made))


def publish_period(
    wanted: tuple[str, bool, str], workspace: Workspace, warehouse: Warehouse, desk: Desk
) -> Publication:
    """Build the files of a period and store them as a vintage if any byte of them is new."""
    period, is_latest, basis = wanted
    if is_done(warehouse.connection, "publish", period, basis):
        known = find_publication(warehouse, period)
        if known is not None:
            return known
    gathering = Gathering(workspace, warehouse.connection, desk.catalogue, desk, period)
    is_final = is_locked(gathering)
    new = find_revisions(warehouse, gathering) if is_final else []
    revisions = [*list_revisions(warehouse.connection, period), *new]
    data = gather_summary(gathering, is_latest=is_latest, is_locked=is_final, revisions=revisions)
    files = build_files(data, workspace.settings.workbooks)
    at = workspace.find_now().isoformat(timespec="seconds")
    publication = publish_files(warehouse, period, files, at=at, is_final=is_final, revisions=new)
    with warehouse.transaction() as connection:
        note_done(connection, "publish", period, basis)
        if is_final:
            replace_final(connection, period, collect_final(gathering))
    return replace(publication, rates=tuple(_list_rates(data)))


def _list_rates(data: SummaryData) -> Iterator[ReportingRate]:
    for row in data.returns:
        number = data.catalogue.returns[row.return_id].no
        yield ReportingRate(number, row.expected, row.received, row.accepted)


def build_files(data: SummaryData, on_request: Sequence[str] = ()) -> dict[str, bytes]:
    """Name → content of every file of a period."""
    theme = data.catalogue.theme
    assert theme is not None
    files = {
        name_workbook_file(data, definition): write_workbook(build_summary(data, definition), theme)
        for definition in _list_wanted(data, on_request)
    }
    return files | {
        f"{data.district}_{data.period}_指标.csv": build_tidy(data),
        "指标_列说明.csv": build_tidy_dictionary(),
    }


def _list_wanted(data: SummaryData, on_request: Sequence[str]) -> Iterator[WorkbookDefinition]:
    """The usual workbooks, and those on request that are named; each for its own years only."""
    for definition in data.catalogue.workbooks.values():
        is_named = not definition.on_request or definition.id in on_request
        if is_named and (not definition.periods or data.period in definition.periods):
            yield definition
