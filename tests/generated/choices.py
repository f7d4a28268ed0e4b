"""Renders `provkg/records/choices.py`: the short names of the ontology's concepts, for editors to complete."""

from __future__ import annotations

from typing import Final

from provkg import vocabulary
from provkg.records.concepts import PVK, names_of

HEAD: Final = '''\
"""The short names of the ontology's concepts, scheme by scheme, for editors to complete and mypy to check.

Rendered from `provkg/vocabulary.py`; run: python -m pytest tests/test_choices.py --rewrite
"""

from typing import Literal
'''


def render() -> str:
    """Return the text of `provkg/records/choices.py`."""
    schemes = sorted({kind.value.removeprefix(PVK): kind for kind in vocabulary.INDIVIDUALS.values()}.items())
    known = [(name, names_of(scheme)) for name, scheme in schemes if scheme.value.startswith(PVK)]
    return HEAD + "".join(_choice(name, members) for name, members in known if members) + "\n"


def _choice(name: str, members: list[str]) -> str:
    line = f"{name} = Literal[{', '.join(map(repr, members))}]".replace("'", '"')
    if len(line) <= 120:
        return f"\n{line}"
    listed = "".join(f'    "{member}",\n' for member in members)
    return f"\n{name} = Literal[\n{listed}]"
