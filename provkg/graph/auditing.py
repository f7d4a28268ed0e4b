"""What the shapes say of a whole graph: every constraint asked of a snapshot as a query, problems as they are found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from provkg.errors import Unreadable
from provkg.graph.taken_out import TakenOut

if TYPE_CHECKING:
    from pyoxigraph import NamedNode

    from provkg.folder import Folder
    from provkg.gate import Problem, Severity
    from provkg.gate.whole_graph import GraphShapes
    from provkg.index import ReadIndex


@dataclass(frozen=True)
class AskedShapes:
    """The constraints of one level, ours and the owner's; `broken` says which of the owner's are left out, and why."""

    constraints: GraphShapes
    broken: tuple[Unreadable, ...] = ()

    def __len__(self) -> int:
        return len(self.constraints.queries)

    def findings(self, index: ReadIndex) -> Iterator[Problem]:
        """Yield what the graph in `index` lacks, constraint by constraint, without keeping any of it.

        Asks also what the gate leaves out, because it needs other records: inverse paths, and whether what is pointed
        at is described.
        """
        return _unexcused(index, self.constraints.problems(index.result), self.constraints.undescribed(index.result))

    def findings_of(self, index: ReadIndex, nodes: Collection[NamedNode]) -> Iterator[Problem]:
        """Yield those of the `findings` that are problems of `nodes`, without judging anything else."""
        ask, asked = index.result, self.constraints
        return _unexcused(index, asked.problems_of(nodes, ask), asked.undescribed_of(nodes, ask))


def _unexcused(index: ReadIndex, *found: Iterator[Problem]) -> Iterator[Problem]:
    gone = TakenOut(index)
    yield from (problem for problem in chain(*found) if not gone.excuses(problem))


def asked_shapes(folder: Folder | None, level: str = "standard", *, least: Severity = "violation") -> AskedShapes:
    """Return what to ask of the graph in `folder` at `level`; `least` asks what levels above would want, too."""
    # A reader who audits nothing does without the gate.
    from provkg.gate import own_files
    from provkg.gate.whole_graph import graph_shapes

    if folder is None:
        return AskedShapes(graph_shapes(level, (), least))
    own = own_files(folder.own_shapes, folder.own_ontology)
    sound, refused = _that_can_be_asked(own.shapes, level)
    broken = (*map(Unreadable, own.complaints), *refused)
    return AskedShapes(graph_shapes(level, sound, least), broken)


def _that_can_be_asked(files: Sequence[Path], level: str) -> tuple[Sequence[Path], list[Unreadable]]:
    """Return the files whose shapes are queries, too, and what is wrong with the others."""
    from provkg.gate.whole_graph import graph_shapes

    ask = partial(graph_shapes, level)
    if _refusal(ask, files) is None:
        return files, []
    refusals = {file: error for file in files if (error := _refusal(ask, [file]))}
    told = [Unreadable(f"{file}: {error}; an audit leaves the file out") for file, error in refusals.items()]
    return [file for file in files if file not in refusals], told


def _refusal(ask: partial[GraphShapes], files: Sequence[Path]) -> Unreadable | None:
    try:
        ask(files)
    except Unreadable as error:
        return error
    return None
