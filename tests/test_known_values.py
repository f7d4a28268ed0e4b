"""Text that a question is given and no graph knows is an error that names the nearest, as an unknown thing is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import provkg
from provkg.errors import BadParameter, UnknownThing, Unreadable
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.questions.question import Question
from tests import company
from tests.commands import one_sentence, run


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("known") / "kg"
    with KnowledgeGraph.hold(Folder.create(place, base=company.BASE, level="standard")) as graph:
        company.tell(graph)
    return place


@pytest.mark.parametrize(
    ("name", "values", "nearest"),
    [
        ("origins-of-column", {"data": "standard-train-ready@1", "column": "incme"}, "income"),
        ("columns-made-from", {"column": "incme"}, "income"),
        ("models-with-parameter", {"name": "lerning_rate", "value": "0.3"}, "learning_rate"),
        ("group-share", {"model": "scorer@5", "feature": "agee"}, "age"),
        ("wider-populations", {"model": "scorer@5", "feature": "agee"}, "age"),
    ],
)
def test_a_value_that_nothing_bears_is_told_with_the_nearest(
    kept: Path, name: str, values: Mapping[str, str], nearest: str
) -> None:
    with provkg.open(kept) as graph, pytest.raises(UnknownThing, match=rf"did you mean .*\b{nearest}\b"):
        graph.ask(name, **values)


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("incomplete-versions", {"field": "licence"}, "which nothing asks at the level standard; did you mean license"),
        ("incomplete-versions", {"level": "standart"}, "did you mean standard.*take one of minimal, standard, audit"),
        ("runs-on-weekday", {"weekday": "Blursday"}, "take one of Monday, Tuesday"),
        ("runs-on-weekday", {"weekday": "T"}, "may be Tuesday or Thursday; write more of it"),
        ("process-of-stages", {"stages": "ingestion, joyn"}, "stages has 'joyn'.*did you mean .*join"),
        ("process-of-stages", {"stages": ", "}, "which is none"),
        ("due", {"action": "burn"}, "take one of archive, purge"),
    ],
)
def test_a_word_that_is_no_choice_is_told_with_the_choices(
    kept: Path, name: str, values: Mapping[str, str], told: str
) -> None:
    needed = {
        "runs-on-weekday": {"kind": "standardization", "name": "with_mean", "value": "true"},
        "process-of-stages": {"model": "scorer@5"},
    }
    with provkg.open(kept) as graph, pytest.raises(BadParameter, match=told):
        graph.ask(name, **needed.get(name, {}), **values)


def test_how_a_choice_begins_is_enough(kept: Path) -> None:
    given = {"kind": "standardization", "name": "with_mean", "value": "true"}
    with provkg.open(kept) as graph:
        assert list(graph.ask("runs-on-weekday", **given, weekday="tue")) == list(
            graph.ask("runs-on-weekday", **given, weekday="Tuesday")
        )
        assert len(graph.ask("runs-on-weekday", **given)) == 3, "no choice is looked at where none is given"


def test_the_command_says_it_in_one_sentence(kept: Path) -> None:
    asked = run("ask", "models-with-parameter", "--name", "lerning_rate", "--value", "0.3", "--store", kept)
    assert "nothing here has the paramName 'lerning_rate', given as name; did you mean learning_rate" in one_sentence(
        asked, 2
    )


def test_a_value_that_is_known_may_have_an_empty_answer(kept: Path) -> None:
    with provkg.open(kept) as graph:
        assert len(graph.ask("models-with-parameter", name="learning_rate", value="77")) == 0


def test_a_default_that_nothing_bears_is_no_error(tmp_path: Path) -> None:
    Folder.create(tmp_path / "kg", base=company.BASE, level="standard")
    with KnowledgeGraph.hold(Folder.find(tmp_path / "kg")):
        pass
    with provkg.open(tmp_path / "kg") as graph:
        assert len(graph.ask("models-with-parameter", value="0.3")) == 0


def test_only_text_has_values_and_choices(tmp_path: Path) -> None:
    file = tmp_path / "aged.rq"
    file.write_text(
        "#+ summary: Who?\n#+ x-provkg:\n#+   params: {age: {type: integer, choices: [1]}}\nASK { ?a ?b ?_age_integer }"
    )
    with pytest.raises(Unreadable, match="only a string has choices, kinds or values"):
        Question.load(file)


def test_a_question_of_one_s_own_may_say_where_its_values_stand(kept: Path) -> None:
    (kept / "queries" / "own").mkdir(parents=True, exist_ok=True)
    (kept / "queries" / "own" / "named.rq").write_text(
        "#+ summary: Who is called so?\n#+ x-provkg:\n"
        "#+   params: {called: {type: string, values: [foaf:name, dct:title]}}\n#+   columns: {who: iri}\n"
        "SELECT ?who { ?who <http://xmlns.com/foaf/0.1/name> ?_called_literal } ORDER BY ?who\n"
    )
    with provkg.open(kept) as graph:
        assert len(graph.ask("named", called="Ada Osei")) == 1
        with pytest.raises(UnknownThing, match=r"has the name or title 'Ada Oséi'.*did you mean Ada Osei"):
            graph.ask("named", called="Ada Oséi")
