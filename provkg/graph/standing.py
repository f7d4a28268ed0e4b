"""What must not come back: redactions stand, so a value that one took out of the graph is kept out when it comes again.

A redaction leaves keyed digests in its leaf: of the thing and the property, or, where others of the property's values
may stay, of the one statement. The key is the graph's own secret, so a digest tells nobody else anything.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from provkg.entailment import mirrors, qualified_forms
from provkg.gate import OwnTerms, Problem
from provkg.gate.presence import may_lack
from provkg.ledger import Ledger
from provkg.vocabulary import SUPERPROPERTIES

DIGEST_DIGITS: Final = 32


class Standing:
    """The redactions that stand in one graph; `salt` is its secret, `terms` are its own classes and properties."""

    def __init__(self, ledger: Ledger, salt: bytes, terms: OwnTerms) -> None:
        self._ledger, self._salt, self._terms = ledger, salt, terms
        self._closed = frozenset[str]()
        self.read()

    def read(self) -> None:
        """Take in what the ledger's acts close."""
        acts = (act.leaf for act in self._ledger.acts() if act.leaf.erases is not None)
        self._closed = frozenset(digest for leaf in acts for digest in leaf.closes or ())

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self._closed)

    def is_act(self, record: str) -> bool:
        """Whether the record of that id takes text out of others or asks to, which nothing takes back."""
        found = self._ledger.find(record)
        return found is not None and (found.leaf.erases or found.leaf.asks) is not None

    def digest(self, *terms: object) -> str:
        """Return what stands for a thing with a property, or for a whole statement."""
        text = " ".join(map(str, terms)).encode()
        return hmac.new(self._salt, b"redaction\n" + text, sha256).hexdigest()[:DIGEST_DIGITS]

    def withheld(self, said: Iterable[Triple]) -> set[Triple]:
        """Return what of `said`, a whole record, must not be kept: closed statements, and the same in other words."""
        if not self._closed:
            return set()
        said = list(said)
        return with_echoes((triple for triple in said if self._is_closed(triple)), said, self._terms)

    def excuses(self, problem: Problem) -> bool:
        """Whether it may be a redaction's doing that a thing lacks what `problem` misses."""
        if not self._closed or problem.focus.startswith(("_:", '"')):
            return False
        node = NamedNode(problem.focus)
        return any(self.digest(node, NamedNode(each), "excused") in self._closed for each in may_lack(problem))

    def closing(
        self,
        node: NamedNode,
        relation: NamedNode,
        values: Iterable[NamedNode | Literal] | None,
        also: Iterable[Triple] = (),
    ) -> list[str]:
        """Return the digests that close a property of a thing for `values`, or for each, and other statements."""
        closed = [(node, relation)] if values is None else [(node, relation, value) for value in values]
        said = [*closed, *((each.subject, each.predicate, each.object) for each in also)]
        return [self.digest(*each) for each in (*said, (node, relation, "excused"))]

    def _is_closed(self, triple: Triple) -> bool:
        node, relation, value = triple
        return any(
            self.digest(node, wider) in self._closed or self.digest(node, wider, value) in self._closed
            for wider in (relation, *wider_than(relation, self._terms))
        )


def wider_than(relation: NamedNode, terms: OwnTerms) -> tuple[NamedNode, ...]:
    """Return the properties above `relation`, of the ontology and of the graph's owner."""
    own = terms.properties.get(relation, ())
    return (*own, *(wider for each in (relation, *own) for wider in SUPERPROPERTIES.get(each, ())))


def with_echoes(closed: Iterable[Triple], said: Iterable[Triple], terms: OwnTerms) -> set[Triple]:
    """Return `closed` with those of `said` that say the same: by a wider property, backwards, or qualified."""
    found, said = set(closed), set(said)
    echoes = {echo for triple in found for echo in _echoes(triple, terms)}
    return found | said.intersection(echoes) | said.intersection(qualified(found, said))


def qualified(closed: Iterable[Triple], said: Iterable[Triple]) -> set[Triple]:
    """Return the statements that tell with what a qualified relation of `said` is, where `closed` says it plainly."""
    found = set[Triple]()
    for triple in closed:
        for form, step, forward in qualified_forms().get(triple.predicate, ()):
            one, other = (triple.subject, triple.object) if forward else (triple.object, triple.subject)
            between = (each.object for each in said if (each.subject, each.predicate) == (one, form))
            found |= {Triple(node, step, other) for node in between if isinstance(node, NamedNode)}
    return found


def _echoes(triple: Triple, terms: OwnTerms) -> Iterable[Triple]:
    node, relation, value = triple
    for each in (relation, *wider_than(relation, terms)):
        yield Triple(node, each, value)
        if isinstance(value, NamedNode):
            yield from (Triple(value, back, node) for back in mirrors(each))
