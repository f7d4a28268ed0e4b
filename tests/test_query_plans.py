"""Shapes that are slow on large graphs are found in a query's text, and no saved question has one."""

from __future__ import annotations

import pytest

from provkg.questions import Question, all_questions
from provkg.questions.groups import groups_of
from provkg.questions.plan import RULES, slow_shapes

ASKED = sorted(all_questions(), key=lambda question: question.path)
COPIES = "?end pvk:sha256/(pvk:dependsOn|^pvk:sha256)* ?d"
MADE = "{ { SELECT ?d ?e { ?d pvk:a ?e } } }"
FOUND = "{ SELECT DISTINCT ?model WHERE { ?model pvk:trainedBy/pvk:inExperiment ?_experiment_iri } }"
# Rule: a guilty query, and one that asks the same and is innocent.
CASES = {
    "closure-beside-type": (
        "SELECT ?x { ?x pvk:dependsOn+ <a:b> . ?x a pvk:Split }",
        "SELECT ?x { { SELECT ?x { ?x (pvk:a|^pvk:b)* <a:b> } } ?x a pvk:Split . FILTER(?n * 2 + ?m > 3) }",
    ),
    "closure-after-closure": (
        f"SELECT ?d {{ ?_model_iri pvk:dependsOn+ ?end . {COPIES} }}",
        f"SELECT ?d {{ {{ SELECT DISTINCT ?end {{ ?_model_iri pvk:dependsOn+ ?end }} }} {COPIES} }}",
    ),
    "closure-without-start": (
        "SELECT ?s { ?_m_iri pvk:trainedOn ?d { ?d prov:wasDerivedFrom* ?s } UNION { ?d pvk:sha256 ?s } }",
        "SELECT ?s { { ?_m_iri pvk:trainedOn ?d . ?d prov:wasDerivedFrom* ?s } UNION { ?d pvk:sha256 ?s } }",
    ),
    "optional-of-several-steps": (
        f"SELECT ?v {{ {FOUND} OPTIONAL {{ ?model pvk:versionOf ?whole ; dcat:version ?v }} }}",
        f"SELECT ?v {{ {FOUND} OPTIONAL {{ ?model pvk:versionOf ?whole }} OPTIONAL {{ ?model dcat:version ?v }} }}",
    ),
    "optional-from-optional": (
        f"SELECT ?n {{ {FOUND} OPTIONAL {{ ?model pvk:versionOf ?whole }} OPTIONAL {{ ?whole dct:title ?n }} }}",
        f"SELECT ?n {{ {FOUND} OPTIONAL {{ ?model pvk:versionOf ?whole OPTIONAL {{ ?whole dct:title ?n }} }} }}",
    ),
    "step-after-closure": (
        f"SELECT ?r {{ {FOUND} OPTIONAL {{ ?model pvk:dependsOn*/prov:wasGeneratedBy ?r }} }}",
        f"SELECT ?r {{ {FOUND} OPTIONAL {{ ?model pvk:dependsOn* ?w OPTIONAL {{ ?w prov:wasGeneratedBy ?r }} }} }}",
    ),
    "select-in-optional": (
        f"SELECT ?d {{ {FOUND} OPTIONAL {{ ?model pvk:trainedOn ?d OPTIONAL {MADE} }} }}",
        f"SELECT ?d {{ {FOUND} OPTIONAL {{ ?model pvk:trainedOn ?d }} OPTIONAL {MADE} }}",
    ),
    "parted-by-bind": (
        'SELECT ?v { ?_model_iri pvk:trainedBy/pvk:ranIn ?thing . BIND("file" AS ?part) ?thing pvk:sha256 ?v }',
        'SELECT ?v { BIND(?__a_iri AS ?given) ?_m_iri pvk:ranIn ?thing . ?thing pvk:sha256 ?v BIND(1 AS ?n) }',
    ),
    "exists-of-several-steps": (
        f"SELECT ?model {{ {FOUND} FILTER NOT EXISTS {{ ?s pvk:measures ?model ; pvk:metricKind ?kind }} }}",
        f"SELECT ?model {{ {FOUND} FILTER NOT EXISTS {{ ?model a pvk:Checkpoint }} }}",
    ),
    "values-beside": (
        f"SELECT ?s {{ {FOUND} VALUES ?k {{ pvk:A-a pvk:A-b }} ?s pvk:measures ?model ; pvk:metricKind ?k }}",
        f"SELECT ?s {{ {FOUND} ?s pvk:measures ?model ; pvk:metricKind ?k FILTER(?k IN (pvk:A-a, pvk:A-b)) }}",
    ),
    "member-beside-select": (
        f"SELECT ?s {{ {FOUND} ?s pvk:measures ?model ; pvk:metricKind pvk:MetricKind-loss }}",
        f"SELECT ?s {{ {FOUND} ?s pvk:measures ?model ; pvk:metricKind ?k FILTER(?k = pvk:MetricKind-loss) }}",
    ),
    "number-by-term": (
        "SELECT ?s { ?s pvk:numericValue ?_value_xsd_double }",
        "SELECT ?s { ?s pvk:paramName ?_n_literal ; pvk:numericValue ?v FILTER(ABS(?v - ?_value_xsd_double) < 0.1) }",
    ),
    "untold-row": (
        "SELECT ?v { { SELECT (MAX(?n) AS ?most) { ?_r_iri pvk:value ?n } } ?_r_iri pvk:value ?v FILTER(?v = ?most) }",
        "SELECT ?v { { SELECT (MAX(?n) AS ?most) { ?_r_iri pvk:value ?n } LIMIT 1 } ?_r_iri pvk:value ?v "
        "{ SELECT ?v (COUNT(?x) AS ?n) { ?v pvk:dependsOn ?x } GROUP BY ?v } "
        "OPTIONAL { { SELECT (SUM(?y) AS ?z) { ?y ?p ?q } } } }",
    ),
    "branches-apart": (
        "SELECT ?v { { SELECT ?m ?r { ?m pvk:trainedBy ?r } } { ?r pvk:parameter ?v } UNION { ?v pvk:measures ?m } }",
        "SELECT ?v { { SELECT ?m ?r { ?m pvk:trainedBy ?r } } { ?m pvk:trainedBy ?r . ?r pvk:parameter ?v } "
        "UNION { ?v pvk:measures ?m } }",
    ),
    "unconnected": (
        "SELECT ?a ?b { ?a pvk:trainedOn ?b . ?c pvk:deploys ?d }",
        "SELECT ?a ?b { ?a pvk:trainedOn ?b . ?c pvk:deploys ?a . ?_run_iri dct:title ?t . ?_other_iri dct:title ?u }",
    ),
}  # fmt: skip


MAYBE = "{ { ?_p_iri pvk:predictedBy ?model } UNION { ?_p_iri pvk:inBatch ?batch } %s }"


def test_what_only_one_branch_of_a_union_binds_is_no_start_for_a_lookup() -> None:
    (found,) = slow_shapes(f"SELECT ?v {MAYBE % 'OPTIONAL { ?model dcat:version ?v }'}")
    assert found.rule == "optional-from-optional"
    known = 'BIND(COALESCE(?model, "") AS ?known) OPTIONAL { ?known dcat:version ?v }'
    assert slow_shapes(f"SELECT ?v {MAYBE % known}") == []
    both = "{ { ?_p_iri pvk:predictedBy ?x } UNION { ?_p_iri pvk:inBatch ?x } OPTIONAL { ?x dct:title ?v } }"
    assert slow_shapes(f"SELECT ?v {both}") == [], "each branch binds it"


def test_there_is_a_case_for_each_rule() -> None:
    assert CASES.keys() == RULES.keys()


@pytest.mark.parametrize("rule", CASES)
def test_the_guilty_query_is_told_what_to_write_and_the_innocent_one_nothing(rule: str) -> None:
    guilty, innocent = CASES[rule]
    assert {found.rule for found in slow_shapes(guilty)} == {rule}
    assert RULES[rule][1] in str(slow_shapes(guilty)[0])
    assert slow_shapes(innocent) == []


# Questions that have a slow shape still: the list may only shrink.
STILL_SLOW: dict[str, set[str]] = {
    "preprocessing/fitted-on-test-rows": {"closure-without-start"},
}


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.path)
def test_no_other_saved_question_has_a_slow_shape(question: Question) -> None:
    assert {found.rule for found in slow_shapes(question.text)} == STILL_SLOW.get(question.path, set())


def test_what_constructs_is_no_pattern_and_what_a_path_is_made_of_is_known() -> None:
    (where,) = groups_of("CONSTRUCT { ?a ?b ?c } WHERE { ?a (pvk:x/^pvk:y)*/pvk:z ?c ; a pvk:Run, pvk:Split }")
    assert [str(pattern) for pattern in where.patterns] == [
        "?a (pvk:x/^pvk:y)*/pvk:z ?c",
        "?a a pvk:Run",
        "?a a pvk:Split",
    ]
    assert [(each.steps, each.is_closure, each.goes_on, each.is_type) for each in where.patterns] == [
        (2, True, True, False),
        (1, False, False, True),
        (1, False, False, True),
    ]


def test_words_in_strings_and_comments_are_no_patterns() -> None:
    text = 'SELECT ?a { # ?a pvk:x+ ?b\n ?a pvk:name "?a pvk:y+ ?b . ?a a pvk:Run" }'
    assert slow_shapes(text) == []
    assert [str(each) for group in groups_of(text) for each in group.patterns] == [
        '?a pvk:name "?a pvk:y+ ?b . ?a a pvk:Run"'
    ]


@pytest.mark.parametrize(
    "text", ["", "SELECT", "SELECT ?a {", "ASK { ?a pvk:b+", "SELECT ?a { ?a (pvk:b", "}}}{{{", "ASK { ?a [ ( }"]
)
def test_text_that_ends_too_early_is_left_to_the_engine(text: str) -> None:
    assert slow_shapes(text) == []
