"""Witnesses: whoever keeps what another log signed, and cosigns nothing that does not continue it."""

from provkg.witness.submission import Submission
from provkg.witness.witness import Answer, Witness

__all__ = ["Answer", "Submission", "Witness"]
