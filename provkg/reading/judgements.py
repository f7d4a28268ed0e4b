"""What a reader finds wrong or missing in its graph: rules and shapes, completeness, and what people can add."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.errors import BadParameter, UsageError
from provkg.folder import LEVELS
from provkg.reading.given import whole_number, words
from provkg.reading.named import Named
from provkg.vocabulary import Project

if TYPE_CHECKING:
    from provkg.folder import Folder
    from provkg.gate import Verdict
    from provkg.gate.fields import Fields
    from provkg.index import ReadIndex
    from provkg.questions.binding import Value
    from provkg.reading.findings import Findings
    from provkg.reading.people import Needs
    from provkg.reading.promotion import Promotion
    from provkg.rules import Rulebook
    from provkg.score import Score, Scores

AUDITED: Final = ("rules", "shapes")


class Judgements(ABC):
    """The part of a reader that judges what was recorded."""

    _folder: Folder | None

    @property
    @abstractmethod
    def _index(self) -> ReadIndex:
        """The state that is read."""

    @abstractmethod
    def _thing(self, thing: Named) -> NamedNode:
        """Return the thing that a name or IRI means."""

    @abstractmethod
    def resolve(self, name: Named, classes: Sequence[NamedNode] | NamedNode = ()) -> NamedNode:
        """Return the thing that `name` means."""

    def rules(self) -> Rulebook:
        """Return the rules across records, the graph's own among them."""
        from provkg.rules import Rulebook  # with the gate's terms, which only who audits pays for

        return Rulebook.read(None if self._folder is None else self._folder.path / "rules")

    def audit(
        self,
        *,
        level: str = "standard",
        rules: str | Sequence[str] = (),
        themes: str | Sequence[str] = (),
        only: str | None = None,
        **values: Value,
    ) -> Findings:
        """Ask the rules and the shapes that hold at `level`, or only the rules named, and return what they find.

        `only` is `"rules"` or `"shapes"`, `values` are the parameters of rules, for example `days=2`. Findings come as
        they are asked for; `to_pandas` and printing take all of them.
        """
        from provkg.graph.auditing import asked_shapes
        from provkg.reading.findings import Findings

        _check_only(only, rules or themes or values)
        named, of = words("rules", rules, "X01"), words("themes", themes, "data")
        book = self.rules()
        chosen = [] if only == "shapes" else book.choose(named, of, _level(level))
        shapes = None if only == "rules" or rules or themes else asked_shapes(self._folder, _level(level))
        return Findings(self._index, self._folder, chosen, values, book.broken, shapes, level)

    def excused(self, verdict: Verdict) -> Verdict:
        """Return `verdict` on this graph without what is missing because it was redacted or purged."""
        from provkg.graph.taken_out import TakenOut

        gone = TakenOut(self._index)
        return type(verdict).of(each for each in verdict.found if not gone.excuses(each))

    def score(self, thing: Named, level: str = "standard") -> Score:
        """Return how complete the record of `thing` and of all that it rests on is, with what is missing in words."""
        from provkg.score import score  # only who scores pays for the gate

        return score(self._index, self._thing(thing), self._fields(level))

    def promotion(
        self, thing: Named, level: str = "standard", *, at_least: int = 100, fail_on: str = "violation"
    ) -> Promotion:
        """Return whether `thing` may go on: its score has `at_least` so many percent, and no finding is that grave.

        Of what the rules find, that counts which concerns the thing, what it rests on, or what speaks of it.
        """
        from provkg.reading.promotion import promotion

        percent = whole_number("at_least", at_least, 100)
        found = self.audit(level=level, only="rules")
        return promotion(self._index, self.score(thing, level), found, at_least=percent, fail_on=fail_on)

    def scores(self, project: Named | None = None, by: str | None = None, level: str = "standard") -> Scores:
        """Return how complete the runs and models are, with all that they rest on: one row for each project.

        `project` chooses one, `by` divides by the `month`, `week` or `day` in which a run started or a model was made.
        """
        from provkg.score import scores

        name = project.value if isinstance(project, NamedNode) else project
        return scores(self._index, self._fields(level), None if name is None else self.resolve(name, Project), by)

    def missing(self, thing: Named | None = None, level: str = "standard") -> Needs:
        """Return what only people can add to `thing` and all it rests on, or to the whole graph."""
        from provkg.reading.people import needs

        return needs(self._index, self._fields(level), [] if thing is None else [self._thing(thing)])

    def _fields(self, level: str) -> Fields:
        from provkg.gate import own_files
        from provkg.gate.fields import fields

        own = () if self._folder is None else own_files(self._folder.own_shapes, self._folder.own_ontology).shapes
        return fields(level, own)


def _level(name: str) -> str:
    if name not in LEVELS:
        raise BadParameter(f"{name!r} is no level; take one of {', '.join(LEVELS)}")
    return name


def _check_only(only: str | None, of_rules: object) -> None:
    if only not in {None, *AUDITED}:
        raise BadParameter(f"{only!r} is nothing that an audit asks; take one of {', '.join(AUDITED)}")
    if only == "shapes" and of_rules:
        raise UsageError("shapes alone have no rules to choose and no parameters; leave out what is said of rules")
