"""Every rule across records finds what it says and nothing else, in the words of who can mend it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.folder import LEVELS
from provkg.resources import RULES
from provkg.rules import KINDS, Finding, Ground, Rule, Rulebook, audit, rules_page
from provkg.rules.library import check
from provkg.sparql import tokens
from tests import examples_of_rules as examples
from tests import story
from tests.generated.files import same_or_rewritten

BOOK = Rulebook.read()
ASKED_IN_SPARQL = [rule for rule in BOOK.rules if rule.question]
NOW = datetime(2026, 4, 1, tzinfo=UTC)
# Which other rules find something in an example, and why that is right: what one rule looks for another may see too.
ALSO = {
    "X09/violating": {"X42": "the shapes let a thing have one digest"},
    "X51/violating": {"X42": "a qualified start is also a plain one, and a run starts once"},
    "X14/violating": {"X06": "the model has no training data, whoever predicts with it"},
    "X14/violating-no-model": {"X06": "the model is the same, and nobody predicts with it"},
}
ON_THE_STORY = {
    "X03": "raw-grader was trained on all raw readings and is evaluated on a part of them, as the story says",
    "X28": "the story was told to the graph ten days after it happened",
}


def rule(wanted: str) -> Rule:
    (found,) = BOOK.choose([wanted])
    return found


def found_in(ground: Ground, *rules: Rule) -> list[Finding]:
    values = {"at": NOW} if any(each.id == "X50" for each in rules) else {}
    return list(audit(ground, rules, values))


def test_the_rules_x01_to_x42_are_there_once() -> None:
    ids = [rule.id for rule in BOOK.rules]
    assert sorted(set(ids)) == sorted(ids), "an id names one rule"
    assert {f"X{number:02}" for number in range(1, 43)} <= set(ids)


def test_every_rule_asked_in_sparql_has_a_violating_and_a_clean_example() -> None:
    assert {file.parent.name for file in examples.VIOLATING} == {rule.id for rule in ASKED_IN_SPARQL}
    assert {file.parent.name for file in examples.CLEAN} == {rule.id for rule in ASKED_IN_SPARQL}


@pytest.mark.parametrize("file", examples.VIOLATING, ids=examples.label)
def test_a_violating_example_gives_the_expected_rows(file: Path) -> None:
    columns, rows = examples.expected(file)
    asked = rule(file.parent.name)
    assert list(asked.columns) == columns
    found = found_in(examples.ground(file), asked)
    assert [tuple(each.row[column] for column in columns) for each in found] == rows
    assert rows, "a violating example is found"


@pytest.mark.parametrize("file", examples.CLEAN, ids=examples.label)
def test_a_clean_example_is_not_found(file: Path) -> None:
    assert [str(each) for each in found_in(examples.ground(file), rule(file.parent.name))] == []


@pytest.mark.parametrize("file", [file for file in examples.CLEAN if file.stem == "clean"], ids=examples.label)
def test_a_clean_example_differs_from_the_violating_one_in_one_fact(file: Path) -> None:
    violating = set(examples.quads(file.with_stem("violating")))
    clean = set(examples.quads(file))
    assert violating != clean
    assert len(violating ^ clean) <= 4, "a near miss: one fact more, less or other, on at most two nodes"


@pytest.mark.parametrize("number", sorted({file.parent.name for file in examples.EXAMPLES}))
def test_other_rules_are_silent_on_an_example_or_right(number: str) -> None:
    for file in (file for file in examples.EXAMPLES if file.parent.name == number):
        found = {each.rule.id for each in found_in(examples.ground(file), *BOOK.rules)} - {number}
        assert found == set(ALSO.get(examples.label(file), {})), examples.label(file)


def test_the_rules_find_nothing_in_the_story_but_what_is_so() -> None:
    found = found_in(Ground(story.index()), *BOOK.rules)
    assert {each.rule.id for each in found} == set(ON_THE_STORY)
    (leak,) = [each for each in found if each.rule.id == "X03"]
    assert "raw-grader@1 on apples-test" in leak.message


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_a_header_says_what_is_wrong_and_what_to_do(rule: Rule) -> None:
    assert rule.summary
    assert not rule.summary.endswith((".", "?")), "a summary names the fault; it is no sentence and no question"
    assert rule.kind in KINDS
    assert rule.level in LEVELS
    assert rule.why.endswith(".")
    assert rule.message.endswith(".")
    assert ";" in rule.message or "{cure}" in rule.message, "what is wrong; what to do"
    assert rule.columns[0] == "this"


def test_impossible_and_bad_but_true_rules_are_those_of_the_design() -> None:
    kinds = {kind: {rule.id for rule in BOOK.rules if rule.kind == kind} for kind in KINDS}
    assert kinds["impossible"] == {"X07", "X09", "X10", "X20", "X21", "X23", "X41", "X58", "X59"}
    assert kinds["bad-but-true"] == {
        "X01", "X02", "X03", "X08", "X12", "X13", "X14", "X15", "X22", "X26", "X27", "X35", "X38",
        "X60",  # X01 between datasets that no split made
    }  # fmt: skip
    assert {rule.id for rule in BOOK.rules if rule.level == "audit"} >= {"X17", "X25", "X28", "X36", "X37", "X39"}


@pytest.mark.parametrize("rule", ASKED_IN_SPARQL, ids=lambda rule: rule.id)
def test_a_text_parses_is_ordered_and_uses_known_terms(rule: Rule) -> None:
    assert rule.question is not None
    file = RULES / f"{rule.path}.rq"
    check(file, rule)
    words = [token.text.upper() for token in tokens(rule.question.text) if token.kind not in {"space", "comment"}]
    last = max(place for place, pair in enumerate(pairwise(words)) if pair == ("ORDER", "BY"))
    assert words[last + 2].startswith("?"), "the findings come in a stable order"
    assert ("SELECT", "*") not in list(pairwise(words))
    known = {value for value in vars(vocabulary).values() if isinstance(value, NamedNode)}
    for token in tokens(rule.question.text):
        prefix, _, name = token.text.partition(":")
        if token.kind == "prefixed" and name and prefix in vocabulary.NAMESPACES and prefix != "xsd":
            assert NamedNode(vocabulary.NAMESPACES[prefix] + name) in known | vocabulary.TERMS, token.text


def test_the_page_in_rules_is_the_catalogue(rewrite: bool) -> None:
    assert same_or_rewritten(RULES / "README.md", rules_page(BOOK.rules), rewrite=rewrite)


def test_a_message_names_things_as_people_do() -> None:
    ground = Ground(story.index())
    (first,) = found_in(ground, rule("X03"))
    assert str(first) == (
        "evaluate raw-sgd: It evaluates raw-grader@1 on apples-test, which was made from tomas-readings@1, on which "
        "this model was trained; evaluate on data kept apart before."
    )


def test_a_threshold_is_a_parameter_with_a_default() -> None:
    late = next(file for file in examples.VIOLATING if examples.label(file) == "X28/violating")
    assert len(found_in(examples.ground(late), rule("X28"))) == 1
    assert list(audit(examples.ground(late), [rule("X28")], {"seconds": "999999"})) == []


def test_a_pipe_or_a_folder_among_the_owners_rules_is_named_and_nobody_waits_for_it(tmp_path: Path) -> None:
    (tmp_path / "folder.rq").mkdir()
    os.mkfifo(tmp_path / "pipe.rq")
    book = Rulebook.read(tmp_path)
    assert len(book.rules) == len(BOOK.rules)
    assert [str(each) for each in book.broken] == [
        f"{tmp_path / name} is no file; move it away" for name in ("folder.rq", "pipe.rq")
    ]
