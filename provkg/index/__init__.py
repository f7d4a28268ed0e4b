"""The index: what the ledger's entries say, in the form that answers questions."""

from provkg.index.answer import Answer, Row, Stream, Term
from provkg.index.catalogued import CATALOGUE
from provkg.index.change import Change
from provkg.index.index import Index, asked_onward
from provkg.index.joins import JOINED, STEPS, Joins, between
from provkg.index.reading import ReadIndex
from provkg.index.snapshots import Snapshots

__all__ = [
    "CATALOGUE",
    "JOINED",
    "STEPS",
    "Answer",
    "Change",
    "Index",
    "Joins",
    "ReadIndex",
    "Row",
    "Snapshots",
    "Stream",
    "Term",
    "asked_onward",
    "between",
]
