"""`provkg.toml`: the one place for what only people know, found upward from where work is done.

Its first lines say what holds everywhere (`store`, `base`, `level`, `project`, `experiment`, `responsible`, `agent`);
its tables say what is known of one thing, by name or pattern: `[datasets."digits"]`, `[datasets."data/*.csv"]`,
`[models."grader"]`. A `[tool.provkg]` table in `pyproject.toml` says the same.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

FACTS_FILE: Final = "provkg.toml"
PROJECT_FILE: Final = "pyproject.toml"
VARIABLE: Final = "PROVKG_FACTS"
OFF: Final = frozenset({"", "0", "off", "no", "false"})
SETTINGS: Final = ("store", "base", "level", "project", "experiment", "responsible", "agent")
TABLES: Final = ("datasets", "models", "experiments", "runs", "metrics", "deployments")
_TOOL: Final = ("tool", "provkg")
_HEADER: Final = re.compile(r"\s*\[([^\[].*?)\]\s*(#.*)?$")
_KEY: Final = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*[=.]""")
_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")
_WRITABLE_BY_ALL: Final = 0o002
_WILD: Final = re.compile(r"[*?\[/]")
Words = tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """A value that a person wrote down, and where: `provkg.toml:12`."""

    value: Any
    place: str


@dataclass(frozen=True)
class FactsFile:
    """What one file says; `complaints` are sentences about what in it is left out, each with file and line."""

    path: Path | None = None
    settings: Mapping[str, Fact] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Mapping[str, Fact]]] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()

    def of(self, table: str, name: str, paths: Iterable[str | os.PathLike[str]] = ()) -> dict[str, Fact]:
        """Return what the file says of the thing called `name` that lies at `paths`; what is more exact comes first."""
        found: dict[str, Fact] = {}
        for said in self._fitting(table, name, paths):
            found = {**said, **found}
        return found

    @property
    def store(self) -> Path | None:
        """The folder of the graph, where the file names one: wherever work is done, records go to one place."""
        said = self.settings.get("store")
        return None if said is None or self.path is None else self.path.parent / str(said.value)

    def has(self, table: str, name: str) -> bool:
        """Whether the file has a table of just that name."""
        return name in self.tables.get(table, {})

    def _fitting(self, table: str, name: str, paths: Iterable[str | os.PathLike[str]]) -> Iterator[Mapping[str, Fact]]:
        tables = self.tables.get(table)
        if not tables:
            return
        if name in tables:
            yield tables[name]
        places = [place for path in paths for place in self._places(path)]
        for pattern, said in tables.items():
            if pattern != name and _WILD.search(pattern) and _fits(pattern, name, places):
                yield said

    def _places(self, path: str | os.PathLike[str]) -> Iterator[str]:
        absolute = os.path.abspath(path)  # noqa: PTH100 - without following links, as the pattern was written
        yield Path(absolute).as_posix()
        if self.path is not None and (folder := os.fspath(self.path.parent)) != os.sep:
            beside = os.path.relpath(absolute, folder)
            if not beside.startswith(os.pardir):
                yield Path(beside).as_posix()


NO_FACTS: Final = FactsFile()


def facts_of_work(*starts: Path) -> FactsFile:
    """Return what holds for work in `starts`: the file that `PROVKG_FACTS` names, else the one found from there."""
    told = os.environ.get(VARIABLE)
    if told is not None:
        return NO_FACTS if told.lower() in OFF else read_facts(Path(told))
    found = find_facts(*starts)
    return NO_FACTS if found is None else read_facts(found)


def _fits(pattern: str, name: str, places: Sequence[str]) -> bool:
    return any(fnmatchcase(each, pattern) for each in (name, *places))


def find_facts(*starts: Path) -> Path | None:
    """Return the file that holds for work in the first of the folders `starts` above which there is one."""
    return next((found for start in starts for folder in _upward(start) if (found := _in(folder)) is not None), None)


def _upward(start: Path) -> Iterator[Path]:
    """Yield `start` and the folders above it, up to the repository's root or the home folder."""
    # Not Path.resolve: through a link, the project is where the user sees it.
    folder, home = start.absolute(), Path(os.path.expanduser("~"))  # noqa: PTH111 - it never raises
    while True:
        yield folder
        if folder in (home, folder.parent) or (folder / ".git").exists():
            return
        folder = folder.parent


def _in(folder: Path) -> Path | None:
    own = folder / FACTS_FILE
    if own.is_file():
        return own if _is_trusted(own) else None
    shared = folder / PROJECT_FILE
    try:
        mentions = b"tool.provkg" in shared.read_bytes()
    except OSError:
        return None
    return shared if mentions and _is_trusted(shared) else None


def _is_trusted(file: Path) -> bool:
    """Whether who wrote `file` may say where records go: in a folder such as /tmp anybody can leave one."""
    try:
        folder, owner = file.parent.stat(), file.stat().st_uid
    except OSError:
        return False
    return owner in {os.geteuid(), 0} or (owner == folder.st_uid and not folder.st_mode & _WRITABLE_BY_ALL)


def read_facts(path: Path) -> FactsFile:
    """Return what the file at `path` says; what in it is wrong is left out and stands in `complaints`."""
    try:
        text = path.read_text("utf-8-sig")
        said = tomllib.loads(text)
    except OSError as error:
        return FactsFile(path, complaints=(f"{path} cannot be read: {error.strerror}",))
    except UnicodeDecodeError:
        return FactsFile(path, complaints=(f"{path} is not UTF-8 text; nothing in it is used",))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return FactsFile(path, complaints=(_no_toml(path, str(error)),))
    prefix = _TOOL if path.name == PROJECT_FILE else ()
    for word in prefix:
        said = said.get(word, {})
    return _Reading(path, prefix, dict(_lines(text))).of(said)


def _no_toml(path: Path, error: str) -> str:
    line = _LINE.search(error)
    where = f"{path}:{line[1]}" if line is not None and line[1] else str(path)
    return f"{where}: {_LINE.sub('', error)}; nothing in this file is used until that is mended"


@dataclass
class _Reading:
    path: Path
    prefix: Words
    lines: Mapping[Words, int]
    complaints: list[str] = field(default_factory=list)

    def of(self, said: Mapping[str, Any]) -> FactsFile:
        settings: dict[str, Fact] = {}
        tables: dict[str, dict[str, dict[str, Fact]]] = {}
        for word, value in said.items():
            if word in TABLES and isinstance(value, dict):
                tables[word] = dict(self._things(word, value))
            elif word in SETTINGS and isinstance(value, str):
                settings |= {word: Fact(value, self._place(word))} if value.strip() else {}
            else:
                self.complaints.append(self._unknown(word, value))
        return FactsFile(self.path, settings, tables, tuple(self.complaints))

    def _things(self, table: str, said: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Fact]]]:
        for name, about in said.items():
            if isinstance(about, dict):
                facts = {key: Fact(value, self._place(table, name, key)) for key, value in about.items()}
                yield name, {key: fact for key, fact in facts.items() if is_said(fact.value)}
            else:
                self.complaints.append(
                    f"{self._place(table, name)}: {name} stands in no table of a thing; "
                    f'write [{table}."NAME"] and below it {name} = …'
                )

    def _unknown(self, word: str, value: Any) -> str:
        where = self._place(word)
        if word in TABLES:
            return f'{where}: {word} is a table; write [{word}."NAME"] and below it what is known of it'
        if word in SETTINGS:
            return f"{where}: {word} = {value!r} is no text"
        near = get_close_matches(word, [*SETTINGS, *TABLES], 1)
        said = f"did you mean {near[0]}?" if near else f"known are {', '.join([*SETTINGS, *TABLES])}"
        return f"{where}: nothing is called {word}; {said}"

    def _place(self, *words: str) -> str:
        line = self.lines.get((*self.prefix, *words))
        return f"{self.path}:{line}" if line is not None else str(self.path)


def is_said(value: Any) -> bool:
    """Whether `value` has been filled in: an empty text or list has not."""
    return bool(value.strip()) if isinstance(value, str) else value != [] and value != {}


def _lines(text: str) -> Iterator[tuple[Words, int]]:
    """Yield the tables and keys of TOML text with the number of their line, as far as lines tell."""
    table: Words = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _words(header[1])
            yield from ((table[:depth], number) for depth in range(1, len(table) + 1))
        elif key := _KEY.match(line):
            yield (*table, *_words(key[1])), number


def _words(header: str) -> Words:
    try:
        here: Any = tomllib.loads(f"{header} = 0")
    except tomllib.TOMLDecodeError:  # within a text of several lines
        return ("",)
    words = []
    while isinstance(here, dict) and here:
        word, here = next(iter(here.items()))
        words.append(word)
    return tuple(words)
