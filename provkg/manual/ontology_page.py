"""The page of the terms: classes, properties and controlled terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provkg.manual.code import linked
from provkg.manual.contents import ALIGNMENTS, SHAPES, TERMS, Contents, short
from provkg.manual.frame import Entry, Page, badge, facts, shown_on_request, title_of
from provkg.manual.markup import Child, Html, anchor, element, fragment, link, separated
from provkg.manual.statements import DCT, OWL, RDFS, SKOS
from provkg.manual.terms import PVK, RDF_TYPE, Term, grouped
from provkg.vocabulary import NAMESPACES

PROV = NAMESPACES["prov"]
DOMAIN, RANGE = RDFS + "domain", RDFS + "range"
SUB_CLASS, SUB_PROPERTY = RDFS + "subClassOf", RDFS + "subPropertyOf"
# What says how the values of a metric or parameter are to be read.
OF_VALUES = {PVK + "unit": "unit", PVK + "minValue": "least", PVK + "maxValue": "most"}
MOST_AT_ONCE = 8
GROUP_NAMES = {"Scheme": "Controlled terms"}


def ontology_page(contents: Contents) -> Page:
    """Return the page."""
    sections = contents.terms.sections
    groups = grouped(sections)
    listed = {
        GROUP_NAMES.get(group, group): [(_section_name(name), _section_place(name)) for name in names]
        for group, names in groups.items()
    }
    body = [
        element(
            "section",
            element("h2", GROUP_NAMES.get(group, group)),
            tree_of_classes(contents) if group == "Classes" else None,
            [_section(name, contents) for name in names],
        )
        for group, names in groups.items()
    ]
    return Page(TERMS, "Terms", _lead(contents), body, listed, [_entry(t) for t in contents.terms.by_iri.values()])


def _lead(contents: Contents) -> Html:
    terms = contents.terms
    parts = [
        terms.about(DCT + "description"),
        " The namespace is ",
        element("code", terms.about("http://purl.org/vocab/vann/preferredNamespaceUri")),
        ", the prefix ",
        element("code", "pvk:"),
        ". Terms of PROV-O and others that records use as they are stand here with their prefix.",
    ]
    return element("p", parts)


def _entry(term: Term) -> Entry:
    return Entry(term.name, term.kind, term.definition, anchor(TERMS, term.anchor))


def tree_of_classes(contents: Contents) -> Html:
    """Return all classes of records as nested lists, below the classes of PROV-O and others that they refine."""
    above = (parent for iri in contents.terms.by_iri for parent in contents.terms.related(iri, SUB_CLASS))
    foreign = {parent for parent in above if parent not in contents.terms.by_iri}
    # Kinds of record first, kinds of concept after them.
    roots = sorted(foreign, key=lambda root: (not root.startswith(PROV), root))
    return shown_on_request("All classes as a tree", element("ul", [_branch(root, contents) for root in roots]))


def _branch(iri: str, contents: Contents) -> Html:
    below = contents.terms.pointing(iri, SUB_CLASS)
    return element(
        "li", contents.term(iri), element("ul", [_branch(each, contents) for each in below]) if below else None
    )


def _section_name(section: str) -> str:
    name = section.partition(": ")[2] or section
    return name[:1].upper() + name[1:]


def _section_place(section: str) -> str:
    # Terms have no slash in their names, so that no section takes the place of one.
    return "section/" + "-".join(section.lower().replace(":", "").replace(",", "").replace("'", "").split())


def _section(section: str, contents: Contents) -> Html:
    place = _section_place(section)
    head = title_of(3, anchor("", place), _section_name(section))
    terms = contents.terms.sections[section]
    schemes = [term for term in terms if term.kind == "scheme"]
    concepts = [term for term in terms if term.kind == "concept"]
    others = [term for term in terms if term.kind not in {"scheme", "concept"}]
    return element(
        "section",
        head,
        [_scheme(term) for term in schemes],
        element("dl", [_concept(term, contents) for term in concepts], class_="concepts") if concepts else None,
        [_card(term, contents) for term in others],
        id=place,
    )


def _scheme(term: Term) -> Html:
    return element("p", term.definition, " ", element("code", term.name, class_="name"), id=term.anchor)


def _concept(term: Term, contents: Contents) -> Html:
    terms = contents.terms
    values = [
        f"{words} {value.value}" for said, words in OF_VALUES.items() for value in terms.said.literals(term.iri, said)
    ]
    about = [
        *(fragment("below ", _called(each, contents)) for each in terms.related(term.iri, SKOS + "broader")),
        *(_called(each, contents) for each in terms.related(term.iri, PVK + "direction")),
        *values,
        *_matches(term, contents),
    ]
    return element(
        "div",
        element("dt", link(anchor("", term.anchor), term.label, class_="self"), " ", element("code", term.name)),
        element("dd", term.definition, [" ", element("small", separated(about, " · "))] if about else None),
        id=term.anchor,
    )


def _called(iri: str, contents: Contents) -> Html:
    term = contents.terms.by_iri.get(iri)
    return link(contents.address(iri), term.label if term else short(iri))


def _card(term: Term, contents: Contents) -> Html:
    head = title_of(4, anchor("", term.anchor), element("code", short(term.iri)))
    marks = [badge(term.kind, "kind"), badge("deprecated", "violation") if term.deprecated else None]
    parts: list[Child] = [
        element("div", head, marks, class_="head"),
        element("p", term.definition, class_="says"),
        [element("p", note, class_="note") for note in term.notes],
        [element("p", "For example: ", text, class_="note") for text in term.prose],
        _facts(term, contents),
        [linked(example, contents) for example in term.turtle],
    ]
    return element("article", parts, class_="card", id=term.anchor)


def _facts(term: Term, contents: Contents) -> Html | None:
    terms = contents.terms
    one_way = [*terms.related(term.iri, OWL + "inverseOf"), *terms.pointing(term.iri, OWL + "inverseOf")]
    replaced = terms.related(term.iri, DCT + "isReplacedBy")
    return facts(
        ("instead", _linked(replaced, contents)),
        ("said of", _linked(terms.related(term.iri, DOMAIN), contents)),
        ("value", _linked(terms.related(term.iri, RANGE), contents)),
        ("kind of", _linked(terms.related(term.iri, SUB_CLASS, SUB_PROPERTY), contents)),
        ("kinds", _linked(terms.pointing(term.iri, SUB_CLASS, SUB_PROPERTY), contents)),
        ("inverse", _linked(dict.fromkeys(one_way), contents)),
        ("properties", _linked(terms.pointing(term.iri, DOMAIN), contents)),
        ("value of", _linked(terms.pointing(term.iri, RANGE), contents)),
        ("values", _linked(terms.pointing(term.iri, RDF_TYPE), contents)),
        ("shapes", _shapes(term, contents)),
        ("asked in", _queries(term, contents)),
        ("elsewhere", separated(_matches(term, contents), " · ")),
    )


def _linked(iris: Iterable[str], contents: Contents) -> Html | None:
    return separated([contents.term(iri) for iri in iris]) or None


def _shapes(term: Term, contents: Contents) -> Html | None:
    found = [link(address, element("code", name)) for name, address in contents.shapes_of.get(term.iri, ())]
    asked = contents.constraints_on.get(term.iri, ())
    found += [link(anchor(SHAPES, each.name), element("code", each.name)) for each in asked]
    return _listed(found, "constraints")


def _queries(term: Term, contents: Contents) -> Html | None:
    found = contents.asked_in.get(term.iri, ())
    return _listed([link(address, element("code", name)) for name, address in found], "rules and questions")


def _listed(found: Sequence[Html], what: str) -> Html | None:
    """Return the links, folded away where they are many."""
    if len(found) <= MOST_AT_ONCE:
        return separated(found) or None
    return shown_on_request(f"{len(found)} {what}", element("p", separated(found)))


def _matches(term: Term, contents: Contents) -> list[Html]:
    return [
        fragment(match.relation, " ", link(anchor(ALIGNMENTS, alignment.name), element("code", match.shown)))
        for alignment, match in contents.matches_of.get(term.iri, ())
    ]
