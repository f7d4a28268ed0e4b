"""Taking a redacted value out of what lies beside the ledger: spool files, their verdicts, and refused records."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from provkg.capture.spool import spool_files
from provkg.capture.spool.rewriting import rewrite
from provkg.entailment import closed
from provkg.errors import ProvkgError, StorageFailed
from provkg.folder import Folder
from provkg.graph.canonical import is_ground, lines_of, normalised
from provkg.graph.standing import Standing
from provkg.identity import Names
from provkg.records import Description, Stated
from provkg.records.description import term
from provkg.records.encoding import decoded, encoded
from provkg.records.rebuilding import rebuilt
from provkg.vocabulary import NAMESPACES

GONE: Final = "[redacted]"
SHORTEST: Final = 4
"""Characters below which a text is taken out only where it is known to be the value: else it would be everywhere."""


class Scrubbing:
    """Takes out of the files of one graph what `standing` redactions close, and the known `texts` wherever they are."""

    def __init__(self, folder: Folder, names: Names, standing: Standing, texts: Iterable[str] = ()) -> None:
        self._folder, self._names, self._standing = folder, names, standing
        self._texts = set(texts)

    def everything(self) -> None:
        """Go through spool, refused records and kept code; raises `StorageFailed` where a file cannot be written."""
        self.spool()
        self._refused()
        for patch in sorted(self._folder.code.glob("*.patch")):
            _replace(patch, self._texts)

    def spool(self, records: Container[str] | None = None) -> None:
        """Go through the spool: what a live process wrote stays there until it ends, without the value.

        Of `records`, when they are named, others need not be looked at again.
        """

        def change(payload: dict[str, Any]) -> list[dict[str, Any]]:
            known = records is not None and payload.get("kind") == "record" and payload.get("record") not in records
            return [] if known else self._frame(payload)

        for file in spool_files(self._folder.spool):
            rewrite(file.path, change)
            _replace(file.verdicts, self._texts)

    def _refused(self) -> None:
        if not self._folder.rejected.is_dir():
            return
        files = sorted(self._folder.rejected.iterdir())
        for file in files:
            if file.name.endswith(".ttl") and not file.name.endswith(".report.ttl"):
                self._turtle(file)
            elif file.suffix == ".json":
                self._json(file)
            elif file.suffix == ".spool":
                rewrite(file, self._frame)
        for file in files:
            _replace(file, self._texts)

    def record(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return a record as JSON without what is closed."""
        return next(iter(self._frame(said)), said)

    def _frame(self, payload: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what may stand in place of `payload`, the best first; nothing where all of it may stay."""
        said, withheld = self._unsaid(payload)
        nodes = {each.subject.value for each in withheld if isinstance(each.subject, NamedNode)}
        texts = {each for each in self._texts if len(each) >= SHORTEST}
        pointing = [self._without_keys(said, nodes, texts, mark) for mark in (True, False)]
        made = [_blanked(each, texts) for each in pointing]
        return [] if made[0] == payload else made

    def _unsaid(self, payload: dict[str, Any]) -> tuple[dict[str, Any], set[Triple]]:
        """Return a payload without the closed statements of the descriptions in it, and these statements."""
        try:
            said = [each for each in decoded(payload.get("says", [])) if isinstance(each, Description)]
        except (ProvkgError, TypeError, AttributeError):
            return payload, set()  # of a newer version
        told = normalised(filter(is_ground, closed(t for each in said for t in self._stated(each))))
        withheld = self._standing.withheld(told)
        if not withheld:
            return payload, withheld
        self._texts |= _literals(withheld)
        return payload | {"says": [_filled(encoded(rebuilt(each, self._change(withheld)))) for each in said]}, withheld

    def _stated(self, said: Description) -> list[Triple]:
        try:
            return list(said.statements(self._names))
        except (ProvkgError, ValueError, ArithmeticError):
            return []  # said with names that nobody looked up, or with a value that no literal holds

    def _without_keys(self, said: Any, nodes: set[str], texts: set[str], mark: bool) -> Any:  # noqa: FBT001
        """Return JSON values in which things that are known by a value that goes are pointed at by IRI, or left out.

        With another name they would be other things.
        """
        if isinstance(said, list):
            return [self._without_keys(each, nodes, texts, mark) for each in said]
        if not isinstance(said, dict):
            return said
        made = {name: self._without_keys(value, nodes, texts, mark) for name, value in said.items()}
        # A record stays one; what was said of a run beside its records need not be said again.
        inner = "@" in said or said.get("kind") == "said"
        return {name: self._pointed(value, nodes, texts, mark) for name, value in made.items()} if inner else made

    def _pointed(self, value: Any, nodes: set[str], texts: set[str], mark: bool) -> Any:  # noqa: FBT001
        if isinstance(value, list):
            found = [self._pointed(each, nodes, texts, mark) for each in value]
            return [each for each in found if each is not None]
        if not isinstance(value, dict) or "@" not in value or not any(text in str(value) for text in texts):
            return value
        try:
            iri = decoded(value).iri(self._names).value
        except ProvkgError:
            return value
        if iri not in nodes:
            return value
        return {"@iri": iri} if mark else None

    def _change(self, withheld: set[Triple]) -> Any:
        lines = set(lines_of(withheld))

        def unsaid(described: Description, name: str, value: Any) -> Any:
            if isinstance(described, Stated):
                return None if name == "lines" and value in lines else value
            metadata = type(described).__dataclass_fields__[name].metadata
            if value is None or "term" not in metadata:
                return value
            try:
                meant = term(value, self._names, metadata["form"])
                stated = Triple(described.iri(self._names), metadata["term"], meant)
            except (ProvkgError, ValueError, ArithmeticError):
                return value  # it states nothing
            return None if withheld.intersection(normalised([stated])) else value

        return unsaid

    def _turtle(self, file: Path) -> None:
        try:
            said = [quad.triple for quad in parse(file.read_bytes(), format=RdfFormat.TURTLE)]
        except (SyntaxError, OSError):
            return  # half mended; its text is replaced like any other
        withheld = self._standing.withheld(normalised(closed(filter(is_ground, said))))
        self._texts |= _literals(withheld)
        _scrub_reports(file, _literals(withheld))
        kept = [each for each in said if not is_ground(each) or withheld.isdisjoint(normalised([each]))]
        if len(kept) < len(said):
            _write(file, serialize(kept, format=RdfFormat.TURTLE, prefixes=NAMESPACES) or b"")

    def _json(self, file: Path) -> None:
        try:
            said = json.loads(file.read_text("utf-8"))
        except (ValueError, OSError):
            return
        if not isinstance(said, dict):
            return
        _scrub_reports(file, _literals(self._unsaid(said)[1]))
        if (made := self.record(said)) != said:
            _write(file, json.dumps(made, ensure_ascii=False, indent=1).encode())


def _filled(said: Any) -> Any:
    """Return encoded descriptions without the gaps that values left in their fields."""
    if isinstance(said, list):
        return [_filled(each) for each in said]
    if not isinstance(said, dict):
        return said
    several = {name: [x for x in value if x is not None] for name, value in said.items() if isinstance(value, list)}
    whole = said | several if "@" in said else said
    return {name: _filled(value) for name, value in whole.items()}


def _blanked(said: Any, texts: set[str]) -> Any:
    """Return JSON values without `texts`; what replaces one is not longer."""
    match said:
        case str():
            return _without(said, texts)
        case list():
            return [_blanked(each, texts) for each in said]
        case dict():
            return {_without(name, texts): _blanked(value, texts) for name, value in said.items()}
        case _:
            return said


def _without(text: str, texts: Iterable[str]) -> str:
    for each in sorted(texts, key=len, reverse=True):
        for form in dict.fromkeys((each, _as_in_lines(each))):
            text = text.replace(form, GONE[: len(form)])
    return text


def _as_in_lines(text: str) -> str:
    """Return `text` as N-Triples and Turtle write it between quotes."""
    return str(Literal(text))[1:-1]


def _literals(withheld: Iterable[Triple]) -> set[str]:
    return {each.object.value for each in withheld if isinstance(each.object, Literal)}


def _scrub_reports(record: Path, texts: Iterable[str]) -> None:
    """Take `texts`, however short, out of the reports on a refused record that said them, where they are words."""
    for ending in (".report.txt", ".report.ttl"):
        report = record.with_name(record.name.removesuffix(record.suffix) + ending)
        if not report.is_file():
            continue
        content = report.read_bytes()
        made = content.decode("utf-8", "surrogateescape")
        for form in (
            form.decode("utf-8", "surrogatepass")
            for each in texts
            if 0 < len(each) < SHORTEST
            for form in _spellings(each)
        ):
            # A letter of a longer word is not the value, and its gap would tell what the value was.
            made = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", GONE, made)
        if (fresh := made.encode("utf-8", "surrogateescape")) != content:
            _write(report, fresh)


def _replace(file: Path, texts: Iterable[str]) -> None:
    chosen = [each for each in texts if len(each) >= SHORTEST]
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return
    made = content
    for each in sorted(chosen, key=len, reverse=True):
        for form in _spellings(each):
            # A damaged spool file stays as long as it was: what is intact in it is found by its place.
            filler = GONE[: len(form)].ljust(len(form) if file.suffix == ".spool" else 0, "*")
            made = made.replace(form, filler.encode())
    if made != content:
        _write(file, made)


def _spellings(text: str) -> Sequence[bytes]:
    forms = (text, _as_in_lines(text), json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    return [form.encode("utf-8", "surrogatepass") for form in dict.fromkeys(forms)]


def _write(file: Path, content: bytes) -> None:
    """Put `content` in the place of what the file holds: another file in its place would leave the old one on disk."""
    try:
        with file.open("r+b") as opened:
            opened.write(content)
            opened.truncate()
            os.fsync(opened.fileno())
    except OSError as error:
        raise StorageFailed(f"cannot write {file}: {error.strerror}") from error
