"""docs/command.md: every verb, option and exit code of the command, and the shapes that it really prints."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows import cli
from flows.cli import VERBS, build_command, run_command
from flows.commands.demo import build_demo_json
from flows.commands.doctor import build_doctor_json
from flows.commands.invocation import Invocation
from flows.commands.run_report import build_run_json
from flows.diagnosis.diagnosis import Diagnosis
from flows.serving.serve import Served
from flows.workspace import Workspace, open_workspace
from schemas.wording import Wording
from tests.docs.library_district import District
from tests.docs.pages import list_blocks, read_page, split_sections
from tests.library_schools import PERIOD

SECTIONS = split_sections(read_page("command.md"), 2)
EVERYWHERE = SECTIONS["For every verb"]
EXAMPLES = {verb: json.loads(list_blocks(SECTIONS[verb])[0].content) for verb in VERBS}

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "template": ("L01", "--period", PERIOD, "--school", "2132000001", "--out", "{out}"),
    "status": ("--period", PERIOD),
    "findings": ("--severity", "query"),
    "history": ("--period", PERIOD),
    "export": ("2", "--out", "{out}"),
    "digest": ("--period", PERIOD),
    "indicators": ("books_per_seat", "--period", PERIOD),
    "evaluate": ("lib", "--period", PERIOD),
    "explain": ("books_per_seat", "--period", PERIOD),
    "dictionary": ("library_survey", "LB04", "books_per_seat", "LB-01"),
    "drift": ("J05",),
    "rollover": ("--dry-run",),
}
"""What is asked of the district after its night."""


def ask(capsys: pytest.CaptureFixture[str], workspace: Workspace | None, *arguments: str) -> Any:
    """What a verb prints with --json."""
    here = ("--workspace", str(workspace.root)) if workspace else ()
    code = run_command([*arguments, *here, "--json"])
    printed = capsys.readouterr()
    assert code in (0, 1), printed.err
    return json.loads(printed.out)


def list_options(verb: str, wording: Wording) -> set[str]:
    command = build_command(wording).get_command(None, verb)
    named = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return {name for name in named if name.startswith("-")}


def find_differences(shown: Any, printed: Any, place: str = "") -> list[str]:
    """Places where the example has other keys, or values of another type, than what is printed."""
    if isinstance(shown, dict) and isinstance(printed, dict):
        if is_open(place):
            return [d for key in shown for d in find_differences(shown[key], printed.get(key), f"{place}.{key}")]
        differences = [f"{place}.{key}" for key in sorted(shown.keys() ^ printed.keys())]
        return differences + [
            d
            for key in shown.keys() & printed.keys()
            for d in find_differences(shown[key], printed[key], f"{place}.{key}")
        ]
    if isinstance(shown, list) and isinstance(printed, list):
        return [d for a in shown for b in printed for d in find_differences(a, b, f"{place}[]")]
    if shown is None or printed is None or type(shown) is type(printed):
        return []
    return [f"{place}: {type(shown).__name__}, not {type(printed).__name__}"]


def is_open(place: str) -> bool:
    """Where keys are ids: the example need not have them all."""
    return place.rpartition(".")[2] in {"sheets", "rows", "columns", "fields", "cells", "codes"}


def find_empty(shown: Any, printed: Any, place: str = "") -> list[str]:
    """Lists and maps that are printed with something in them, of which the example shows nothing."""
    if isinstance(shown, dict) and isinstance(printed, dict):
        pairs = [(shown[key], printed[key], f"{place}.{key}") for key in shown.keys() & printed.keys()]
    elif isinstance(shown, list) and isinstance(printed, list):
        pairs = [(a, b, f"{place}[]") for a in shown for b in printed]
    else:
        return []
    return ([place] if printed and not shown else []) + [e for a, b, where in pairs for e in find_empty(a, b, where)]


def test_every_verb_has_a_section() -> None:
    assert tuple(name for name in SECTIONS if name != "For every verb") == VERBS


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_of_a_verb_is_described_and_no_other(verb: str, wording: Wording) -> None:
    rows = re.findall(r"^\| (`-.+?) \|", SECTIONS[verb], re.MULTILINE)
    described = {option for row in rows for option in re.findall(r"`(-[\w-]+)`", row)}

    assert described == list_options(verb, wording) - {"--help"}


def test_every_global_option_is_described() -> None:
    described = set(re.findall(r"`(--\w+)", EVERYWHERE))

    assert described >= {*cli.GLOBAL_FLAGS, *cli.GLOBAL_VALUES, "--help"}
    assert {language for language in cli.LANGUAGES if f"`--lang {language}`" not in EVERYWHERE} == set()


def test_every_exit_code_is_described() -> None:
    described = {int(code) for code in re.findall(r"^\| `(\d+)` \|", EVERYWHERE, re.MULTILINE)}

    assert described == {cli.DONE, cli.FELL_SHORT, cli.COULD_NOT_RUN, cli.INTERNAL_ERROR, cli.INTERRUPTED}


def test_init_prints_the_shape_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = ask(capsys, None, "init", str(tmp_path / "bureau"), "--code", "320199", "--name", "示例区", "-p", PERIOD)

    assert find_differences(EXAMPLES["init"], printed) == []


@pytest.mark.parametrize("verb", ANSWERS)
def test_a_verb_that_answers_prints_the_shape_shown(
    verb: str, district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = ask(capsys, district.workspace, verb, *(text.format(out=tmp_path) for text in ANSWERS[verb]))

    assert find_differences(EXAMPLES[verb], printed) == []
    assert find_empty(EXAMPLES[verb], printed) == []


def test_verbs_that_change_something_print_the_shapes_shown(
    district: District, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = shutil.copytree(district.workspace.root, tmp_path / "district")
    workspace = open_workspace(root)
    query = ask(capsys, workspace, "findings", "--severity", "query", "--school", "2132000002")[0]["id"]
    why = ("--reason", "已电话核实：科普馆另行登记", "--by", "王统计")

    printed = {
        "decide": ask(capsys, workspace, "decide", query, "--accept", *why),
        "lock": ask(capsys, workspace, "lock", "--period", PERIOD, *why),
        "reopen": ask(capsys, workspace, "reopen", "--period", PERIOD, "--school", "2132000003", *why),
        "withdraw": ask(capsys, workspace, "withdraw", "2", *why),
    }

    assert [(verb, find_differences(EXAMPLES[verb], shown)) for verb, shown in printed.items()] == [
        (verb, []) for verb in printed
    ]
    assert printed["decide"][0]["state"] == EXAMPLES["decide"][0]["state"]


@pytest.mark.requirement("M-01")
def test_check_prints_the_shape_shown(district: District, capsys: pytest.CaptureFixture[str]) -> None:
    printed = ask(capsys, district.workspace, "check", str(district.papers["2132000003"]))

    assert find_differences(EXAMPLES["check"], printed) == []
    assert printed[0]["findings"][0] | {"operands": []} == EXAMPLES["check"][0]["findings"][0] | {"operands": []}


def test_run_prints_the_shape_shown(district: District) -> None:
    printed = json.loads(json.dumps(build_run_json(district.report)))

    assert find_differences(EXAMPLES["run"], printed) == []
    assert find_empty(EXAMPLES["run"], printed) == []


def test_a_breakdown_by_school_gives_a_figure_a_school(district: District, capsys: pytest.CaptureFixture[str]) -> None:
    printed = ask(capsys, district.workspace, "indicators", "books_per_seat", "--by", "school")

    assert {row["group_name"]: row["value"] for row in printed} == {
        "城关小学": 34.0,
        "河东小学": 18.0,
        "河西小学": None,
    }


def test_demo_prints_the_shape_shown(district: District) -> None:
    nights = [(date(2025, 9, 18), district.report)]

    assert find_differences(EXAMPLES["demo"], build_demo_json(district.workspace, nights)) == []


def test_serve_prints_the_shape_shown() -> None:
    assert EXAMPLES["serve"] == asdict(Served(**EXAMPLES["serve"]))


def test_doctor_prints_the_shape_shown() -> None:
    found = [Diagnosis("inbox", "warning", "inbox_waiting", {"count": 1, "total": 3})]

    assert EXAMPLES["doctor"] == build_doctor_json(found, Invocation())


def test_every_check_of_doctor_is_named(wording: Wording) -> None:
    named = set(re.findall(r"`(\w+)`", SECTIONS["doctor"].split("```")[-1]))
    checks = {key.partition(".")[2] for key in wording.messages if key.startswith("doctor_checks.")}

    assert named >= checks


@pytest.mark.parametrize(
    ("example", "place"),
    [("check", "[].findings[].operands[]"), ("explain", ".contributions[]"), ("status", ".missing[]")],
)
def test_the_comparison_of_shapes_finds_a_key_that_is_not_printed(example: str, place: str) -> None:
    shown = EXAMPLES[example]
    inner = shown
    for key in re.findall(r"\w+|\[\]", place):
        inner = inner[0] if key == "[]" else inner[key]
    spoiled = json.loads(json.dumps(shown).replace(json.dumps(inner), json.dumps(inner | {"surplus": 1}), 1))

    assert find_differences(spoiled, shown) == [f"{place}.surplus"]
