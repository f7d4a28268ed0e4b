"""The PROV documents of other projects that lie beside a checkout, and what each syntax can say of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provkg.exchange import prov_files
from provkg.prov import Verdict, validate

SYNTAXES: Final = {"PROV-N": "provn", "PROV-XML": "xml", "PROV-JSON": "json", "Turtle": "ttl"}
MERGED: Final = "one node stands for both statements, so that one with and one without the argument look like the first"
ABSENT: Final = "the case is about an argument that is missing, and PROV-O has no statement without a subject"
# Verdicts that Turtle cannot lead to, with the reason.
LOST_IN_TURTLE: Final = {
    "unification__association-fail5": MERGED,
    "unification__delegation-fail4": MERGED,
    "unification__delegation-fail5": MERGED,
    "unification__derivation-fail4": MERGED,
}
NOT_IN_TURTLE: Final = {"unification__mention-fail1": ABSENT, "unification__specialization-fail2": ABSENT}
PROV_O: Final = Path("prov-o-cases/prov-rdf/src/test/resources")
# Named PASS, and not valid: the file is an example of prov:qualifiedRevision that says another thing by mistake.
PASSES_ONLY_BY_NAME: Final = {
    "prov-o-property-qualifiedRevision-PASS.ttl": "an entity is associated with an agent, which only activities are"
}


@dataclass(frozen=True)
class Case:
    """A case of `prov-constraints` in one syntax."""

    name: str
    file: Path
    valid: bool
    constraints: frozenset[str]

    def verdict(self) -> Verdict:
        """Return what provkg says of it."""
        return validate(prov_files.read(self.file))

    def agrees(self) -> bool:
        """Say whether the verdict is the expected one, and a refusal names the constraint."""
        verdict = self.verdict()
        return verdict.valid == self.valid and (self.valid or self.constraints <= verdict.codes)


def constraint_cases(cases: Path, syntax: str) -> Iterator[Case]:
    """Yield the cases that there are in a syntax."""
    folder = cases / "prov-constraints"
    with (folder / "manifest.tsv").open(encoding="utf-8") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            ending = SYNTAXES[syntax]
            file = folder / ending / f"{row['case']}.{ending}"
            if file.exists():
                codes = frozenset(code.removeprefix("c") for code in row["constraints"].split("-") if code)
                yield Case(row["case"], file, row["expected"] == "PASS", codes)


def prov_o_files(cases: Path) -> list[Path]:
    """Return the examples of PROV-O."""
    return sorted(file for file in (cases / PROV_O).rglob("*") if file.suffix in {".ttl", ".trig"})
