"""Renders the list of kinds in `docs/records.md` from the descriptions themselves."""

from __future__ import annotations

import inspect
import sys
from itertools import groupby
from typing import Final

import provkg.records
from provkg.records import Artifact, Description, Entity, Made, Planned, Stated
from provkg.records.description import REGISTRY

BEGIN: Final = "<!-- Rendered from provkg/records: python -m pytest tests/test_docs_records.py --rewrite -->\n"
BASES: Final = {Artifact, Entity, Made, Planned, Stated}


def render(page: str) -> str:
    """Return `page` with its list of kinds, which follows the mark to the end, rendered anew."""
    kinds = [kind for name, kind in REGISTRY.items() if kind is getattr(provkg.records, name, None)]
    listed = sorted({*kinds} - BASES, key=lambda kind: (kind.__module__, kind.__name__))
    sections = (
        _section(module, list(several)) for module, several in groupby(listed, key=lambda kind: kind.__module__)
    )
    return page.partition(BEGIN)[0] + BEGIN + "".join(sections)


def _section(module: str, kinds: list[type[Description]]) -> str:
    lead = (sys.modules[module].__doc__ or "").partition("\n")[0]
    rows = "".join(f"| `{kind.__name__}` | {_sentence(kind)} |\n" for kind in kinds)
    return f"\n{lead}\n\n| kind | what it is |\n|---|---|\n{rows}"


def _sentence(kind: type[Description]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]
