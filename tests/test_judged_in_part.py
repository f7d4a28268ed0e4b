"""What is asked of a few things, or of all of a class together, is what the whole graph is asked, or each by itself."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from provkg import vocabulary as v
from provkg.answers import below_level
from provkg.answers.asked import Asked
from provkg.folder import LEVELS
from provkg.gate.compiler.selected import pieces
from provkg.gate.fields import fields
from provkg.gate.whole_graph import graph_shapes
from provkg.graph.auditing import AskedShapes, asked_shapes
from provkg.index import ReadIndex
from provkg.score.lacking import lacking
from provkg.score.reach import Statements
from provkg.score.scoring import answered
from tests import company

EXAMPLES = sorted((Path(__file__).parent / "shapes").glob("*/*.ttl"))
NESTED = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix pvk: <https://w3id.org/provkg#> .
ex:OfData a sh:NodeShape ; sh:targetClass pvk:DatasetVersion ; sh:property ex:OfData-versionOf .
ex:OfData-versionOf sh:path pvk:versionOf ; pvk:level pvk:Level-minimal ; sh:property ex:OfData-versionOf-slogan .
ex:OfData-versionOf-slogan sh:path ex:slogan ; sh:minCount 1 ; pvk:level pvk:Level-minimal ; sh:message "no slogan" .
"""


@contextmanager
def worn(seed: int) -> Iterator[ReadIndex]:
    """Give the company's graph with a quarter of its statements lost, except what things are."""
    chosen = random.Random(seed)
    kept = [each for each in company.stated() if each.predicate == v.rdf_type or chosen.random() > 0.25]
    with ReadIndex.over(kept, company.FOLDER, about()) as index:
        yield index


@cache
def about() -> tuple[Quad, ...]:
    return tuple(company.store(()).quads_for_pattern(None, None, None, company.LEDGER_GRAPH))


@contextmanager
def examples() -> Iterator[ReadIndex]:
    said = [Triple(each.subject, each.predicate, each.object) for file in EXAMPLES for each in parsed(file)]
    with ReadIndex.over(said, Path("examples")) as index:
        yield index


def parsed(file: Path) -> Iterator[Quad]:
    return parse(path=str(file), format=RdfFormat.TURTLE)


@pytest.mark.parametrize("level", ["minimal", "audit"])
def test_a_few_things_have_the_problems_that_the_whole_graph_tells_of_them(level: str) -> None:
    shapes = asked_shapes(None, level)
    with examples() as index:
        told = defaultdict(set)
        for problem in shapes.findings(index):
            told[problem.focus].add(problem)
        things = sorted({each.subject.value for each in index.everything() if isinstance(each.subject, NamedNode)})
        things += [each for each in told if each not in things and not each.startswith(('"', "_:"))]
        nodes = [NamedNode(each) for each in things]
        assert len(told) > 20
        for each in random.Random(1).sample(nodes, 25):
            assert set(shapes.findings_of(index, [each])) == told[each.value], each
        together = {problem for problem in shapes.findings_of(index, nodes) if problem.focus in things}
    assert together == {problem for focus in things for problem in told[focus]}


def test_what_an_owner_asks_of_values_is_a_problem_of_the_value(tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(NESTED)
    shapes = AskedShapes(graph_shapes("standard", [tmp_path / "own.ttl"]))
    with worn(1) as index:
        silent = [problem for problem in shapes.findings(index) if problem.message == "no slogan"]
        assert silent, "a dataset of the company has no slogan"
        thing = NamedNode(silent[0].focus)
        assert silent[0] in list(shapes.findings_of(index, [thing]))
        assert {problem.focus for problem in shapes.findings_of(index, [thing])} == {thing.value}
        assert list(shapes.findings_of(index, [])) == []


@pytest.mark.parametrize("level", LEVELS)
def test_all_of_a_class_lack_together_what_they_lack_one_by_one(level: str) -> None:
    asked, shapes = fields(level), asked_shapes(None, level)
    # One by one, things are shown with what they say: what others say of them selects them only in a graph.
    pointed_at = {query.shape.node for query in shapes.constraints.queries if query.targets.objects_of}
    found = 0
    for seed, kind in enumerate((v.DatasetVersion, v.ModelVersion, v.TrainingRun, v.prov_Entity)):
        with worn(seed) as index:
            rows = index.query(f"SELECT DISTINCT ?x {{ ?x a {kind} }}").rows
            nodes = [row[0] for row in rows if isinstance(row[0], NamedNode)]
            told = answered(asked, Statements(index), nodes)
            expected = {(node, field) for node, each in told for field in each.missing}
            together = set(lacking(index, asked, shapes, kind))
            assert {each for each in together if NamedNode(each[1].shape) not in pointed_at} == expected, kind
            found += len(expected)
    assert found > 50


def test_only_the_fields_of_a_name_are_asked_for() -> None:
    asked, shapes = fields("audit"), asked_shapes(None, "audit")
    with worn(2) as index:
        every = lacking(index, asked, shapes, v.DatasetVersion)
        names = {field.name for _, field in every}
        assert len(names) > 2
        for name in names:
            only = [(node, field) for node, field in every if field.name == name]
            assert lacking(index, asked, shapes, v.DatasetVersion, name) == only
        assert lacking(index, asked, shapes, v.DatasetVersion, "slogan") == []


def test_shapes_that_are_no_queries_are_asked_of_each_by_itself(tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(NESTED)
    own = [tmp_path / "own.ttl"]
    asked, shapes = fields("standard", own), AskedShapes(graph_shapes("standard", own))
    nested = next(field for field in asked.of.values() if field.message == "no slogan")
    assert not shapes.constraints.asks_all({NamedNode(nested.shape)})
    with worn(3) as index:
        ours = [each for each in lacking(index, asked, shapes, v.DatasetVersion) if "example" not in each[1].shape]
        assert ours == lacking(index, fields("standard"), asked_shapes(None), v.DatasetVersion) != []


def test_what_comes_first_in_the_ledger_is_judged_first_and_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    with worn(4) as index:
        index.size = len(company.records())
        whole = list(below_level.rows(Asked(index, None, {})))
        monkeypatch.setattr(below_level, "_FIRST", 7)
        monkeypatch.setattr(below_level, "_SHARE", 2)
        assert list(below_level.rows(Asked(index, None, {}, len(whole)))) == whole
        # The first rows do without the judgement of the whole graph.
        monkeypatch.delattr(AskedShapes, "findings")
        assert list(islice(below_level.rows(Asked(index, None, {}, 10)), 10)) == whole[:10]


def test_a_record_has_the_problems_that_it_has_among_all() -> None:
    with worn(5) as index:
        whole = list(below_level.rows(Asked(index, None, {})))
        records = list(dict.fromkeys(row["record"] for row in whole if "record" in row))
        assert len(records) > 20
        for record in records[::5]:
            assert isinstance(record, NamedNode)
            own = list(below_level.rows(Asked(index, None, {"record": record})))
            assert own == [row for row in whole if row.get("record") == record]


def test_long_lists_are_cut_so_that_each_piece_fits_into_a_query() -> None:
    nodes = [NamedNode(f"urn:x:{n}:{'n' * (n % 900)}") for n in range(1000)]
    cut = list(pieces(nodes))
    assert [each for piece in cut for each in piece] == nodes
    assert all(sum(len(each.value) for each in piece) <= 30_000 for piece in cut)
    assert len(cut) > 10
    assert list(pieces([NamedNode("urn:x:" + "n" * 40_000)])) == [[NamedNode("urn:x:" + "n" * 40_000)]]
