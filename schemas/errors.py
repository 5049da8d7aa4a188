"""Errors of the definition language: what is wrong, in which file, at which key.

DefinitionError            a definition cannot be used; nothing runs until it is mended
└── ExpressionError        an expression in a definition cannot be read or resolved
"""

from __future__ import annotations

from pathlib import Path


class DefinitionError(Exception):
    """A definition is wrong. Says file and key, so that a statistician can mend it."""

    def __init__(self, problem: str, *, file: Path | str | None = None, key: str = "") -> None:
        self.problem = problem
        self.file = file
        self.key = key
        super().__init__(self.describe())

    def describe(self) -> str:
        """One line: `file: key: problem`, leaving out what is unknown."""
        return ": ".join(str(part) for part in (self.file, self.key, self.problem) if part)

    def located(self, *, file: Path | str, key: str) -> DefinitionError:
        """The same error, with file and key where they were still unknown."""
        return type(self)(self.problem, file=self.file or file, key=self.key or key)


class ExpressionError(DefinitionError):
    """An expression is wrong. The problem names position and what was expected."""
