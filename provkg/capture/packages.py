"""The packages that are installed, with the commit, archive or working folder that those from elsewhere came from."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
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


def installed_packages() -> tuple[SoftwarePackage, ...]:
    """Return every installed package, sorted by name; the first of two on the path, as Python imports it."""
    found: dict[str, SoftwarePackage] = {}
    for distribution in metadata.distributions():
        if (told := described(distribution)) is not None:
            found.setdefault(told.name.lower().replace("_", "-"), told)
    return tuple(found[name] for name in sorted(found))


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
    return SoftwarePackage(
        name=told["Name"], version=told["Version"], revision=_revision(origin), archive=_archive(origin)
    )


def _head(distribution: Distribution) -> str:
    # To ask for its name and version is to have all of its description parsed twice: 1 ms a package.
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    return text.partition("\n\n")[0]


def working_folders() -> Iterator[Path]:
    """Yield the folders of packages that are imported from where they are worked on."""
    for distribution in metadata.distributions():
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


def _archive(origin: Mapping[str, Any]) -> ArtifactFile | None:
    match origin:
        case {"url": str(url), "archive_info": {"hashes": {"sha256": str(digest)}}} if _SHA256.fullmatch(digest):
            return ArtifactFile(sha256=digest, location=without_credentials(url))
        case {"url": str(url), "archive_info": {"hash": str(said)}} if _SHA256.fullmatch(said.removeprefix("sha256=")):
            return ArtifactFile(sha256=said.removeprefix("sha256="), location=without_credentials(url))
    return None
