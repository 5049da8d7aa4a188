"""Making a workspace: folders, and a pyproject.toml in which every setting stands with what it is for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from flows.errors import WorkspaceError
from flows.files import write_whole
from flows.settings import MailSettings, Settings
from schemas.wording import Wording, load_shipped_wording

OWN_FOLDERS = ("returns", "checks", "codelists", "indicators", "targets", "evaluations", "workbooks", "messages")


def make_workspace(folder: Path, settings: Mapping[str, Any], wording: Wording | None = None) -> list[Path]:
    """Make a workspace and return what was made. Raises WorkspaceError where there is one already."""
    marker = folder / "pyproject.toml"
    if marker.exists():
        raise WorkspaceError("workspace_exists", path=marker)
    for path in (folder / "inbox", folder / "warehouse", *(folder / "schemas" / name for name in OWN_FOLDERS)):
        path.mkdir(parents=True, exist_ok=True)
    wording = wording or load_shipped_wording()
    notes = {
        folder / name / "README.md": wording.say(f"setup.{name}_note") for name in ("inbox", "warehouse", "schemas")
    }
    files = {marker: spell_settings(settings, wording)} | notes
    for path, text in files.items():
        write_whole(path, text.encode())
    return [*files]


def spell_settings(settings: Mapping[str, Any], wording: Wording | None = None) -> str:
    """The text of pyproject.toml: each setting with its description; those not given commented out at their default."""
    wording = wording or load_shipped_wording()
    lines = [f"# {wording.say('setup.settings_head')}", "[tool.huizong]"]
    tables: list[str] = []
    for name, field in Settings.model_fields.items():
        value = settings.get(name)
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            tables += _spell_tables(name, value, wording.say(f"settings.{name}"))
            continue
        if name == "mail":
            tables += _spell_mail(value or {}, wording)
            continue
        lines.append(f"# {wording.say(f'settings.{name}')}")
        if value is not None:
            lines.append(f"{name} = {_spell(value)}")
        else:
            lines.append(f"# {name} = {_spell(_find_default(field))}")
    return "\n".join([*lines, *tables]) + "\n"


def _find_default(field: Any) -> Any:
    if field.default is not PydanticUndefined:
        return "" if field.default is None else field.default
    return field.default_factory() if field.default_factory else ""


def _spell_tables(name: str, rows: Sequence[Mapping[str, Any]], description: str) -> list[str]:
    lines = ["", f"# {description}"]
    for row in rows:
        lines.append(f"[[tool.huizong.{name}]]")
        lines += [f"{key} = {_spell(value)}" for key, value in row.items()]
    return lines


def _spell_mail(given: Mapping[str, Any], wording: Wording) -> list[str]:
    """The table of the mail settings; commented out as a whole where nothing of it is given."""
    lines = ["", f"# {wording.say('settings.mail')}", f"{'' if given else '# '}[tool.huizong.mail]"]
    for name, field in MailSettings.model_fields.items():
        value = given.get(name)
        lines.append(f"# {wording.say(f'settings.mail_{name}')}")
        lines.append(f"# {name} = {_spell(_find_default(field))}" if value is None else f"{name} = {_spell(value)}")
    return lines


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{json.dumps(str(k), ensure_ascii=False)} = {_spell(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_spell(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
