"""Every requirement that must be met is named by a test, or stands open with a reason."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.catalogue.conftest import VARIABLE
from tests.requirements.markers import index_proofs, list_stray_markers
from tests.requirements.required import Requirement, load_requirements

BESIDE = Path(__file__).parents[2].parent / "shared" / "catalogue"
DOCUMENT = "domain/workbook_requirements.md"
INVARIANT = re.compile(r"^\| (I-\d+) \|", re.MULTILINE)
WRITTEN = re.compile(r"^\* \*\*([A-Z]-\d+) ([MS])\*\*", re.MULTILINE)


@pytest.fixture(scope="module")
def requirements() -> list[Requirement]:
    return load_requirements()


@pytest.fixture(scope="module")
def proofs() -> dict[str, list[str]]:
    return index_proofs()


@pytest.fixture(scope="session")
def document() -> str:
    """The requirements as they were written down; they lie beside the seed catalogue."""
    path = Path(os.environ.get(VARIABLE) or BESIDE).parent / DOCUMENT
    if not path.is_file():
        pytest.skip(f"{VARIABLE} names no folder with {DOCUMENT} beside it")
    return path.read_text(encoding="utf-8")


def test_every_requirement_is_proved_or_open(requirements: list[Requirement], proofs: dict[str, list[str]]) -> None:
    asked = [requirement for requirement in requirements if requirement.is_asked_for]
    assert [r.id for r in asked if r.id not in proofs and not r.open] == []


def test_what_is_open_is_proved_by_no_test(requirements: list[Requirement], proofs: dict[str, list[str]]) -> None:
    """Once a test names it, its reason is to be taken out: the list of open ones can only become shorter."""
    assert [r.id for r in requirements if r.open and r.id in proofs] == []


def test_only_what_must_be_met_can_be_open(requirements: list[Requirement]) -> None:
    assert [r.id for r in requirements if r.open and r.level != "M"] == []


def test_no_test_names_a_requirement_that_is_not_there(
    requirements: list[Requirement], proofs: dict[str, list[str]]
) -> None:
    assert sorted(set(proofs) - {requirement.id for requirement in requirements}) == []


def test_every_marker_stands_on_a_test() -> None:
    assert list_stray_markers() == []


def test_requirements_are_those_of_the_document(requirements: list[Requirement], document: str) -> None:
    written = [(name, "I") for name in INVARIANT.findall(document)] + WRITTEN.findall(document)
    assert sorted((r.id, r.level) for r in requirements) == sorted(written)
    assert len({r.id for r in requirements}) == len(requirements)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('@pytest.mark.requirement("M-09", "I-3")\ndef test_a() -> None: ...', {"M-09": ["test_a"], "I-3": ["test_a"]}),
        ('pytestmark = pytest.mark.requirement("P-01")\ndef test_b() -> None: ...', {"P-01": ["test_b"]}),
        ('pytestmark = [pytest.mark.long, pytest.mark.requirement("P-01")]\ndef test_c(): ...', {"P-01": ["test_c"]}),
        ('@pytest.mark.parametrize("M-09", [])\ndef test_d(): ...', {}),
        ('# @pytest.mark.requirement("M-09")\ndef test_e(): ...', {}),
        ('@pytest.mark.requirement("M-09")\ndef helper(): ...', {}),
    ],
)  # fmt: skip
def test_markers_are_read_from_the_source(source: str, found: dict[str, list[str]], tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text(source, encoding="utf-8")
    proofs = index_proofs(tmp_path / "tests")
    assert {name: [test.rpartition("::")[2] for test in tests] for name, tests in proofs.items()} == found
