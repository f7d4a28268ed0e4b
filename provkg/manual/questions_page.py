"""The page of the saved questions: what each asks, takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from provkg.manual.code import linked, query_without_header
from provkg.manual.contents import QUESTIONS, Contents
from provkg.manual.frame import Entry, Page, command, facts, shown_on_request, table, title_of
from provkg.manual.markup import Child, Html, anchor, element, prose, separated
from provkg.questions import Question, single_tags
from provkg.questions.question import Parameter


def questions_page(contents: Contents) -> Page:
    """Return the page."""
    ordered = sorted(contents.questions, key=lambda question: question.path)
    themes = {theme: list(group) for theme, group in groupby(ordered, key=lambda question: question.theme)}
    tags = single_tags(ordered)
    short = {question.path: [tag for tag, named in tags.items() if named is question] for question in ordered}
    sections = {"Themes": [(theme.capitalize(), f"theme/{theme}") for theme in themes]}
    entries = [
        Entry(", ".join([question.name, *short[question.path]]), "question", question.summary, _address(question))
        for question in ordered
    ]
    body = [_theme(theme, listed, short, contents) for theme, listed in themes.items()]
    return Page(QUESTIONS, "Questions", _lead(contents), body, sections, entries)


def _lead(contents: Contents) -> Html:
    return element(
        "p",
        f"{len(contents.questions)} questions with typed parameters, saved as plain SPARQL 1.1, or answered in Python "
        "where SPARQL cannot ask. Q1 to Q12 are those of the DLProv paper, M1 to M5 those of the article that joined "
        "MLflow and PROV-O. A thing is given by name, ",
        element("code", "name@version"),
        ", ",
        element("code", "name@latest"),
        " or IRI.",
    )


def _address(question: Question) -> str:
    return anchor(QUESTIONS, question.path)


def _theme(theme: str, listed: Sequence[Question], short: dict[str, list[str]], contents: Contents) -> Html:
    place = f"theme/{theme}"
    head = title_of(2, anchor("", place), theme.capitalize())
    return element("section", head, [_question(each, short[each.path], contents) for each in listed], id=place)


def _question(question: Question, short: Sequence[str], contents: Contents) -> Html:
    # People ask for Q11: a tag that finds one question is a place too.
    names = separated([element("code", question.name), *(element("code", tag, id=tag) for tag in short)], " ")
    return element(
        "article",
        title_of(3, anchor("", question.path), question.summary),
        element("p", names, class_="names"),
        element("p", prose(question.description), class_="says") if question.description else None,
        _parameters(question, contents),
        facts(
            ("gives", separated(element("code", column.name) for column in question.columns) or question.form),
            ("asked by", command(_command(question))),
        ),
        _how(question, contents),
        class_="card",
        id=question.path,
    )


def _how(question: Question, contents: Contents) -> Html:
    if question.asks is not None:
        module = element("code", f"provkg.answers.{question.asks}")
        return element("p", "No query can ask it: the answer is worked out by ", module, ".")
    return shown_on_request("The query", linked(query_without_header(question.text), contents))


def _command(question: Question) -> str:
    needed = "".join(f" --{each.name} …" for each in question.params if not each.optional)
    return f"provkg ask {question.name}{needed}"


def _parameters(question: Question, contents: Contents) -> Html | None:
    if not question.params:
        return None
    return table(("parameter", "type", "meaning"), [_parameter(each, contents) for each in question.params])


def _parameter(parameter: Parameter, contents: Contents) -> tuple[Child, Child, Child]:
    classes = separated((contents.term(each.value) for each in parameter.classes), " or ")
    said = [parameter.description, "may be left out" if parameter.optional else ""]
    default = f"{parameter.default} unless given" if parameter.default is not None else ""
    return (
        element("code", parameter.name),
        classes or parameter.type,
        prose("; ".join(each for each in (*said, default) if each)),
    )
