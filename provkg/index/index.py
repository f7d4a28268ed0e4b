"""The index: an Oxigraph store that follows the ledger, can be thrown away, and is what questions are asked of.

Its default graph holds what live records state, each statement once, what follows from relations that two of them say
in parts (see `provkg.index.joins`), and the derived `dependsOn` edges. What is said about the records themselves stands
in one named graph; another tells what is joined from what is stated, and a third lists the saved questions.
"""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from provkg import vocabulary
from provkg.errors import StorageFailed, Unreadable
from provkg.index.catalogued import listed, put
from provkg.index.change import Change
from provkg.index.changed import Changed
from provkg.index.dependencies import Dependencies
from provkg.index.gathering import changed_by, gathered
from provkg.index.joins import Joins
from provkg.index.manifest import identity
from provkg.index.packing import Facts
from provkg.index.storage import opened, storage
from provkg.index.version import Version

STORE: Final = "store"
BULK: Final = 5_000
"""Statements that are written faster as files of their own than through the store's journal and memory."""
REMEMBERED: Final = 20_000
Onward = Mapping[NamedNode, Collection[NamedNode]]
NOT_ITS_OWN: Final = vocabulary.REVERSED | {vocabulary.dependsOn}
"""What stands at a node and was said of others: a dataset would bring every version that it ever had."""
MarkAt = Callable[[int], str | None]
"""The mark of the ledger's entry at a position, or None when the ledger has none there."""


class Index:
    """The one index that is written; only the process that holds the graph opens it."""

    def __init__(self, path: Path, ledger_graph: NamedNode, version: Version) -> None:
        self.path = path
        self._graph = ledger_graph
        self._version = version
        self._remembered: dict[tuple[NamedNode, NamedNode | None], list[Triple]] = {}
        """What was looked up since the last change: many records speak of the same people, data and classes."""
        self._store = opened(path / STORE)
        self._dependencies, self._joins = Dependencies(self._store), Joins(self._store)
        self._interrupted = False
        self._changed: Changed | None = None

    @classmethod
    def create(cls, path: Path, ledger_graph: NamedNode) -> "Index":
        """Make an empty index at `path`, in place of whatever is there."""
        shutil.rmtree(path, ignore_errors=True)
        try:
            path.mkdir(parents=True)
        except OSError as error:
            raise StorageFailed(f"cannot make an index at {path}: {error.strerror}") from error
        made = cls(path, ledger_graph, Version())
        made.settle()
        return made

    @classmethod
    def open(cls, path: Path, ledger_graph: NamedNode, mark_at: MarkAt) -> "Index":
        """Open the index at `path`.

        Raises `Unreadable` with the reason when it cannot follow the ledger any further and has to be rebuilt: it is
        damaged, was written by another version of pyoxigraph, or knows entries that the ledger does not.
        """
        version = Version.read(path)
        if version is None:
            raise Unreadable(f"the index at {path} is damaged: its VERSION file is missing or broken")
        if not version.current:
            raise Unreadable(f"the index at {path} was written by pyoxigraph {version.pyoxigraph} or another provkg")
        if version.position and mark_at(version.position - 1) != version.mark:
            raise Unreadable(f"the index at {path} knows entries that the ledger does not have")
        return cls(path, ledger_graph, version)

    @property
    def position(self) -> int:
        """How many entries of the ledger the index has taken in."""
        return self._version.position

    @property
    def identity(self) -> str:
        """What tells its store from every other, also from one that takes its place."""
        return identity(self.path / STORE)

    @property
    def changed(self) -> Changed | None:
        """What changed since a file of its dependencies was made; None where that is not known."""
        return None if self._interrupted else self._changed

    @changed.setter
    def changed(self, since: Changed | None) -> None:
        self._changed = since

    def facts(self) -> Facts:
        """Return all dependencies, with what a walk over them asks."""
        with storage(self.path):
            return gathered(self._store)

    def apply(self, changes: Sequence[Change], *, replay: bool = False) -> None:
        """Take in `changes`, which follow the position in order; taking one in again does no harm.

        With `replay`, the derived edges are made afresh even for statements that are there already: a crash may have
        come between the two.
        """
        for removing, group in groupby(changes, key=lambda change: bool(change.removed)):
            # Entries that take something back go one by one: the next may state it again.
            for together in [[change] for change in group] if removing else [list(group)]:
                # What failed half-way, on a full disk for example, is made up for as after a crash.
                self._changed = None if self._interrupted else self._changed
                replay, self._interrupted = replay or self._interrupted, True
                self._apply(together, replay=replay)
                self._interrupted = False

    @property
    def questions(self) -> str:
        """The mark of the saved questions that it lists."""
        return listed(self._store)

    def list_questions(self, mark: str, questions: Iterable[Triple]) -> None:
        """List `questions`, which `mark` tells from others, in the graph `CATALOGUE`."""
        with storage(self.path):
            put(self._store, mark, questions)

    def settle(self) -> None:
        """Make everything taken in survive a power cut, and only then note the position."""
        with storage(self.path):
            self._store.flush()
            self._version.write(self.path)

    def backup(self, target: Path) -> None:
        """Put a copy of the index at `target`, which must not be there; its files are shared, so it costs little."""
        with storage(target):
            self._store.backup(str(target))

    def close(self) -> None:
        """Settle and let go of the store."""
        self.settle()
        self.abandon()

    def abandon(self) -> None:
        """Let go of the store as it is."""
        # Oxigraph releases its lock when the last reference goes.
        del self._store, self._dependencies, self._joins

    def known(self, triples: Iterable[Triple], onward: Onward = MappingProxyType({})) -> list[Triple]:
        """Return what helps to judge a record: what is said of the nodes it describes, and what it only refers to.

        Of the latter just types, digests and what is asked `onward` from the property that refers to them: more would
        make a record's judgement depend on the size of the graph.
        """
        triples = list(triples)
        described = {triple.subject for triple in triples if triple.predicate not in vocabulary.REVERSED}
        said = [triple for node in described for triple in self._about(node)]
        # What was said earlier of a described node is judged again with it, so its references have to be told too.
        referring = [triple for triple in (*triples, *said) if triple.object not in described]
        for node in {triple.object for triple in referring if isinstance(triple.object, NamedNode)}:
            said += [*self._about(node, vocabulary.rdf_type), *self._about(node, vocabulary.sha256)]
        said += [each for pair in asked_onward(referring, onward) for each in self._about(*pair)]
        return said

    def pointing_at(self, node: object, relation: NamedNode, *, most: int | None = None) -> list[Triple]:
        """Return who says `relation` of `node`, at most so many; of all of them also what they are."""
        if not isinstance(node, NamedNode):
            return []
        found = [quad.triple for quad in islice(self._pattern(None, relation, node), most)]
        if most is not None:
            return found
        return found + [said for each in found for said in self._about(each.subject, vocabulary.rdf_type)]

    def saying(self, value: NamedNode | Literal, *, most: int) -> list[Triple]:
        """Return who says `value` of anything, at most so many statements."""
        return [quad.triple for quad in islice(self._pattern(None, None, value), most)]

    def reached(
        self, roots: Iterable[NamedNode], relations: Sequence[NamedNode], *, beyond: Collection[NamedNode] = ()
    ) -> set[NamedNode]:
        """Return `roots` and all that `relations` lead to from them, without going on from what lies `beyond`."""
        found = {root for root in roots if root not in beyond}
        fresh = list(found)
        while fresh:
            node = fresh.pop()
            near = (quad.object for relation in relations for quad in self._pattern(node, relation, None))
            new = {each for each in near if isinstance(each, NamedNode) and each not in found and each not in beyond}
            found |= new
            fresh += new
        return found

    def is_any_of(self, node: NamedNode, kinds: Collection[NamedNode]) -> bool:
        """Whether `node` is of one of these classes."""
        return any(quad.object in kinds for quad in self._pattern(node, vocabulary.rdf_type, None))

    def is_live_deployment(self, node: NamedNode) -> bool:
        """Whether `node` is a deployment that nothing has ended."""
        return self._is_a(node, vocabulary.Deployment) and not self._is_ended(node)

    def people_in(self, relation: NamedNode) -> set[NamedNode]:
        """Return the people whom anything points at by `relation`."""
        found = {quad.object for quad in self._pattern(None, relation, None)}
        person = vocabulary.prov_Person
        return {each for each in found if isinstance(each, NamedNode) and self._is_a(each, person)}

    def says(self, triple: Triple) -> bool:
        """Whether the default graph holds `triple`."""
        return Quad(*triple) in self._store

    def parts(self, node: object, steps: Iterable[Triple] = ()) -> list[Triple]:
        """Return what the qualified relation `node` says with what, and who names it that this or `steps` concerns."""
        return self._joins.parts(node, steps)

    def going_with(self, stated: Collection[Triple]) -> set[Triple]:
        """Return what would not stand here any longer if nobody stated `stated`."""
        joined, parted = self._joins.changed(stated, stated)
        return parted.union(stated) - joined

    def deployments(self, endpoint: NamedNode, stage: NamedNode) -> list[NamedNode]:
        """Return everything ever deployed at `endpoint` and `stage`, by IRI."""
        there = (quad.subject for quad in self._pattern(None, vocabulary.deployedAt, endpoint))
        staged = (node for node in there if Quad(node, vocabulary.deploymentStage, stage) in self._store)
        return sorted((node for node in staged if isinstance(node, NamedNode)), key=lambda node: node.value)

    def live_deployments(self, endpoint: NamedNode, stage: NamedNode) -> list[NamedNode]:
        """Return the deployments at `endpoint` and `stage` that nothing has ended, by IRI."""
        return [node for node in self.deployments(endpoint, stage) if not self._is_ended(node)]

    def _apply(self, changes: Sequence[Change], *, replay: bool) -> None:
        self._remembered.clear()
        removed = [triple for change in changes for triple in change.removed]
        added = list(dict.fromkeys(quad for change in changes for quad in change.added))
        with storage(self.path):
            whole = replay or len(added) >= BULK
            fresh = added if whole else [quad for quad in added if quad not in self._store]
            self._joins.unmark(quad.triple for quad in added)
            about = (
                Quad(each.subject, each.predicate, each.object, self._graph)
                for change in changes
                for each in change.about
            )
            # What goes is there once more while its edges are looked up: after a crash it may be gone already.
            self._write([*fresh, *(Quad(*triple) for triple in removed), *about])
            self._derive((*(quad.triple for quad in fresh), *removed), set(removed))
        self._version = Version(changes[-1].position + 1, changes[-1].mark)

    def _write(self, quads: Sequence[Quad]) -> None:
        if len(quads) < BULK:
            self._store.extend(quads)
        else:
            # Not one transaction, which costs four times as much: what a crash leaves of it is made up for.
            self._store.bulk_extend(quads)

    def _derive(self, triples: Sequence[Triple], removed: set[Triple]) -> None:
        """Take `removed` away and bring in line what follows from `triples`, of which it is a part."""
        joined, parted = self._joins.changed(triples, removed)
        # What stands unmarked is taken for stated, so the marks come first and go last.
        self._joins.mark(joined)
        self._store.extend(Quad(*triple) for triple in joined)
        touched = self._dependencies.touched((*triples, *joined, *parted))
        if self._changed is not None:
            self._changed.see(changed_by((*triples, *joined, *parted), touched))
        for triple in (removed | parted) - joined:
            self._store.remove(Quad(*triple))
        self._joins.unmark(parted)
        self._dependencies.refresh(touched, all_stay=not removed and not parted)

    def _is_a(self, node: NamedNode, kind: NamedNode) -> bool:
        return next(self._pattern(node, vocabulary.rdf_type, kind), None) is not None

    def _is_ended(self, node: NamedNode) -> bool:
        return next(self._pattern(node, vocabulary.prov_invalidatedAtTime, None), None) is not None

    def _about(self, node: object, relation: NamedNode | None = None) -> list[Triple]:
        if not isinstance(node, NamedNode):
            return []
        found = self._remembered.get((node, relation))
        if found is None:
            said = self._pattern(node, relation, None)
            found = [quad.triple for quad in said if quad.predicate not in NOT_ITS_OWN]
            if len(self._remembered) < REMEMBERED:
                self._remembered[node, relation] = found
        return found

    def _pattern(
        self, subject: NamedNode | None, predicate: NamedNode | None, target: NamedNode | Literal | None
    ) -> Iterator[Quad]:
        return self._store.quads_for_pattern(subject, predicate, target, DefaultGraph())


def asked_onward(triples: Iterable[Triple], onward: Onward) -> set[tuple[object, NamedNode]]:
    """Return what is asked of which node that `triples` refer to, by the property that refers to it."""
    return {(triple.object, each) for triple in triples for each in onward.get(triple.predicate, ())}
