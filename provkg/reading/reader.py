"""Reading a knowledge graph: questions, queries, lineage, one thing in words, and exports, all of one state of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Triple

from provkg.errors import UsageError
from provkg.folder import Folder
from provkg.questions import (
    Naming,
    Question,
    all_questions,
    assumed,
    bound,
    called,
    check_known,
    filled,
    find,
    own_concepts,
)
from provkg.reading.acts import Acts
from provkg.reading.at_hand import content_at
from provkg.reading.exporting import exported, stated
from provkg.reading.given import text, whole_number, words
from provkg.reading.inquiry import Inquiry
from provkg.reading.judgements import Judgements
from provkg.reading.named import Named, as_text
from provkg.reading.opening import default_folder, newest
from provkg.reading.portrait import Portrait, portrait
from provkg.reading.reply import Reply
from provkg.reading.traces import Traces

if TYPE_CHECKING:
    from provkg.answers.trying import Trial
    from provkg.capture import Overlap
    from provkg.index import ReadIndex
    from provkg.questions.binding import Value
    from provkg.reading.files import FileCheck
    from provkg.reading.people import Told
    from provkg.records import Agent


class Reader(Acts, Traces, Judgements):
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
        """Return the saved questions, the graph's own among them; warns of each file of these that is no question."""
        broken: list[str] = []
        listed = all_questions(self._own_questions, tell=broken.append)
        for complaint in broken:
            warnings.warn(f"left out: {complaint}", stacklevel=2)
        return listed

    def ask(self, name: str, /, **values: Value | None) -> Reply:
        """Ask the saved question `name` with its parameters as keywords; things are given by name or IRI."""
        return Reply.to(self.inquiry(name, values))

    def trials(self, *names: str) -> list[Trial]:
        """Try the graph's own questions, or those called `names`, against their expected answers."""
        from provkg.answers.trying import trials  # only who writes questions pays for it

        if self._folder is None:
            raise UsageError("this reader has no folder with questions; open the graph with provkg.open(path)")
        return list(trials(self._folder, self._index, words("a name", names, "harvests")))

    def query(self, text: str, *, limit: int | None = None) -> Reply:
        """Ask with SPARQL text; at most `limit` rows."""
        most = None if limit is None else whole_number("limit", limit, 100)
        return Reply.to(self.inquiry_of(text), limit=most)

    def inquiry(self, name: str, values: Mapping[str, Value | None]) -> Inquiry:
        """Return the saved question `name` with the terms that `values` mean in their places, ready to be asked."""
        question = find(text("the name of a question", name, "training-data"), self._own_questions)
        given, state = bound(question, values, self._naming.resolve), self._index
        check_known(question, values, given, state)
        query = "" if question.asks else filled(question, given, state.ledger_graph)
        calling = partial(self._called, state)
        return Inquiry(state, query, calling, self._folder, question, given, assumed(question, values))

    def inquiry_of(self, sparql: str) -> Inquiry:
        """Return SPARQL text, ready to be asked."""
        asked = text("a query", sparql, "SELECT ?run { ?run a pvk:TrainingRun }")
        return Inquiry(self._index, asked, partial(self._called, self._state), self._folder)

    def resolve(self, name: Named, classes: Sequence[NamedNode] | NamedNode = ()) -> NamedNode:
        """Return the thing that `name` means among those of `classes`.

        Raises `AmbiguousName` with the candidates, newest first, or `UnknownThing`.
        """
        return self._naming.resolve(as_text(name), [classes] if isinstance(classes, NamedNode) else classes)

    def taken_for(self, question: Question, values: Mapping[str, Value | None]) -> dict[str, str]:
        """Return the names among `values` that mean versions, each with that of the model or dataset asked about."""
        from provkg.lineage import node  # only questions about wholes pay for it

        found: dict[str, str] = {}
        for parameter in question.params:
            text = values.get(parameter.name)
            if not isinstance(text, str) or (whole := self._naming.stands_for(text, parameter.classes)) is None:
                continue
            if (name := node(self._index, whole).label) != text.strip():
                found[text] = name
        return found

    def show(self, thing: Named) -> Portrait:
        """Return everything known about `thing`; printed, it is told in words."""
        return portrait(self._index, self._thing(thing))

    def tell(self, *, facts: str | Path | None = None, by: str | Agent | None = None, dry_run: bool = False) -> Told:
        """Add what `provkg.toml`, or the file `facts`, says of the things of this graph, and go on to what shows it.

        Nothing is said twice, and what a record says otherwise stays. `by` tells it; else whoever runs this process.
        """
        from provkg.reading.people import tell

        return tell(self, self._index, self._folder, facts=facts, by=by, dry_run=dry_run)

    def files(
        self, thing: Named | None = None, *, search: Sequence[str | Path] = (), root: str | Path | None = None
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

    def export(self, format: str = "turtle", thing: Named | None = None) -> bytes:  # noqa: A002 - as people say
        """Return the graph, or all that `thing` rests on, as RDF; formats with graphs hold the ledger graph too.

        A thing rests on what was used, generated, derived and contained on the way to it, with plans and agents; each
        of these comes with all its own statements.
        """
        return exported(self._index, format, None if thing is None else self._thing(thing))

    def triples(self, thing: Named | None = None) -> list[Triple]:
        """Return what `export` writes of the default graph, sorted."""
        return stated(self._index, None if thing is None else self._thing(thing))

    def _thing(self, thing: Named) -> NamedNode:
        return self.resolve(thing)

    def _called(self, state: ReadIndex, things: Iterable[NamedNode]) -> Mapping[str, str]:
        # An answer may be printed after its reader is closed or has gone on: its short IRIs lead back to things too.
        if self._closed or self._state is not state:
            return {}
        return {**called(state, things), **self._concepts}

    def _forget(self) -> None:
        for known in ("_naming", "_concepts"):
            self.__dict__.pop(known, None)

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
