"""Validity of PROV documents (PROV-CONSTRAINTS, section 7): each bundle is an instance of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from provkg.prov.constraints import DISTINCT_BUNDLES, Verdict, Violation
from provkg.prov.cycles import components, contradicting_clocks, strict_cycles
from provkg.prov.document import Document, Statement
from provkg.prov.impossibility import impossible, missing_arguments
from provkg.prov.normal_form import normal_form
from provkg.prov.notation import RESERVED, Notation
from provkg.prov.ordering import order_of


def validate(document: Document) -> Verdict:
    """Return what speaks against a document, and what its clocks say.

    Works in memory, about 2 KB a statement, and in a time that grows with their number.
    """
    prefixes = {**RESERVED, **document.prefixes}
    found = [*_repeated_bundles(document, prefixes), *_of_instance(document.statements, prefixes)]
    for bundle in document.bundles:
        found += (replace(each, bundle=bundle.id) for each in _of_instance(bundle.statements, prefixes))
    violations = tuple(each for each in found if each.severity == "violation")
    return Verdict(violations, tuple(each for each in found if each.severity == "warning"))


def _of_instance(statements: Sequence[Statement], prefixes: Mapping[str, str]) -> Iterator[Violation]:
    yield from missing_arguments(statements, Notation(prefixes))
    instance = normal_form(statements, prefixes)
    yield from instance.clashes
    yield from impossible(instance)
    order = order_of(instance)
    parts = list(components(order))
    yield from strict_cycles(instance, order, parts)
    clashing = {frozenset(each.statements) for each in instance.clashes}
    warnings = {each.sentence: each for each in contradicting_clocks(instance, order, parts)}
    yield from (each for each in warnings.values() if frozenset(each.statements) not in clashing)


def _repeated_bundles(document: Document, prefixes: Mapping[str, str]) -> Iterator[Violation]:
    for name, times in Counter(bundle.id for bundle in document.bundles).items():
        if times > 1:
            sentence = f"{times} bundles are called {Notation(prefixes).name(name)}"
            yield Violation((DISTINCT_BUNDLES,), sentence, about=name)
