"""What a run shows of itself in Prefect's pages: counts, what was sent back, reporting rates, places of workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.pipeline import NightReport
from schemas.catalogue_pages.markdown import code, escape
from schemas.wording import Wording

MOST_LISTED = 50
REFUSED = ("rejected", "unreadable")
RATE_HEADS = ("period", "return", "expected", "received", "accepted", "rate")
REFUSED_HEADS = ("heads.file", "heads.state", "heads.errors", "heads.place")
WORKBOOK = ".xlsx"
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class WorkbookLink:
    """A published workbook, under a key that the next vintage of it takes over."""

    key: str
    name: str
    path: Path


def build_summary(report: NightReport, wording: Wording) -> str:
    """The run as a page of Markdown."""
    parts = [
        f"# {wording.say('run_page.title')}",
        wording.say(
            "run.done", received=len(report.intake.received), duplicates=len(report.intake.duplicates),
            waiting=report.ledger.counts["waiting"], ignored=len(report.intake.ignored),
            seconds=f"{report.seconds:.1f}",
        ),
        _spell_counts("run_page.judged", report.verdicts, wording),
        _spell_refused(report, wording),
        _spell_waiting(report, wording),
        _spell_counts("run_page.ledger", report.ledger.counts, wording),
        _spell_balance(report, wording),
        _spell_publications(report, wording),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def list_rates(report: NightReport, wording: Wording) -> list[Row]:
    """A line for each return of each period that was published anew."""
    heads = {
        name: wording.say(f"heads.{name}") for name in ("period", "return", "expected", "received", "accepted", "rate")
    }
    return [
        {
            heads["period"]: publication.period, heads["return"]: row.return_no, heads["expected"]: row.expected,
            heads["received"]: row.received, heads["accepted"]: row.accepted,
            heads["rate"]: round(100 * row.received / row.expected, 1) if row.expected else None,
        }
        for publication in report.publishing.publications
        for row in publication.rates
    ]  # fmt: skip


def find_rate(report: NightReport) -> tuple[str, float] | None:
    """The newest period that was published anew, and what part of its returns is in, in percent."""
    for publication in sorted(report.publishing.publications, key=lambda one: one.period, reverse=True):
        expected = sum(row.expected for row in publication.rates)
        if expected:
            return publication.period, round(100 * sum(row.received for row in publication.rates) / expected, 1)
    return None


def list_workbooks(report: NightReport) -> Iterator[WorkbookLink]:
    """The workbooks of the newest vintage of every period."""
    for publication in report.publishing.publications:
        workbooks = [path for path in publication.paths if path.suffix == WORKBOOK]
        for number, path in enumerate(workbooks, start=1):
            yield WorkbookLink(f"workbook-{publication.period.lower()}-{number}", path.name, path)


def _spell_counts(title: str, counts: Mapping[str, int], wording: Wording) -> str:
    if not any(counts.values()):
        return ""
    rows = [(_name_state(state, wording), str(count)) for state, count in counts.items() if count]
    return _spell_table(title, ("run_page.state", "run_page.count"), rows, wording)


def _name_state(state: str, wording: Wording) -> str:
    key = f"states.{state}"
    return wording.say(f"run_page.{state}" if state == "waiting" or not wording.knows(key) else key)


def _spell_refused(report: NightReport, wording: Wording) -> str:
    refused = [standing for standing in report.standings if standing.state in REFUSED]
    rows = [
        (s.file_name, wording.say(f"states.{s.state}"), str(s.errors or ""), f"{s.sheet} {s.cell}".strip())
        for s in refused[:MOST_LISTED]
    ]
    table = _spell_table("run_page.refused", REFUSED_HEADS, rows, wording)
    more = len(refused) - MOST_LISTED
    return table + (f"\n\n{wording.say('run.more', count=more)}" if more > 0 else "")


def _spell_waiting(report: NightReport, wording: Wording) -> str:
    rows = [(name, wording.say(f"waiting_reasons.{reason}")) for name, reason in report.intake.waiting[:MOST_LISTED]]
    return _spell_table("run_page.left_waiting", ("heads.file", "run_page.reason"), rows, wording)


def _spell_balance(report: NightReport, wording: Wording) -> str:
    if report.ledger.holds:
        return wording.say("run.balanced")
    problems = "\n".join(f"* {escape(problem)}" for problem in report.ledger.problems)
    return f"**{wording.say('run.unbalanced')}**\n\n{problems}"


def _spell_publications(report: NightReport, wording: Wording) -> str:
    lines = [f"## {wording.say('run_page.publications')}"]
    for publication in report.publishing.publications:
        key = "run.published" if publication.is_new else "run.unchanged"
        lines.append(wording.say(key, period=publication.period, vintage=publication.vintage))
        lines.append("\n".join(f"* {code(str(path))}" for path in publication.paths))
    return "\n\n".join(lines) if len(lines) > 1 else ""


def _spell_table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], wording: Wording) -> str:
    if not rows:
        return ""
    lines = [
        [wording.say(head) for head in heads],
        ["---"] * len(heads),
        *([escape(cell) for cell in row] for row in rows),
    ]
    return f"## {wording.say(title)}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)
