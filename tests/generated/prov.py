"""The table in `docs/prov.md` that says how many verdicts agree with the expected ones."""

from __future__ import annotations

from pathlib import Path

from provkg.exchange import prov_files
from provkg.prov import validate
from tests.prov_cases import SYNTAXES, constraint_cases, prov_o_files


def agreement_table(cases: Path) -> str:
    """Return the rows, counted anew."""
    lines = ["| cases | syntax | documents | verdict as expected | not so |", "|---|---|---|---|---|"]
    for syntax in SYNTAXES:
        listed = list(constraint_cases(cases, syntax))
        other = sorted(case.name.removeprefix("unification__") for case in listed if not case.agrees())
        said = ", ".join(f"`{name}`" for name in other) or "none"
        lines.append(f"| constraints | {syntax} | {len(listed)} | {len(listed) - len(other)} | {said} |")
    lines.append(_prov_o_row(cases))
    return "\n".join(lines) + "\n"


def _prov_o_row(cases: Path) -> str:
    named = [file for file in prov_o_files(cases) if "PASS" in file.name or "FAIL" in file.name]
    other = [file for file in named if validate(prov_files.read(file)).valid != ("PASS" in file.name)]
    said = ", ".join(f"`{file.stem}`" for file in other) or "none"
    return f"| PROV-O examples | Turtle, TriG | {len(named)} | {len(named) - len(other)} | {said} |"
