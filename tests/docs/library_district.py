"""A district that has the survey of docs/definitions.md in its workspace, and three schools that answer it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.conductor import PlainConductor
from flows.pipeline import NightReport, run_night
from flows.publishers.campaign import TemplateMaker
from flows.setup import make_workspace
from flows.workspace import Workspace, open_workspace
from tests.docs.pages import list_files, read_page
from tests.library_schools import SCHOOLS, SETTINGS, fill_register, fill_survey

REPORT = "report.pickle"


@dataclass(frozen=True)
class District:
    """The workspace after its night, the files it was run with, and what the night did."""

    workspace: Workspace
    papers: Mapping[str, Path]
    report: NightReport


def run_district(root: Path) -> None:
    """Make the district below a folder and run one night in it; the papers are kept beside the inbox."""
    root.mkdir(parents=True, exist_ok=True)
    workspace = make_district(root / "district")
    for name, path in drop_papers(workspace).items():
        (root / f"{name}.xlsx").write_bytes(path.read_bytes())
    (workspace.inbox / "~$2132000001.xlsx").write_bytes(b"open in Excel")
    (root / REPORT).write_bytes(pickle.dumps(run_night(workspace, PlainConductor())))


def open_district(root: Path) -> District:
    """The district that was made and run below a folder."""
    papers = {name: root / f"{name}.xlsx" for name in ("名录", *SCHOOLS)}
    return District(open_workspace(root / "district"), papers, pickle.loads((root / REPORT).read_bytes()))


def make_district(root: Path) -> Workspace:
    """A workspace with every file of docs/definitions.md, its settings included."""
    make_workspace(root, {**SETTINGS, "evaluations": ["library_standard"]})
    for place, content in list_files(read_page("definitions.md")).items():
        if place == "pyproject.toml":
            marker = root / place
            marker.write_text(f"{marker.read_text(encoding='utf-8')}\n{content}", encoding="utf-8")
        else:
            (root / "schemas" / place).write_text(content, encoding="utf-8")
    return open_workspace(root)


def drop_papers(workspace: Workspace) -> dict[str, Path]:
    """Drop the register and the survey of every school: school or 名录 → file."""
    maker = TemplateMaker(workspace.load_catalogue())
    papers = {"名录": fill_register(maker)} | {school: fill_survey(maker, school) for school in SCHOOLS}
    paths = {name: workspace.inbox / f"{name}.xlsx" for name in papers}
    for name, path in paths.items():
        path.write_bytes(papers[name])
    return paths
