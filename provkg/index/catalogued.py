"""The graph of the index that lists the saved questions, so that a store can be asked what it can be asked.

No record states it and the ledger keeps none of it: it is written from the questions' files, and seen only by queries
that ask for it with GRAPH or FROM.
"""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from provkg.vocabulary import dct_identifier

CATALOGUE: Final = NamedNode("https://w3id.org/provkg/queries/")
"""The graph's name; it begins the names of the questions in it. It is in no export."""


def listed(store: Store) -> str:
    """Return the mark of the questions that `store` lists; empty where it lists none."""
    marks = (quad.object for quad in store.quads_for_pattern(CATALOGUE, dct_identifier, None, CATALOGUE))
    return next((mark.value for mark in marks if isinstance(mark, Literal)), "")


def put(store: Store, mark: str, questions: Iterable[Triple]) -> None:
    """Let `store` list `questions`, in place of those before."""
    said = [Quad(each.subject, each.predicate, each.object, CATALOGUE) for each in questions]
    store.clear_graph(CATALOGUE)
    # Files of their own take half the room of the store's journal, which is kept for long.
    store.bulk_extend(said)
    # Last, so that a list of which a crash left a part is written again.
    store.add(Quad(CATALOGUE, dct_identifier, Literal(mark), CATALOGUE))
