"""Reading a knowledge graph: questions, queries, lineage, one thing in words, and exports, all of one state of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode, Triple

from provkg.errors import BadParameter, UsageError
from provkg.folder import LEVELS, Folder
from provkg.questions import Naming, Question, all_questions, assumed, bound, called, filled, find, own_concepts
from provkg.reading.acts import Acts
from provkg.reading.at_hand import content_at
from provkg.reading.exporting import exported, stated
from provkg.reading.inquiry import Inquiry
from provkg.reading.opening import default_folder, newest
from provkg.reading.portrait import Portrait, portrait
from provkg.reading.reply import Reply
from provkg.reading.traces import Traces
from provkg.vocabulary import Project

if TYPE_CHECKING:
    from provkg.answers.trying import Trial
    from provkg.capture import Overlap
    from provkg.gate import Verdict
    from provkg.gate.fields import Fields
    from provkg.index import ReadIndex
    from provkg.questions.binding import Value
    from provkg.reading.files import FileCheck
    from provkg.reading.findings import Findings
    from provkg.reading.people import Needs, Told
    from provkg.reading.promotion import Promotion
    from provkg.records import Agent
    from provkg.rules import Rulebook
    from provkg.score import Score, Scores

AUDITED: Final = ("rules", "shapes")


class Reader(Acts, Traces):
    """One state of a knowledge graph, ready to be asked. `Reader.open` gives the newest; `refresh` goes on to it.

    A context manager: leaving the block lets go of the state.
    """

    def __init__(self, index: ReadIndex, folder: Folder | None = None) -> None:
        self._state, self._folder, self._closed = index, folder, False

    @classmethod
    def open(cls, path: str | Path | None = None) -> Reader:
        """Open the graph in the folder `path`; what waits in its spool is taken in first, if nobody else holds it.

        Without `path`, the graph that recording goes to: `provkg.configure(store=…)`, else `PROVKG_STORE`, else `./kg`.
        """
        folder = Folder.find(default_folder() if path is None else Path(path))
        return cls(newest(folder), folder)

    @property
    def size(self) -> int:
        """The number of ledger entries that answers stand for."""
        return self._state.size

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{self.size:,} ledger entries"
        return f"Reader({self._place}: {state})"

    def refresh(self) -> None:
        """Go on to the newest state."""
        before = self._index
        if self._folder is not None:
            self._state = newest(self._folder)
            before.close()
            self._forget()

    def close(self) -> None:
        """Let go of the state that is read."""
        self._closed = True
        self._state.close()
        self._forget()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def questions(self) -> list[Question]:
        """Return the saved questions, the graph's own among them."""
        return all_questions(self._own_questions)

    def ask(self, name: str, /, **values: Value | None) -> Reply:
        """Ask the saved question `name` with its parameters as keywords; things are given by name or IRI."""
        return Reply.to(self.inquiry(name, values))

    def trials(self, *names: str) -> list[Trial]:
        """Try the graph's own questions, or those called `names`, against their expected answers."""
        from provkg.answers.trying import trials  # only who writes questions pays for it

        if self._folder is None:
            raise UsageError("this reader has no folder with questions; open the graph with provkg.open(path)")
        return list(trials(self._folder, self._index, names))

    def query(self, text: str, *, limit: int | None = None) -> Reply:
        """Ask with SPARQL text; at most `limit` rows."""
        return Reply.to(self.inquiry_of(text), limit=limit)

    def inquiry(self, name: str, values: Mapping[str, Value | None]) -> Inquiry:
        """Return the saved question `name` with the terms that `values` mean in their places, ready to be asked."""
        question = find(name, self._own_questions)
        given, state = bound(question, values, self.resolve), self._index
        text = "" if question.asks else filled(question, given, state.ledger_graph)
        calling = partial(self._called, state)
        return Inquiry(state, text, calling, self._folder, question, given, assumed(question, values))

    def inquiry_of(self, text: str) -> Inquiry:
        """Return SPARQL text, ready to be asked."""
        return Inquiry(self._index, text, partial(self._called, self._state), self._folder)

    def rules(self) -> Rulebook:
        """Return the rules across records, the graph's own among them."""
        from provkg.rules import Rulebook  # with the gate's terms, which only who audits pays for

        return Rulebook.read(None if self._folder is None else self._folder.path / "rules")

    def audit(
        self,
        *,
        level: str = "standard",
        rules: Sequence[str] = (),
        themes: Sequence[str] = (),
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
        book = self.rules()
        chosen = [] if only == "shapes" else book.choose(rules, themes, _level(level))
        shapes = None if only == "rules" or rules or themes else asked_shapes(self._folder, _level(level))
        return Findings(self._index, self._folder, chosen, values, book.broken, shapes, level)

    def excused(self, verdict: Verdict) -> Verdict:
        """Return `verdict` on this graph without what is missing because it was redacted or purged."""
        from provkg.graph.taken_out import TakenOut

        gone = TakenOut(self._index)
        return type(verdict).of(each for each in verdict.found if not gone.excuses(each))

    def resolve(self, name: str, classes: Sequence[NamedNode] | NamedNode = ()) -> NamedNode:
        """Return the thing that `name` means among those of `classes`.

        Raises `AmbiguousName` with the candidates, newest first, or `UnknownThing`.
        """
        return self._naming.resolve(name, [classes] if isinstance(classes, NamedNode) else classes)

    def show(self, thing: str | NamedNode) -> Portrait:
        """Return everything known about `thing`; printed, it is told in words."""
        return portrait(self._index, self._thing(thing))

    def score(self, thing: str | NamedNode, level: str = "standard") -> Score:
        """Return how complete the record of `thing` and of all that it rests on is, with what is missing in words."""
        from provkg.score import score  # only who scores pays for the gate

        return score(self._index, self._thing(thing), self._fields(level))

    def promotion(
        self, thing: str | NamedNode, level: str = "standard", *, at_least: int = 100, fail_on: str = "violation"
    ) -> Promotion:
        """Return whether `thing` may go on: its score has `at_least` so many percent, and no finding is that grave.

        Of what the rules find, that counts which concerns the thing, what it rests on, or what speaks of it.
        """
        from provkg.reading.promotion import promotion

        found = self.audit(level=level, only="rules")
        return promotion(self._index, self.score(thing, level), found, at_least=at_least, fail_on=fail_on)

    def scores(self, project: str | NamedNode | None = None, by: str | None = None, level: str = "standard") -> Scores:
        """Return how complete the runs and models are, with all that they rest on: one row for each project.

        `project` chooses one, `by` divides by the `month`, `week` or `day` in which a run started or a model was made.
        """
        from provkg.score import scores

        name = project.value if isinstance(project, NamedNode) else project
        return scores(self._index, self._fields(level), None if name is None else self.resolve(name, Project), by)

    def missing(self, thing: str | NamedNode | None = None, level: str = "standard") -> Needs:
        """Return what only people can add to `thing` and all it rests on, or to the whole graph."""
        from provkg.reading.people import needs

        return needs(self._index, self._fields(level), [] if thing is None else [self._thing(thing)])

    def tell(self, *, facts: str | Path | None = None, by: str | Agent | None = None, dry_run: bool = False) -> Told:
        """Add what `provkg.toml`, or the file `facts`, says of the things of this graph, and go on to what shows it.

        Nothing is said twice, and what a record says otherwise stays. `by` tells it; else whoever runs this process.
        """
        from provkg.reading.people import tell

        return tell(self, self._index, self._folder, facts=facts, by=by, dry_run=dry_run)

    def files(
        self, thing: str | NamedNode | None = None, *, search: Sequence[str | Path] = (), root: str | Path | None = None
    ) -> FileCheck:
        """Return what became of the files that the graph names, or those of `thing`; going through it looks at them.

        What is gone is looked for below the folders `search`; `root` is what relative addresses are relative to.
        """
        from provkg.reading.files import FileCheck  # only who looks at files pays for it

        only = None if thing is None else self._thing(thing)
        return FileCheck(self._index, only, search=[*map(Path, search)], root=None if root is None else Path(root))

    def overlap(self, left: str, right: str) -> Overlap:
        """Measure how many rows two datasets share that were recorded with `row_digests`, and record what was found.

        Raises `BadParameter` for data without digests of rows, `Unreadable` for rows that cannot be compared.
        """
        from provkg.reading.overlaps import overlap  # which only this needs

        if self._folder is None:
            raise UsageError("this reader has no folder to write to; open the graph with provkg.open(path)")
        return overlap(self, self._index, self._folder, left, right)

    def export(self, format: str = "turtle", thing: str | NamedNode | None = None) -> bytes:  # noqa: A002 - as people say
        """Return the graph, or all that `thing` rests on, as RDF; formats with graphs hold the ledger graph too.

        A thing rests on what was used, generated, derived and contained on the way to it, with plans and agents; each
        of these comes with all its own statements.
        """
        return exported(self._index, format, None if thing is None else self._thing(thing))

    def triples(self, thing: str | NamedNode | None = None) -> list[Triple]:
        """Return what `export` writes of the default graph, sorted."""
        return stated(self._index, None if thing is None else self._thing(thing))

    def _thing(self, thing: str | NamedNode) -> NamedNode:
        return self.resolve(thing.value if isinstance(thing, NamedNode) else thing)

    def _called(self, state: ReadIndex, things: Iterable[NamedNode]) -> Mapping[str, str]:
        # An answer may be printed after its reader is closed or has gone on: its short IRIs lead back to things too.
        if self._closed or self._state is not state:
            return {}
        return {**called(state, things), **self._concepts}

    def _forget(self) -> None:
        for known in ("_naming", "_concepts"):
            self.__dict__.pop(known, None)

    def _fields(self, level: str) -> Fields:
        from provkg.gate import own_files
        from provkg.gate.fields import fields

        own = () if self._folder is None else own_files(self._folder.own_shapes, self._folder.own_ontology).shapes
        return fields(level, own)

    @property
    def _index(self) -> ReadIndex:
        if self._closed:
            raise UsageError(f"this reader of {self._place} is closed; open another with provkg.open()")
        return self._state

    @property
    def _place(self) -> Path:
        return self._state.path if self._folder is None else self._folder.path

    @cached_property
    def _concepts(self) -> Mapping[str, str]:
        return own_concepts(self._index)

    @cached_property
    def _naming(self) -> Naming:
        # Whoever opened it works on this machine; a server names things by `Naming` alone, and sees no files.
        return Naming(self._index, content_at)

    @property
    def _own_questions(self) -> Path | None:
        return None if self._folder is None else self._folder.path / "queries"


def _level(name: str) -> str:
    if name not in LEVELS:
        raise BadParameter(f"{name!r} is no level; take one of {', '.join(LEVELS)}")
    return name


def _check_only(only: str | None, of_rules: object) -> None:
    if only not in {None, *AUDITED}:
        raise BadParameter(f"{only!r} is nothing that an audit asks; take one of {', '.join(AUDITED)}")
    if only == "shapes" and of_rules:
        raise UsageError("shapes alone have no rules to choose and no parameters; leave out what is said of rules")
