"""The nightly deployment: a flow for the service's schedule, for the button in Prefect's pages, for work pools."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, serve
from prefect.client.schemas.objects import State
from prefect.deployments.runner import RunnerDeployment
from prefect.runtime import flow_run
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.service_mark import end_with_service
from flows.warehouse.nights import Cause
from flows.workspace import Workspace, open_workspace
from schemas.wording import load_shipped_wording

NAME = "nightly"
QUERY_SECONDS = 3
"""A file dropped by day waits for this look."""


def name_run() -> str:
    """The name of a run in Prefect's pages: why it was made, and for when."""
    workspace = open_workspace(Path(flow_run.parameters["workspace"]))
    wording = load_shipped_wording(workspace.settings.language)
    at = flow_run.scheduled_start_time.astimezone(workspace.find_now().tzinfo)
    return f"{wording.say('causes.' + flow_run.parameters['cause'])} {at:%Y-%m-%d %H:%M}"


@flow(name=NAME, flow_run_name=name_run, log_prints=False, persist_result=False)
def nightly(workspace: str, cause: Cause = "hand") -> State[None]:
    """The nightly run of the workspace at this path, after the one that is going on."""
    end_with_service()
    from flows.nightly import run_as_flow  # noqa: PLC0415  the process that only starts runs need not load the pipeline

    return run_as_flow(open_workspace(Path(workspace)), cause)


def serve_nights(workspace: Workspace) -> None:
    """Offer the workspace's nights to the server and start what falls due, one at a time, until told to end."""
    serve(
        build_deployment(workspace), limit=1, pause_on_shutdown=False, print_starting_message=False,
        query_seconds=QUERY_SECONDS,
    )  # fmt: skip


def build_deployment(workspace: Workspace) -> RunnerDeployment:
    """The nightly deployment of a workspace, with its schedule."""
    settings = workspace.settings
    wording = load_shipped_wording(settings.language)
    schedule = Cron(settings.schedule, timezone=settings.timezone, slug=NAME) if settings.schedule else None
    deployment = nightly.to_deployment(
        NAME,
        schedule=schedule,
        parameters={"workspace": str(workspace.root), "cause": "night"},
        description=wording.say("run_page.deployment", district=settings.district_name),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(deployment, RunnerDeployment)  # outside of an event loop it is no promise of one
    return deployment
