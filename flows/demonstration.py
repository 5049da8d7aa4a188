"""The sample district: a workspace of its own, its returns dropped night by night, each night run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.conductor import Watcher
from flows.files import write_whole
from flows.pipeline import NightReport
from flows.running import open_runner, run_plainly
from flows.sampling import MadeFile, drop_files, make_files
from flows.setup import make_workspace, spell_settings
from flows.workspace import MARKER, Workspace, open_workspace
from schemas.catalogue import load_catalogue
from schemas.sample.filings import Sample


def make_sample_workspace(folder: Path, sample: Sample) -> Workspace:
    """A workspace with the sample's settings and own definitions. Raises WorkspaceError where there is one already."""
    make_workspace(folder, build_settings(sample, as_of=None))
    if sample.definitions is not None:
        for path in sorted(sample.definitions.rglob("*.yaml")):
            write_whole(folder / "schemas" / path.relative_to(sample.definitions), path.read_bytes())
    return open_workspace(folder)


def run_nights(
    workspace: Workspace, sample: Sample, watcher: Watcher, *, with_prefect: bool, tell: Callable[[str], None]
) -> Iterator[tuple[date, NightReport]]:
    """Drop what arrives before each night and run it; at the end the workspace stands still at the last night."""
    watcher.begin("fill", len(sample.filings))
    waiting: list[MadeFile] = []
    for made in make_files(sample, load_catalogue(), list(sample.filings), workers=workspace.settings.workers):
        waiting.append(made)
        watcher.advance()
    if with_prefect:
        with open_runner(workspace, tell=tell) as run:
            yield from _run_all(workspace, sample, waiting, lambda at: run(at, watcher))
    else:
        yield from _run_all(workspace, sample, waiting, lambda at: run_plainly(at, watcher))
    settings = build_settings(sample, as_of=sample.nights[-1])
    write_whole(workspace.root / MARKER, spell_settings(settings).encode())


def build_settings(sample: Sample, *, as_of: date | None) -> dict[str, object]:
    """What `[tool.huizong]` of the sample's workspace says."""
    settings: dict[str, object] = {
        "district_code": sample.district_code, "district_name": sample.district_name, "bureau_code": sample.bureau_code,
        "sections": list(sample.sections), "collections": list(sample.collections), "settle_seconds": 0.0,
        **sample.settings,
    }  # fmt: skip
    return settings | ({"as_of": as_of} if as_of else {})


def _run_all(
    workspace: Workspace, sample: Sample, waiting: list[MadeFile], run: Callable[[Workspace], NightReport]
) -> Iterator[tuple[date, NightReport]]:
    earlier = date.min
    for night in sample.nights:
        drop_files([made for made in waiting if earlier < made.received_on.date() <= night], workspace.inbox)
        standing_still = workspace.settings.model_copy(update={"as_of": night})
        yield night, run(replace(workspace, settings=standing_still))
        earlier = night
