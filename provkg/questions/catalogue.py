"""The saved questions as a catalogue: as RDF, so that a store can list its own questions, and as a page.

The RDF is SHACL's `sh:SPARQLExecutable` in the form of the SIB SPARQL examples, with typed parameters beside the text.
What is answered in Python is an `sh:Function` with the same parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from provkg.index.catalogued import CATALOGUE
from provkg.literals import any_uri, literal
from provkg.questions.library import single_tags
from provkg.questions.question import Parameter, Question
from provkg.questions.terms import prefixed
from provkg.vocabulary import NAMESPACES, rdf_type, rdfs_comment, rdfs_label, sh_prefixes

BASE: Final = CATALOGUE.value
PREFIXES: Final = NamedNode(BASE + "prefixes")
_SH, _XSD, _SCHEMA = NAMESPACES["sh"], NAMESPACES["xsd"], "https://schema.org/"
_CLASS: Final = {
    "SELECT": "SPARQLSelectExecutable",
    "CONSTRUCT": "SPARQLConstructExecutable",
    "ASK": "SPARQLAskExecutable",
}


def catalogue(questions: Sequence[Question]) -> list[Triple]:
    """Return the questions as ground RDF: what each asks, its parameters and its text."""
    return [*_prefixes(), *(triple for question in questions for triple in _entry(question))]


def catalogue_page(questions: Sequence[Question]) -> str:
    """Return the catalogue as a Markdown page, by theme."""
    tags = single_tags(questions)
    short_names = {question.path: [tag for tag, named in tags.items() if named is question] for question in questions}
    lines = [_INTRODUCTION]
    for theme, group in groupby(
        sorted(questions, key=lambda question: question.path), key=lambda question: question.theme
    ):
        lines += ["", f"## {theme}", "", "| Question | Name | Parameters |", "|---|---|---|"]
        lines += [_row(question, short_names[question.path]) for question in group]
    return "\n".join(lines) + "\n"


_INTRODUCTION: Final = """\
# The saved questions

One file per question, plain SPARQL 1.1 with a header behind `#+`; what SPARQL cannot ask has its header in a `.yaml`
file, and its answer in `provkg/answers/`. Ask one by its file's name, or by a tag that no
other question carries:

```
provkg ask training-data --model digits-classifier@latest
provkg ask Q11 --model digits-classifier@latest
```

Q1 to Q12 are the questions of the DLProv paper, M1 to M5 those of the article that joined MLflow and PROV-O. A graph's
own questions lie in its folder `queries/`, in a folder per theme (the others are of the theme `own`); one of the same
path replaces the shipped one.

*Parameters* lists what each question takes; one in brackets may be left out. Things are given by name,
`name@version`, `name@latest`, IRI, or a file of theirs (`best.pt`). Data of the same SHA-256 is the same data, whatever
its name.

To add a question: a file with a header like the others, columns named and typed, a total `ORDER BY`; its expected
answer in `tests/questions/` under the same path. This page is rendered from the headers by `pytest --rewrite`."""


def _row(question: Question, tags: Sequence[str]) -> str:
    name = f"`{question.name}`" + "".join(f", `{tag}`" for tag in tags)
    return f"| {question.summary} | {name} | {', '.join(map(_signature, question.params))} |"


def _signature(parameter: Parameter) -> str:
    default = f" = {parameter.default}" if parameter.default is not None else ""
    return f"[`{parameter.name}`{default}]" if parameter.optional else f"`{parameter.name}`"


def _prefixes() -> Iterator[Triple]:
    for prefix, namespace in NAMESPACES.items():
        declaration = NamedNode(f"{PREFIXES.value}#{prefix}")
        yield Triple(PREFIXES, _sh("declare"), declaration)
        yield Triple(declaration, _sh("prefix"), Literal(prefix))
        yield Triple(declaration, _sh("namespace"), any_uri(namespace))


def _entry(question: Question) -> Iterator[Triple]:
    subject = NamedNode(BASE + quote(question.path))
    yield Triple(subject, rdfs_label, Literal(question.path))
    yield Triple(subject, rdfs_comment, Literal(question.summary))
    if question.asks is None:
        yield Triple(subject, rdf_type, _sh("SPARQLExecutable"))
        yield Triple(subject, rdf_type, _sh(_CLASS[question.form]))
        yield Triple(subject, sh_prefixes, PREFIXES)
        yield Triple(subject, _sh(question.form.lower()), Literal(question.text))
    else:
        yield Triple(subject, rdf_type, _sh("Function"))
    for tag in question.tags:
        yield Triple(subject, NamedNode(_SCHEMA + "keywords"), Literal(tag))
    for parameter in question.params:
        yield from _parameter(subject, parameter)


def _parameter(question: NamedNode, parameter: Parameter) -> Iterator[Triple]:
    node = NamedNode(f"{question.value}#{parameter.name}")
    yield Triple(question, _sh("parameter"), node)
    yield Triple(node, rdf_type, _sh("Parameter"))
    # SHACL names the variable of a parameter after the local name of its path.
    yield Triple(node, _sh("path"), NamedNode(f"{question.value}#{parameter.variable}"))
    yield Triple(node, _sh("optional"), literal(parameter.optional))
    yield Triple(node, _sh("description"), Literal(_description(parameter)))
    if parameter.type == "iri":
        yield Triple(node, _sh("nodeKind"), _sh("IRI"))
        for kind in parameter.classes:
            yield Triple(node, _sh("class"), kind)
    else:
        yield Triple(node, _sh("datatype"), NamedNode(_XSD + parameter.type))


def _description(parameter: Parameter) -> str:
    kinds = " or ".join(map(prefixed, parameter.classes))
    return parameter.description or kinds or parameter.type


def _sh(name: str) -> NamedNode:
    return NamedNode(_SH + name)
