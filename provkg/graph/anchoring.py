"""Anchoring a graph's checkpoints: each new one is put wherever somebody said that they go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from provkg.errors import BadParameter, ProvkgError, StorageFailed
from provkg.folder import Folder
from provkg.graph.signing_key import write_public
from provkg.ledger.checkpoint import origin_of
from provkg.ledger.note import Note
from provkg.ledger.verification import Signed


class Anchoring:
    """The anchors of one graph; `tell` gets a sentence when one fails, once as long as it goes on failing."""

    def __init__(self, folder: Folder, tell: Callable[[str], None]) -> None:
        self._folder, self._tell = folder, tell
        self._failing: set[Path] = set()

    def keep(self, note: Note) -> None:
        """Put `note` wherever checkpoints go; what fails is told, and stops nothing."""
        try:
            places = anchors(self._folder)
        except ProvkgError as error:
            self._fail(self._folder.anchors, str(error))
            return
        if not places:
            return
        from provkg.anchors import anchor_at  # with `subprocess`, for graphs that have anchors

        for path in places:
            try:
                anchor_at(path).keep(note)
                self._failing.discard(path)
            except (ProvkgError, OSError, ValueError) as error:
                # Whatever a failing disk makes of it: records must go on being written.
                self._fail(path, str(error))

    def _fail(self, path: Path, said: str) -> None:
        if path not in self._failing:
            self._tell(f"a checkpoint was not anchored: {said}")
        self._failing.add(path)


def anchors(folder: Folder) -> list[Path]:
    """Return where the graph's checkpoints go, in the order in which it was said."""
    try:
        return [Path(line) for line in folder.anchors.read_text("utf-8").splitlines() if line]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise StorageFailed(f"cannot read where checkpoints are anchored, {folder.anchors}: {error}") from None


def anchor_from_now_on(folder: Folder, path: Path, note: Note) -> None:
    """Put `note` into the anchor at `path`, and every later checkpoint of the graph; raises `AnchorFailed`."""
    from provkg.anchors import anchor_at

    path = path.absolute()
    if not str(path).isprintable():
        raise BadParameter(f"{str(path)!r} cannot be remembered as an anchor; name it without control characters")
    anchor_at(path).begin(note)
    if path not in (known := anchors(folder)):
        _remember(folder, [*known, path])


def anchor_no_longer(folder: Folder, path: Path) -> None:
    """Put no more checkpoints into the anchor at `path`; what is there stays."""
    path, known = path.absolute(), anchors(folder)
    if path not in known:
        listed = ", ".join(map(str, known)) or "nowhere"
        raise BadParameter(f"checkpoints do not go to {path}; they go to: {listed}")
    _remember(folder, [each for each in known if each != path])


def lacking(folder: Folder, note: Note) -> Iterator[tuple[Path, str]]:
    """Yield each anchor that does not have the newest checkpoint `note`, and why."""
    from provkg.anchors import anchor_at

    for path in anchors(folder):
        try:
            if not anchor_at(path).holds(note):
                yield path, f"{path} lacks the newest checkpoint"
        except (ProvkgError, OSError) as error:
            yield path, str(error)


def anchored(folder: Folder, path: Path) -> Iterator[Signed]:
    """Yield the checkpoints of the graph that lie in the anchor at `path`; raises `AnchorFailed`."""
    from provkg.anchors import anchor_at

    return anchor_at(path).kept(origin_of(folder.base))


def _remember(folder: Folder, paths: list[Path]) -> None:
    try:
        write_public(folder.anchors, "".join(f"{path}\n" for path in paths))
    except OSError as error:
        raise StorageFailed(f"cannot write {folder.anchors}: {error.strerror}") from error
