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
from flows.settings import Settings

OWN_FOLDERS = ("returns", "checks", "codelists", "indicators", "targets", "evaluations", "workbooks", "messages")

INBOX_NOTE = """# 收件箱

把收到的报表放在这里。`huizong run` 接收后会把文件移入 `warehouse/`，收件箱空了就是全部收到了。
"""

WAREHOUSE_NOTE = """# 仓库

只存数据：收到的原件、记录、校验结果、指标、发布的工作簿和回执。由 `huizong` 写入，请不要手工修改。
"""

SCHEMAS_NOTE = """# 本区自己的定义

这里放本区自己的报表、校验、代码、指标、目标、评估和工作簿定义；产品自带的定义不必复制。写法见文档 docs/definitions.md。
"""


def make_workspace(folder: Path, settings: Mapping[str, Any]) -> list[Path]:
    """Make a workspace and return what was made. Raises WorkspaceError where there is one already."""
    marker = folder / "pyproject.toml"
    if marker.exists():
        raise WorkspaceError("workspace_exists", path=marker)
    for path in (folder / "inbox", folder / "warehouse", *(folder / "schemas" / name for name in OWN_FOLDERS)):
        path.mkdir(parents=True, exist_ok=True)
    files = {
        marker: spell_settings(settings), folder / "inbox" / "README.md": INBOX_NOTE,
        folder / "warehouse" / "README.md": WAREHOUSE_NOTE, folder / "schemas" / "README.md": SCHEMAS_NOTE,
    }  # fmt: skip
    for path, text in files.items():
        write_whole(path, text.encode())
    return [*files]


def spell_settings(settings: Mapping[str, Any]) -> str:
    """The text of pyproject.toml: each setting with its description; those not given commented out at their default."""
    lines = ["# 汇总工作区的设置。以 # 开头的行是默认值，去掉 # 即可修改。", "[tool.huizong]"]
    tables: list[str] = []
    for name, field in Settings.model_fields.items():
        value = settings.get(name)
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            tables += _spell_tables(name, value, field.description or "")
            continue
        lines.append(f"# {field.description}")
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
