"""What was found, written for people, scripts, RDF tools and the pages of continuous integration."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from io import StringIO
from typing import Final
from xml.etree import ElementTree as ET

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from provkg import vocabulary
from provkg.errors import BadParameter
from provkg.gate.problem import Problem, Severity
from provkg.vocabulary import NAMESPACES, rdf_type

Place = tuple[str, int]
"""A file and the line, from 1, on which a node is first the subject."""
Places = Mapping[str, Place]
Labels = Mapping[str, str]
"""What people call a node, by its IRI."""
_NOWHERE: Final[Places] = {}
_NAMELESS: Final[Labels] = {}
_SARIF_LEVELS: Final[dict[Severity, str]] = {"violation": "error", "warning": "warning", "info": "note"}
_GITHUB_COMMANDS: Final[dict[Severity, str]] = {"violation": "error", "warning": "warning", "info": "notice"}
_SHACL_SEVERITIES: Final[dict[Severity, NamedNode]] = {
    "violation": vocabulary.sh_Violation,
    "warning": vocabulary.sh_Warning,
    "info": vocabulary.sh_Info,
}


def write_report(found: Sequence[Problem], form: str, places: Places = _NOWHERE, labels: Labels = _NAMELESS) -> str:
    """Return `found` in one of `REPORT_FORMATS`; `places` says where nodes stand in files.

    Lines for people call nodes what `labels` say; what programs read keeps the whole IRIs.
    """
    try:
        writer = REPORT_FORMATS[form]
    except KeyError:
        raise BadParameter(f"{form!r} is no report format; take one of {', '.join(REPORT_FORMATS)}") from None
    return writer(found, places, labels)


def as_text(found: Sequence[Problem], places: Places = _NOWHERE, labels: Labels = _NAMELESS) -> str:
    """Return one line per problem, in the form in which compilers complain."""
    return "".join(f"{_where(each, places)}{_mood(each)}{_said(each, labels)}\n" for each in found)


def as_json(found: Sequence[Problem], places: Places = _NOWHERE, _labels: Labels = _NAMELESS) -> str:
    """Return a JSON array of objects, `file` and `line` included where they are known."""
    listed = [_without_place(asdict(each)) | _place_of(each, places) for each in found]
    return json.dumps(listed, ensure_ascii=False, indent=2) + "\n"


def as_turtle(found: Sequence[Problem], _places: Places = _NOWHERE, _labels: Labels = _NAMELESS) -> str:
    """Return a `sh:ValidationReport` (SHACL, section 3.6)."""
    report = BlankNode()
    triples = [
        Triple(report, rdf_type, vocabulary.sh_ValidationReport),
        # SHACL, section 3.6.1.1: any result counts, a warning too.
        Triple(report, vocabulary.sh_conforms, Literal(not found)),
    ]
    for each in found:
        result = BlankNode()
        triples.append(Triple(report, vocabulary.sh_result, result))
        triples += _result(result, each)
    prefixes = {prefix: NAMESPACES[prefix] for prefix in ("sh", "pvk", "prov", "xsd")}
    written = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes)
    assert written is not None  # noqa: S101 - without an output file pyoxigraph returns the bytes
    return written.decode()


def as_junit(found: Sequence[Problem], places: Places = _NOWHERE, _labels: Labels = _NAMELESS) -> str:
    """Return a JUnit XML test suite: one case per problem, failed where it is a violation."""
    failures = sum(each.severity == "violation" for each in found)
    suite = ET.Element("testsuite", name="provkg check", tests=str(max(len(found), 1)), failures=str(failures))
    for each in found:
        case = ET.SubElement(suite, "testcase", classname=_xml(each.shape), name=_xml(each.focus))
        if place := _place(each, places):
            case.set("file", _xml(place[0]))
            case.set("line", str(place[1]))
        said = f"{_where(each, places)}{each}"
        if each.severity == "violation":
            ET.SubElement(case, "failure", type=each.constraint, message=_xml(each.message)).text = _xml(said)
        else:
            ET.SubElement(case, "system-out").text = _xml(f"{each.severity}: {said}")
    if not found:
        # A suite without a case reads as "nothing was tested".
        ET.SubElement(suite, "testcase", classname="provkg check", name="all data conforms")
    out = StringIO()
    ET.ElementTree(suite).write(out, encoding="unicode", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{out.getvalue()}\n'


def as_sarif(found: Sequence[Problem], places: Places = _NOWHERE, _labels: Labels = _NAMELESS) -> str:
    """Return a SARIF 2.1.0 log, which code hosts show beside the lines."""
    rules = [{"id": shape, "shortDescription": {"text": text}} for shape, text in _rules(found).items()]
    run = {
        "tool": {"driver": {"name": "provkg", "informationUri": "https://w3id.org/provkg", "rules": rules}},
        "results": [_sarif_result(each, places) for each in found],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def as_github(found: Sequence[Problem], places: Places = _NOWHERE, labels: Labels = _NAMELESS) -> str:
    """Return GitHub workflow commands, which become annotations of the changed lines."""
    lines = []
    for each in found:
        place = _place(each, places)
        where = f"file={_property(place[0])},line={place[1]}," if place else ""
        title = f"title={_property(each.shape.rsplit('#', 1)[-1])}"
        lines.append(f"::{_GITHUB_COMMANDS[each.severity]} {where}{title}::{_command_text(_said(each, labels))}\n")
    return "".join(lines)


REPORT_FORMATS: Final[dict[str, Callable[[Sequence[Problem], Places, Labels], str]]] = {
    "text": as_text,
    "json": as_json,
    "turtle": as_turtle,
    "junit": as_junit,
    "sarif": as_sarif,
    "github": as_github,
}


def _place(problem: Problem, places: Places) -> Place | None:
    return problem.place or places.get(problem.focus)


def _without_place(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name != "place"}


def _where(problem: Problem, places: Places) -> str:
    place = _place(problem, places)
    return f"{place[0]}:{place[1]}: " if place else ""


def _said(problem: Problem, labels: Labels) -> str:
    return f"{labels.get(problem.focus, problem.focus)}: {problem.message}"


def _mood(problem: Problem) -> str:
    return "" if problem.severity == "violation" else f"{problem.severity}: "


def _place_of(problem: Problem, places: Places) -> dict[str, str | int | None]:
    file, line = _place(problem, places) or (None, None)
    return {"file": file, "line": line}


def _result(result: BlankNode, problem: Problem) -> list[Triple]:
    component = NamedNode(f"{NAMESPACES['sh']}{problem.constraint}ConstraintComponent")
    said: list[tuple[NamedNode, NamedNode | BlankNode | Literal]] = [
        (rdf_type, vocabulary.sh_ValidationResult),
        (vocabulary.sh_focusNode, _term(problem.focus)),
        (vocabulary.sh_resultSeverity, _SHACL_SEVERITIES[problem.severity]),
        (vocabulary.sh_sourceShape, _term(problem.shape)),
        (vocabulary.sh_sourceConstraintComponent, component),
        (vocabulary.sh_resultMessage, Literal(problem.message)),
    ]
    if problem.path is not None:
        said.append((vocabulary.sh_resultPath, NamedNode(problem.path)))
    if problem.value is not None:
        said.append((vocabulary.sh_value, _term(problem.value)))
    return [Triple(result, predicate, value) for predicate, value in said]


def _term(text: str) -> NamedNode | BlankNode | Literal:
    if text.startswith("_:"):
        return BlankNode(text.removeprefix("_:"))
    if text.startswith('"'):
        line = f"<urn:s> <urn:p> {text} ."
        value = next(iter(parse(line, format=RdfFormat.N_TRIPLES))).object
        assert isinstance(value, Literal)  # noqa: S101 - a term that starts with a quotation mark
        return value
    return NamedNode(text)


def _rules(found: Sequence[Problem]) -> dict[str, str]:
    return {each.shape: each.message for each in reversed(found)}


def _sarif_result(problem: Problem, places: Places) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": problem.shape,
        "level": _SARIF_LEVELS[problem.severity],
        "message": {"text": str(problem)},
    }
    if place := _place(problem, places):
        region = {"startLine": place[1]}
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": place[0]}, "region": region}}]
    return result


def _xml(text: str) -> str:
    """Return `text` without the control characters that XML 1.0 cannot hold."""
    return "".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text)


def _command_text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _command_text(text).replace(":", "%3A").replace(",", "%2C")
