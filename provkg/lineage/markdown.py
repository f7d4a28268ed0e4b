"""Text in a table of Markdown, as GitHub Flavored Markdown (section 4.10) reads one."""

from __future__ import annotations

from collections.abc import Iterable


def row(cells: Iterable[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(map(cell, cells))} |"


def cell(text: str) -> str:
    """Return `text` on one line, with what would end the cell escaped."""
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").split())
