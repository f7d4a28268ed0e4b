"""Folders whose digest is that of the list of their files: which files were added, and which are not what they were.

A graph names the files of a folder and not the folder. It is the one from which their places, sizes and digests give
the folder's digest; where that is none, or the files are too many to be named, it is the one that the data came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from math import prod
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from provkg.capture.file_digests import MANIFEST, FileDigest, manifest
from provkg.reading.files.below import files_below
from provkg.reading.files.finding import FileFinding, Status
from provkg.reading.files.places import Place
from provkg.reading.files.recorded import RecordedFiles
from provkg.reading.files.seen import Looking

MOST_CHOICES: Final = 256
_Placed = Sequence[tuple[Path, str, int]]
_Trouble = Mapping[tuple[Path, str | None], FileFinding]


def folder_findings(
    recorded: RecordedFiles, troubled: Iterable[FileFinding], looking: Looking, root: Path | None
) -> Iterator[FileFinding]:
    """Yield what became of each folder that `recorded` names; `troubled` is what was said of files that are not there.

    What was said of a file is not said again: a folder has what no file of it can show, the files that were added.
    """
    places = ((Place.of(each.location or "", root).path, each) for each in troubled)
    trouble = {(path, each.sha256): each for path, each in places if path is not None}
    for thing, digest in recorded.folders():
        finding = FileFinding(status="cannot be judged", kind="folder", location=None, file=thing.value, sha256=digest)
        placed = _placed(recorded, thing, root)
        roots = roots_of(placed, digest)
        if roots:
            yield from (_compared(finding, each, files, trouble) for each, files in roots.items())
        elif sources := _source_folders(recorded, thing, root):
            yield from (_hashed(finding, each, looking) for each in sources)
        else:
            yield replace(finding, why="it is not recorded which folder it was, so files added to it are not seen")


def roots_of(placed: _Placed, digest: str) -> dict[Path, _Placed]:
    """Return the folders whose files, of those `placed`, give `digest`, each with these files."""
    if not placed:
        return {}
    # Every file lies below the folder, so also the first one, wherever it was seen.
    first = placed[0][1]
    above = dict.fromkeys(parent for path, sha256, _ in placed if sha256 == first for parent in path.parents)
    found = {each: _giving(digest, [file for file in placed if file[0].is_relative_to(each)], each) for each in above}
    return {each: files for each, files in found.items() if files}


def _giving(digest: str, within: _Placed, folder: Path) -> _Placed:
    """Return those of the files `within` that give `digest`, or none.

    The same bytes may have been seen there at another time under another name, too: then it was some of their places.
    """
    by_content: dict[str, list[tuple[Path, str, int]]] = {}
    for file in within:
        by_content.setdefault(file[1], []).append(file)
    if prod(2 ** len(places) - 1 for places in by_content.values()) > MOST_CHOICES:
        by_content = {str(number): [file] for number, file in enumerate(within)}
    for choice in product(*map(_some, by_content.values())):
        files = [file for group in choice for file in group]
        if _manifest(files, folder) == digest:
            return files
    return []


def _some(places: _Placed) -> list[_Placed]:
    """Return every choice of one or more, the whole first."""
    return [choice for number in range(len(places), 0, -1) for choice in combinations(places, number)]


def _manifest(files: _Placed, folder: Path) -> str:
    listed = [FileDigest(path, sha256, size) for path, sha256, size in files]
    return manifest(sorted(listed, key=lambda file: bytes(file.path.relative_to(folder))), folder).sha256


def _placed(recorded: RecordedFiles, thing: NamedNode, root: Path | None) -> _Placed:
    members = recorded.members(thing)
    paths = [Place.of(member.location, root).path for member in members]
    return [
        (path, member.sha256, member.size)
        for path, member in zip(paths, members, strict=True)
        if path is not None and member.size is not None
    ]


def _source_folders(recorded: RecordedFiles, thing: NamedNode, root: Path | None) -> list[Path]:
    places = [Place.of(source, root) for source in recorded.sources(thing) if source.startswith("file:")]
    return [place.path for place in places if place.path is not None]


def _compared(finding: FileFinding, folder: Path, files: _Placed, trouble: _Trouble) -> FileFinding:
    """Return what became of `folder`, whose files were looked at one by one."""
    finding = replace(finding, location=folder.as_uri())
    names = {(path, sha256): path.relative_to(folder).as_posix() for path, sha256, _ in files}
    told = {name: trouble[each] for each, name in names.items() if each in trouble}
    try:
        below = files_below(folder)
    except FileNotFoundError:
        moved = _new_places(told, len(names))
        return replace(finding, status="moved" if moved else "gone", found=moved)
    except OSError as error:
        return replace(finding, why=f"{error.filename}: {error.strerror}", unread=True)
    added = tuple(name for name in (*below.names, *below.special) if name not in names.values())
    missing = tuple(name for name, each in told.items() if each.status != "changed")
    differing = tuple(name for name, each in told.items() if each.status == "changed")
    status: Status = "changed" if added or missing or differing else "unchanged"
    return replace(finding, status=status, added=added, missing=missing, differing=differing)


def _new_places(told: Mapping[str, FileFinding], whole: int) -> tuple[str, ...]:
    """Return the folders in which every file of one that is gone lies at the place that it had there."""
    if len(told) < whole:
        return ()
    places = ({_above(path, name) for path in each.found} for name, each in told.items())
    return tuple(sorted(set.intersection(*places) - {""}))


def _above(path: str, name: str) -> str:
    return path.removesuffix(f"/{name}") if path.endswith(f"/{name}") else ""


def _hashed(finding: FileFinding, folder: Path, looking: Looking) -> FileFinding:
    """Return what became of `folder`, of whose files nothing is recorded but one digest over all."""
    finding = replace(finding, location=folder.as_uri())
    seen = looking.seen(looking.ask(folder, MANIFEST))
    if seen.kind == "nothing":
        return replace(finding, status="gone")
    if seen.kind != "content":
        return replace(finding, why=seen.why, unread=seen.kind == "unread")
    there = replace(finding, there_sha256=seen.sha256, there_size=seen.size)
    if seen.sha256 == finding.sha256:
        return replace(there, status="unchanged")
    return replace(there, status="changed", why="which of its files the graph does not tell")
