"""Where the spool of the chosen graph lies; a graph that is not there yet is made."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from provkg.capture.defaults import defaults
from provkg.capture.trouble import trouble
from provkg.errors import NotAKnowledgeGraph, ProvkgError
from provkg.folder import Folder


def spool_folder(store: Path) -> Path:
    """Return the spool of the graph at `store`, or a folder beside what is there instead, and say so."""
    try:
        return _found_or_made(store).spool
    except (ProvkgError, OSError) as error:
        beside = Path(os.environ.get("PROVKG_SPOOL") or store.with_name(f"{store.name}-spool"))
        trouble(
            f"{error}. What this process records waits in {beside}; "
            f"take it in with: PROVKG_SPOOL={beside} provkg sync --store FOLDER",
            error=NotAKnowledgeGraph,
        )
        return beside


def _found_or_made(store: Path) -> Folder:
    try:
        return Folder.find(store)
    except NotAKnowledgeGraph:
        said = defaults()
        made = Folder.create(store, base=said.base, level=said.level or "minimal")
        if said.base is None:
            sys.stderr.write(
                f"provkg: made the knowledge graph {made.path}; its IRIs start with {made.base}. To choose a base of "
                "your own, make the graph first: provkg init FOLDER --base https://example.org/kg/\n"
            )
        return made
