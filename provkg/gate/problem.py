"""What a validation finds: problems, each with a sentence for the person whose data it is, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["violation", "warning", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("violation", "warning", "info")


@dataclass(frozen=True)
class Problem:
    """One validation result (SHACL, section 3.6.2).

    `focus` and `value` are an IRI, a blank node (`_:x`) or, for values, a literal as N-Triples writes it; `shape` is
    the IRI of the shape that states the constraint, `constraint` its component without the words around it: `MinCount`.
    """

    focus: str
    shape: str
    constraint: str
    value: str | None
    path: str | None
    message: str
    severity: Severity
    place: tuple[str, int] | None = None
    """The file and line, where they are known from elsewhere than the focus."""

    def __str__(self) -> str:
        return f"{self.focus}: {self.message}"


@dataclass(frozen=True)
class Verdict:
    """Everything that was found: `problems` refuse the data, `warnings` and `infos` do not."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    infos: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, found: Iterable[Problem]) -> Verdict:
        """Sort what was found by severity, and within one by node, shape and value."""
        ordered = sorted(set(found), key=_place)
        return cls(*(tuple(each for each in ordered if each.severity == severity) for severity in SEVERITIES))

    @property
    def accepted(self) -> bool:
        """Whether nothing speaks against keeping the data."""
        return not self.problems

    @property
    def found(self) -> tuple[Problem, ...]:
        """All of it, the gravest first."""
        return self.problems + self.warnings + self.infos

    def report(self) -> str:
        """Return the `sh:ValidationReport` as Turtle."""
        # Late: most verdicts are never written out.
        from provkg.gate.report import as_turtle

        return as_turtle(self.found)


def _place(problem: Problem) -> tuple[str, ...]:
    return (problem.focus, problem.shape, problem.constraint, problem.value or "", problem.path or "", problem.message)
