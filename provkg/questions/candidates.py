"""Things that a name fits, and which of them it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from provkg.questions.terms import short

LATEST: Final = "latest"
SHORTEST_PREFIX: Final = 4


@dataclass(frozen=True)
class Candidate:
    """A thing that a name fits; a `whole` is what others that the name fits are versions of."""

    thing: NamedNode
    version: str | None
    digest: str | None
    made_by: str | None = None
    when: str | None = None
    whole: bool = False
    called: str | None = None
    """Its own name, where what was asked for is none."""

    @property
    def kind(self) -> str:
        """The kind that its IRI names, if it is one of ours."""
        return short(self.thing).partition("/")[0]

    @property
    def is_file(self) -> bool:
        """Whether it is bytes, named by their digest (RFC 6920) or as a file."""
        return self.thing.value.startswith("ni:") or self.kind in {"file", "artifact-file"}

    def line(self, name: str) -> str:
        """Return what is said about it where a name fits several."""
        return "  ".join(
            part
            for part in (
                self.called or (f"{name}@{self.version}" if self.version else name),
                short(self.thing),
                self.when,
                f"made by {self.made_by}" if self.made_by else None,
            )
            if part
        )


def meant(found: Sequence[Candidate]) -> list[Candidate]:
    """Return those of `found` that a bare name means: the versions, and their whole only when nothing else bears it.

    Where it is a model's, it means neither the architecture of that name nor the checkpoint that was made the model.
    """
    versions = [candidate for candidate in found if not candidate.whole] or list(found)
    models = {candidate.digest for candidate in versions if candidate.kind == "model-version"}
    beside = [each for each in versions if each.kind == "model-architecture"] if models else []
    beside += [each for each in versions if each.kind == "checkpoint" and each.digest in models]
    return [candidate for candidate in versions if candidate not in beside]


def of_bytes(found: Sequence[Candidate]) -> list[Candidate]:
    """Return those of `found` that a file at hand, or its path, means: a model rather than a file that is its bytes.

    Nor does it mean what only has the file because the model has it: a deployment that serves it.
    """
    things = [each for each in meant(found) if not each.is_file] or meant(found)
    return [each for each in things if each.kind != "deployment"] or things


def of_version(found: Sequence[Candidate], version: str) -> list[Candidate]:
    """Return those of `found`, newest first, that `version` means: a version, its start, or that of a digest or key."""
    if version == LATEST:
        return meant(found)[:1]
    exact = [candidate for candidate in meant(found) if candidate.version == version]
    return exact or [candidate for candidate in found if _starts_with(candidate, version)]


def _starts_with(candidate: Candidate, version: str) -> bool:
    key = candidate.thing.value.rpartition("/")[2]
    texts = (candidate.version or "", candidate.digest or "", key)
    return len(version) >= SHORTEST_PREFIX and any(text.startswith(version) for text in texts)
