"""The pages of docs/ as tests read them: sections, fenced blocks, code in lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.house.source_files import ROOT

FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what it holds, and the code in the line before it, which names its file."""

    language: str
    content: str
    name: str


def read_page(name: str) -> str:
    """A page of docs/, or a file at the root of the repository."""
    place = ROOT / "docs" / name
    return (place if place.is_file() else ROOT / name).read_text(encoding="utf-8")


def list_blocks(text: str) -> list[Block]:
    blocks = []
    for match in FENCE.finditer(text):
        before = text[: match.start()].rstrip().rpartition("\n")[2]
        named = re.fullmatch(r"`([^`]+)`:", before)
        blocks.append(Block(match["language"], match["content"], named[1] if named else ""))
    return blocks


def list_files(text: str) -> dict[str, str]:
    """File → content of the blocks that are the content of a file."""
    return {block.name: block.content for block in list_blocks(text) if block.name}


def list_code(text: str) -> list[str]:
    """What stands in backquotes outside fenced blocks; in tables a line may stand escaped."""
    return [code.replace("\\|", "|") for code in CODE.findall(FENCE.sub("", text))]


def split_sections(text: str, level: int) -> dict[str, str]:
    """Heading of that level → text below it."""
    parts = re.split(rf"^#{{{level}}} (.+)$", text, flags=re.MULTILINE)
    return {head.strip().strip("`"): body for head, body in zip(parts[1::2], parts[2::2], strict=True)}
