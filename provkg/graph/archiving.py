"""Archiving: records go into files that prove themselves, and only what such a file holds may leave the graph."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg import vocabulary as v
from provkg.errors import BadParameter, CannotRun, StorageFailed
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.following import SHARED
from provkg.graph.proving import acts_behind
from provkg.graph.redactions import check_room, who
from provkg.graph.retaining import due, received_at
from provkg.graph.signing_key import public_keys
from provkg.graph.targets import PLACES_OF_A_LEAF
from provkg.ledger import Entry
from provkg.ledger.acts import RETENTION
from provkg.ledger.bundle import bundle
from provkg.ledger.text import subjects
from provkg.ledger.verify_bundle import judge
from provkg.records import Agent, Redaction

if TYPE_CHECKING:
    from provkg.graph.knowledge_graph import KnowledgeGraph

PURGE: Final = "purge"
# A file is verified in memory, and a record of a hundred statements takes some 40 kB of it.
RECORDS_OF_A_FILE: Final = 2_000
RISK: Final = "None from this graph: the text and its salts are gone. The archive holds both."
# What things rest on, and what ran to make them.
_RESTS_ON: Final = (v.dependsOn, v.prov_wasGeneratedBy, v.prov_used)
# Named by records of all times: that one of them stays makes no old record needed.
_HUBS: Final = SHARED | {v.prov_Agent, v.Project, v.Dataset, v.Model, v.Experiment, v.Endpoint, v.SourceRepository}


@dataclass(frozen=True)
class Archived:
    """What went into `files`: the records at `positions`; those in `purged` have no text here any more.

    `needed` stayed because what stays rests on them, `early` because no policy says that their time is over.
    """

    files: tuple[Path, ...]
    positions: tuple[int, ...]
    purged: tuple[int, ...] = ()
    needed: tuple[int, ...] = ()
    early: tuple[int, ...] = ()


def chosen(graph: KnowledgeGraph, project: str | None, before: datetime | None) -> list[int]:
    """Return the positions of the records of `project` that came `before`; without both, of those that are due."""
    if project is None and before is None:
        return [each.position for each in due(graph.ledger)]
    return [
        position
        for position, leaf in graph.ledger.with_text()
        if leaf.kind == "record" and project in {None, leaf.project} and (before is None or received_at(leaf) < before)
    ]


def archived(
    graph: KnowledgeGraph,
    out: Path,
    *,
    project: str | None,
    before: datetime | None,
    purge: bool,
    even_needed: bool,
    by: str | Agent | None,
) -> Archived:
    """Write the records chosen to `out`, verify what was written, and only then purge them, if that is asked for."""
    graph.drain()
    positions = chosen(graph, project, before)
    files = _written(graph, out, positions)
    if not purge:
        return Archived(files, tuple(positions))
    over = {each.position for each in due(graph.ledger)}
    going = [position for position in positions if position in over]
    staying = set() if even_needed else needed(graph, going)
    purged = [position for position in going if position not in staying]
    if purged:
        check_room(graph)
        graph.log(_acts(graph, purged, files, who(by)))
    early = tuple(position for position in positions if position not in over)
    return Archived(files, tuple(positions), tuple(purged), tuple(sorted(staying)), early)


def needed(graph: KnowledgeGraph, positions: Collection[int]) -> set[int]:
    """Return those of `positions` whose records others that stay rest on, or that describe a live deployment."""
    index, going = graph.stores.index, set(positions)
    described = {each: _described(graph, each) for each in going}
    live = {node for nodes in described.values() for node in nodes if index.is_live_deployment(node)}
    roots = live | {NamedNode(iri) for iri in graph.ledger.subjects_outside(going)}
    found: set[int] = set()
    reached: set[NamedNode] = set()
    while roots:
        reached |= index.reached(roots, _RESTS_ON, beyond=reached)
        fresh = {each for each in going - found if not described[each].isdisjoint(reached)}
        found |= fresh
        roots = {node for each in fresh for node in described[each]} - reached
    return found


def _described(graph: KnowledgeGraph, position: int) -> set[NamedNode]:
    nodes = {NamedNode(iri) for iri in subjects(graph.ledger.entry(position).lines)}
    return {node for node in nodes if not graph.stores.index.is_any_of(node, _HUBS)}


def _written(graph: KnowledgeGraph, out: Path, positions: Sequence[int]) -> tuple[Path, ...]:
    chunks = [positions[at : at + RECORDS_OF_A_FILE] for at in range(0, len(positions), RECORDS_OF_A_FILE)]
    several = len(chunks) > 1
    files = [out.with_stem(f"{out.stem}-{number}") if several else out for number in range(1, len(chunks) + 1)]
    if there := [file for file in files if file.exists()]:
        raise BadParameter(f"{there[0]} is there already; an archive is not written over, so name another file")
    for file, chunk in zip(files, chunks, strict=True):
        _put(file, _bundled(graph, chunk))
        _check(graph, file)
    return tuple(files)


def _bundled(graph: KnowledgeGraph, positions: Sequence[int]) -> bytes:
    ledger = graph.ledger
    entries = {position: ledger.entry(position) for position in positions}
    entries |= {act.position: act for act in acts_behind(ledger, list(entries.values()))}
    note = Checkpointing(graph.folder, ledger).sign()
    return bundle(ledger, None, [entries[each] for each in sorted(entries)], note, public_keys(graph.folder))


def _put(file: Path, content: bytes) -> None:
    """Write `file` whole or not at all, so that it survives a power cut."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with draft.open("xb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
        descriptor = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StorageFailed(f"cannot write {file}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def _check(graph: KnowledgeGraph, file: Path) -> None:
    """Raise `CannotRun` unless what lies on disk is verified, as whoever gets it will do."""
    verdict, said, _ = judge(file.read_bytes(), None, [str(key) for key in public_keys(graph.folder)])
    if verdict is None or not verdict.startswith("verified"):
        raise CannotRun(f"{file} is not verified after writing ({verdict}: {said}); nothing was purged: provkg verify")


def _acts(graph: KnowledgeGraph, positions: Sequence[int], files: Sequence[Path], by: Agent) -> list[Entry]:
    id_ = f"{PURGE}-{secrets.token_hex(4)}"
    listed = ", ".join(f"{file.name} (SHA-256 {sha256(file.read_bytes()).hexdigest()})" for file in files)
    chunks = [positions[at : at + PLACES_OF_A_LEAF] for at in range(0, len(positions), PLACES_OF_A_LEAF)]
    at = datetime.now(UTC)
    return [_act(graph, f"{id_}-{number}", chunk, listed, by, at) for number, chunk in enumerate(chunks, start=1)]


def _act(graph: KnowledgeGraph, record: str, positions: Sequence[int], listed: str, by: Agent, at: datetime) -> Entry:
    entries = [graph.ledger.entry(position) for position in positions]
    said = Redaction(
        authority=PURGE, id=record.rpartition("-")[0], title="purge after retention",
        redacts=tuple(each.leaf.record for each in entries),
        anonymization_methods=("suppression",), reidentification_risk=RISK, associated_with=(by,),
        rationale=f"Their project's retention policy says that their time is over; they are archived in {listed}.",
        ended=at,
    )  # fmt: skip
    erases = tuple((each.position, 0, each.leaf.statements - 1) for each in entries)
    return graph.act(record, RETENTION, PURGE, said, erases=erases)
