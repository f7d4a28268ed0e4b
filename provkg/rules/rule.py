"""A rule: a saved query whose rows are findings, with a header that says what is wrong and how to mend it.

The header is that of a saved question (YAML behind `#+`). What SPARQL cannot ask is a Python function, and its header
stands alone in a `.yaml` file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from typing import Literal as OneOf

from provkg.errors import Unreadable
from provkg.folder import LEVELS
from provkg.gate.problem import SEVERITIES, Severity
from provkg.questions import Question
from provkg.questions.question import header_of

Kind = OneOf["impossible", "bad-but-true", "finding", "incomplete"]
"""How bad it is; `incomplete` is said of what shapes ask for, not by rules."""
KINDS: Final[dict[str, str]] = {
    "impossible": "cannot be true; what the gate can see, it refuses",
    "bad-but-true": "always accepted, always reported",
    "finding": "worth a look",
}
FOCUS: Final = "this"
PLACEHOLDER: Final = re.compile(r"\{([A-Za-z]+)\}")
NAMESPACE: Final = "https://w3id.org/provkg/rules#"
_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_OWN: Final = "x-provkg"


@dataclass(frozen=True)
class Rule:
    """One rule; `load` reads it from a file.

    `level` is the first at which it is asked, `why` the reason to care, `message` what to tell the person who can mend
    it, with the columns of a row in braces. `constraints` are the numbers of the PROV-CONSTRAINTS that it checks.
    """

    id: str
    name: str
    theme: str
    summary: str
    description: str
    kind: Kind
    level: str
    severity: Severity
    why: str
    message: str
    columns: tuple[str, ...]
    constraints: tuple[int, ...] = ()
    question: Question | None = None
    asks: str | None = None
    """The name of the Python function that asks it, where there is no query."""

    @property
    def path(self) -> str:
        """Its name with the theme, unique in a library: `splits/ratios`."""
        return f"{self.theme}/{self.name}"

    @property
    def iri(self) -> str:
        """The name under which reports for programs speak of it."""
        return NAMESPACE + self.id

    def asked_at(self, level: str) -> bool:
        """Whether an audit at `level` asks it."""
        return LEVELS.index(self.level) <= LEVELS.index(level)

    @classmethod
    def load(cls, file: Path) -> Rule:
        """Read a rule from `<theme>/<name>.rq` or `.yaml`; raises `Unreadable` with what is wrong, and where."""
        question = Question.load(file) if file.suffix == ".rq" else None
        text = file.read_text("utf-8")
        header = header_of(file, text if question else "\n".join(f"#+ {line}" for line in text.splitlines()))
        own = _Header(file, text, header)
        columns = tuple(column.name for column in question.columns) if question else own.columns()
        return cls(
            id=own.id(),
            name=file.stem,
            theme=file.parent.name,
            summary=str(header.get("summary", "")).strip(),
            description=str(header.get("description", "")).strip(),
            kind=own.one_of("kind", tuple(KINDS)),
            level=own.one_of("level", LEVELS),
            severity=own.one_of("severity", SEVERITIES),
            why=own.sentence("why"),
            message=own.message(columns),
            columns=columns,
            constraints=tuple(int(number) for number in own.said.get("constraints") or ()),
            question=question,
            asks=None if question else own.sentence("asks"),
        )


class _Header:
    """What a rule's header says of its own; every complaint names the line."""

    def __init__(self, file: Path, text: str, header: Mapping[str, Any]) -> None:
        said = header.get(_OWN)
        self.file, self.text = file, text
        self.said: Mapping[str, Any] = said if isinstance(said, dict) else {}

    def id(self) -> str:
        if not _ID.fullmatch(found := self.sentence("id")):
            raise self._wrong("id", f"{found!r} is no id; write letters and digits, like: id: OWN01")
        return found

    def sentence(self, key: str) -> str:
        if not isinstance(self.said.get(key), str):
            raise self._wrong(key, f"the header has no {key}; add it below {_OWN}, like: {key}: …")
        return " ".join(str(self.said[key]).split())

    def one_of(self, key: str, known: tuple[Any, ...]) -> Any:
        if (found := self.sentence(key)) not in known:
            raise self._wrong(key, f"{found!r} is no {key}; take one of {', '.join(known)}")
        return found

    def columns(self) -> tuple[str, ...]:
        found = self.said.get("columns")
        return tuple(found) if isinstance(found, dict) else ()

    def message(self, columns: tuple[str, ...]) -> str:
        if FOCUS not in columns:
            raise self._wrong("columns", f"no column is called {FOCUS}; name the thing that is wrong ?{FOCUS}")
        message = self.sentence("message")
        if unknown := sorted(set(PLACEHOLDER.findall(message)) - {*columns}):
            known = ", ".join(columns)
            raise self._wrong("message", f"the message names {', '.join(unknown)}, but the columns are {known}")
        return message

    def _wrong(self, key: str, reason: str) -> Unreadable:
        lines = [line.removeprefix("#+").strip() for line in self.text.splitlines()]
        starts = (key + ":", _OWN + ":")
        place = next((number for start in starts for number, line in enumerate(lines, 1) if line.startswith(start)), 1)
        return Unreadable(f"{self.file}:{place}: {reason}")
