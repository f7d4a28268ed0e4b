"""PROV-N: any text is read or refused in one sentence with its place, and what is written reads back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provkg.errors import MalformedPROV, UsageError
from provkg.exchange import prov_n
from provkg.prov import Bundle, Document, Statement, kinds
from provkg.prov.kinds import KINDS, Kind
from provkg.prov.terms import LANG_STRING, XSD, Literal, Name, Time, prov

EX = "http://example.org/"


def read(body: str) -> Document:
    return prov_n.read(f"document\nprefix ex <{EX}>\n{body}\nendDocument", "report.provn")


def ex(local: str) -> Name:
    return Name(EX + local)


def test_what_is_left_out_and_what_is_a_placeholder_are_the_same() -> None:
    short = read("wasGeneratedBy(ex:e) activity(ex:a) wasStartedBy(ex:a, -, -, -) wasEndedBy(-; ex:a, -, -, -, [])")
    long = read("wasGeneratedBy(ex:e, -, -) activity(ex:a, -, -) wasStartedBy(ex:a) wasEndedBy(ex:a)")
    assert short.statements == long.statements
    assert short.statements[0] == Statement(kinds.GENERATION, None, (ex("e"), None, None))


def test_a_relation_has_its_own_identifier_before_the_semicolon() -> None:
    [statement] = read("used(ex:u; ex:a, ex:e, 2012-01-01T00:00:00Z)").statements
    assert statement == Statement(kinds.USAGE, ex("u"), (ex("a"), ex("e"), Time("2012-01-01T00:00:00Z")))
    assert statement.line == 3


def test_values_are_names_texts_and_numbers() -> None:
    [statement] = read(
        """entity(ex:e, [prov:type='ex:Report', prov:label="Bericht"@de, ex:n=-5, ex:q="ex:x" %% prov:QUALIFIED_NAME,
           ex:t=\"\"\"two "quoted"
lines\"\"\", ex:d="1.5" %% xsd:double])"""
    ).statements
    assert dict(statement.attributes) == {
        prov("type"): ex("Report"),
        prov("label"): Literal("Bericht", LANG_STRING, "de"),
        ex("n"): Literal("-5", f"{XSD}int"),
        ex("q"): ex("x"),
        ex("t"): Literal('two "quoted"\nlines'),
        ex("d"): Literal("1.5", f"{XSD}double"),
    }


def test_names_may_hold_signs_after_a_backslash_and_comments_stand_anywhere() -> None:
    document = read(r"/* one */ entity(ex:a\=b\(c\)\,d) // two" + "\nentity(ex:2012-report.v1)")
    assert [each.id for each in document.statements] == [ex("a=b(c),d"), ex("2012-report.v1")]


def test_a_default_namespace_serves_names_without_a_prefix() -> None:
    document = prov_n.read("document default <http://example.org/> entity(e) endDocument")
    assert document.statements[0].id == ex("e")


def test_a_bundle_is_called_by_its_own_prefixes_and_keeps_them() -> None:
    document = prov_n.read(
        f"document prefix ex <http://other.example/> bundle ex:b prefix ex <{EX}> entity(ex:e) endBundle endDocument"
    )
    assert document.bundles == (Bundle(ex("b"), (Statement(kinds.ENTITY, ex("e")),)),)
    with pytest.raises(MalformedPROV, match="prefix 'in' is not declared"):
        prov_n.read("document bundle in:b prefix in <http://a.example/> endBundle bundle in:c endBundle endDocument")


def test_expressions_of_other_vocabularies_are_read_over() -> None:
    assert len(read('ex:knows(ex:k; ex:a, (ex:b, "text)"), [ex:n=1]) entity(ex:e)').statements) == 1


@pytest.mark.parametrize(
    ("body", "place", "reason"),
    [
        ("entity(ex:e", "4:1", "')' is expected here, not 'endDocument'"),
        ("entity(no:e)", "3:8", "the prefix 'no' is not declared"),
        ("entity(e)", "3:8", "'e' has no prefix, and no default namespace is set"),
        ("entty(ex:e)", "3:1", "PROV-N has no statement called 'entty'"),
        ("used(ex:a, ex:e, yesterday)", "3:18", "a time, for example"),
        ("used(ex:a, ex:e, -, -)", "3:21", "is expected here, not '-)'"),
        ("entity(ex:e, [ex:a=])", "3:20", "a value"),
        ("entity(ex:e, [ex:a='a b'])", "3:20", "'a b' is no qualified name"),
        ("ex:f(ex:a", "4:12", "a closing parenthesis is missing"),
        ("endDocument entity(ex:e)", "3:13", "something stands behind endDocument"),
        ("bundle ex:b entity(ex:e)", "4:1", "endBundle is expected here, not 'endDocument'"),
    ],
)
def test_a_malformed_text_is_refused_with_its_place(body: str, place: str, reason: str) -> None:
    with pytest.raises(MalformedPROV) as refusal:
        read(body)
    assert str(refusal.value).startswith(f"report.provn:{place}: ")
    assert reason in str(refusal.value)


PIECES = st.sampled_from(
    [
        *"(),;[]{}=-'\"<>:%@\\/*\n ",
        *("document", "endDocument", "bundle", "endBundle", "prefix", "default", "ex", "ex:a", "<http://a.example/>"),
        *(
            "entity",
            "used",
            "wasDerivedFrom",
            "prov:hadDictionaryMember",
            "%%",
            "2012-01-01T00:00:00",
            '"""',
            "é",
            "12",
        ),
    ]
)


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_read_or_refused_in_our_words(text: str) -> None:
    for whole in (text, f"document {text} endDocument", f"document prefix ex <{EX}> entity(ex:e, [ex:a={text}"):
        try:
            prov_n.read(whole)
        except MalformedPROV as refusal:
            located = refusal.line, refusal.column
            assert None not in located


LOCALS = st.text(st.characters(codec="utf-8", exclude_characters='<>"{}|^`\\ \x00', exclude_categories=["C", "Z"]))
NAMES = st.builds(lambda space, local: Name(space + local), st.sampled_from([EX, f"{EX}b#", "urn:x:"]), LOCALS)
TIMES = st.datetimes().map(lambda moment: Time(moment.isoformat() + "Z"))
VALUES = st.one_of(
    NAMES,
    st.builds(Literal, st.text(st.characters(codec="utf-8"))),
    st.builds(Literal, st.text(st.characters(codec="utf-8")), st.just(LANG_STRING), st.sampled_from(["en", "de-at"])),
    st.builds(Literal, st.text(st.characters(codec="utf-8")), st.sampled_from([f"{XSD}int", f"{EX}type"])),
)
ATTRIBUTES = st.frozensets(st.tuples(NAMES, VALUES), max_size=3)


def statements() -> st.SearchStrategy[Statement]:
    return st.sampled_from(sorted(KINDS.values(), key=lambda kind: kind.name)).flatmap(statement_of)


def statement_of(kind: Kind) -> st.SearchStrategy[Statement]:
    places = [st.none() | (TIMES if place.role == "time" else NAMES) for place in kind.arguments]
    keyed = {
        kinds.INSERTION: st.frozensets(st.tuples(VALUES, NAMES), max_size=2),
        kinds.REMOVAL: st.frozensets(st.tuples(VALUES, st.none()), max_size=2),
        kinds.DICTIONARY_MEMBERSHIP: st.frozensets(st.tuples(VALUES, NAMES), min_size=1, max_size=1),
    }
    return st.builds(
        Statement,
        st.just(kind),
        NAMES if kind.element else (st.none() | NAMES if kind.identified else st.none()),
        st.tuples(*places),
        ATTRIBUTES if kind.identified else st.just(frozenset()),
        keyed.get(kind, st.just(frozenset())),
    )


@settings(max_examples=100)
@given(st.lists(statements(), max_size=4), st.lists(statements(), max_size=2))
def test_a_written_document_reads_back(outside: list[Statement], inside: list[Statement]) -> None:
    document = Document(tuple(outside), (Bundle(ex("bundle"), tuple(inside)),), {"ex": EX})
    assert prov_n.read(prov_n.write(document)).says_the_same_as(document)


def test_what_prov_n_cannot_say_is_refused() -> None:
    with pytest.raises(UsageError, match="is no IRI"):
        prov_n.write(Document((Statement(kinds.ENTITY, Name("http://example.org/a b")),)))
    with pytest.raises(UsageError, match="no other times"):
        prov_n.write(Document((Statement(kinds.ACTIVITY, ex("a"), (Time("2012"), None)),)))
