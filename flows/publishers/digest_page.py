"""A digest as one web page that needs nothing else: no script, no picture, no network. Every text is escaped."""

from __future__ import annotations

from jinja2 import Environment, StrictUndefined

from flows.publishers.digest_content import DigestContent
from flows.publishers.digest_text import spell_cell


def write_digest_page(content: DigestContent, template: str) -> str:
    """The page, from the template that says how it looks. Raises jinja2.TemplateError where that is wrong."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(template).render(content=content, spell=spell_cell)
