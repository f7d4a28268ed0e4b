"""What was found out about one place of one file, folder or thing, in words and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

Status = Literal["unchanged", "changed", "moved", "gone", "not reachable", "cannot be judged"]
STATUSES: Final[tuple[Status, ...]] = ("changed", "gone", "moved", "cannot be judged", "not reachable", "unchanged")
"""The worst first; the first two fail a check."""
FAILING: Final = frozenset({"changed", "gone"})
SHOWN_NAMES: Final = 10


@dataclass(frozen=True, kw_only=True)
class FileFinding:
    """One place that the graph names, and what is there now.

    `file` is the IRI of what is looked for, `of` the things that it is a file of, as pairs of IRI and name. `sha256`
    and `size` were recorded, `there_sha256` and `there_size` are there; `now` names what the graph knows to have that
    content. `found` lists where else the recorded content lies. Of a folder, `added`, `missing` and `differing` list
    files by their place in it. `why` says what else there is to say; `unread` means that it should have been readable.
    """

    status: Status
    kind: Literal["file", "folder", "content"]
    location: str | None
    file: str
    sha256: str | None = None
    size: int | None = None
    there_sha256: str | None = None
    there_size: int | None = None
    of: tuple[tuple[str, str], ...] = ()
    now: tuple[tuple[str, str], ...] = ()
    found: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    why: str = ""
    link: str | None = None
    unread: bool = False

    @property
    def failing(self) -> bool:
        """Whether what was recorded is not there any more."""
        return self.status in FAILING

    def facts(self) -> dict[str, Any]:
        """Return it for programs: what is not known is left out."""
        said: dict[str, Any] = {"status": self.status, "kind": self.kind, "location": self.location, "file": self.file}
        said["of"] = [{"iri": iri, "name": name} for iri, name in self.of]
        said["recorded"] = _content(self.sha256, self.size)
        said["there"] = _content(self.there_sha256, self.there_size)
        if self.now:
            said["there"]["of"] = [{"iri": iri, "name": name} for iri, name in self.now]
        lists = {"found": self.found, "added": self.added, "gone": self.missing, "changed": self.differing}
        said |= {name: list(each) for name, each in lists.items() if each}
        said |= {name: text for name, text in (("why", self.why), ("link", self.link)) if text}
        return {name: value for name, value in said.items() if value not in (None, {})}

    def __str__(self) -> str:
        return "\n    ".join(map(_printable, [f"{self.status}: {self._head()}", *self._details()]))

    def _head(self) -> str:
        called = ", ".join(name for _, name in self.of[:3]) + (
            f" and {len(self.of) - 3} more" if len(self.of) > 3 else ""
        )
        place = self.location or self.file
        kind = "the folder " if self.kind == "folder" else ""
        return f"{kind}{place}" + (f" ({called})" if called else "")

    def _details(self) -> Iterator[str]:
        if self.status == "changed" and self.kind != "folder":
            known = f", the content of {', '.join(name for _, name in self.now[:3])}" if self.now else ""
            if self.there_sha256:
                yield f"recorded: {_in_words(self.sha256, self.size)}"
                yield f"there:    {_in_words(self.there_sha256, self.there_size)}{known}"
        for word, names in (("added", self.added), ("gone", self.missing), ("changed", self.differing)):
            if names:
                more = f" and {len(names) - SHOWN_NAMES:,} more" if len(names) > SHOWN_NAMES else ""
                yield f"{word} in it: {', '.join(names[:SHOWN_NAMES])}{more}"
        if self.found:
            yield f"the same bytes: {', '.join(self.found[:3])}"
        if self.why:
            yield self.why
        if self.link:
            yield f"a link to {self.link}"


def _printable(text: str) -> str:
    """Return `text` with what a terminal would obey, and what is no text, escaped: anybody may name a file."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _content(sha256: str | None, size: int | None) -> dict[str, Any]:
    return {name: value for name, value in (("sha256", sha256), ("size", size)) if value is not None}


def _in_words(sha256: str | None, size: int | None) -> str:
    return f"{'unknown' if size is None else f'{size:,}'} bytes, sha256 {sha256}"
