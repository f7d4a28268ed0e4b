"""PROV documents and their validity: the data model (PROV-DM) and its constraints (PROV-CONSTRAINTS).

Reads and writes no file: `provkg.exchange` does, one module for each syntax.
"""

from provkg.prov.constraints import CONSTRAINTS, Constraint, Verdict, Violation
from provkg.prov.document import Bundle, Document, Statement
from provkg.prov.validation import validate

__all__ = ["CONSTRAINTS", "Bundle", "Constraint", "Document", "Statement", "Verdict", "Violation", "validate"]
