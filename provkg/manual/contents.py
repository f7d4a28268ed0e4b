"""All that the pages show, and where each thing stands on them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from provkg.folder import Folder
from provkg.manual.alignments import Alignment, Match, alignments
from provkg.manual.constraints import Constraint, ShapesFile, shapes_files
from provkg.manual.markup import Html, anchor, element, link
from provkg.manual.terms import PVK, Terms
from provkg.questions import Question, all_questions
from provkg.questions.terms import prefixed
from provkg.rules import Rule, Rulebook
from provkg.sparql import tokens

TERMS, SHAPES, RULES, QUESTIONS, ALIGNMENTS, START = (
    f"{name}.html" for name in ("ontology", "shapes", "rules", "questions", "alignments", "index")
)


@dataclass(frozen=True)
class Contents:
    """What is documented: what is shipped, and where a graph is named, its owner's files too."""

    terms: Terms
    shapes: Sequence[ShapesFile]
    rules: Sequence[Rule]
    questions: Sequence[Question]
    alignments: Sequence[Alignment]
    graph: str | None = None
    left_out: Sequence[str] = ()
    """What is wrong with the owner's files that are not shown."""

    @classmethod
    def read(cls, folder: Folder | None = None) -> Contents:
        """Read the shipped files and those of the graph in `folder`; a wrong file of the owner's is left out."""
        if folder is None:
            return cls(Terms.read(), shapes_files(), Rulebook.read().rules, all_questions(), alignments())
        from provkg.gate import own_files  # with the SHACL engines, which only the owner's files need

        own, book = own_files(folder.own_shapes, folder.own_ontology), Rulebook.read(folder.path / "rules")
        complaints = [*own.complaints, *map(str, book.broken)]
        return cls(
            Terms.read(own.ontology),
            shapes_files(own.shapes),
            book.rules,
            all_questions(folder.queries, tell=complaints.append),
            alignments(),
            folder.name,
            # Where the graph lies on its machine is nothing for whoever reads its pages.
            [complaint.replace(f"{folder.path}{os.sep}", "") for complaint in complaints],
        )

    @cached_property
    def constraints(self) -> list[Constraint]:
        """All constraints of all shapes."""
        return [each for file in self.shapes for each in file.constraints]

    @cached_property
    def constraints_on(self) -> dict[str, list[Constraint]]:
        """The constraints by the properties that they speak of."""
        found: dict[str, list[Constraint]] = {}
        for constraint in self.constraints:
            for named in constraint.fields:
                found.setdefault(named, []).append(constraint)
        return found

    @cached_property
    def shapes_of(self) -> dict[str, list[tuple[str, str]]]:
        """The shapes by the class that they are asked of: name and place on the page."""
        found: dict[str, list[tuple[str, str]]] = {}
        for file in self.shapes:
            for shape in file.shapes:
                for way, target in shape.targets:
                    if way == "targetClass" and shape.constraints:
                        place = shape.anchor or shape.constraints[0].name
                        found.setdefault(target, []).append((shape.name, anchor(SHAPES, place)))
        return found

    @cached_property
    def matches_of(self) -> dict[str, list[tuple[Alignment, Match]]]:
        """The counterparts of each term in other vocabularies."""
        found: dict[str, list[tuple[Alignment, Match]]] = {}
        for alignment in self.alignments:
            for match in alignment.matches:
                found.setdefault(match.ours, []).append((alignment, match))
        return found

    @cached_property
    def asked_in(self) -> dict[str, list[tuple[str, str]]]:
        """The rules and saved questions whose queries name each term of ours: what they are called, and where."""
        found: dict[str, list[tuple[str, str]]] = {}
        texts = [(rule.id, anchor(RULES, rule.id), rule.question.text) for rule in self.rules if rule.question]
        texts += [(each.name, anchor(QUESTIONS, each.path), each.text) for each in self.questions]
        for name, place, text in texts:
            for local in dict.fromkeys(t.text.removeprefix("pvk:") for t in tokens(text) if t.kind == "prefixed"):
                found.setdefault(PVK + local, []).append((name, place))
        return found

    def address(self, iri: str) -> str:
        """Return where `iri` is explained: on our page if it is a term of ours, else the IRI itself."""
        term = self.terms.by_iri.get(iri)
        return iri if term is None else anchor(TERMS, term.anchor)

    def term(self, iri: str) -> Html:
        """Return the short name of a term, linked to where it is explained."""
        return link(self.address(iri), element("code", short(iri)))


def short(iri: str) -> str:
    """Return an IRI with its usual prefix; a term of ours without."""
    return prefixed(NamedNode(iri)).removeprefix("pvk:")
