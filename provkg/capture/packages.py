"""The packages that are installed, with the commit, archive or working folder that those from elsewhere came from."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import metadata
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from provkg.capture.secrets import without_credentials
from provkg.records import ArtifactFile, SoftwarePackage, SourceRepository, SourceRevision

MODULE_PACKAGES: Final = {
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "yaml": "PyYAML",
}
MOST_FOLDERS: Final = 10
_NAMED: Final = re.compile(r"^(Name|Version):[ \t]*(\S.*?)\s*$", re.MULTILINE)
_COMMIT: Final = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")
_SHA256: Final = re.compile("[0-9a-f]{64}")


def installed_packages(path: Sequence[str] | None = None) -> tuple[SoftwarePackage, ...]:
    """Return every package that is installed on `path`, this Python's unless given, sorted by name.

    Of two on the path it is the first, as Python imports it.
    """
    found: dict[str, SoftwarePackage] = {}
    for distribution in _distributions(path):
        if (told := described(distribution)) is not None:
            found.setdefault(told.name.lower().replace("_", "-"), told)
    return tuple(found[name] for name in sorted(found))


def _distributions(path: Sequence[str] | None) -> Iterable[Distribution]:
    return metadata.distributions() if path is None else metadata.distributions(path=[*path])


@cache
def package(name: str) -> SoftwarePackage | None:
    """Return the installed package of that name, or the one that brings the module of that name."""
    root = name.partition(".")[0]
    for candidate in dict.fromkeys((name, MODULE_PACKAGES.get(root, root))):
        try:
            return described(metadata.distribution(candidate))
        except (metadata.PackageNotFoundError, ValueError):
            continue
    if root in sys.stdlib_module_names or root not in sys.modules:
        return None
    names = _packages_of_modules().get(root)
    return described(metadata.distribution(names[0])) if names else None


@cache
def _packages_of_modules() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()  # reads every package's list of files


def described(distribution: Distribution) -> SoftwarePackage | None:
    """Return a package with where it came from, as its installer noted (PEP 610); None for remains of one."""
    told = dict(_NAMED.findall(_head(distribution)))
    if not {"Name", "Version"} <= told.keys():
        return None
    origin = _origin(distribution)
    digest = _digest(origin)
    return SoftwarePackage(
        name=told["Name"],
        version=told["Version"],
        revision=_revision(origin),
        archive=_at_hand(origin, digest) if digest else None,
        sha256=digest,
    )


def _head(distribution: Distribution) -> str:
    # To ask for its name and version is to have all of its description parsed twice: 1 ms a package.
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    return text.partition("\n\n")[0]


def working_folders(path: Sequence[str] | None = None) -> Iterator[Path]:
    """Yield the folders of packages on `path` that are imported from where they are worked on."""
    for distribution in _distributions(path):
        match _origin(distribution):
            case {"url": str(url), "dir_info": {"editable": True}} if url.startswith("file:"):
                yield Path(unquote(urlsplit(url).path))


def _origin(distribution: Distribution) -> Mapping[str, Any]:
    try:
        said = json.loads(distribution.read_text("direct_url.json") or "{}")
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _revision(origin: Mapping[str, Any]) -> SourceRevision | None:
    match origin:
        case {"url": str(url), "vcs_info": {"vcs": "git", "commit_id": str(commit)}} if _COMMIT.fullmatch(commit):
            repository = SourceRepository(url=without_credentials(url))
            return SourceRevision(commit=commit, is_dirty=False, repository=repository)
    return None


def _digest(origin: Mapping[str, Any]) -> str | None:
    match origin:
        case {"archive_info": {"hashes": {"sha256": str(digest)}}} if _SHA256.fullmatch(digest):
            return digest
        case {"archive_info": {"hash": str(said)}} if _SHA256.fullmatch(said.removeprefix("sha256=")):
            return said.removeprefix("sha256=")
    return None


def _at_hand(origin: Mapping[str, Any], digest: str) -> ArtifactFile | None:
    """Return the file of `digest` where it still lies on this machine: of another nobody here knows the size."""
    location = urlsplit(str(origin.get("url")))
    if location.scheme != "file":
        return None
    from provkg.capture.files import media_type  # for those few that were installed out of files

    path = Path(unquote(location.path))
    try:
        size, kind = path.stat().st_size, media_type(path)
    except OSError:
        return None
    return ArtifactFile(sha256=digest, byte_size=size, media_type=kind, location=path.as_uri())
