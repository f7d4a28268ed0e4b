"""Which key of `provkg.toml` answers which constraint, and what is to be done where none does."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.capture.told_fields import KINDS, STEWARD
from provkg.capture.told_keys import KEYS
from provkg.facts_file import SETTINGS
from provkg.records import Description
from provkg.vocabulary import NAMESPACES

if TYPE_CHECKING:
    from provkg.score.score import Missing

# What is a field of the record, and yet answered by a key of another name; by the middle of the constraint's name.
_OTHERS: Final = {("datasets", STEWARD): STEWARD}
# What nobody can tell because nobody has done it.
_TO_DO: Final = {
    "ModelVersion-evaluation": "measure it on data it never saw: with provkg.evaluation(model, data=test) as run: "
    'run.metric("accuracy", …), where test plays the role "test"',
    "Deployment-hasFile": "name the bytes that were put there: provkg.deploy(…, file=PATH), or model.save(PATH) "
    'before; or say in provkg.toml that there are none: absent = ["hasFile"]',
    "ProductionModel-evaluation": "measure it on data it never saw: with provkg.evaluation(model, data=test) as run: …",
    "TrainingRun-model": "record what it made: run.model(NAME, model)",
    "TrainingRun-metrics": "record what was measured: run.metric(NAME, value)",
    "Deployment-approval": "record who let it go ahead: provkg.records.ApprovalDecision (docs/records.md)",
    "ProductionModel-documentation": "describe it for people: provkg.records.Documentation (docs/records.md)",
}
ABSENT: Final = "absent"
"""The key of what a thing lacks on purpose."""
OF_ALL: Final = "runs"
"""The table whose keys may stand at the top of the file."""
EVERYWHERE: Final = ("responsible", "experiment")
"""Keys of runs that are mostly one for all, and so stand at the top of the file."""
_OF_KEYS: Final = {
    "license": 'an SPDX identifier such as "CC-BY-4.0", or an IRI',
    "schema": '{COLUMN = "TYPE"}',
    "parameters": "{NAME = VALUE}; a seed is called seed",
    "libraries": 'packages, such as ["pandas"]',
    "experiment": 'its name; say what it is for in a table of its own: [experiments."NAME"] purpose = "…"',
    "responsible": 'a name, or "team:…", "organization:…"',
    "source": "a URL, or the name of a system",
    "absent": "properties that there are none of, on purpose",
}
_OF_TYPES: Final = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "Agent": 'a name, or "team:…", "organization:…"',
    "Pointer": "an IRI",
}


def key_of(table: str | None, missing: Missing) -> str | None:
    """Return the key in `table` that answers what is missing; None where nothing that is told does."""
    if table is None or to_do(missing.shape) is not None:
        return None
    terms = _terms(table)
    told = next((terms[term] for term in missing.asks if term in terms), None)
    return told or _OTHERS.get((table, missing.field)) or (ABSENT if missing.declarable else None)


def to_do(constraint: str) -> str | None:
    """Return what to do for a constraint that no key answers."""
    return _TO_DO.get(constraint.rpartition("#")[2].removesuffix("-presence"))


def value_expected(table: str, key: str) -> str:
    """Return in words what `key` takes."""
    types = _types(table).get(key, "str")
    choices = _choices(types)
    if choices:
        return f"one of {', '.join(choices)}"
    words = re.findall(r"\w+", types)
    said = _OF_KEYS.get(key) or next((_OF_TYPES[word] for word in words if word in _OF_TYPES), "text")
    return f"{said}, or a list of such" if "tuple" in words and key not in _OF_KEYS else said


def is_everywhere(table: str | None, key: str | None) -> bool:
    """Whether the key is better said once for all runs."""
    return table == OF_ALL and key in EVERYWHERE and key in SETTINGS


def term_name(term: str) -> str:
    """Return the name of a property as `absent` takes it."""
    return term.removeprefix(NAMESPACES["pvk"])


@cache
def _terms(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in _kinds(KINDS[table]):
        for field in dataclasses.fields(kind):
            term = field.metadata.get("term")
            if isinstance(term, NamedNode) and field.name in KEYS[table]:
                found.setdefault(term.value, field.name)
    return found


@cache
def _types(table: str) -> dict[str, str]:
    return {field.name: str(field.type) for kind in _kinds(KINDS[table]) for field in dataclasses.fields(kind)}


def _choices(types: str) -> list[str]:
    from provkg.records.concepts import names_of

    if "choices." not in types:
        return []
    name = types.partition("choices.")[2].split(" ")[0].rstrip(",")
    scheme: NamedNode = getattr(vocabulary, name)
    return names_of(scheme)


def _kinds(kind: type[Description]) -> Iterator[type[Description]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)
