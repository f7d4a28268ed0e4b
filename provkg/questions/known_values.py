"""Text that a question is given, looked up in the graph: what nothing there bears is told with the nearest that is.

A parameter's header says where its values stand (`values: pvk:featureName`), or which words it takes (`choices`), among
them what kinds of run and concepts there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from provkg.errors import BadParameter, UnknownThing
from provkg.questions.own_concepts import concept_names
from provkg.questions.wording import what_there_is
from provkg.sparql import substitute
from provkg.vocabulary import SUPERCLASSES, rdf_type, transformationKind

if TYPE_CHECKING:
    from provkg.index import ReadIndex
    from provkg.questions.binding import Term, Value
    from provkg.questions.question import Parameter, Question

_BORN: Final = "SELECT ?thing { ?thing ?_property ?_value } LIMIT 1"
_ALL: Final = "SELECT DISTINCT ?value { ?thing ?_property ?value } LIMIT 20000"
_STAGES: Final = f"SELECT DISTINCT ?kind {{ {{ ?run {rdf_type} ?kind }} UNION {{ ?run {transformationKind} ?kind }} }}"


def check_known(
    question: Question, values: Mapping[str, Value | None], found: Mapping[str, Term], index: ReadIndex
) -> None:
    """Look up the text among the terms that were `found` for the `values` given; a default may be of nothing here.

    Raises `UnknownThing` where nothing in the graph bears it, `BadParameter` for a word that is no choice.
    """
    for parameter in question.params:
        term = found.get(parameter.name)
        if values.get(parameter.name) is None or not isinstance(term, Literal):
            continue
        if parameter.values and not any(_is_borne(index, each, term) for each in parameter.values):
            raise UnknownThing(_nothing_bears(index, parameter, term.value))
        if parameter.kinds:
            _check_kinds(index, parameter, term.value)


def _is_borne(index: ReadIndex, bearing: NamedNode, value: Literal) -> bool:
    return bool(index.query(substitute(_BORN, {"_property": bearing, "_value": value})).rows)


def _nothing_bears(index: ReadIndex, parameter: Parameter, text: str) -> str:
    known = {value for each in parameter.values for value in _values(index, each)}
    borne = " or ".join(each.value.rpartition("#")[2].rpartition("/")[2] for each in parameter.values)
    return f"nothing here has the {borne} {text!r}, given as {parameter.name}" + what_there_is(
        text, known, parameter.values
    )


def _values(index: ReadIndex, bearing: NamedNode) -> Iterator[str]:
    for (value,) in index.query(substitute(_ALL, {"_property": bearing})).rows:
        if isinstance(value, Literal):
            yield value.value


def _check_kinds(index: ReadIndex, parameter: Parameter, text: str) -> None:
    words = [word for word in text.replace(",", " ").replace(";", " ").split() if word] or [text]
    known = {name.casefold(): name for name in _names(parameter.kinds)}
    if unknown := [word for word in words if word.casefold() not in known]:
        # A graph may have kinds of its own; they are read only where a word is none of ours.
        known |= {name.casefold(): name for (kind,) in index.query(_STAGES).rows if (name := _name(kind))}
        for word in unknown:
            if word.casefold() not in known:
                raise BadParameter(
                    f"{parameter.name} has {word!r}, which is none{_nearest(word, list(known.values()))}"
                )


def _names(kinds: Sequence[NamedNode]) -> set[str]:
    classes = {name for name, wider in SUPERCLASSES.items() if set(wider) & set(kinds)}
    return {_name(each) for each in classes} | concept_names(kinds)


def _name(kind: object) -> str:
    """Return what a class of runs, or a concept, is called: `training`, `standardization`."""
    if not isinstance(kind, NamedNode):
        return ""
    local = kind.value.rpartition("#")[2].rpartition("/")[2].removesuffix("Run")
    name = local.rpartition("-")[2] if local.startswith("TransformationKind-") else local
    return name[:1].lower() + name[1:]


def _nearest(word: str, known: Sequence[str]) -> str:
    nearest = get_close_matches(word, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(nearest)}?" if nearest else f"; take some of {', '.join(sorted(known))}"
