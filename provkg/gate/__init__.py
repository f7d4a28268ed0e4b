"""The gate: what a record must say before it is kept."""

from provkg.gate.backward import Question
from provkg.gate.check import Gate, check_data, validate
from provkg.gate.engines import ENGINES
from provkg.gate.problem import SEVERITIES, Problem, Severity, Verdict
from provkg.gate.report import REPORT_FORMATS, write_report

__all__ = [
    "ENGINES",
    "REPORT_FORMATS",
    "SEVERITIES",
    "Gate",
    "Problem",
    "Question",
    "Severity",
    "Verdict",
    "check_data",
    "validate",
    "write_report",
]
