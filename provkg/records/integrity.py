"""Whether what is recorded still holds: signatures, re-hashed bytes, and values taken out on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from provkg import vocabulary
from provkg.literals import any_uri
from provkg.records import choices
from provkg.records.concepts import Concept, chosen
from provkg.records.description import Pointer, says, several
from provkg.records.environments import ArtifactFile
from provkg.records.fields import records
from provkg.records.things import Activity, Entity, Made


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Attestation(Made):
    """A signature over the digest of something; `predicate_type` says what the signer states by it."""

    CLASS: ClassVar = vocabulary.Attestation
    attests: tuple[Entity | ArtifactFile, ...] = several(vocabulary.attests, sparse=False)
    signature: str = says(vocabulary.signature)
    key_id: str = says(vocabulary.keyId)
    predicate_type: str | None = says(vocabulary.predicateType, any_uri)
    title: str | None = says(vocabulary.dct_title)
    files: tuple[ArtifactFile, ...] = several(vocabulary.hasFile)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IntegrityCheck(Activity):
    """Hashes stored bytes again and compares; a mismatch is worth recording too."""

    CLASS: ClassVar = vocabulary.IntegrityCheck
    checked: tuple[Entity | ArtifactFile | Pointer, ...] = several(vocabulary.checkedEntity, sparse=False)
    expected_digest: str = says(vocabulary.expectedDigest)
    observed_digest: str | None = says(vocabulary.observedDigest)
    outcome: choices.CheckOutcome | Concept = chosen(vocabulary.checkOutcome, vocabulary.CheckOutcome)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Redaction(Activity):
    """Takes values out of records, given by their ids, by methods that leave a risk said in words."""

    CLASS: ClassVar = vocabulary.Redaction
    redacts: tuple[Pointer, ...] = records(vocabulary.redacts)
    anonymization_methods: tuple[choices.AnonymizationMethod | Concept, ...] = chosen(
        vocabulary.anonymizationMethod, vocabulary.AnonymizationMethod, default=()
    )
    reidentification_risk: str = says(vocabulary.reidentificationRisk)
