"""The gate: what a record must say before it is kept."""

from provkg.gate.backward import Question
from provkg.gate.check import Gate, check_data, validate
from provkg.gate.engines import ENGINES
from provkg.gate.flaw import Flaw
from provkg.gate.own_files import OwnFiles, own_files
from provkg.gate.own_terms import OwnTerms
from provkg.gate.problem import SEVERITIES, Problem, Severity, Verdict
from provkg.gate.report import REPORT_FORMATS, write_report

__all__ = [
    "ENGINES",
    "REPORT_FORMATS",
    "SEVERITIES",
    "Flaw",
    "Gate",
    "OwnFiles",
    "OwnTerms",
    "Problem",
    "Question",
    "Severity",
    "Verdict",
    "check_data",
    "own_files",
    "validate",
    "write_report",
]
