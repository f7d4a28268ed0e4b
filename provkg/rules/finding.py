"""What a rule or a shape finds: one thing that is wrong, with a sentence for whoever can mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from provkg.gate.problem import Problem
from provkg.questions.terms import Term
from provkg.rules.rule import Rule


@dataclass(frozen=True)
class Finding:
    """One thing that a rule found wrong: `this` is the thing, `name` how people call it, `row` all columns.

    Where a shape found it, `result` is what SHACL calls the validation result.
    """

    rule: Rule
    this: NamedNode | Literal
    name: str
    message: str
    row: Mapping[str, Term | None] = field(compare=False)
    result: Problem | None = None

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"

    @property
    def severity(self) -> str:
        """How grave it is: violation, warning or info."""
        return self.rule.severity

    def problem(self) -> Problem:
        """Return it in the form of a shape's result, for reports that programs read."""
        rule = self.rule
        return self.result or Problem(self.this.value, rule.iri, rule.id, None, None, str(self), rule.severity)

    def facts(self) -> dict[str, str]:
        """Return it as a flat row of text."""
        return {
            "rule": self.rule.id, "severity": self.rule.severity, "kind": self.rule.kind, "theme": self.rule.theme,
            "this": self.this.value, "name": self.name, "message": self.message,
        }  # fmt: skip
