"""What may be wrong with a graph: its hold, spool, refused records, index, and records that say too little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from provkg.capture.spool import SpoolFile, spool_files
from provkg.errors import BadNote, GraphHeld, HistoryChanged, ProvkgError, StorageFailed, Unreadable
from provkg.folder import LEVELS, SETTINGS_FILE, Folder
from provkg.graph.anchoring import lacking
from provkg.graph.checkpointing import Checkpointing
from provkg.graph.hold import Hold
from provkg.index import Snapshots
from provkg.index.version import Version
from provkg.ledger import Ledger
from provkg.ledger.note import Note

SILENCE: Final = timedelta(hours=1)
SHOWN: Final = 20
SPOOLED: Final = frozenset({".spool", ".verdicts", ".points"})


@dataclass(frozen=True)
class Finding:
    """One thing worth knowing about a graph; `cure` is what to type, `wrong` whether anything must be done."""

    what: str
    cure: str = ""
    details: tuple[str, ...] = ()
    wrong: bool = True


def findings(folder: Folder) -> Iterator[Finding]:
    """Yield what there is to say about the graph in `folder`; nothing when all is well."""
    kinds = (_salt, _hold, _own_files, _own_rules, _own_questions, _spool, _rejected, _ledger)
    told = set[str]()
    for finding in chain.from_iterable(find(folder) for find in kinds):
        if finding.what not in told:  # a secret that is missing is missed at several places
            yield finding
        told.add(finding.what)


def _salt(folder: Folder) -> Iterator[Finding]:
    try:
        _ = folder.names
    except ProvkgError as error:
        yield Finding(str(error))


def _hold(folder: Folder) -> Iterator[Finding]:
    try:
        Hold.take(folder.lock).release()
    except GraphHeld as error:
        yield Finding(str(error), "Reading goes on meanwhile.", wrong=False)
    except ProvkgError as error:
        yield Finding(str(error))


def _own_files(folder: Folder) -> Iterator[Finding]:
    """Tell which of the graph's own shapes and terms are wrong; the gate goes on without them."""
    from provkg.gate import own_files  # 30 ms that most graphs, which have none, do without

    if not (folder.own_shapes or folder.own_ontology):
        return
    by_file: dict[Path, list[str]] = {}
    for flaw in own_files(folder.own_shapes, folder.own_ontology).flaws:
        by_file.setdefault(flaw.file, []).append(str(flaw))
    for file, flaws in by_file.items():
        yield Finding(f"{file} is wrong and left out", "mend it, or move it away", tuple(flaws[:SHOWN]))


def _own_rules(folder: Folder) -> Iterator[Finding]:
    """Tell which of the graph's own rules are wrong; an audit asks the others."""
    rules = folder.path / "rules"
    if not rules.is_dir():
        return
    from provkg.rules import Rulebook  # it reads every shipped rule

    for error in Rulebook.read(rules).broken:
        yield Finding(str(error), "mend it, or move it away")


def _own_questions(folder: Folder) -> Iterator[Finding]:
    """Tell which files among the graph's own questions are none; the others are asked."""
    if not folder.queries.is_dir():
        return
    from provkg.questions import all_questions  # it reads every shipped question

    broken: list[str] = []
    all_questions(folder.queries, tell=broken.append)
    for complaint in broken:
        yield Finding(complaint, "mend it, or move it away")


def _spool(folder: Folder) -> Iterator[Finding]:
    for file in spool_files(folder.spool):
        try:
            yield from _strange(file) or _spool_file(file, folder)
        except ProvkgError as error:
            yield Finding(str(error))
    if folder.spool.is_dir():
        others = [path for path in sorted(folder.spool.iterdir()) if path.suffix not in SPOOLED]
        yield from (Finding(f"{path} is no spool file and is not read", wrong=False) for path in others)


def _strange(file: SpoolFile) -> list[Finding]:
    # A file of no length is one that a process is about to write.
    if file.path.stat().st_size == 0 or next(file.frames(), None) is not None:
        return []
    return [Finding(f"{file.path} is no spool file, or nothing in it is intact", "move it to another folder")]


def _spool_file(file: SpoolFile, folder: Folder) -> Iterator[Finding]:
    sync = f"type: provkg sync --store {folder.path}"
    open_runs, waiting, gone = file.open_runs(), file.waiting(), file.process_gone()
    if file.unreadable:
        reasons = tuple(f"{record}: {reason}" for record, reason in file.unreadable[:SHOWN])
        yield Finding(f"{file.path} holds {len(file.unreadable)} record(s) of a newer provkg", "install it", reasons)
    if file.damaged:
        yield Finding(f"{file.path} is damaged in the middle; what is intact is kept", sync)
    if gone and (waiting or open_runs):
        torn = "; its last event was cut off by that" if file.torn else ""
        yield Finding(f"the process that wrote {file.path} is gone and {waiting} record(s) wait{torn}", sync)
    elif waiting:
        yield Finding(f"{waiting} record(s) wait in {file.path}", sync, wrong=False)
    if not gone and not file.ended and datetime.now(UTC) - file.last_sign > SILENCE:
        yield Finding(
            f"{file.path} is silent since {file.last_sign:%Y-%m-%d %H:%M} UTC; its process may hang", wrong=False
        )


def _rejected(folder: Folder) -> Iterator[Finding]:
    reports = sorted(folder.rejected.glob("*.report.txt"))
    if not reports:
        return
    details = tuple(line for report in reports[:SHOWN] for line in _reasons(report))
    left_out = (f"… and {len(reports) - SHOWN} more",) if len(reports) > SHOWN else ()
    cure = f"mend a record's .ttl file there, then type: provkg add --store {folder.path} {folder.rejected}/RECORD.ttl"
    yield Finding(f"{len(reports)} refused record(s) lie in {folder.rejected}", cure, details + left_out)


def _reasons(report: Path) -> list[str]:
    record = report.name.removesuffix(".report.txt")
    try:
        reasons = report.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        reasons = [f"its report cannot be read: {error.strerror}"]
    return [f"{record}: {reason}" for reason in _with_names(reasons[:SHOWN], report.with_name(f"{record}.ttl"))]


def _with_names(reasons: list[str], record: Path) -> list[str]:
    """Return `reasons` with what the refused record calls the things in it; one half mended may not parse."""
    from provkg.exchange.rdf import RdfFile  # both take milliseconds that a sound graph does without
    from provkg.questions.labels import with_names

    try:
        triples = [quad.triple for quad in RdfFile.open(record).quads()]
    except ProvkgError:
        return reasons
    return with_names(reasons, triples)


def _ledger(folder: Folder) -> Iterator[Finding]:
    try:
        if Ledger.size_at(folder.ledger) == 0:
            yield _no_record(folder)
            return
        with Ledger.open(folder.ledger, read_only=True) as ledger:
            yield from _index(folder, ledger.size)
            yield from _signed(folder, ledger)
            yield from _acts(folder, ledger)
            yield from _too_little(folder, ledger)
            yield from _unknown_projects(folder, ledger)
    except StorageFailed as error:
        yield Finding(str(error))
    except ProvkgError as error:
        yield Finding(str(error), "restore the ledger from your backup")


def _signed(folder: Folder, ledger: Ledger) -> Iterator[Finding]:
    """Tell what keeps the ledger from being signed: it is not the one that was, or from a backup.

    One that has no tree yet was never signed.
    """
    try:
        checkpointing = Checkpointing(folder, ledger)
        if folder.last_checkpoint.exists() or folder.restored.exists():
            checkpointing.check()
        if folder.last_checkpoint.exists():
            yield from _anchored(folder, checkpointing.last())
    except (HistoryChanged, BadNote) as error:
        yield Finding(str(error))


def _anchored(folder: Folder, last: Note | None) -> Iterator[Finding]:
    """Tell anchors that fail: whoever held the graph then was told, and may not have been listening."""
    for path, why in lacking(folder, last) if last is not None else ():
        cure = f"once it is there, type: provkg checkpoint --store {folder.path}; to end it, --no-anchor {path}"
        yield Finding(f"a checkpoint was not anchored: {why}", cure)


def _acts(folder: Folder, ledger: Ledger) -> Iterator[Finding]:
    """Tell what was to be taken out of the graph and is not gone yet, or waits for somebody to approve it."""
    from provkg.graph.redactions import waiting

    if undone := ledger.undone():
        what = f"text that {len(undone)} logged act(s) took out is not gone from everywhere yet"
        yield Finding(what, f"type: provkg sync --store {folder.path}")
    if copies := Snapshots(folder.snapshots).outdated():
        yield Finding(f"{copies} old copies of the index are still read; they go when that ends", wrong=False)
    if asked := waiting(folder):
        cure = f"type: provkg redact --list --store {folder.path}"
        yield Finding(f"{len(asked)} redaction(s) wait to be approved", cure, wrong=False)


def _no_record(folder: Folder) -> Finding:
    """Tell a new graph from one whose ledger is lost: then something else remembers its records."""
    followed = Version.read(folder.index)
    seen = max(followed.position if followed else 0, Snapshots(folder.snapshots).newest_size() or 0)
    if not seen:
        return Finding("the graph holds no record yet", wrong=False)
    what = f"{folder.ledger} is empty or missing, though the graph had {seen:,} records"
    return Finding(what, "restore the ledger from your backup")


def _index(folder: Folder, size: int) -> Iterator[Finding]:
    rebuild = f"type: provkg rebuild --store {folder.path}"
    version, newest = Version.read(folder.index), Snapshots(folder.snapshots).newest_size()
    if version is None:
        yield Finding("the index is missing or damaged", rebuild)
    elif not version.current:
        yield Finding(f"the index was written by pyoxigraph {version.pyoxigraph} or another provkg", rebuild)
    elif version.position > size:
        yield Finding(f"the index knows {version.position:,} ledger entries, the ledger has {size:,}", rebuild)
    elif version.position < size or (newest or 0) < size:
        behind = size - min(version.position, newest or 0)
        yield Finding(
            f"readers are {behind:,} ledger entries behind", f"type: provkg sync --store {folder.path}", wrong=False
        )
    yield from _damaged(folder)


def _damaged(folder: Folder) -> Iterator[Finding]:
    """Read whole files: what rots on a disk keeps its size and time."""
    snapshots = Snapshots(folder.snapshots)
    for check in (partial(snapshots.check_index, folder.index, thorough=True), snapshots.check):
        try:
            check()
        except Unreadable as error:
            yield Finding(str(error), f"type: provkg rebuild --store {folder.path}")


def _too_little(folder: Folder, ledger: Ledger) -> Iterator[Finding]:
    # A record is warned at its gate of what the next level asks.
    wanting = sum(entry.leaf.warnings > 0 for entry in ledger.entries())
    if wanting:
        above = LEVELS[min(LEVELS.index(folder.level) + 1, len(LEVELS) - 1)]
        what = f"{wanting:,} of {ledger.size:,} record(s) miss something that {above} asks"
        yield Finding(what, f"type: provkg check --level {above} --store {folder.path}", wrong=False)


def _unknown_projects(folder: Folder, ledger: Ledger) -> Iterator[Finding]:
    # A misspelt name would leave its project at the graph's level, and nobody would notice.
    known = {entry.leaf.project for entry in ledger.entries()} if folder.project_levels and ledger.size else set()
    for name in sorted(folder.project_levels.keys() - known) if known else ():
        what = f"{SETTINGS_FILE} gives the project {name!r} a level, and no record is of that project"
        yield Finding(what, f"correct the name in {folder.path / SETTINGS_FILE} if it is misspelt", wrong=False)
