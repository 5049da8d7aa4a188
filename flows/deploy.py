"""The night as a Prefect flow: for the command, for schedules, and for work pools."""

from __future__ import annotations

from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.conductor import Unwatched, Watcher
from flows.failure import telling_of_failure
from flows.pipeline import NightReport, run_night
from flows.prefect_conductor import PrefectConductor
from flows.workspace import Workspace, open_workspace


@flow(name="nightly", log_prints=False, persist_result=False)
def nightly(workspace: str) -> None:
    """The nightly run of the workspace at this path."""
    run_under_prefect(open_workspace(Path(workspace)), Unwatched())


def run_with_prefect(workspace: Workspace, watcher: Watcher) -> NightReport:
    """One run under Prefect's engine, on the server that the environment names."""
    reports: list[NightReport] = []

    @flow(name="nightly", log_prints=False, validate_parameters=False, persist_result=False)
    def night(workspace_path: str) -> None:  # noqa: ARG001  shown as the run's parameter
        reports.append(run_under_prefect(workspace, watcher))

    night(str(workspace.root))
    return reports[0]


def run_under_prefect(workspace: Workspace, watcher: Watcher) -> NightReport:
    """Run inside a flow and leave its summary as artifacts."""
    conductor = PrefectConductor(watcher)
    with telling_of_failure(workspace, conductor=conductor):
        report = run_night(workspace, conductor)
    _show_summary(report)
    _show_rates(report)
    return report


def _show_summary(report: NightReport) -> None:
    counts = "\n".join(f"| {state} | {count} |" for state, count in report.ledger.counts.items())
    paths = "\n".join(f"- `{path}`" for path in report.publishing.paths)
    problems = "\n".join(f"- {problem}" for problem in report.ledger.problems)
    verdict = "账目相符" if report.ledger.holds else f"账目不符\n\n{problems}"
    text = f"# 本次运行\n\n| 状态 | 文件数 |\n|---|---|\n{counts}\n\n{verdict}\n\n## 发布\n\n{paths}\n"
    create_markdown_artifact(text, key="run-summary", description="本次运行小结")


def _show_rates(report: NightReport) -> None:
    rows = [
        {
            "报告期": publication.period, "报表": row.return_no, "应报": row.expected, "已报": row.received,
            "通过": row.accepted, "上报率%": round(100 * row.received / row.expected, 1) if row.expected else None,
        }
        for publication in report.publishing.publications
        for row in publication.rates
    ]  # fmt: skip
    if rows:
        create_table_artifact(rows, key="reporting-rates", description="各报表上报率")
