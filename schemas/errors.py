"""Errors of the definition language: what is wrong, in which file, at which key.

DefinitionError            a definition cannot be used; nothing runs until it is mended
└── ExpressionError        an expression in a definition cannot be read or resolved
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, still to be said in some language: a message under `problems`, and what fills it.

    A value may be a problem of its own, or a tuple of several, said in the same language.
    """

    key: str
    values: Mapping[str, object]


def problem(key: str, **values: object) -> Problem:
    """What is wrong, by the key of its message."""
    return Problem(key, values)


class DefinitionError(Exception):
    """A definition is wrong. Says file and key, so that a statistician can mend it."""

    def __init__(self, problem: Problem, *, file: Path | str | None = None, key: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.file = file
        self.key = key

    def __str__(self) -> str:
        return self.describe()

    def describe(self) -> str:
        """One line: `file: key: problem`, leaving out what is unknown."""
        from schemas.wording import load_shipped_wording  # noqa: PLC0415  messages are definitions too: they raise this

        try:
            said = load_shipped_wording().spell(self.problem)
        except DefinitionError:
            said = str(self.problem)  # the messages themselves are what is wrong
        return ": ".join(str(part) for part in (self.file, self.key, said) if part)

    def located(self, *, file: Path | str, key: str) -> DefinitionError:
        """The same error, with file and key where they were still unknown."""
        return type(self)(self.problem, file=self.file or file, key=self.key or key)


class ExpressionError(DefinitionError):
    """An expression is wrong. The problem names position and what was expected."""


@contextmanager
def located(*, file: Path | str = "", key: str = "") -> Iterator[None]:
    """Errors raised inside say this file and key where they knew none."""
    try:
        yield
    except DefinitionError as error:
        raise error.located(file=file, key=key) from None
