"""Placeholders of messages: {name} in a text that somebody must fill."""

from __future__ import annotations

import re
from collections.abc import Collection

from schemas.definitions.common import LabelModel
from schemas.errors import DefinitionError, problem

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def refuse_other_names(text: str, offered: Collection[str], *, key: str) -> None:
    """Raise DefinitionError for a placeholder that is not among those offered."""
    for name in PLACEHOLDER.findall(text):
        if name not in offered:
            raise DefinitionError(problem("no_placeholder", name=name, known=tuple(sorted(offered))), key=key)


def refuse_new_names(known: LabelModel, text: LabelModel, *, key: str) -> None:
    """Raise DefinitionError where a message in place of another asks for what that one did not."""
    offered = {name for said in (known.zh, known.en) for name in PLACEHOLDER.findall(said)}
    for said in (text.zh, text.en):
        refuse_other_names(said, offered, key=key)
