"""The words of digests: messages, names of what is defined, and tables whose heads are keys of messages."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flows.publishers.digest_content import Cell, Column, Frames, Section
from flows.publishers.digest_data import Letter
from schemas.catalogue import Catalogue
from schemas.wording import Wording

WIDTHS = {
    "effect": 50, "kind": 13, "school": 14, "name": 28, "area": 14, "return": 8, "title": 30, "period": 12, "check": 9,
    "place": 22, "problem": 52, "do": 46, "state": 14, "file": 36, "standing": 20, "due": 13, "reason": 30, "rule": 56,
    "contact": 24, "reminder": 90, "version": 10, "severity": 8, "new": 7,
    "program": 26,
}  # fmt: skip
"""Widths of columns of words, in characters; all other columns hold numbers."""

CENTRED = frozenset({"kind", "return", "period", "check", "state", "due", "version", "severity", "new"})
WITH_DECIMALS = frozenset({"days_late", "rounds", "rate", "share", "answer_days"})
NUMBER_WIDTH = 10.0

MOST = 30
"""Rows that a page and a text show of a table."""


@dataclass(frozen=True, slots=True)
class Words:
    """Definitions, and messages in one language."""

    catalogue: Catalogue
    wording: Wording

    def say(self, key: str, **values: object) -> str:
        return self.wording.say(key, **values)

    def name_return(self, return_id: str) -> str:
        """Its number; nothing for a file that does not say what it is."""
        definition = self.catalogue.returns.get(return_id)
        return definition.no if definition else return_id

    def name_title(self, return_id: str) -> str:
        definition = self.catalogue.returns.get(return_id)
        return definition.title.text(self.wording.language) if definition else self.say("digest.unidentified")

    def name_figure(self, indicator_id: str, stage: str) -> str:
        """An indicator, with its stage where it has one value each."""
        name = self.catalogue.indicators[indicator_id].name.text(self.wording.language)
        return f"{name}·{self.catalogue.label_stage(stage)}" if stage else name

    def name_state(self, state: str) -> str:
        return self.say(f"states.{state}")

    def name_problem(self, letter: Letter) -> str:
        """Why a letter was not sent."""
        return self.say(f"mail.{letter.problem}", detail=letter.detail)

    def build_section(
        self,
        key: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        most: int = MOST,
        tones: Sequence[str] = (),
        details: Collection[str] = (),
    ) -> Section:
        """A table. Its words are the messages that begin with its key, its heads those of the keys of its columns.

        Columns that are `details` stand in the workbook alone.
        """
        tab = f"{key}_section" if self.wording.knows(f"{key}_section") else key
        line = self.wording.messages[f"{key}_line"].text(self.wording.language)
        return Section(
            self.say(tab), self.say(f"{key}_title"), self.say(f"{key}_note"),
            [self._build_column(column, is_detail=column in details) for column in columns],
            rows, self.say(f"{key}_empty"), line, most, tones,
        )  # fmt: skip

    def _build_column(self, key: str, *, is_detail: bool) -> Column:
        label = self.say(f"digest.head_{key}")
        if key in WIDTHS:
            return Column(key, label, WIDTHS[key], "text_center" if key in CENTRED else "text", is_detail)
        return Column(key, label, NUMBER_WIDTH, "number1" if key in WITH_DECIMALS else "count", is_detail)


def find_frames(wording: Wording) -> Frames:
    """The frames of a text in a language."""
    head, fact, section, more = (
        wording.messages[f"digest.text_{name}"].text(wording.language) for name in ("head", "fact", "section", "more")
    )
    return Frames(head, fact, section, more, wording.language)


def compute_share(part: float, whole: float) -> float:
    """Percent; missing of nothing."""
    return 100 * part / whole if whole else math.nan
