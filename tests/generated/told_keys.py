"""Renders `provkg/capture/told_keys.py`: what the shapes leave to people, as the keys of `provkg.toml`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from pyoxigraph import NamedNode

from provkg import vocabulary as v
from provkg.capture.told_fields import ALSO, KINDS, tellable
from provkg.folder import LEVELS
from provkg.gate.fields import fields
from provkg.gate.shapes import Shapes
from provkg.gate.targets import selecting
from provkg.records import Description
from provkg.resources import SHAPES
from provkg.vocabulary import SUPERCLASSES

HEAD: Final = '''\
"""The keys that the tables of `provkg.toml` take, each with the first level that asks for what it says.

Rendered from what says `pvk:leftToPeople` in `shapes/`; run: python -m pytest tests/test_told.py --rewrite
"""

from collections.abc import Mapping
from typing import Final

KEYS: Final[Mapping[str, Mapping[str, str]]] = {
'''
# A model is what a deployment deploys.
_OBJECTS: Final = {v.deploys: v.ModelVersion}


def render() -> str:
    """Return the text of `provkg/capture/told_keys.py`."""
    return HEAD + "".join(_table(table) for table in KINDS) + "}\n"


def _table(table: str) -> str:
    keys: dict[str, str] = {}
    for level, key in [*_asked(KINDS[table]), *((LEVELS[-1], key) for key in ALSO[table])]:
        known = keys.get(key, LEVELS[-1])
        keys[key] = min(level, known, key=LEVELS.index)
    listed = "".join(f'        "{key}": "{keys[key]}",\n' for key in sorted(keys))
    return f'    "{table}": {{\n{listed}    }},\n'


def _asked(kind: type[Description]) -> Iterator[tuple[str, str]]:
    for each in (kind, *_below(kind)):
        terms = {
            field.metadata["term"].value: field.name
            for field in dataclasses.fields(each)
            if "term" in field.metadata and field.name in tellable(each)
        }
        for field in fields("audit").of.values():
            if field.left_to_people and _aims(NamedNode(field.shape), each):
                yield from ((field.level, terms[term]) for term in field.asks if term in terms)


def _below(kind: type[Description]) -> Iterator[type[Description]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _aims(shape: NamedNode, kind: type[Description]) -> bool:
    assert kind.CLASS is not None
    wider = {kind.CLASS, *SUPERCLASSES.get(kind.CLASS, ())}
    return any((term if how == v.sh_targetClass else _OBJECTS.get(term)) in wider for how, term in _AIMS.get(shape, ()))


def _aims_of_all() -> dict[NamedNode, list[tuple[NamedNode, NamedNode]]]:
    shapes = Shapes.read(sorted(SHAPES.glob("*.ttl")))
    found: dict[NamedNode, list[tuple[NamedNode, NamedNode]]] = {}
    for shape, chosen in selecting(shapes).items():
        for each in (shape, *shapes.values(shape, v.sh_property)):
            if isinstance(each, NamedNode):
                found.setdefault(each, []).extend(chosen)
    return found


_AIMS: Final = _aims_of_all()
