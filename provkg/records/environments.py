"""Where and with what a run took place: packages, hardware, containers, source code.

Everything here is identified by its content, so that a thousand runs in one environment share one node.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Final
from urllib.parse import quote

from pyoxigraph import NamedNode, Triple

from provkg import vocabulary
from provkg.identity import Names, canonical_json, file_iri
from provkg.literals import any_uri, double, literal
from provkg.records.description import Description, Iri, Pointer, Reference, points, says, several
from provkg.records.encoding import encoded
from provkg.records.fields import absences

_SHA256: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ArtifactFile(Description):
    """Bytes with a digest; named by it on every machine (RFC 6920)."""

    CLASS: ClassVar = vocabulary.ArtifactFile
    sha256: str = says(vocabulary.sha256)
    byte_size: int | None = says(vocabulary.byteSize)
    media_type: str | tuple[str, ...] | None = says(vocabulary.mediaType)
    location: str | tuple[str, ...] | None = says(vocabulary.storageLocation, any_uri)

    def reference(self) -> Reference | Iri:
        """Return the name of the bytes; of a file without a digest, which the gate refuses, what is said of it."""
        if not _SHA256.fullmatch(str(self.sha256)):
            return super().reference()
        return Iri(file_iri(self.sha256).value)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SoftwarePackage(Description):
    """One version of one package; its IRI is its package URL."""

    CLASS: ClassVar = vocabulary.SoftwarePackage
    name: str = says(vocabulary.packageName)
    version: str = says(vocabulary.packageVersion)
    revision: SourceRevision | None = points(vocabulary.prov_wasDerivedFrom, sparse=True)
    """The commit that it was built from, where it was installed out of a repository."""
    archive: ArtifactFile | None = points(vocabulary.hasFile, sparse=True)
    """The file that it was installed from, where that is not the registry's and is at hand."""
    sha256: str | None = says(vocabulary.sha256, sparse=True)
    """The digest of that file, wherever it is."""

    def reference(self) -> Reference | Iri:
        """Return the package URL (purl specification, type pypi); without name or version, what is said of it."""
        if None in (self.name, self.version):
            return super().reference()
        package = f"pkg:pypi/{quote(self.name.lower().replace('_', '-'), safe='')}@{quote(self.version, safe='')}"
        origin = "&".join(f"{name}={quote(value, safe=':/')}" for name, value in sorted(self._origin()))
        return Iri(f"{package}?{origin}" if origin else package)

    def _origin(self) -> Iterator[tuple[str, str]]:
        # Two builds of one version are two packages (purl specification, qualifiers).
        digest = self.sha256 or getattr(self.archive, "sha256", None)
        if digest is not None:
            yield "checksum", f"sha256:{digest}"
        if self.revision is not None and isinstance(self.revision.repository, SourceRepository):
            yield "vcs_url", f"git+{self.revision.repository.url}@{self.revision.commit}"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SoftwareEnvironment(Description):
    """The interpreter and its packages."""

    CLASS: ClassVar = vocabulary.SoftwareEnvironment
    python_version: str | None = says(vocabulary.pythonVersion)
    packages: tuple[SoftwarePackage, ...] = says(vocabulary.includesPackage, default=())
    lock_file: ArtifactFile | Pointer | tuple[ArtifactFile | Pointer, ...] | None = points(
        vocabulary.lockFile, sparse=True
    )
    code: tuple[SourceRevision | Pointer, ...] = several(vocabulary.includesCode)
    """Working folders that packages are imported from."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Accelerator(Description):
    """One model of GPU or other accelerator, and how many of it."""

    CLASS: ClassVar = vocabulary.Accelerator
    model: str = says(vocabulary.acceleratorModel)
    count: int = says(vocabulary.acceleratorCount)
    memory_bytes: int | None = says(vocabulary.memoryBytes)
    driver_version: str | None = says(vocabulary.driverVersion)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class HardwareConfiguration(Description):
    """CPU, memory and accelerators, without the host's name."""

    CLASS: ClassVar = vocabulary.HardwareConfiguration
    cpu_model: str | None = says(vocabulary.cpuModel)
    cpu_count: int | None = says(vocabulary.cpuCount)
    memory_bytes: int | None = says(vocabulary.memoryBytes)
    architecture: str | None = says(vocabulary.architecture)
    accelerators: tuple[Accelerator, ...] = says(vocabulary.hasAccelerator, default=())


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ContainerImage(Description):
    """A container image by its reference."""

    CLASS: ClassVar = vocabulary.ContainerImage
    image_reference: str = says(vocabulary.imageReference)
    external_id: str | None = says(vocabulary.externalId, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ClusterConfiguration(Description):
    """Several machines that work as one."""

    CLASS: ClassVar = vocabulary.ClusterConfiguration
    node_count: int = says(vocabulary.nodeCount)
    scheduler_name: str | None = says(vocabulary.schedulerName)
    processes_per_node: int | None = says(vocabulary.processesPerNode)
    interconnect: str | None = says(vocabulary.interconnect)
    partition: str | None = says(vocabulary.partitionName, sparse=True)
    accelerators_per_node: int | None = says(vocabulary.acceleratorsPerNode, sparse=True)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FileSet(Description):
    """Files that belong together, with the digest of their manifest."""

    CLASS: ClassVar = vocabulary.FileSet
    KEY: ClassVar = ("sha256",)
    sha256: str = says(vocabulary.sha256)
    files: tuple[ArtifactFile, ...] = several(vocabulary.prov_hadMember, sparse=False)
    title: str | None = says(vocabulary.dct_title)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Environment(Description):
    """Operating system, software, hardware and container of a run."""

    CLASS: ClassVar = vocabulary.Environment
    KEY: ClassVar = ("digest",)
    os_name: str | None = says(vocabulary.osName)
    kernel_version: str | None = says(vocabulary.kernelVersion)
    software: SoftwareEnvironment | None = says(vocabulary.hasSoftware)
    hardware: HardwareConfiguration | None = says(vocabulary.hasHardware)
    container: ContainerImage | None = says(vocabulary.hasContainer)
    cluster: ClusterConfiguration | None = says(vocabulary.hasCluster)
    cpu_limit: float | None = says(vocabulary.cpuLimit, double, sparse=True)
    memory_limit_bytes: int | None = says(vocabulary.memoryLimitBytes, sparse=True)
    absent: tuple[Iri | str, ...] = absences()

    @property
    def digest(self) -> str:
        """SHA-256 over the facts of all parts: equal environments have one digest in every graph."""
        # Facts, not IRIs; and as key a digest, since a pointer that named each package would outweigh its record.
        return sha256(canonical_json(_identifying(encoded(self)))).hexdigest()

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """State the digest."""
        yield Triple(subject, vocabulary.sha256, literal(self.digest))


def _identifying(said: Any) -> Any:
    # A lock file in another folder pins the same packages, and a float has one text in every language: XSD's.
    if isinstance(said, float):
        return double(said).value
    if isinstance(said, dict):
        return {name: _identifying(value) for name, value in said.items() if name != "location"}
    return [_identifying(each) for each in said] if isinstance(said, list | tuple) else said


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ComputeNode(Description):
    """The host of a run, known by a pseudonym."""

    CLASS: ClassVar = vocabulary.ComputeNode
    KEY: ClassVar = ("host",)
    host: str
    title: str | None = says(vocabulary.dct_title, sparse=True)

    def implied(self, subject: NamedNode, names: Names) -> Iterator[Triple]:  # noqa: ARG002
        """Name the host by a pseudonym: its real name says more than provenance needs."""
        yield Triple(subject, vocabulary.hostName, literal(f"host-{subject.value.rsplit('/', 1)[-1][:8]}"))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SourceRepository(Description):
    """Where code lives; without credentials in its URL."""

    CLASS: ClassVar = vocabulary.SourceRepository
    url: str = says(vocabulary.repositoryUrl, any_uri)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SourceRevision(Description):
    """The code that ran: a commit and what was changed on top of it, or without git the digest of the script."""

    CLASS: ClassVar = vocabulary.SourceRevision
    KEY: ClassVar = ("repository", "commit", "sha256", "patch_digest")
    commit: str | None = says(vocabulary.commitId)
    sha256: str | None = says(vocabulary.sha256)
    is_dirty: bool | None = says(vocabulary.isDirty)
    branch: str | None = says(vocabulary.branchName)
    repository: SourceRepository | Reference | None = points(vocabulary.inRepository)
    base_revision: SourceRevision | Pointer | None = points(vocabulary.baseRevision, sparse=True)
    patch: ArtifactFile | None = says(vocabulary.uncommittedPatch)
    patch_digest: str | None = None
    """What tells it from other states of the same commit; None where it is the commit's own."""
    digest_form: str | None = says(vocabulary.digestForm, sparse=True)
    files: tuple[ArtifactFile, ...] = several(vocabulary.hasFile)
    """Files that ran and that no commit holds."""
    submodules: tuple[SourceRevision | Pointer, ...] = several(vocabulary.submodule)
