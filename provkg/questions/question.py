"""A saved question: SPARQL text with a header that says what it asks, takes and gives.

The header is YAML behind `#+` (grlc's decorators), so the file stays plain SPARQL 1.1 and other tools can serve it.
Parameters are variables named as BASIL names them: `?_model_iri` is required, `?__experiment_iri` is optional. What
SPARQL cannot ask is answered in Python, and its header stands alone in a `.yaml` file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from typing import Literal as OneOf

from pyoxigraph import NamedNode

from provkg.errors import Unreadable
from provkg.sparql import tokens
from provkg.vocabulary import NAMESPACES

Form = OneOf["SELECT", "CONSTRUCT", "ASK"]
FORMS: Final[dict[str, Form]] = {"SELECT": "SELECT", "CONSTRUCT": "CONSTRUCT", "ASK": "ASK"}
# How a parameter's type ends the name of its variable.
SUFFIXES: Final = {
    "iri": "iri",
    "string": "literal",
    "integer": "integer",
    "double": "xsd_double",
    "decimal": "xsd_decimal",
    "boolean": "xsd_boolean",
    "dateTime": "xsd_dateTime",
}
LEDGER: Final = "_ledger_iri"
"""The variable in whose place provkg puts the graph that tells of the records; no parameter has it."""
EMPTY: Final = "Empty when"
"""How the sentence begins that says what an answer without rows means."""
_PARAMETER_NAME: Final = re.compile(r"[a-z][a-z0-9]*")
_SOURCE: Final = "provkg"


@dataclass(frozen=True)
class Parameter:
    """What the asker gives; `classes` say what a name may mean, `default` is the text that stands in.

    Of text, `choices` are the words that it may be, `kinds` the classes whose names it lists, and `values` the
    properties of which some thing in the graph has it.
    """

    name: str
    type: str
    optional: bool = False
    default: str | None = None
    description: str = ""
    classes: tuple[NamedNode, ...] = ()
    choices: tuple[str, ...] = ()
    kinds: tuple[NamedNode, ...] = ()
    values: tuple[NamedNode, ...] = ()
    trained: bool = False
    """Whether a name means, of model versions of the same bytes, the one whose training is recorded."""

    @property
    def variable(self) -> str:
        """The variable that stands for it in the text, without its question mark."""
        return f"{'__' if self.optional else '_'}{self.name}_{SUFFIXES[self.type]}"


@dataclass(frozen=True)
class Column:
    """What the question gives: a variable of the answer, its type and, for a quantity, its unit."""

    name: str
    type: str
    unit: str | None = None


@dataclass(frozen=True)
class Question:
    """One saved question. `load` reads it from a file."""

    name: str
    theme: str
    summary: str
    description: str
    tags: tuple[str, ...]
    params: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str
    form: Form
    unpack: tuple[str, str] | None = None
    """The columns of place and value whose packed points become rows (see `unpacking`)."""
    asks: str | None = None
    """The module of `provkg.answers` that answers it, where there is no query; `text` is empty then."""

    @property
    def path(self) -> str:
        """Its name with the theme, unique in a library: `models/training-data`."""
        return f"{self.theme}/{self.name}"

    @property
    def when_empty(self) -> str:
        """The sentence of its description that says what an answer without rows means, or nothing."""
        sentences = re.split(r"(?<=\.)\s+", " ".join(self.description.split()))
        return next((each for each in sentences if each.startswith(EMPTY)), "")

    @classmethod
    def load(cls, file: Path, theme: str | None = None) -> Question:
        """Read a question from `<theme>/<name>.rq`, or a header that stands alone from `<theme>/<name>.yaml`.

        Its theme is `theme`, else the folder that the file lies in. Raises `Unreadable` for a header that does not say
        enough.
        """
        text, in_python = _read(file), file.suffix == ".yaml"
        header = header_of(file, "\n".join(f"#+ {line}" for line in text.splitlines()) if in_python else text)
        own = _section(file, header)
        return cls(
            name=file.stem,
            theme=file.parent.name if theme is None else theme,
            summary=_sentence(file, header, "summary"),
            description=str(header.get("description", "")).strip(),
            tags=_tags(file, header),
            params=tuple(_parameter(file, name, facts) for name, facts in _entries(file, own, "params")),
            columns=tuple(_column(name, facts) for name, facts in _entries(file, own, "columns")),
            text="" if in_python else text,
            form="SELECT" if in_python else _form(file, text),
            unpack=_unpack(file, own),
            asks=_sentence(file, own, "asks") if in_python else None,
        )


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file} cannot be read: {error}") from None


def header_of(file: Path, text: str) -> Mapping[str, Any]:
    """Return the header of a saved query; raises `Unreadable` with the line where it is no YAML."""
    import yaml  # 15 ms that only askers pay

    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.startswith("#+")]
    try:
        # The safe loader that is compiled, where there is one, is ten times as fast.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        header = yaml.load("\n".join(line.removeprefix("#+") for _, line in numbered), loader)  # noqa: S506 - safe
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{numbered[min(mark.line, len(numbered) - 1)][0]}" if mark else ""
        reason = getattr(error, "problem", None) or " ".join(str(error).split())
        raise Unreadable(f"{file}{place}: the header behind #+ is no YAML: {reason}") from None
    if not isinstance(header, dict):
        raise Unreadable(f"{file} has no header; begin it with a line like: #+ summary: What does it ask?")
    return header


def _section(file: Path, header: Mapping[str, Any]) -> Mapping[str, Any]:
    own = header.get(f"x-{_SOURCE}") or {}
    if not isinstance(own, dict):
        raise Unreadable(
            f"{file}: x-{_SOURCE} in the header is no mapping; params and columns stand below it, indented"
        )
    return own


def _tags(file: Path, header: Mapping[str, Any]) -> tuple[str, ...]:
    tags = header.get("tags") or []
    if not isinstance(tags, list):
        raise Unreadable(f"{file}: tags in the header are no list; write tags: [own, late]")
    return tuple(str(tag) for tag in tags)


def _sentence(file: Path, header: Mapping[str, Any], key: str) -> str:
    if not isinstance(header.get(key), str):
        raise Unreadable(f"{file}: the header has no {key}; add a line like: #+ {key}: What does it ask?")
    return str(header[key]).strip()


def _entries(file: Path, own: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    entries = own.get(key) or {}
    if not isinstance(entries, dict):
        raise Unreadable(f"{file}: {key} in the header is no mapping of names; write {key}: {{name: {{type: string}}}}")
    if any(isinstance(name, bool) for name in entries):
        raise Unreadable(f"{file}: YAML takes on, off, yes and no for true and false; in {key}, write them in quotes")
    return [(str(name), facts) for name, facts in entries.items()]


def _parameter(file: Path, name: str, facts: Any) -> Parameter:
    facts = facts if isinstance(facts, dict) else {"type": facts}
    kind = facts.get("type")
    if kind not in SUFFIXES or not _PARAMETER_NAME.fullmatch(name):
        raise Unreadable(
            f"{file}: parameter {name!r} of type {kind!r}; a name has small letters and digits, a type is one of "
            f"{', '.join(SUFFIXES)}"
        )
    if (name, kind) == ("ledger", "iri"):
        raise Unreadable(f"{file}: ?{LEDGER} is bound by provkg; give the parameter {name!r} another name")
    default, choices = facts.get("default"), _listed(facts, "choices")
    if kind != "string" and any(facts.get(key) for key in ("choices", "kinds", "values")):
        raise Unreadable(f"{file}: parameter {name!r} is no text; only a string has choices, kinds or values")
    return Parameter(
        name,
        str(kind),
        optional=bool(facts.get("optional", default is not None)),
        default=None if default is None else str(default),
        description=str(facts.get("description", "")),
        classes=_terms(file, facts, "class"),
        choices=tuple(map(str, choices)),
        kinds=_terms(file, facts, "kinds"),
        values=_terms(file, facts, "values"),
        trained=bool(facts.get("trained", False)),
    )


def _terms(file: Path, facts: Mapping[str, Any], key: str) -> tuple[NamedNode, ...]:
    return tuple(_term(file, str(text)) for text in _listed(facts, key))


def _listed(facts: Mapping[str, Any], key: str) -> list[Any]:
    said = facts.get(key)
    return said if isinstance(said, list) else [] if said is None else [said]


def _term(file: Path, text: str) -> NamedNode:
    prefix, _, local = text.partition(":")
    if prefix not in NAMESPACES:
        raise Unreadable(f"{file}: {text!r} has none of the prefixes {', '.join(NAMESPACES)}")
    try:
        return NamedNode(NAMESPACES[prefix] + local)
    except ValueError:
        raise Unreadable(f"{file}: {text!r} is no name of a term; write it like pvk:Model") from None


def _column(name: str, facts: Any) -> Column:
    if isinstance(facts, dict):
        unit = facts.get("unit")
        return Column(name, str(facts.get("type", "any")), None if unit is None else str(unit))
    return Column(name, str(facts))


def _unpack(file: Path, own: Mapping[str, Any]) -> tuple[str, str] | None:
    named = own.get("unpack")
    if named is None:
        return None
    columns = [name for name, _ in _entries(file, own, "columns")]
    if not isinstance(named, list) or len(named) != 2 or not all(name in columns for name in named):
        raise Unreadable(f"{file}: unpack in the header names no two columns; write unpack: [at, value]")
    return str(named[0]), str(named[1])


def _form(file: Path, text: str) -> Form:
    words = (token.text.upper() for token in tokens(text) if token.kind == "word")
    found = next((FORMS[word] for word in words if word in FORMS), None)
    if found is None:
        raise Unreadable(f"{file} holds no SELECT, CONSTRUCT or ASK query")
    return found
