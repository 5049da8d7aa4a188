"""Filings of the sample district, and what the examples of the corpus change in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from schemas.catalogue import Catalogue, load_catalogue
from schemas.sample.district import build_sample_district
from schemas.sample.filings import Filing, Sample, Value
from tests.checks.cases import Change, Example

Key = tuple[str, str, str]
Lists = Mapping[str, Sequence[Mapping[str, Value]]]


@cache
def load_definitions() -> Catalogue:
    """All definitions that are shipped."""
    return load_catalogue()


@cache
def load_sample() -> Sample:
    return build_sample_district()


@cache
def index_filings() -> Mapping[Key, Filing]:
    """Return, period and school → the filing that is in order."""
    found: dict[Key, Filing] = {}
    for filing in load_sample().filings:
        key = (filing.return_id, filing.period, filing.school)
        if key not in found or not filing.troubles:
            found[key] = filing
    return found


def find_filing(return_id: str, period: str, school: str) -> Filing:
    return index_filings()[(return_id, period, school)]


def change_filing(filing: Filing, change: Change) -> Filing:
    """The filing with cells typed over or emptied, lines changed, added and left out."""
    values = {
        ref: 0 if name_sheet(ref) in change.zero and isinstance(value, int | float) else value
        for ref, value in filing.values.items()
        if ref not in change.blank
    }
    return replace(filing, values=values, typed={**filing.typed, **change.typed}, lists=_change_lists(filing, change))


def name_sheet(ref: str) -> str:
    return ref.partition("[")[0].partition(".")[0]


def apply_example(filing: Filing, example: Example) -> Filing:
    """The filing as the example has it sent."""
    if example.is_empty:
        filing = replace(filing, values={}, lists={})
    changed = change_filing(filing, example)
    return replace(
        changed,
        cover={**filing.cover, **example.cover},
        version=example.version or filing.version,
        received_on=example.received_on or filing.received_on,
    )


def _change_lists(filing: Filing, change: Change) -> Lists:
    changed: dict[str, list[Mapping[str, Value]]] = {}
    for sheet, lines in {**dict.fromkeys(change.add, ()), **filing.lists}.items():
        typed, dropped = change.lines.get(sheet, {}), change.drop.get(sheet, ())
        kept = [
            {**line, **typed.get(number, {})}
            for number, line in enumerate(lines, start=1)
            if dropped != "all" and number not in dropped
        ]
        changed[sheet] = [*kept, *change.add.get(sheet, ())]
    return changed
