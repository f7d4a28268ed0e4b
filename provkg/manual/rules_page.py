"""The page of the rules across records: what each finds, why that matters, and the query that finds it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from provkg.manual.code import linked, plain, query_without_header
from provkg.manual.contents import RULES, Contents
from provkg.manual.frame import Entry, Page, badge, command, facts, shown_on_request, title_of
from provkg.manual.markup import Html, anchor, element, link, prose, separated
from provkg.resources import EXAMPLES
from provkg.rules import Rule
from provkg.rules.rule import KINDS

PROV_CONSTRAINTS = "https://www.w3.org/TR/prov-constraints/"


def rules_page(contents: Contents) -> Page:
    """Return the page."""
    ordered = sorted(contents.rules, key=lambda rule: (rule.theme, rule.id))
    themes = {theme: list(group) for theme, group in groupby(ordered, key=lambda rule: rule.theme)}
    entries = [Entry(f"{rule.id} {rule.name}", "rule", rule.summary, anchor(RULES, rule.id)) for rule in ordered]
    sections = {"Themes": [(theme.capitalize(), f"theme/{theme}") for theme in themes]}
    body = [_theme(theme, rules, contents) for theme, rules in themes.items()]
    return Page(RULES, "Rules", _lead(contents), body, sections, entries)


def _lead(contents: Contents) -> Html:
    kinds = [
        element("div", element("dt", badge(kind, kind)), element("dd", f"{words[:1].upper()}{words[1:]}."))
        for kind, words in KINDS.items()
    ]
    return element(
        "div",
        element("p", f"What no single record shows: {len(contents.rules)} rules that are asked of a whole graph with"),
        plain("provkg audit"),
        element("dl", kinds, class_="facts kinds"),
    )


def _theme(theme: str, rules: Sequence[Rule], contents: Contents) -> Html:
    place = f"theme/{theme}"
    head = title_of(2, anchor("", place), theme.capitalize())
    return element("section", head, [_rule(rule, contents) for rule in rules], id=place)


def _rule(rule: Rule, contents: Contents) -> Html:
    marks = [badge(rule.kind, rule.kind), badge(rule.level, rule.level), badge(rule.severity, rule.severity)]
    numbers = [link(PROV_CONSTRAINTS, str(number)) for number in rule.constraints]
    query = rule.question.text if rule.question else ""
    return element(
        "article",
        title_of(3, anchor("", rule.id), element("span", rule.id, class_="id"), " ", rule.summary),
        element("p", separated(marks, " "), " ", element("code", rule.path, class_="name")),
        element("p", prose(rule.description)) if rule.description else None,
        element("p", prose(rule.why), class_="says"),
        facts(
            ("told", prose(rule.message)),
            ("columns", separated(element("code", name) for name in rule.columns)),
            ("PROV constraints", separated(numbers) or None),
            ("asked by", command(f"provkg audit --rule {rule.id}")),
        ),
        shown_on_request("A graph in which it finds something", plain(_example(rule))) if _example(rule) else None,
        shown_on_request("The query", linked(query_without_header(query), contents)) if query else None,
        class_="card",
        id=rule.id,
    )


def _example(rule: Rule) -> str:
    files = sorted((EXAMPLES / "rules" / rule.id).glob("violating.t*"))
    return next((file.read_text("utf-8") for file in files if file.suffix in {".ttl", ".trig"}), "")
