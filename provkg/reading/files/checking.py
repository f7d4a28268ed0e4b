"""Comparing the files that a graph names with what lies there now, one finding after the other."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import NamedNode

from provkg.questions import called
from provkg.reading.files.finding import FileFinding, Status
from provkg.reading.files.folders import folder_findings
from provkg.reading.files.places import Place
from provkg.reading.files.recorded import Recorded, RecordedFiles
from provkg.reading.files.searching import found_below
from provkg.reading.files.seen import Looking, Seen

if TYPE_CHECKING:
    from provkg.index import ReadIndex

AHEAD: Final = 16
NAMED_TOGETHER: Final = 64
NAMES_KEPT: Final = 10_000
Progress = Callable[[int, int], None]
_Asked = tuple[Recorded, list[tuple[Place, Future[Seen] | None]]]


class FileCheck:
    """What became of the files that one state of a graph names; going through it looks at them, and looks anew.

    `only` chooses one thing, with its versions; what is gone is looked for below the folders `search`; `root` is what
    relative addresses are relative to. Nothing that was found to be in order is kept. `counts` has how many findings of
    each status there were in the last walk, `unread` how many files should have been readable and were not, `read` how
    many bytes were read.
    """

    def __init__(
        self,
        index: ReadIndex,
        only: NamedNode | None = None,
        *,
        search: Sequence[Path] = (),
        root: Path | None = None,
        progress: Progress = lambda _done, _all: None,
    ) -> None:
        self._index, self._recorded = index, RecordedFiles(index, only)
        self._search, self._root, self.progress = search, root, progress
        self.counts: Counter[Status] = Counter()
        self.unread, self.read = 0, 0
        self._names: dict[str, str] = {}

    @property
    def size(self) -> int:
        """The number of ledger entries that it stands for."""
        return self._index.size

    @property
    def failed(self) -> bool:
        """Whether something is changed or gone, as far as one went through it."""
        return bool(self.counts["changed"] or self.counts["gone"])

    def __iter__(self) -> Iterator[FileFinding]:
        self.counts.clear()
        self.unread, self.read = 0, 0
        whole = self._recorded.bytes()

        def tell(done: int) -> None:
            self.read = done
            self.progress(done, whole)

        with Looking(tell) as looking:
            found = self._findings(looking)
            while chunk := list(islice(found, NAMED_TOGETHER)):
                yield from self._named(chunk)

    def _findings(self, looking: Looking) -> Iterator[FileFinding]:
        troubled: list[FileFinding] = []
        for recorded, asked in self._ahead(looking):
            for finding in _judged(
                recorded, [(place, told if told is None else looking.seen(told)) for place, told in asked]
            ):
                if finding.failing:
                    troubled.append(finding)
                else:
                    yield finding
        troubled = self._looked_for(troubled, looking)
        yield from troubled
        yield from folder_findings(self._recorded, troubled, looking, self._root)
        yield from map(_in_no_file, self._recorded.in_no_file())

    def _ahead(self, looking: Looking) -> Iterator[_Asked]:
        """Yield what is recorded, with what is asked about it, some of it ahead so that the readers have work."""
        waiting: deque[_Asked] = deque()
        for recorded in self._recorded.files():
            places = [Place.of(location, self._root) for location in recorded.locations]
            judged = len(recorded.digests) == 1
            waiting.append(
                (recorded, [(p, looking.ask(p.path, recorded.form) if judged and p.path else None) for p in places])
            )
            if len(waiting) >= AHEAD:
                yield waiting.popleft()
        yield from waiting

    def _looked_for(self, troubled: Sequence[FileFinding], looking: Looking) -> list[FileFinding]:
        """Return `troubled` with where else what they were lies now."""
        elsewhere = {each.there_sha256: each.location for each in troubled if each.there_sha256 and each.location}
        wanted = ((each.sha256, each.size) for each in troubled if each.sha256)
        below = found_below(self._search, wanted, looking)
        return [
            _moved(each, [elsewhere.get(each.sha256 or ""), *below.get(each.sha256 or "", ())]) for each in troubled
        ]

    def _named(self, findings: Sequence[FileFinding]) -> Iterator[FileFinding]:
        """Yield `findings` with what people call the things that they are about, and count them."""
        owners = self._recorded.owners([NamedNode(each.file) for each in findings if each.kind == "file"])
        now = {each.there_sha256 for each in findings if each.status == "changed" and each.there_sha256}
        known = {digest: self._recorded.of_content(digest) for digest in now}
        things = {thing for group in (*owners.values(), *known.values()) for thing in group}
        things |= {NamedNode(each.file) for each in findings if each.kind != "file"}
        names = self._called(things)
        for each in findings:
            of = owners.get(NamedNode(each.file), []) if each.kind == "file" else [NamedNode(each.file)]
            self.counts[each.status] += 1
            self.unread += each.unread
            yield replace(each, of=_pairs(of, names), now=_pairs(known.get(each.there_sha256 or "", ()), names))

    def _called(self, things: set[NamedNode]) -> Mapping[str, str]:
        """Return what `things` are called; the thousand files of a folder are of one dataset, which is asked once."""
        if len(self._names) > NAMES_KEPT:
            self._names.clear()
        wanted = [thing for thing in things if thing.value not in self._names]
        found = called(self._index, wanted) if wanted else {}
        self._names |= {thing.value: found.get(thing.value, thing.value) for thing in wanted}
        return self._names


def _judged(recorded: Recorded, looked: Sequence[tuple[Place, Seen | None]]) -> Iterator[FileFinding]:
    """Yield what there is to say of each place of one content."""
    said = {place.location: seen for place, seen in looked if seen is not None}
    intact = [location for location, seen in said.items() if [seen.sha256] == [*recorded.digests]]
    for place, seen in looked:
        finding = FileFinding(
            status="cannot be judged",
            kind="file",
            location=place.location,
            file=recorded.thing.value,
            sha256=recorded.digests[0] if len(recorded.digests) == 1 else None,
            size=recorded.size,
        )
        if place.path is None:
            yield replace(finding, status="not reachable" if place.elsewhere else finding.status, why=place.why)
        elif seen is None:
            number = len(recorded.digests)
            why = "no SHA-256 of it was recorded" if not number else f"{number} different digests of it were recorded"
            yield replace(finding, why=why)
        else:
            judged = _compared(finding, recorded, seen)
            yield _moved(judged, [each for each in intact if each != place.location]) if judged.failing else judged


def _compared(finding: FileFinding, recorded: Recorded, seen: Seen) -> FileFinding:
    finding = replace(finding, why=seen.why, link=seen.link)
    if seen.kind == "nothing":
        return replace(finding, status="gone")
    if seen.kind == "content":
        there = replace(finding, there_sha256=seen.sha256, there_size=seen.size)
        if seen.sha256 == finding.sha256:
            return replace(there, status="unchanged")
        if seen.exact:
            return replace(there, status="changed")
        return replace(finding, why=f"what it holds differs, or is not kept by the format as it was ({recorded.form})")
    if seen.kind == "folder":
        return replace(finding, status="changed")
    return replace(finding, unread=seen.kind == "unread")


def _moved(finding: FileFinding, places: Iterable[str | None]) -> FileFinding:
    found = tuple(dict.fromkeys([*finding.found, *(each for each in places if each and each != finding.location)]))
    status: Status = "moved" if found and finding.status == "gone" else finding.status
    return replace(finding, status=status, found=found)


def _in_no_file(recorded: Recorded) -> FileFinding:
    what = f"a digest of what was in memory ({recorded.form})" if recorded.form else "a digest of bytes in memory"
    return FileFinding(
        status="cannot be judged",
        kind="content",
        location=None,
        file=recorded.thing.value,
        sha256=recorded.digests[0],
        why=f"{what}: no file was recorded that holds it",
    )


def _pairs(things: Iterable[NamedNode], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((thing.value, names[thing.value]) for thing in things)
