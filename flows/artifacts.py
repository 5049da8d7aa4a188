"""A run's page, rates and workbooks as artifacts of Prefect, on the run's own tab and under keys that stay."""

from __future__ import annotations

from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
)

from flows.pipeline import NightReport
from flows.run_page import build_summary, find_rate, list_rates, list_workbooks
from schemas.wording import Wording


def leave_artifacts(report: NightReport, wording: Wording) -> None:
    """Leave what a run did for whoever looks at it. Run inside a flow."""
    create_markdown_artifact(
        build_summary(report, wording), key="run-summary", description=wording.say("run_page.title")
    )
    rates = list_rates(report, wording)
    if rates:
        create_table_artifact(rates, key="reporting-rates", description=wording.say("run_page.rates"))
    rate = find_rate(report)
    if rate:
        period, percent = rate
        description = wording.say("run_page.progress", period=period)
        create_progress_artifact(percent, key="reporting-progress", description=description)
    for workbook in list_workbooks(report):
        # A browser may refuse to follow a link to a file, so the place stands there in words too.
        description = wording.say("run_page.workbook", path=workbook.path)
        create_link_artifact(workbook.path.as_uri(), workbook.name, key=workbook.key, description=description)
