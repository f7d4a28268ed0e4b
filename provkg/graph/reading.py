"""Reading a graph that anybody may be writing: bring it up to date if nobody else does, then open a snapshot."""

import time
from collections.abc import Callable
from typing import Final

from provkg.capture.spool import spool_files
from provkg.errors import CannotRun, GraphHeld, StorageFailed, Unreadable
from provkg.folder import Folder
from provkg.graph.catalogued import own_mark
from provkg.index import ReadIndex, Snapshots
from provkg.ledger import Ledger

FIRST_SNAPSHOT_SECONDS: Final = 10.0
PASSING_SECONDS: Final = 2.0
"""How long to wait for whoever holds the graph to show what programs that have ended left."""
POLL_SECONDS: Final = 0.05


def read(folder: Folder, *, tell: Callable[[str], None] | None = None) -> ReadIndex:
    """Return the newest snapshot of the graph in `folder`, to be closed when done.

    What waits in the spool or the ledger is taken in first, unless another process holds the graph: then it is on its
    way, what ended programs left is waited for a moment, and the answer says for which ledger size it stands. So it is
    with a snapshot that an earlier provkg made, in which not everything stands that this one would find. `tell` is
    called with a sentence about what was mended.
    """
    snapshots = Snapshots(folder.snapshots)
    if _something_waits(folder, snapshots):
        _bring_up_to_date(folder, snapshots, tell)
    try:
        return _opened(snapshots, folder)
    except Unreadable:
        return _mended(snapshots, folder, tell)


def _mended(snapshots: Snapshots, folder: Folder, tell: Callable[[str], None] | None) -> ReadIndex:
    """Return a snapshot in place of the damaged one, once the index is rebuilt."""
    from provkg.graph.knowledge_graph import KnowledgeGraph  # a tenth of a second that most readers do without

    with KnowledgeGraph.hold(folder, tell=tell) as graph:
        try:
            # An index that shared the damaged file was rebuilt when the graph was taken.
            return _opened(snapshots, folder)
        except Unreadable as error:
            if tell is not None:
                tell(f"{error}; rebuilding it from the ledger")
            graph.rebuild()
    return _opened(snapshots, folder)


def _something_waits(folder: Folder, snapshots: Snapshots) -> bool:
    if any(file.waiting() or file.process_gone() for file in spool_files(folder.spool)):
        return True
    if (snapshots.newest_size() or 0) != Ledger.size_at(folder.ledger) or snapshots.is_of_another_layout():
        return True
    return Ledger.is_undone_at(folder.ledger) or _lists_others(folder, snapshots)


def _lists_others(folder: Folder, snapshots: Snapshots) -> bool:
    """Whether the newest snapshot lists other questions of the owner than there are now."""
    # The shipped ones come with the next snapshot: two installations that read one graph would take turns otherwise.
    listed = snapshots.newest_questions()
    return listed is not None and listed.partition("-")[2] != own_mark(folder)


def _bring_up_to_date(folder: Folder, snapshots: Snapshots, tell: Callable[[str], None] | None) -> None:
    try:
        _drain(folder, _Passing(folder, snapshots), tell)
    except GraphHeld as error:
        _await_first(snapshots, folder, error)
    except StorageFailed as error:
        # Whoever may not write may still read what is there.
        if snapshots.newest_size() is None:
            raise
        if tell is not None:
            tell(f"{error}; answering from the newest snapshot")


def _drain(folder: Folder, passing: "_Passing", tell: Callable[[str], None] | None) -> None:
    from provkg.graph.knowledge_graph import KnowledgeGraph

    while True:
        try:
            with KnowledgeGraph.hold(folder, tell=tell) as graph:
                graph.drain()
        except GraphHeld:
            if not passing.goes_on():
                raise
        else:
            return


class _Passing:
    """Waits for the process that holds the graph: after a run, most often the one that takes in what it recorded."""

    def __init__(self, folder: Folder, snapshots: Snapshots) -> None:
        self._folder, self._snapshots = folder, snapshots
        self._until = time.monotonic() + PASSING_SECONDS
        self._wanted: int | None = None

    def goes_on(self) -> bool:
        """Whether to try again, after a pause: readers do not see yet what is due to them, and there is time."""
        if self._wanted is None and not any(file.process_gone() for file in spool_files(self._folder.spool)):
            self._wanted = Ledger.size_at(self._folder.ledger)
        shown = self._wanted is not None and (self._snapshots.newest_size() or 0) >= self._wanted
        if shown or time.monotonic() >= self._until:
            return False
        time.sleep(POLL_SECONDS)
        return True


def _await_first(snapshots: Snapshots, folder: Folder, held: GraphHeld) -> None:
    """Wait until the process that holds the graph has made its first snapshot of what it keeps."""
    until = time.monotonic() + FIRST_SNAPSHOT_SECONDS
    while snapshots.newest_size() is None and Ledger.size_at(folder.ledger):
        if time.monotonic() >= until:
            raise held
        time.sleep(POLL_SECONDS)


def _opened(snapshots: Snapshots, folder: Folder) -> ReadIndex:
    found = snapshots.open()
    if found is None and snapshots.folder.is_dir():
        time.sleep(POLL_SECONDS)  # one may just be taking another's place
        found = snapshots.open()
    if found is None and Ledger.size_at(folder.ledger) == 0:
        return ReadIndex.empty(snapshots.folder)
    if found is None:
        raise CannotRun(f"{folder.path} has no snapshot to read; run: provkg rebuild --store {folder.path}")
    return found
