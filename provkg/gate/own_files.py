"""The owner's files beside ours, shapes and terms: the sound ones are used, the others are named with what is wrong.

A wrong file never stops the gate: what our shapes and the sound files ask holds as before, and whoever opens the graph
is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode

from provkg.errors import Unreadable
from provkg.folder import LEVELS
from provkg.gate.circles import circles
from provkg.gate.engines import ENGINES, engine
from provkg.gate.flaw import Flaw
from provkg.gate.lines import Located, located
from provkg.gate.own_terms import NO_TERMS, OwnTerms, own_terms
from provkg.gate.shapes import Node, Shapes
from provkg.gate.tailoring import tailored
from provkg.gate.wellformed import flaws_of_shapes
from provkg.resources import SHAPES

Stamp = tuple[Path, int, int]
"""A file with its time and size: the same stamp is taken for the same content."""


@dataclass(frozen=True)
class OwnFiles:
    """The owner's sound files, the terms they define, and the flaws of the others."""

    shapes: tuple[Path, ...] = ()
    ontology: tuple[Path, ...] = ()
    terms: OwnTerms = NO_TERMS
    flaws: tuple[Flaw, ...] = ()

    @property
    def complaints(self) -> list[str]:
        """One line for each wrong file: its first flaw, how many more there are, and what becomes of it."""
        by_file: dict[Path, list[Flaw]] = {}
        for flaw in self.flaws:
            by_file.setdefault(flaw.file, []).append(flaw)
        return [_complaint(flaws) for flaws in by_file.values()]


def own_files(shapes: Iterable[Path], ontology: Iterable[Path]) -> OwnFiles:
    """Return what is sound of the owner's files of shapes and of terms."""
    return _checked(stamps(shapes), stamps(ontology))


def stamps(files: Iterable[Path]) -> tuple[Stamp, ...]:
    """Return the files as they are now, sorted."""
    return tuple(sorted(_stamp(file) for file in files))


@lru_cache(maxsize=32)
def _checked(shapes: tuple[Stamp, ...], ontology: tuple[Stamp, ...]) -> OwnFiles:
    said, flaws = _read(file for file, _, _ in shapes)
    sound, wrong = _sound(said)
    defined, unreadable = _read(file for file, _, _ in ontology)
    terms, misdefined = own_terms(defined)
    of_terms = tuple(file for file in defined if file not in {flaw.file for flaw in misdefined})
    return OwnFiles(sound, of_terms, terms, (*flaws, *wrong, *unreadable, *misdefined))


def _sound(said: Mapping[Path, Sequence[Located]]) -> tuple[tuple[Path, ...], list[Flaw]]:
    """Return the files whose shapes can be used together, and what is wrong with the others."""
    sound, found = dict(said), list[Flaw]()
    while flaws := [flaw for file in sound for flaw in _flaws(file, sound)] or _flaws_together(sound):
        found += flaws
        wrong = {flaw.file for flaw in flaws}
        sound = {file: statements for file, statements in sound.items() if file not in wrong}
    return tuple(sound), found


def _flaws(file: Path, said: Mapping[Path, Sequence[Located]]) -> list[Flaw]:
    others = {other: _subjects(statements) for other, statements in said.items() if other < file}
    twice = [
        Flaw(file, each.line, f"{each.triple.subject} is described in {other} already; keep one of the two")
        for each in said[file]
        for other, subjects in others.items()
        if each.triple.subject in subjects
    ]
    known = {subject for statements in said.values() for subject in _subjects(statements)} | _our_shapes()
    named = {each.triple.object for other, statements in said.items() if other != file for each in statements}
    return twice[:1] or flaws_of_shapes(file, said[file], known, named=named)


def _flaws_together(said: Mapping[Path, Sequence[Located]]) -> list[Flaw]:
    """Return the shapes made of themselves, over whatever files; or a flaw for each that no engine takes with ours."""
    if not said:
        return []
    if found := circles(said):
        return found
    try:
        shapes = Shapes.read([*sorted(SHAPES.glob("*.ttl")), *said])
        engine(ENGINES[0], tailored(shapes, LEVELS[0], whole=True).text)
    except Unreadable as error:
        return [Flaw(file, None, str(error)) for file in said]
    return []


def _read(files: Iterable[Path]) -> tuple[dict[Path, list[Located]], list[Flaw]]:
    said: dict[Path, list[Located]] = {}
    flaws: list[Flaw] = []
    for file in files:
        try:
            _check_is_file(file)
            said[file] = located(file)
        except Unreadable as error:
            flaws.append(Flaw.of(file, error))
    return said, flaws


def _check_is_file(file: Path) -> None:
    # Reading a pipe, we would wait for ever.
    if file.exists() and not file.is_file():
        raise Unreadable("it is no file; move it away")


@lru_cache(maxsize=1)
def _our_shapes() -> frozenset[Node]:
    return frozenset(subject for file in SHAPES.glob("*.ttl") for subject in _subjects(located(file)))


def _subjects(said: Sequence[Located]) -> set[Node]:
    subjects = (each.triple.subject for each in said)
    return {subject for subject in subjects if isinstance(subject, NamedNode | BlankNode)}


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return file, 0, -1
    return file, found.st_mtime_ns, found.st_size


def _complaint(flaws: Sequence[Flaw]) -> str:
    more = f" (and {len(flaws) - 1} more)" if len(flaws) > 1 else ""
    return f"{flaws[0]}{more}; the file is left out until it is mended"
