"""Everything people read, by key, in Chinese and English: labels of workbooks, help of the command, errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from schemas.definitions.common import Label, LabelModel
from schemas.errors import DefinitionError, Problem, located, problem
from schemas.placeholders import refuse_new_names
from schemas.yaml_files import load_yaml

Language = Literal["zh", "en"]
SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Wording:
    """Messages in one language; Chinese where a message has no other."""

    messages: Mapping[str, LabelModel]
    language: Language = "zh"

    def say(self, key: str, /, **values: object) -> str:
        """A message with its placeholders filled. Raises KeyError where there is none."""
        spelled = {name: self.spell(value) for name, value in values.items()}
        return self.messages[key].text(self.language).format(**spelled)

    def spell(self, value: object) -> object:
        """A value as a message holds it: a problem is said in the same language, several are listed."""
        if isinstance(value, Problem):
            return self.say(f"problems.{value.key}", **value.values)
        if isinstance(value, tuple):
            return ", ".join(str(self.spell(item)) for item in value)
        return value

    def knows(self, key: str) -> bool:
        return key in self.messages


def load_messages(folders: Sequence[Path]) -> dict[str, LabelModel]:
    """Messages of `messages/*.yaml` by `section.key`; a later folder may word one differently."""
    messages: dict[str, LabelModel] = {}
    adapter = TypeAdapter(dict[str, dict[str, Label]])
    for path in (path for folder in folders for path in sorted((folder / "messages").glob("*.yaml"))):
        try:
            sections = adapter.validate_python(load_yaml(path))
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise DefinitionError(problem("message_form"), file=path, key=where) from None
        for key, text in [(f"{name}.{key}", text) for name, texts in sections.items() for key, text in texts.items()]:
            if key in messages:
                with located(file=path):
                    refuse_new_names(messages[key], text, key=key)
            messages[key] = text
    return messages


@lru_cache(maxsize=2)
def load_shipped_wording(language: Language = "zh") -> Wording:
    """The product's own messages."""
    return Wording(load_messages([SHIPPED]), language)
