"""PROV-XML, PROV-JSON and PROV-O: what is read of them, and how a file that holds no document is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Triple

from provkg.entailment import closed
from provkg.errors import Malformed, MalformedPROV, UsageError
from provkg.exchange import prov_files, prov_json, prov_n, prov_o, prov_xml
from provkg.exchange.rdf import RdfFile
from provkg.prov import Document, validate
from provkg.vocabulary import NAMESPACES
from tests import story

PROV_N = """document
  prefix ex <http://example.org/>
  entity(ex:e, [prov:type='prov:Plan', prov:label="Plan"@en, ex:size="5" %% xsd:int])
  activity(ex:a, 2012-01-01T00:00:00Z, -)
  wasGeneratedBy(ex:g; ex:e, ex:a, 2012-01-01T01:00:00Z, [prov:role='ex:result'])
  used(ex:a, ex:d, -)
  wasDerivedFrom(ex:e, ex:d, ex:a, ex:g, ex:u, [prov:type='prov:Revision'])
  hadMember(ex:c, ex:d)
  hadMember(ex:c, ex:e)
  bundle ex:b
    agent(ex:m, [prov:type='prov:Person'])
  endBundle
endDocument
"""
PROV_JSON = """{
  "prefix": {"ex": "http://example.org/"},
  "entity": {"ex:e": {
    "prov:type": {"$": "prov:Plan", "type": "prov:QUALIFIED_NAME"},
    "prov:label": {"$": "Plan", "lang": "en"}, "ex:size": 5}},
  "activity": {"ex:a": {"prov:startTime": "2012-01-01T00:00:00Z"}},
  "wasGeneratedBy": {"ex:g": {"prov:entity": "ex:e", "prov:activity": "ex:a", "prov:time": "2012-01-01T01:00:00Z",
    "prov:role": {"$": "ex:result", "type": "xsd:QName"}}},
  "used": {"_:id1": {"prov:activity": "ex:a", "prov:entity": "ex:d"}},
  "wasDerivedFrom": {"_:id2": {"prov:generatedEntity": "ex:e", "prov:usedEntity": "ex:d", "prov:activity": "ex:a",
    "prov:generation": "ex:g", "prov:usage": "ex:u", "prov:type": [{"$": "prov:Revision", "type": "xsd:QName"}]}},
  "hadMember": {"_:id3": {"prov:collection": "ex:c", "prov:entity": ["ex:d", "ex:e"]}},
  "bundle": {"ex:b": {"agent": {"ex:m": {"prov:type": {"$": "prov:Person", "type": "xsd:QName"}}}}}
}"""
PROV_XML = """<?xml version="1.0"?>
<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://example.org/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <prov:plan prov:id="ex:e">
    <prov:label xml:lang="en">Plan</prov:label>
    <ex:size xsi:type="xsd:int">5</ex:size>
  </prov:plan>
  <prov:activity prov:id="ex:a"><prov:startTime>2012-01-01T00:00:00Z</prov:startTime></prov:activity>
  <prov:wasGeneratedBy prov:id="ex:g">
    <prov:entity prov:ref="ex:e"/>
    <prov:activity prov:ref="ex:a"/>
    <prov:time>2012-01-01T01:00:00Z</prov:time>
    <prov:role xsi:type="xsd:QName">ex:result</prov:role>
  </prov:wasGeneratedBy>
  <prov:used><prov:activity prov:ref="ex:a"/><prov:entity prov:ref="ex:d"/></prov:used>
  <prov:wasRevisionOf>
    <prov:generatedEntity prov:ref="ex:e"/>
    <prov:usedEntity prov:ref="ex:d"/>
    <prov:activity prov:ref="ex:a"/>
    <prov:generation prov:ref="ex:g"/>
    <prov:usage prov:ref="ex:u"/>
  </prov:wasRevisionOf>
  <prov:hadMember>
    <prov:collection prov:ref="ex:c"/>
    <prov:entity prov:ref="ex:d"/>
    <prov:entity prov:ref="ex:e"/>
  </prov:hadMember>
  <prov:bundleContent prov:id="ex:b"><prov:person prov:id="ex:m"/></prov:bundleContent>
</prov:document>"""
PREFIXES = "".join(f"@prefix {prefix}: <{NAMESPACES[prefix]}> .\n" for prefix in ("prov", "xsd", "rdfs"))
TRIG = f"""{PREFIXES}@prefix ex: <http://example.org/> .
ex:e a prov:Plan ; rdfs:label "Plan"@en ; ex:size "5"^^xsd:int ; prov:qualifiedGeneration ex:g ;
  prov:qualifiedRevision [ prov:entity ex:d ; prov:hadActivity ex:a ; prov:hadGeneration ex:g ; prov:hadUsage ex:u ] .
ex:a a prov:Activity ; prov:startedAtTime "2012-01-01T00:00:00Z"^^xsd:dateTime ; prov:used ex:d .
ex:g prov:activity ex:a ; prov:atTime "2012-01-01T01:00:00Z"^^xsd:dateTime ; prov:hadRole ex:result .
ex:c prov:hadMember ex:d, ex:e .
ex:b {{ ex:m a prov:Person . }}
"""
FORMS = {"prov-n": PROV_N, "prov-json": PROV_JSON, "prov-xml": PROV_XML, "trig": TRIG}


def turtle(body: str) -> Document:
    return prov_o.read(f"{PREFIXES}@prefix ex: <http://example.org/> .\n{body}".encode(), "data.ttl")


@pytest.mark.parametrize("syntax", FORMS)
def test_a_document_is_the_same_in_every_syntax(syntax: str) -> None:
    document = prov_files.parse(FORMS[syntax].encode(), "file", syntax)
    assert len(document.statements) == 7
    assert document.says_the_same_as(prov_n.read(PROV_N))


@pytest.mark.parametrize("body", ["ex:a prov:generated ex:e", "ex:e prov:wasGeneratedBy ex:a"])
def test_inverse_properties_say_the_same(body: str) -> None:
    assert turtle(f"{body} .").says_the_same_as(turtle("ex:e prov:wasGeneratedBy ex:a . ex:a prov:generated ex:e ."))


def test_a_property_with_two_values_contradicts_itself() -> None:
    times = '"2012-01-01T00:00:00Z"^^xsd:dateTime, "2012-01-02T00:00:00Z"^^xsd:dateTime'
    document = turtle(f"ex:e prov:qualifiedGeneration ex:g . ex:g a prov:Generation ; prov:atTime {times} .")
    assert validate(document).codes == {"23"}
    assert validate(turtle(f"ex:a a prov:Activity ; prov:startedAtTime {times} .")).codes == {"22"}


def test_a_qualified_node_that_belongs_to_nothing_misses_an_argument() -> None:
    assert validate(turtle("ex:u a prov:Usage ; prov:entity ex:e .")).codes == {"DM"}


def test_blank_nodes_are_things_without_a_name() -> None:
    # One generation: the unnamed activity is ex:a, and two names would be a contradiction.
    document = "ex:e prov:qualifiedGeneration ex:g . ex:g prov:activity [ a prov:Activity ], {} ."
    assert validate(turtle(document.format("ex:a"))).valid
    assert validate(turtle(document.format("ex:a, ex:b"))).codes == {"23"}


def test_what_reasoning_adds_changes_no_verdict() -> None:
    triples = [quad.triple for file in sorted(story.FOLDER.glob("*.ttl")) for quad in RdfFile.open(file).quads()]
    assert triples
    for said in (triples, list(closed(triples))):
        verdict = validate(prov_o.instance(said))
        assert not verdict.found, verdict.found
    above = NamedNode(NAMESPACES["prov"] + "specializationOf")
    one, two = NamedNode("http://example.org/one"), NamedNode("http://example.org/two")
    circle = [Triple(one, above, two), Triple(two, above, one)]
    assert validate(prov_o.instance([*triples, *circle])).codes == {"52"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "f.json:1:2: "),
        ("[]", "f.json: 'the document' holds no JSON object"),
        ('{"entity": {"no:e": {}}}', "f.json:1: the prefix 'no' is not declared"),
        ('{"entity":\n {"prov:e": 5}}', "f.json:2: 'prov:e' holds no JSON object"),
        ('{"entity": {"prov:e": {}, "prov:e": {}}}', "f.json:1: the key 'prov:e' stands twice"),
        ('{"wasWrittenBy": {}}', "f.json:1: PROV-JSON has no statement called 'wasWrittenBy'"),
        ('{"activity": {"prov:a": {"prov:startTime": "noon"}}}', "f.json:1: 'noon' is no time"),
        ('{"used": {"prov:u": {"prov:entity": ["prov:a", "prov:b"]}}}', "f.json:1: used has 2 values for prov:entity"),
        ('{"entity": {"prov:e": {"prov:label": {"a": 1}}}}', "is no attribute value"),
        ("[" * 5000, "nested too deep"),
    ],
)
def test_malformed_prov_json_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(MalformedPROV, match=re.escape(reason)):
        prov_json.read(text, "f.json")


def xml(inner: str) -> str:
    return f'<prov:document xmlns:prov="http://www.w3.org/ns/prov#" xmlns:ex="http://e.example/">\n{inner}\n</prov:document>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<a>", "f.xml:1:4: no element found"),
        ("<a/>", "f.xml:1: the root element is a, not prov:document"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>\n<a>&b;</a>', "f.xml:1: a document type declaration stands here"),
        (xml('<prov:entity prov:id="no:e"/>'), "f.xml:2: the prefix 'no' is not declared"),
        (xml("<prov:wasWrittenBy/>"), "f.xml:2: PROV-XML has no statement called prov:wasWrittenBy"),
        (xml("<prov:used><prov:entity/></prov:used>"), "f.xml:2: prov:entity has no prov:ref"),
        (xml("<prov:used><prov:time>noon</prov:time></prov:used>"), "f.xml:2: 'noon' is no time"),
        (xml("<prov:bundleContent/>"), "f.xml:2: a bundle has no prov:id"),
        (
            xml('<prov:entity prov:id="ex:e"><size>5</size></prov:entity>'),
            "f.xml:2: the attribute size has no namespace",
        ),
        (
            xml('<prov:used><prov:entity prov:ref="ex:e"/><prov:entity prov:ref="ex:f"/></prov:used>'),
            "f.xml:2: used has a second prov:entity",
        ),
        (xml("<ex:a>" * 100 + "</ex:a>" * 100), "f.xml:2: its elements are nested too deep"),
    ],
)
def test_malformed_prov_xml_is_refused_with_its_line(text: str, reason: str) -> None:
    with pytest.raises(MalformedPROV, match=re.escape(reason)):
        prov_xml.read(text, "f.xml")


@settings(max_examples=100)
@given(st.binary(max_size=80), st.sampled_from(sorted(FORMS)), st.integers(0, 2000))
def test_any_bytes_are_read_or_refused_in_our_words(data: bytes, syntax: str, place: int) -> None:
    whole = FORMS[syntax].encode()
    for text in (data, whole[:place] + data + whole[place:], whole[:place]):
        try:
            prov_files.parse(text, "file", syntax)
        except Malformed as refusal:
            assert str(refusal).startswith("file")  # noqa: PT017 - reading it is fine as well


@pytest.mark.parametrize(
    ("name", "syntax"),
    [("prov-n", "prov-n"), ("provn", "prov-n"), (".provx", "prov-xml"), ("PROV-JSON", "prov-json"), ("ttl", "turtle")],
)
def test_a_syntax_has_several_names(name: str, syntax: str) -> None:
    assert prov_files.syntax_named(name) == syntax


def test_a_file_says_its_syntax_by_its_ending_or_its_keys(tmp_path: Path) -> None:
    for name, text in {"a.provn": PROV_N, "b.json": PROV_JSON, "c.xml": PROV_XML, "d.trig": TRIG}.items():
        (tmp_path / name).write_text(text, "utf-8")
        assert prov_files.read(tmp_path / name).bundles
    (tmp_path / "e.json").write_text('{"@id": "http://e.example/e", "@type": "http://www.w3.org/ns/prov#Entity"}')
    assert len(prov_files.read(tmp_path / "e.json").statements) == 1
    (tmp_path / "f.doc").write_text(PROV_N)
    with pytest.raises(UsageError, match=r"f\.doc: no syntax of PROV documents has the extension '\.doc'"):
        prov_files.read(tmp_path / "f.doc")
    assert prov_files.read(tmp_path / "f.doc", format="prov-n").bundles
