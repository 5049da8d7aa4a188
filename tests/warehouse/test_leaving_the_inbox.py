"""A file that another program holds open is received, told once, and removed when it is let go, as on Windows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.ingest import Intake, ingest
from flows.warehouse.warehouse import open_warehouse
from schemas.catalogue import Catalogue
from tests.journeys.bureau import Bureau


@pytest.fixture
def bureau(tmp_path: Path, catalogue: Catalogue) -> Bureau:
    return Bureau(tmp_path / "bureau", catalogue)


def _take_in(bureau: Bureau) -> Intake:
    with open_warehouse(bureau.workspace.warehouse) as warehouse:
        return ingest(bureau.workspace, warehouse, bureau.catalogue)


def _hold(system: pytest.MonkeyPatch, held: Path) -> None:
    """The system's own removal of files, which refuses one that another program has open."""
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == held:
            raise PermissionError(13, "in use by another process")
        unlink(path, missing_ok)

    system.setattr(Path, "unlink", refuse)


def _list_kinds(bureau: Bureau) -> list[str]:
    lines = (bureau.workspace.warehouse / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["kind"] for line in lines]


def test_a_file_held_open_is_received_once_and_goes_when_it_is_closed(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bureau.receive_bytes("说明.xlsx", b"not a workbook")
    with monkeypatch.context() as system:
        _hold(system, path)
        first, second = _take_in(bureau), _take_in(bureau)
        assert path.exists()
    third = _take_in(bureau)

    assert first.received == ("说明.xlsx",)
    assert (second.received, second.duplicates, third.received, third.duplicates) == ((), (), (), ())
    assert not path.exists()
    assert _list_kinds(bureau) == ["received", "left"]


def test_another_content_saved_under_the_name_of_a_file_held_open_is_a_new_file(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bureau.receive_bytes("说明.xlsx", b"not a workbook")
    with monkeypatch.context() as system:
        _hold(system, path)
        _take_in(bureau)
        path.write_bytes(b"not a workbook either")
    second = _take_in(bureau)

    assert second.received == ("说明.xlsx",)
    assert not path.exists()


def test_the_database_made_anew_still_knows_the_file_that_stayed(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bureau.receive_bytes("说明.xlsx", b"not a workbook")
    _hold(monkeypatch, path)
    _take_in(bureau)
    for file in bureau.workspace.warehouse.glob("huizong.duckdb*"):
        file.rename(file.with_name(f"old-{file.name}"))

    assert _take_in(bureau).duplicates == ()
