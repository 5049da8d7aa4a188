"""The words of the digest in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from flows.digest import build_morning
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from tests.sample_workspace import SampleRun

SECTIONS = ("digest", "chase", "failure", "mail")
PLACEHOLDER = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("section", SECTIONS)
def test_both_languages_say_the_same_values(section: str, catalogue: Catalogue) -> None:
    labels = {key: label for key, label in catalogue.messages.items() if key.startswith(f"{section}.")}

    assert labels
    assert [key for key, label in labels.items() if not label.en] == []
    assert [
        key for key, label in labels.items() if set(PLACEHOLDER.findall(label.zh)) != set(PLACEHOLDER.findall(label.en))
    ] == []


def test_a_workspace_that_speaks_english_has_its_digest_in_english(sample_run: SampleRun, catalogue: Catalogue) -> None:
    """Names of what is defined stay Chinese where they have no other."""
    workspace = sample_run.workspace
    english = replace(workspace, settings=workspace.settings.model_copy(update={"language": "en"}))
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        morning = build_morning(english, warehouse, catalogue, None)

    lines = morning.digest.text.splitlines()
    assert '<html lang="en">' in morning.digest.page
    assert "Collection: 375 expected, 373 received (99.5 %)" in "\n".join(lines)
    assert [line for line in lines if line.startswith("#") and not line.isascii()] == []
