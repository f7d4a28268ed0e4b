"""Comparison of a generated file with what its renderer makes; `--rewrite` writes it instead."""

from __future__ import annotations

from pathlib import Path


def same_or_rewritten(file: Path, rendered: str, *, rewrite: bool) -> bool:
    """Return whether `file` holds `rendered`, after writing it when `rewrite` is set."""
    if rewrite:
        file.write_text(rendered, "utf-8")
    return file.is_file() and file.read_text("utf-8") == rendered
