"""The page of the shapes: by kind of record, what is asked at which level, and why."""

from __future__ import annotations

from collections.abc import Sequence

from provkg.folder import LEVELS
from provkg.manual.code import plain
from provkg.manual.constraints import Constraint, Shape, ShapesFile
from provkg.manual.contents import SHAPES, Contents
from provkg.manual.frame import LEVEL_WORDS, Entry, Page, badge, facts, shown_on_request, title_of
from provkg.manual.markup import Html, anchor, element, link, separated

SAID_OF = {"targetSubjectsOf": "what has ", "targetObjectsOf": "what is a value of "}
WORTH_A_GLANCE = 3
GATE_PLACE = "gate/checks"
GATE_CHECKS = {
    "Term-known": (
        "violation",
        "Every term of provkg, PROV and the vocabularies of RDF exists.",
        "A misspelt term joins with nothing: what it says is never found, and nobody is told.",
    ),
    "Term-placed": (
        "violation",
        "A property of provkg is said only of the kinds of thing that have it.",
        "Elsewhere no question looks for it.",
    ),
    "Node-kind": (
        "violation",
        "Every thing that a record describes is of a kind that provkg knows (rdf:type).",
        "No shape asks anything of a thing without a kind, and it would pass unseen.",
    ),
    "Node-record": (
        "violation",
        "A record does not describe records.",
        "When a record was kept, and by whom, is for provkg to say: nobody can claim it.",
    ),
    "Node-described": (
        "warning",
        "What a record points at is described, there or in another record.",
        "Lineage ends at a thing of which nothing is known.",
    ),
}
FACETS = {
    "presence": "something is there",
    "type": "what a value is",
    "count": "at most how many",
    "range": "between which bounds",
    "form": "how a text is written",
    "values": "which texts are allowed",
    "zone": "a time names its zone",
}


def shapes_page(contents: Contents) -> Page:
    """Return the page."""
    named = {
        "Kinds of record": [(_title(file.name), _place(file)) for file in contents.shapes if not file.own],
        "Beside the shapes": [("What the gate sees", GATE_PLACE)],
        "Of this graph's own": [(_title(file.name), _place(file)) for file in contents.shapes if file.own],
    }
    body = [_levels(), [_file(file, contents) for file in contents.shapes], _gate()]
    entries = [Entry(c.name, f"shape · {c.level}", c.message, anchor(SHAPES, c.name)) for c in contents.constraints]
    sections = {group: listed for group, listed in named.items() if listed}
    return Page(SHAPES, "Shapes", _lead(contents), body, sections, entries)


def _lead(contents: Contents) -> Html:
    return element(
        "p",
        f"What a complete record says: {len(contents.constraints)} constraints, each with the sentence that is told to "
        "the person whose record lacks something. The gate refuses what is below the graph's level and warns of the "
        "next; every constraint has a record that fails for it alone. The usual prefixes are left out of these.",
    )


def _levels() -> Html:
    choices = [
        element(
            "label",
            element("input", type="radio", name="level", id=f"up-to-{level}", checked=level == LEVELS[-1]),
            element("span", element("b", level), f" {LEVEL_WORDS[level]}"),
        )
        for level in LEVELS
    ]
    legend = element("legend", "Show what is asked at")
    return element("fieldset", legend, choices, class_="levels")


def _place(file: ShapesFile) -> str:
    return f"{'own' if file.own else 'file'}/{file.name}"


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]


def _gate() -> Html:
    cards = [
        element(
            "article",
            title_of(3, anchor("", name), sentence),
            element("p", badge(severity, severity), " ", element("code", name, class_="name")),
            element("p", why, class_="says"),
            class_="card",
            id=name,
        )
        for name, (severity, sentence, why) in GATE_CHECKS.items()
    ]
    head = title_of(2, anchor("", GATE_PLACE), "What the gate sees beside the shapes")
    about = element("p", "SHACL asks of what a record says; these are asked of how it says it.")
    return element("section", head, about, cards, id=GATE_PLACE)


def _file(file: ShapesFile, contents: Contents) -> Html:
    head = title_of(2, anchor("", _place(file)), _title(file.name))
    about = element("p", file.about) if file.about else None
    return element("section", head, about, [_shape(shape, contents) for shape in file.shapes], id=_place(file))


def _shape(shape: Shape, contents: Contents) -> Html:
    head = element("h3", element("code", shape.name))
    targets = [element("span", SAID_OF.get(way, ""), contents.term(target)) for way, target in shape.targets]
    asked = element("p", "Asked of ", separated(targets), "." if targets else None) if targets else None
    about = element("p", shape.about) if shape.about else None
    reasoned = [each for each in shape.constraints if each.why]
    of_values = [each for each in shape.constraints if not each.why]
    return element(
        "section",
        head,
        about,
        shown_on_request(f"Asked of {len(targets)} kinds", asked) if len(targets) > 6 else asked,
        at_a_glance(reasoned) if len(reasoned) >= WORTH_A_GLANCE else None,
        [_asked(each, contents) for each in reasoned],
        element("div", [_of_values(each, contents) for each in of_values], class_="values") if of_values else None,
        id=shape.anchor,
        class_="shape",
    )


def at_a_glance(constraints: Sequence[Constraint]) -> Html:
    """Return the names of what is asked, by level."""
    listed = {level: [each for each in constraints if each.level == level] for level in LEVELS}
    rows = [
        element(
            "div",
            element("dt", badge(level, level)),
            element("dd", separated(link(anchor("", each.name), _middle(each)) for each in asked)),
            class_=f"at-{level}",
        )
        for level, asked in listed.items()
        if asked
    ]
    return element("dl", rows, class_="facts glance")


def _middle(constraint: Constraint) -> str:
    """Return what a constraint is about: `version` of `ModelVersion-version-presence`."""
    return constraint.name.partition("-")[2].rpartition("-")[0] or constraint.name


def _asked(constraint: Constraint, contents: Contents) -> Html:
    return element(
        "article",
        title_of(4, anchor("", constraint.name), constraint.message),
        element("p", badge(constraint.level, constraint.level), " ", element("code", constraint.name, class_="name")),
        element("p", constraint.why, class_="says"),
        facts(("serves", constraint.serves), ("terms", _terms(constraint, contents))),
        _example(constraint),
        class_=f"card at-{constraint.level}",
        id=constraint.name,
    )


def _of_values(constraint: Constraint, contents: Contents) -> Html:
    facet = constraint.name.rpartition("-")[2]
    return element(
        "article",
        title_of(4, anchor("", constraint.name), constraint.message),
        element("p", element("code", constraint.name, class_="name"), _facet(facet)),
        element("p", _terms(constraint, contents), class_="terms"),
        _example(constraint),
        class_=f"row at-{constraint.level}",
        id=constraint.name,
    )


def _facet(facet: str) -> Html | None:
    return element("span", f" · {FACETS[facet]}", class_="facet") if facet in FACETS else None


def _terms(constraint: Constraint, contents: Contents) -> Html:
    return separated(contents.term(iri) for iri in dict.fromkeys((*constraint.fields, *constraint.classes)))


def _example(constraint: Constraint) -> Html | None:
    return shown_on_request("A record that fails", plain(constraint.example)) if constraint.example else None
