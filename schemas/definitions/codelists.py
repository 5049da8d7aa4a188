"""The definition of a code list: one CSV a list, named in schemas/codelists/index.csv."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field

from schemas.definitions.common import Model


class Code(Model):
    """One entry of a code list."""

    code: str
    zh: str
    en: str = ""
    key: str = Field("", description="name by which expressions may call the code")
    synonyms: tuple[str, ...] = ()
    group: str = Field("", description="coarser group that breakdowns print, such as town for several codes")
    since: str = ""
    until: str = ""

    @property
    def shown(self) -> str:
        """Code and label as a drop-down prints them."""
        return f"{self.code} {self.zh}" if self.code != self.zh else self.code


class CodeList(Model):
    """A closed or growing list of codes. A code once used is never given to something else."""

    id: str
    zh: str
    en: str = ""
    pattern: str = Field("", description="other codes of this form are taken as well")
    source: str = ""
    codes: tuple[Code, ...] = ()

    @cached_property
    def by_answer(self) -> dict[str, str]:
        """What may be written (code, label, both, synonym; folded) → the code."""
        answers: dict[str, str] = {}
        for entry in self.codes:
            for answer in (entry.code, entry.zh, entry.en, entry.shown, *entry.synonyms):
                if answer:
                    answers.setdefault(fold_answer(answer), entry.code)
        return answers

    @cached_property
    def by_key(self) -> dict[str, str]:
        """Name used in expressions → the code."""
        return {entry.key: entry.code for entry in self.codes if entry.key}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Code → Chinese label."""
        return {entry.code: entry.zh for entry in self.codes}


def fold_answer(text: str) -> str:
    """Text as compared with a code list: no spaces, no case."""
    return "".join(text.split()).casefold()
