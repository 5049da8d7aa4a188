"""A run as the operator starts it: under Prefect with a server of its own, or plainly where that is not wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flows.conductor import PlainConductor, Watcher
from flows.errors import ServerError
from flows.failure import telling_of_failure
from flows.inbox import is_empty
from flows.pipeline import NightReport, is_at_rest, run_night
from flows.prefect_server import find_address, name_server, start_server
from flows.prefect_settings import keep_database, prepare_prefect
from flows.workspace import Workspace

Runner = Callable[[Workspace, Watcher], NightReport]


def run_once(workspace: Workspace, watcher: Watcher, *, with_prefect: bool, tell: Callable[[str], None]) -> NightReport:
    """One run. With nothing to do no server is started; one that does not come up is told of and done without.

    A run that fails leaves a notice beside the digests.
    """
    with telling_of_failure(workspace, tell=tell):
        catalogue = workspace.load_catalogue()
        if not with_prefect or (is_empty(workspace.inbox) and is_at_rest(workspace, catalogue)):
            return run_night(workspace, PlainConductor(watcher), catalogue)
        with open_runner(workspace, tell=tell) as run:
            return run(workspace, watcher)


def run_plainly(workspace: Workspace, watcher: Watcher) -> NightReport:
    """One run without a scheduler."""
    return run_night(workspace, PlainConductor(watcher))


@contextmanager
def open_runner(workspace: Workspace, *, tell: Callable[[str], None]) -> Iterator[Runner]:
    """What runs nights of this workspace under Prefect: on the service's server, else on one of their own."""
    home = workspace.prefect_home
    prepare_prefect(home, one_run=True)
    serving = find_address(home)
    if serving:
        name_server(serving)
        yield _load_runner()
        return
    with start_server(home / "server.log") as server:
        try:
            server.wait_until_ready()
        except ServerError as error:
            tell(str(error))
            yield run_plainly
            return
        yield _load_runner()
    keep_database(home)


def _load_runner() -> Runner:
    from flows.nightly import run_with_prefect  # noqa: PLC0415  imports Prefect, which reads its settings then

    return run_with_prefect
