"""docs/operations.zh-CN.md and the files beside it: commands, settings, paths and messages that they name are there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from flows.pipeline import run_night
from flows.prefect_server import STOP_SECONDS
from flows.serving.keeper import RUNNER_STOP_SECONDS
from flows.serving.service import END_OF_RUN_SECONDS
from flows.settings import Settings
from flows.warehouse.standings import load_standings
from flows.warehouse.submissions import load_rows
from flows.warehouse.warehouse import open_warehouse
from flows.workspace import Workspace, open_workspace
from schemas.catalogue import Catalogue
from schemas.wording import Wording
from tests.docs.pages import list_code, read_page
from tests.docs.test_front_pages import LINK, find_unknown, list_commands
from tests.house.source_files import ROOT
from tests.serving.conftest import Night

FOLDER = ROOT / "docs" / "operations"
PAGES = ("operations.zh-CN.md", "operations.md")
COMMANDS = {
    "huizong.service": r"^ExecStart=\S+/huizong (.+)$",
    "huizong.cron": r"\.venv/bin/huizong (.+)$",
    "register-service.ps1": r'-Argument "(.+)"',
    "register-nightly.ps1": r'-Argument "(.+)"',
    "huizong-winsw.xml": r"<arguments>(.+)</arguments>",
}
"""How a file calls the command."""


def list_kept(page: str) -> list[str]:
    """Paths that the page says must be backed up: the first column of the first table of its section."""
    section = page.split("## 八、备份")[1].split("不需要备份", maxsplit=1)[0]
    return [
        path for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for path in re.findall(r"`([^`]+)`", row)
    ]


def read_call(name: str) -> list[str]:
    """The words with which a file calls huizong."""
    found = re.search(COMMANDS[name], (FOLDER / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert found, name
    return shlex.split(found[1].replace("`", "").replace("\\", "/"))


def test_every_file_beside_the_page_is_named_by_it() -> None:
    named = set(LINK.findall(read_page("operations.zh-CN.md")))

    assert {f"operations/{path.name}" for path in FOLDER.iterdir()} - named == set()
    assert COMMANDS.keys() == {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files_and_commands_exist(page: str, wording: Wording) -> None:
    text = read_page(page)

    assert [link for link in LINK.findall(text) if not (ROOT / "docs" / link).exists()] == []
    assert [(words, unknown) for words in list_commands(page) if (unknown := find_unknown(words, wording))] == []


def test_the_page_shows_commands_to_be_checked() -> None:
    assert {words[0] for words in list_commands("operations.zh-CN.md")} >= {"serve", "run", "doctor"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_file_calls_a_verb_with_options_it_has(name: str, wording: Wording) -> None:
    words = read_call(name)

    assert words[0] in ("serve", "run")
    assert find_unknown(words, wording) == []


def test_settings_and_modules_that_the_pages_name_are_there() -> None:
    code = [word for page in PAGES for word in list_code(read_page(page))]
    modules = [word for word in code if word.startswith("flows/")]

    assert {"schedule", "timezone", "settle_seconds"} <= Settings.model_fields.keys()
    assert modules
    assert [module for module in modules if not (ROOT / module).exists()] == []


def test_the_files_in_the_warehouse_that_the_page_names_are_those_the_product_writes() -> None:
    named = {word for word in list_code(read_page("operations.zh-CN.md")) if re.fullmatch(r"warehouse/\S+\.\w+", word)}
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "flows").rglob("*.py"))

    assert named >= {"warehouse/journal.jsonl", "warehouse/logs/serve.log", "warehouse/cache/last_night.json"}
    assert [path for path in named if f'"{Path(path).name}"' not in sources] == []


def test_the_winsw_configuration_is_xml() -> None:
    root = etree.parse(str(FOLDER / "huizong-winsw.xml")).getroot()

    assert root.findtext("id") == "huizong"


def test_scripts_for_windows_are_plain_ascii() -> None:
    """PowerShell 5 reads a script without a mark in the code page of the system."""
    assert [
        path.name for path in FOLDER.iterdir() if path.suffix in (".ps1", ".xml") and not path.read_bytes().isascii()
    ] == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """With a program that exists here in the place of the installed one."""
    unit = (FOLDER / "huizong.service").read_text(encoding="utf-8")
    program = re.sub(r"/opt/huizong/\.venv/bin/huizong(?= serve)", sys.executable, unit)
    (tmp_path / "huizong.service").write_text(program, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "huizong.service")], capture_output=True, text=True, check=False
    )

    assert program != unit
    assert (done.returncode, done.stderr) == (0, "")


def test_the_service_has_time_to_end_before_systemd_loses_patience() -> None:
    unit = (FOLDER / "huizong.service").read_text(encoding="utf-8")
    patience = re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)

    assert patience
    assert int(patience[1]) > END_OF_RUN_SECONDS + RUNNER_STOP_SECONDS + STOP_SECONDS


def test_what_the_page_has_backed_up_is_enough_to_restore_everything(
    night: Night, tmp_path: Path, catalogue: Catalogue
) -> None:
    """Copied to another machine, run once: the same standings, the same published bytes, no new vintage."""
    before = night.workspace
    for name in list_kept(read_page("operations.zh-CN.md")):
        source, target = before.root / name, tmp_path / "restored" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
    (tmp_path / "restored" / "inbox").mkdir()
    after = open_workspace(tmp_path / "restored")
    report = run_night(after, catalogue=catalogue)

    assert report.ledger.holds
    assert [publication.is_new for publication in report.publishing.publications] == [False]
    assert list(list_standings(after)) == list(list_standings(before))
    assert dict(read_published(after)) == dict(read_published(before))


def list_standings(workspace: Workspace) -> Iterator[tuple[str, str, str]]:
    with open_warehouse(workspace.warehouse, read_only=True) as warehouse:
        rows = warehouse.connection.execute("SELECT submission FROM submissions ORDER BY ALL").fetchall()
        ids = [row[0] for row in rows]
        states = {one.submission: one.state for one in load_standings(warehouse.connection, ids)}
        for row in load_rows(warehouse.connection, ids):
            yield row.sha256, row.file_name, states[row.submission]


def read_published(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    folder = workspace.warehouse / "published"
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()
