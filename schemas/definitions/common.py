"""What all definitions share: strict frozen models and labels in two languages."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Model(BaseModel):
    """A definition: frozen, unknown keys forbidden, nothing coerced but what the model says."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class LabelModel(Model):
    """A text in Chinese and, where it was written, in English."""

    zh: str
    en: str = ""

    def text(self, language: str = "zh") -> str:
        """The text in the language asked for; Chinese where there is no other."""
        return self.en if language == "en" and self.en else self.zh


def _accept_plain_text(value: Any) -> Any:
    return {"zh": value} if isinstance(value, str) else value


Label = Annotated[LabelModel, BeforeValidator(_accept_plain_text, json_schema_input_type=LabelModel | str)]
"""A label: a plain text is its Chinese."""

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""An id that expressions can name."""

FormulaText = Annotated[str, Field(min_length=1)]
"""An expression, parsed when the catalogue is loaded."""
