"""A night under Prefect's engine: stages on its time line, a summary as artifacts, the result in the run's state."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.artifacts import leave_artifacts
from flows.conductor import Unwatched, Watcher
from flows.failure import telling_of_failure
from flows.pipeline import NightReport, run_night
from flows.prefect_conductor import PrefectConductor
from flows.turns import run_in_turn
from flows.warehouse.nights import Cause
from flows.workspace import Workspace
from schemas.wording import Wording, load_shipped_wording


def run_with_prefect(workspace: Workspace, watcher: Watcher) -> NightReport:
    """One run by hand, on the server that the environment names. Raises BusyError if another one is going on."""
    reports: list[NightReport] = []

    @flow(name="nightly", log_prints=False, validate_parameters=False, persist_result=False)
    def night(workspace_path: str) -> State[None]:  # noqa: ARG001  shown as the run's parameter
        reports.append(run_night(workspace, PrefectConductor(watcher, find_wording(workspace))))
        return show_report(workspace, reports[0])

    night(str(workspace.root), return_state=True).result(raise_on_failure=not reports)
    return reports[0]


def run_as_flow(workspace: Workspace, cause: Cause) -> State[None]:
    """One run inside a flow, after the one that is going on."""
    conductor = PrefectConductor(Unwatched(), find_wording(workspace))
    with telling_of_failure(workspace, conductor=conductor):
        report = run_in_turn(workspace, conductor, cause)
    return show_report(workspace, report)


def show_report(workspace: Workspace, report: NightReport) -> State[None]:
    """Leave artifacts, and say in the run's state what it did. A run whose account does not balance has failed."""
    wording = find_wording(workspace)
    leave_artifacts(report, wording)
    message = wording.say(
        "run_page.message", received=len(report.intake.received), judged=len(report.standings),
        published=sum(publication.is_new for publication in report.publishing.publications),
    )  # fmt: skip
    return Completed(message=message) if report.ledger.holds else Failed(message=wording.say("run.unbalanced"))


def find_wording(workspace: Workspace) -> Wording:
    return load_shipped_wording(workspace.settings.language)
