"""What a reader adds to its graph: records, and the ends of what no longer holds."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.errors import UsageError
from provkg.reading.named import Named
from provkg.reading.narrowing import narrowed

if TYPE_CHECKING:
    from provkg.folder import Folder
    from provkg.graph import Admission
    from provkg.index import ReadIndex
    from provkg.questions.binding import Value
    from provkg.reading.ending import How
    from provkg.reading.reply import Reply
    from provkg.records import Agent, Description

HOLD_SECONDS: Final = 10.0
Things = Named | Sequence[Named]
"""One thing or several, each by its name or IRI."""


class Acts(ABC):
    """The acts of a reader on the graph in its folder; each goes on to the state that shows it."""

    _folder: Folder | None

    @property
    @abstractmethod
    def _index(self) -> ReadIndex:
        """The state that is read."""

    @abstractmethod
    def resolve(self, name: Named, classes: Sequence[NamedNode] | NamedNode = ()) -> NamedNode:
        """Return the thing that `name` means."""

    @abstractmethod
    def ask(self, name: str, /, **values: Value | None) -> Reply:
        """Ask a saved question."""

    @abstractmethod
    def query(self, text: str, *, limit: int | None = None) -> Reply:
        """Ask with SPARQL text."""

    @abstractmethod
    def refresh(self) -> None:
        """Go on to the newest state."""

    @abstractmethod
    def _thing(self, thing: Named) -> NamedNode:
        """Return the thing that a name or IRI means."""

    def record(
        self,
        *descriptions: Description,
        id: str | None = None,  # noqa: A002 - the word of the record
        project: str | None = None,
        level: str | None = None,
        supersedes: Sequence[str] = (),
        wait: float = HOLD_SECONDS,
    ) -> Admission:
        """Keep `descriptions` as one record, go on to the state that shows it, and return its admission.

        Things may be given by name. Raises `IncompleteRecord` with the gate's problems, and then nothing of it is in
        the graph; `RecordConflict` when another record has that id; `GraphHeld` when another process still holds the
        graph after `wait` seconds and has not taken the record in. What the record corrects is named in `supersedes`.
        """
        from provkg.graph import looked_up, recorded  # who only asks does without the gate

        if self._folder is None:
            raise UsageError("this reader has no folder to write to; open the graph with provkg.open(path)")
        said = looked_up(descriptions, self.resolve)
        admission = recorded(self._folder, said, id=id, project=project, level=level, supersedes=supersedes, wait=wait)
        self.refresh()
        return admission

    def correct(
        self,
        record: str | int,
        *instead: Description | str | os.PathLike[str],
        id: str | None = None,  # noqa: A002 - the word of the record
        project: str | None = None,
        level: str | None = None,
        wait: float = HOLD_SECONDS,
    ) -> Admission:
        """Take `record` back with what is said `instead`: descriptions, or one file of RDF that holds one record.

        `record` is an id, or the number of its entry. Both records stay in the ledger, and answers follow the new one.
        Raises `UnknownThing` for a record that is not there, `BadParameter` for one that was taken back already, else
        what `record` raises, and then nothing is taken back.
        """
        from provkg.reading.correcting import instead as said  # only who corrects something pays for it
        from provkg.reading.correcting import standing

        if self._folder is None:
            raise UsageError("this reader has no folder to write to; open the graph with provkg.open(path)")
        earlier, told = standing(self._folder, record), said(instead)
        return self.record(*told, id=id, project=project, level=level, supersedes=(earlier,), wait=wait)

    def recall(
        self,
        thing: Named,
        reason: str,
        *,
        replacement: Named | None = None,
        by: str | Agent | None = None,
        evidence: Things = (),
        wait: float = HOLD_SECONDS,
    ) -> Admission:
        """Record that `thing` turned out bad and holds no longer: rules and `impact` show at once who relies on it.

        `replacement` is the thing that revises it, `by` who decided, whoever runs this unless given, `evidence` what
        the decision rests on. Raises `BadParameter` for a thing that has ended already, else what `record` raises.
        """
        return self._end("recalled", thing, reason, replacement, by, evidence, wait)

    def withdraw(
        self,
        thing: Named,
        reason: str,
        *,
        replacement: Named | None = None,
        by: str | Agent | None = None,
        evidence: Things = (),
        wait: float = HOLD_SECONDS,
    ) -> Admission:
        """Record that `thing` is no longer to be used, as `recall` does for what turned out bad."""
        return self._end("withdrawn", thing, reason, replacement, by, evidence, wait)

    def undeploy(
        self,
        endpoint: Named,
        reason: str,
        *,
        stage: str = "production",
        how: How = "retired",
        by: str | Agent | None = None,
        evidence: Things = (),
        wait: float = HOLD_SECONDS,
    ) -> Admission:
        """Record that what is live at `endpoint` in `stage` serves no longer; `BadParameter` where nothing is."""
        from provkg.reading.ending import Ending, live_at, recorded_ending  # only who ends something pays for it

        serving, rests_on = live_at(self, endpoint, stage), self._things(evidence)
        ending = Ending(serving, f"what serves at {endpoint}", how, reason, by=by, evidence=rests_on)
        return recorded_ending(self, ending, wait=wait)

    def _end(
        self,
        how: How,
        thing: Named,
        reason: str,
        replacement: Named | None,
        by: str | Agent | None,
        evidence: Things,
        wait: float,
    ) -> Admission:
        from provkg.lineage import node  # only who ends something pays for it
        from provkg.reading.ending import Ending, can_end, recorded_ending

        ended = narrowed(lambda: self._thing(thing), partial(can_end, self))
        other = None if replacement is None else self._like(ended, replacement)
        # By its version: an alias moves, and a file changes.
        name = node(self._index, ended).label
        ending = Ending((ended,), name, how, reason, other, by, self._things(evidence))
        return recorded_ending(self, ending, wait=wait)

    def _like(self, thing: NamedNode, other: Named) -> NamedNode:
        """Return what `other` means, where that is several things, the one of the kind of `thing`."""
        from provkg.reading.ending import kind

        return narrowed(lambda: self._thing(other), lambda each: kind(each) == kind(thing))

    def _things(self, named: Things) -> tuple[NamedNode, ...]:
        several = named if isinstance(named, Iterable) and not isinstance(named, str | os.PathLike) else (named,)
        return tuple(self._thing(each) for each in several)
