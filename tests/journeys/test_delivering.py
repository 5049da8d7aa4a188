"""Receipts and publications reach the folders where people look, and are made up for after a drive was away."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.delivery import Delivery, deliver
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from tests.journeys.bureau import NIGHT, SCHOOLS, Bureau, find_filing, find_register


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Bureau:
    """The drive for receipts is there, the one for publications is not."""
    root = tmp_path_factory.mktemp("delivering")
    (root / "receipts").mkdir()
    folders = {"receipts_to": str(root / "receipts"), "publications_to": str(root / "away")}
    bureau = Bureau(root / "bureau", catalogue, settings=folders)
    bureau.receive(find_register(), find_filing("students", SCHOOLS[0]))
    return bureau


def send(bureau: Bureau) -> Delivery:
    with open_warehouse(bureau.workspace.warehouse) as warehouse:
        return deliver(bureau.workspace, warehouse)


def list_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_files_are_copied_once_and_a_missing_drive_is_told_and_made_up_for(bureau: Bureau) -> None:
    folder, warehouse = bureau.root.parent, bureau.workspace.warehouse
    report = bureau.run_night(NIGHT)

    assert report.delivery.failed == (str(folder / "away"),)
    assert list_files(folder / "receipts") == list_files(warehouse / "receipts") != {}
    assert not (folder / "away").exists()

    (folder / "away").mkdir()
    assert send(bureau) == Delivery(copied=len(list_files(warehouse / "published")))
    assert list_files(folder / "away") == list_files(warehouse / "published")
    assert send(bureau) == Delivery()
