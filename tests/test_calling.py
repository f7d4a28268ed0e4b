"""What a table calls a thing can be typed where a thing is asked for, and means that thing alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from provkg import vocabulary as v
from provkg.index import ReadIndex
from provkg.lineage import node
from provkg.questions import Naming, called
from provkg.questions.terms import short
from provkg.reading import Reader
from tests import story


def index_of(quads: Iterable[Quad]) -> ReadIndex:
    store = Store()
    store.extend(quads)
    return ReadIndex(Path("of-a-test"), 0, store, -1)


def things_of(index: ReadIndex) -> list[NamedNode]:
    rows = index.query("SELECT DISTINCT ?thing { ?thing a ?class FILTER(isIRI(?thing)) } ORDER BY ?thing").rows
    return [row[0] for row in rows if isinstance(row[0], NamedNode)]


def classes_of(index: ReadIndex, thing: NamedNode) -> list[NamedNode]:
    rows = index.query(f"SELECT ?class {{ {thing} a ?class }}").rows
    return [row[0] for row in rows if isinstance(row[0], NamedNode)]


def test_every_name_of_the_story_leads_back_to_its_thing_whatever_class_is_asked_for() -> None:
    index = story.index()
    things = things_of(index)
    names = called(index, things)
    assert len(names) > len(things) / 3
    naming = Naming(index)
    for thing in things:
        if (name := names.get(thing.value)) is not None:
            assert naming.resolve(name) == thing
            assert all(naming.resolve(name, [kind]) == thing for kind in classes_of(index, thing))
    assert len(set(names.values())) == len(names), "two things share a name"


def test_things_are_called_as_people_call_them() -> None:
    named = called(story.index(), [story.thing(local) for local in EXPECTED])
    assert {local: named.get(story.thing(local).value) for local in EXPECTED} == EXPECTED


EXPECTED = {
    "model-version/apple-grader-2": "apple-grader@2",
    "training-run/sgd-fast": "sgd-fast",
    "agent/mara": "Mara Lind",
    "split/train": "apples-train",
    "project/apples": "Apple sorting",
    # An address is no plain name: typed back, it would be taken for an IRI.
    "endpoint/grade": None,
}


KEYS = ("1a" * 32, "1b" * 32, "2c" * 32)


def runs_called(*titles: str) -> tuple[ReadIndex, list[NamedNode]]:
    things = [NamedNode(f"https://a.example/training-run/{key}") for key, _ in zip(KEYS, titles, strict=False)]
    quads = [Quad(thing, v.rdf_type, v.TrainingRun) for thing in things]
    quads += [Quad(thing, v.dct_title, Literal(title)) for thing, title in zip(things, titles, strict=True)]
    return index_of(quads), things


def test_runs_of_one_title_are_told_apart_by_the_start_of_their_keys() -> None:
    index, things = runs_called("fit", "fit", "judge")
    names = called(index, things)
    assert [names[thing.value] for thing in things] == ["fit@1a1a1a1a", "fit@1b1b1b1b", "judge"]
    assert Naming(index).resolve("fit@1b1b") == things[1]


def test_a_whole_that_shares_its_name_with_its_versions_is_found_by_its_key() -> None:
    whole = NamedNode(f"https://a.example/dataset/{KEYS[0]}")
    part = NamedNode(f"https://a.example/dataset-version/{KEYS[1]}")
    other = NamedNode(f"https://a.example/project/{KEYS[2]}")
    said = [(whole, v.Dataset, "digits"), (other, v.Project, "digits")]
    quads = [Quad(thing, v.rdf_type, kind) for thing, kind, _ in said]
    quads += [Quad(thing, v.dct_title, Literal(title)) for thing, _, title in said]
    quads += [Quad(part, v.versionOf, whole), Quad(part, v.rdf_type, v.DatasetVersion)]
    quads += [Quad(part, v.dcat_version, Literal("1.0"))]
    index = index_of(quads)
    names = called(index, [whole, part, other])
    assert names == {whole.value: "digits@1a1a1a1a", part.value: "digits@1.0", other.value: "digits@2c2c2c2c"}
    assert {iri: Naming(index).resolve(name).value for iri, name in names.items()} == {iri: iri for iri in names}


@given(st.lists(st.text("ab@/: 1-é…\n", min_size=1, max_size=6), min_size=1, max_size=3))
def test_whatever_titles_there_are_no_name_leads_astray(titles: Sequence[str]) -> None:
    index, things = runs_called(*titles)
    names = called(index, things)
    for thing in things:
        shown = short(thing, names)
        assert Naming(index).resolve(shown) == thing, (titles, shown)


def test_an_answer_printed_after_its_reader_was_closed_shows_short_iris() -> None:
    with Reader(story.index()) as reader:
        reply = reader.query(f"SELECT ?run {{ ?run a {v.TrainingRun} ; {v.dct_title} 'sgd-fast' }}")
    assert reply.text().splitlines()[2] == "training-run/sgd-fast"


def test_iris_are_shown_whole_on_request() -> None:
    with Reader(story.index()) as reader:
        reply = reader.ask("Q2", run="sgd-slow")
        assert story.thing("training-run/sgd-slow").value in reply.text(iris=True)
        assert "training-run/" not in reply.text()


@pytest.mark.parametrize("count", [1, 3_000])
def test_an_answer_of_any_length_is_named(count: int) -> None:
    things = [NamedNode(f"https://a.example/training-run/{number:064x}") for number in range(count)]
    titles = [Quad(thing, v.dct_title, Literal(f"run {number}")) for number, thing in enumerate(things)]
    names = called(index_of(titles), things)
    assert list(names.values()) == [f"run {number}" for number in range(count)]


def test_a_prediction_is_called_by_its_batch_and_row_as_in_a_lineage() -> None:
    single = story.thing("prediction/last-crate-12")
    with story.index() as index:
        assert called(index, [single]) == {single.value: "last-crate-grades row 12"}
        assert Naming(index).resolve("last-crate-grades row 12") == single == NamedNode(node(index, single).iri)
        assert node(index, single).label == "last-crate-grades row 12"
    batch = story.thing("prediction-batch/other")
    twice = [Triple(batch, v.rdf_type, v.PredictionBatch), Triple(batch, v.dct_title, Literal("last-crate-grades"))]
    with story.index(also=twice) as index:
        assert called(index, [single]) == {}, "two batches bear that name"


def test_data_is_called_by_a_path_that_is_no_kind_of_thing() -> None:
    whole, data = story.thing("dataset/f"), story.thing("dataset-version/f")
    said = [Triple(whole, v.dct_title, Literal("data/customers.csv")), Triple(data, v.versionOf, whole)]
    said.append(Triple(data, v.dcat_version, Literal("c68d")))
    with story.index(also=said) as index:
        assert called(index, [data]) == {data.value: "data/customers.csv@c68d"}
        assert Naming(index).resolve("data/customers.csv@c68d") == data
