"""RDF files: what is read, what is refused and where, and that what is written reads back equal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from provkg.errors import MalformedRDF, Unreadable, UsageError
from provkg.exchange import rdf, skolem
from provkg.exchange.rdf import RdfFile
from provkg.identity import Names
from provkg.vocabulary import NAMESPACES

NAMES = Names("https://example.org/kg/", b"salt of a test")
EX = "https://example.org/"
THREE = Triple(NamedNode(EX + "a"), NamedNode(EX + "p"), Literal("3"))

SAME_RECORD = {
    "turtle": '@prefix ex: <https://example.org/> .\nex:a ex:p "3" .',
    "trig": '<https://example.org/a> <https://example.org/p> "3" .',
    "nquads": '<https://example.org/a> <https://example.org/p> "3" .',
    "ntriples": '<https://example.org/a> <https://example.org/p> "3" .',
    "jsonld": '{"@id": "https://example.org/a", "https://example.org/p": "3"}',
}


def file(text: str | bytes, kind: str = "turtle") -> RdfFile:
    return RdfFile("record", kind, text.encode() if isinstance(text, str) else text)


def refusal(text: str | bytes, kind: str = "turtle") -> MalformedRDF:
    with pytest.raises(MalformedRDF) as caught:
        file(text, kind).records()
    return caught.value


@pytest.mark.parametrize("kind", SAME_RECORD)
def test_every_format_says_the_same_record(kind: str) -> None:
    [record] = file(SAME_RECORD[kind], kind).records()
    assert (record.graph, record.triples) == (None, (THREE,))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.ttl", "turtle"), ("a.TRIG", "trig"), ("a.nq", "nquads"), ("a.nt", "ntriples"), ("a.jsonld", "jsonld")],
)
def test_the_extension_says_the_format(name: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(SAME_RECORD[kind])
    assert [record.triples for record in rdf.read(tmp_path / name)] == [(THREE,)]


@pytest.mark.parametrize("name", ["ttl", ".ttl", "turtle", "text/turtle"])
def test_a_format_goes_by_its_name_extension_or_media_type(name: str) -> None:
    assert rdf.format_named(name) == "turtle"


def test_an_unknown_extension_or_format_is_wrong_use_and_lists_the_known() -> None:
    with pytest.raises(UsageError, match=r"no RDF format has the extension '.doc'.*\.ttl"):
        rdf.format_of(Path("a.doc"))
    with pytest.raises(UsageError, match="'rdfxml' is no RDF format; take one of turtle"):
        rdf.format_named("rdfxml")


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        rdf.read(tmp_path / "none.ttl")
    (tmp_path / "folder.ttl").mkdir()
    with pytest.raises(Unreadable, match="Is a directory"):
        rdf.read(tmp_path / "folder.ttl")


@pytest.mark.parametrize(
    ("text", "kind", "line", "column"),
    [
        ("<https://example.org/a> <https://example.org/p>\n  x:y .", "turtle", 2, 3),
        ("<https://example.org/a> <p> 1 .", "turtle", 1, 25),
        (b"# one\n# two\n<https://example.org/\xff> <https://example.org/p> 1 .", "turtle", 3, 21),
        ("<https://example.org/a> .", "nquads", 1, 25),
        ('{"@id":\n nonsense}', "jsonld", 2, 2),
        (b'{"@id":\n"\xff"}', "jsonld", 2, None),
    ],
)
def test_malformed_text_is_refused_with_line_and_column(
    text: str | bytes, kind: str, line: int, column: int | None
) -> None:
    error = refusal(text, kind)
    assert (error.line, error.column) == (line, column)
    assert str(error).startswith(f"record:{line}:")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(text=st.binary(max_size=80), kind=st.sampled_from(list(rdf.FORMATS)))
def test_any_bytes_are_read_or_refused_in_our_words(text: bytes, kind: str) -> None:
    refused, records = "record: why", list[rdf.NamedRecord]()
    try:
        records = file(text, kind).records()
    except MalformedRDF as error:
        refused = str(error)
    assert re.match(r"record:(\d+:)* \S", refused), "the source, the place in it where there is one, and why"
    for record in records:
        written = serialize(record.triples, format=RdfFormat.N_TRIPLES)
        again = [triple for read in file(written or b"", "ntriples").records() for triple in read.triples]
        assert set(again) == set(record.triples), "what was read are statements that can be written and read"


def test_each_named_graph_is_a_record_and_the_default_graph_is_the_first() -> None:
    text = f"<{EX}g2> {{ <{EX}a> <{EX}p> 2 }} <{EX}a> <{EX}p> 0 . <{EX}g1> {{ <{EX}a> <{EX}p> 1 }}"
    records = file(text, "trig").records()
    assert [record.graph and record.graph.value for record in records] == [None, EX + "g1", EX + "g2"]


def test_the_graph_of_the_ledger_is_passed_over() -> None:
    ledger = NAMES.ledger_graph
    text = f"<{EX}a> <{EX}p> 1 . {ledger} {{ <{EX}r> a <{NAMESPACES['pvk']}Record> }}"
    records = file(text, "trig").records(ledger_graph=ledger)
    assert [record.graph for record in records] == [None], "an exported graph can be added again"


@pytest.mark.parametrize("kind", ["Record", "RecordCommit"])
def test_a_file_that_speaks_as_the_ledger_is_refused(kind: str) -> None:
    error = refusal(f"<{EX}a> <{EX}p> 1 .\n<{EX}r> a <{NAMESPACES['pvk']}{kind}> .")
    assert error.line == 2
    assert f"is a {kind}, which only provkg itself writes" in error.reason


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f'<{EX}a> <{EX}p> "[ not here (" .\n# [ nor here\n<{EX}a> <{EX}p> [ <{EX}q> 1 ] .', 3),
        (f"<{EX}a> <{EX}p>\n _:b .", 2),
        (f'<{EX}a> <{EX}p> """\n\n(""", ("x") .', 3),
        (f"[] <{EX}p> 1 .", 1),
    ],
)
def test_a_blank_node_is_refused_with_its_line(text: str, line: int) -> None:
    error = refusal(text)
    assert error.line == line
    assert "--skolemize" in error.reason


def test_blank_nodes_get_the_same_iris_however_they_are_written() -> None:
    first = f"<{EX}a> <{EX}p> _:x . _:x <{EX}q> 1 . <{EX}a> <{EX}p> _:y . _:y <{EX}q> 2 ."
    second = f"<{EX}a> <{EX}p> [ <{EX}q> 2 ], [ <{EX}q> 1 ] ."
    [one], [other] = (file(text).records(skolemize=NAMES) for text in (first, second))
    assert set(one.triples) == set(other.triples)
    objects = {triple.object for triple in one.triples if isinstance(triple.object, NamedNode)}
    assert len(objects) == 2
    assert all(iri.value.startswith("https://example.org/kg/.well-known/genid/") for iri in objects)


def test_other_content_gives_other_iris_for_blank_nodes() -> None:
    [one], [other] = (file(f"[] <{EX}q> {n} .").records(skolemize=NAMES) for n in (1, 2))
    assert one.triples[0].subject != other.triples[0].subject


def test_entangled_blank_nodes_are_refused_after_a_while() -> None:
    clique = "".join(f"_:n{i} <{EX}p> _:n{j} .\n" for i in range(10) for j in range(10) if i != j)
    with pytest.raises(MalformedRDF, match="too entangled to be named; give them IRIs"):
        skolem.named(file(clique).quads(blank_nodes=True), NAMES, "record", seconds=0.5)


def test_any_data_may_keep_its_blank_nodes() -> None:
    quads = file(f"[] <{EX}p> 1 .").quads(blank_nodes=True)
    assert [isinstance(quad.subject, BlankNode) for quad in quads] == [True]


@pytest.mark.parametrize("opening", ["<< ", "<<( "])
def test_triple_terms_are_refused_before_they_end_the_process(opening: str) -> None:
    error = refusal(f"<{EX}a> <{EX}p> \n" + f"{opening}<{EX}a> <{EX}p> " * 50_000)
    assert error.line == 2


def test_two_less_than_signs_in_a_string_are_text() -> None:
    [record] = file(f'<{EX}a> <{EX}p> "1 << 2" .').records()
    assert record.triples[0].object == Literal("1 << 2")


def test_our_json_ld_context_is_known_without_a_network() -> None:
    text = (
        '{"@context": ["https://w3id.org/provkg/context.jsonld", {"ex": "https://example.org/"}],'
        ' "@id": "ex:run", "@type": "https://w3id.org/provkg#TrainingRun"}'
    )
    [record] = file(text, "jsonld").records()
    assert record.triples[0].subject == NamedNode(EX + "run")


@pytest.mark.parametrize(
    "context",
    [
        '"https://schema.org/"',
        '["https://w3id.org/provkg/context.jsonld",\n"https://schema.org/"]',
        '{"@import": "https://schema.org/"}',
        '{"name": {"@id": "https://example.org/n", "@context": "https://schema.org/"}}',
        '"file:///etc/passwd"',
    ],
)
def test_a_remote_json_ld_context_is_refused_with_its_line(context: str) -> None:
    error = refusal('{"@id": "https://example.org/a",\n"@context": ' + context + "}", "jsonld")
    assert "would have to be fetched, and provkg fetches none" in error.reason
    assert error.line in {2, 3}


def test_deep_json_is_refused() -> None:
    assert "too deep" in refusal('{"a":' * 20_000, "jsonld").reason


def test_subjects_have_the_line_of_their_first_statement() -> None:
    text = f"""@prefix ex: <{EX}> .
# ex:comment
PREFIX other: <https://other.org/>
ex:a ex:p ex:later ;
  ex:q "ex:string ." , 1.5 .
ex:later ex:p 1 . other:x\\-y ex:p 2.
<{EX}g> {{ ex:a ex:p 3 .
  ex:in-graph ex:p "." }}
"""
    found = file(text, "trig").places().subjects
    expected = {"a": 4, "later": 6, "g": 7, "in-graph": 8}
    assert {name: found[EX + name] for name in expected} == expected
    assert found["https://other.org/x-y"] == 6
    assert EX + "p" not in found


def test_subjects_of_json_ld_have_lines_where_they_are_written_in_full() -> None:
    text = '{"@graph": [\n{"@id": "https://example.org/a"},\n{"@id": "https://example.org/b"}]}'
    assert file(text, "jsonld").places().subjects == {EX + "a": 2, EX + "b": 3}


NAMESPACE = st.sampled_from([*NAMESPACES.values(), EX, "urn:x:", "prov:", "pvk:"])
LOCAL = st.text(alphabet="abzAZ019_-.~/:%é#?", max_size=6).filter(lambda text: "%" not in text and text.count("#") == 0)
IRIS = st.builds(lambda namespace, local: NamedNode(namespace + local + "x"), NAMESPACE, LOCAL)
LITERALS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12).map(Literal),
    st.text(max_size=5, alphabet="ab\n\"'\\ .\t").map(lambda text: Literal(text, language="en-gb")),
    st.integers().map(Literal),
    st.floats(allow_nan=True).map(Literal),
    st.builds(
        lambda text, kind: Literal(text, datatype=NamedNode(NAMESPACES["xsd"] + kind)),
        st.sampled_from(["01", "+1", "1.50", ".5", "1e3", "true", "1", "x .\ny", ""]),
        st.sampled_from(["integer", "decimal", "double", "boolean", "dateTime", "anyURI"]),
    ),
)
TRIPLES = st.lists(st.builds(Triple, IRIS, IRIS, st.one_of(IRIS, LITERALS)), max_size=8)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(triples=TRIPLES, kind=st.sampled_from(list(rdf.FORMATS)))
def test_what_is_written_reads_back_equal(triples: list[Triple], kind: str) -> None:
    text = rdf.write(triples, kind)
    assert {quad.triple for quad in file(text, kind).quads()} == set(triples)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(quads=st.lists(st.builds(Quad, IRIS, IRIS, st.one_of(IRIS, LITERALS), IRIS), max_size=8))
@pytest.mark.parametrize("kind", ["trig", "nquads", "jsonld"])
def test_named_graphs_are_written_and_read_back_equal(kind: str, quads: list[Quad]) -> None:
    assert set(file(rdf.write(quads, kind), kind).quads()) == set(quads)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(triples=TRIPLES, kind=st.sampled_from(list(rdf.FORMATS)), data=st.data())
def test_the_order_of_the_triples_does_not_show_in_the_bytes(
    triples: list[Triple], kind: str, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(triples))
    assert rdf.write(triples, kind) == rdf.write(shuffled, kind)


def test_turtle_is_written_with_our_prefixes_and_only_those_it_uses() -> None:
    run = NamedNode(EX + "run")
    text = rdf.write(
        [
            Triple(run, NamedNode(NAMESPACES["prov"] + "used"), NamedNode(EX + "data")),
            Triple(run, NamedNode(NAMESPACES["rdf"] + "type"), NamedNode(NAMESPACES["pvk"] + "TrainingRun")),
        ]
    ).decode()
    assert text == (
        "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
        "@prefix pvk: <https://w3id.org/provkg#> .\n\n"
        "<https://example.org/run> a pvk:TrainingRun ;\n\tprov:used <https://example.org/data> .\n"
    )
