"""SPARQL text is looked at before the engine sees it, and parameters go in as whole terms."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from provkg.errors import RefusedQuery
from provkg.sparql import MAX_BYTES, MAX_NESTING, MAX_OPERATORS, check_query, substitute, tokens

WORDS = [
    "SELECT",
    "?x",
    "$y",
    "<http://a/b#c>",
    '"a"',
    "'''b\n'''",
    "ex:a.b",
    "_:b",
    "# c\n",
    "1.5e3",
    "@en",
    "SERVICE",
]
SPARQL_PIECES = st.sampled_from([*WORDS, " ", "{", "}", "<", "<<", ".", "\\", "'", '"', "é"])


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(text) if token.kind != "space"]


@given(st.lists(SPARQL_PIECES, max_size=40).map("".join) | st.text())
def test_the_tokens_of_any_text_put_together_are_the_text(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text


def test_every_kind_of_token_is_recognised() -> None:
    text = """PREFIX ex: <http://x/#> SELECT ?a { ?a ex:b.c 'it''s', '''a'b'''@en-GB, 1.5e-3 . _:n a ex:d\\#e } # end"""
    assert kinds(text) == [
        ("word", "PREFIX"), ("prefixed", "ex:"), ("iri", "<http://x/#>"), ("word", "SELECT"), ("variable", "?a"),
        ("symbol", "{"), ("variable", "?a"), ("prefixed", "ex:b.c"), ("string", "'it'"), ("string", "'s'"),
        ("symbol", ","), ("string", "'''a'b'''"),
        ("symbol", "@en-GB"), ("symbol", ","), ("number", "1.5e-3"), ("symbol", "."), ("prefixed", "_:n"),
        ("word", "a"),
        ("prefixed", "ex:d\\#e"), ("symbol", "}"), ("comment", "# end"),
    ]  # fmt: skip


def test_a_comparison_is_no_iri_and_no_bracket() -> None:
    assert kinds("?a<?b && ?c>?d") == [
        ("variable", "?a"), ("symbol", "<"), ("variable", "?b"), ("symbol", "&&"),
        ("variable", "?c"), ("symbol", ">"), ("variable", "?d"),
    ]  # fmt: skip
    assert kinds("?a<<http://x#>") == [("variable", "?a"), ("symbol", "<"), ("iri", "<http://x#>")]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service ?load 'SERVICE <http://x> {}' } # SERVICE LOAD",
        "SELECT * { ?s <http://x/SERVICE#LOAD> \"\"\"LOAD\n\"SERVICE\" \"\"\" }",
        "PREFIX pvk: <http://x/> SELECT * { ?s pvk:service ?o ; pvk:load 'x\\'SERVICE' }",
        "ASK {}", "DESCRIBE <http://x/>", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "SELECT * { VALUES ?x {" + "1 " * 5000 + "} }",
    ],
)  # fmt: skip
def test_a_query_that_only_speaks_of_services_runs(text: str) -> None:
    check_query(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT * { SERVICE <http://x/> {} }", "SERVICE reaches"),
        ("SELECT * { service silent <http://x/> {} }", "SERVICE reaches"),
        ("SELECT * {'a'SERVICE<http://x/>{}}", "SERVICE reaches"),
        ("SELECT * {#\nSERVICE<http://x/>{}}", "SERVICE reaches"),
        ("LOAD <http://x/>", "LOAD reaches"),
        ("SELECT * {} ; LOAD <http://x/>", "LOAD reaches"),
        ("PREFIX ex: <http://x/> INSERT DATA { ex:a ex:b ex:c }", "INSERT would change"),
        ("delete where { ?s ?p ?o }", "DELETE would change"),
        ("CLEAR ALL", "CLEAR would change"), ("DROP ALL", "DROP would"), ("CREATE GRAPH <http://x>", "CREATE would"),
        ("COPY DEFAULT TO <http://x>", "COPY would"), ("MOVE DEFAULT TO <http://x>", "MOVE would"),
        ("ADD DEFAULT TO <http://x>", "ADD would"),
        ("WITH <http://x> DELETE {} WHERE {}", "WITH would"),
        ("SELECT * {} #" + "x" * MAX_BYTES, "bytes"),
        ("SELECT * " + "{" * (MAX_NESTING + 1) + "}" * (MAX_NESTING + 1), "deep"),
        ("SELECT (1" + "+1" * (MAX_OPERATORS + 1) + " AS ?x) {}", "operators"),
        ("SELECT * {" + "MINUS{}" * (MAX_OPERATORS + 1) + "}", "operators"),
        ("SELECT * { BIND('a AS ?x) }", "outside any string"),
    ],
)  # fmt: skip
def test_a_query_that_reaches_out_changes_or_overflows_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(RefusedQuery, match=reason):
        check_query(text)


# What Oxigraph takes for a call although it does not look like one; CANARY stands for a listening address.
DISGUISED_CALLS = [
    "PREFIX ex:<CANARY> SELECT * {SERVICEex:a{}}",
    "PREFIX :<CANARY> SELECT * {SERVICE:a{}}",
    "PREFIX ex:<CANARY> PREFIX serviceex:<CANARY> SELECT * {SERVICEex:a{}}",
    "SELECT * {SERVICESILENT<CANARY>{}}",
    "SELECT * {?s ?p trueSERVICE<CANARY>{}}",
    "SELECT * {?s ?p 1SERVICE<CANARY>{}}",
    "SELECT * {?s ?p 'a'@en.SERVICE<CANARY>{}}",
    "SELECT * {?s ?p ?o FILTER(?o<<http://a#>) SERVICE <CANARY> {} }",
    "SELECT * {?s ?p 'a#'.SERVICE<CANARY>{}}",
    "SELECT * {?s ?p '''a'#''', \"'\" SERVICE<CANARY>{} #'\n}",
    "SELECT * {?s ?p ?o #\rSERVICE<CANARY>{}\r}",
    "PREFIX ex:<http://e/> SELECT * {?s ex:a\\#b ?o SERVICE<CANARY>{}}",
    "PREFIX ex:<http://e/> SELECT * {?s ex:a\\'b ?o SERVICE<CANARY>{} ?s ex:a\\'b ?o}",
]


@pytest.fixture
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """An address that notes every call."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    calls.append(connection.recv(100))

        listener = threading.Thread(target=listen)
        listener.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls
        done.set()
        listener.join()


@pytest.mark.parametrize("text", DISGUISED_CALLS)
def test_a_disguised_call_is_refused_which_oxigraph_would_make(text: str, canary: tuple[str, list[bytes]]) -> None:
    address, calls = canary
    query = text.replace("CANARY", address)
    store = Store()
    store.update(
        "INSERT DATA { <http://e/s> <http://e/p> true, 1, 'a', 'a#', 'a'@en ; <http://e/a#b> 1 ; <http://e/a'b> 1 }"
    )
    with pytest.raises(RefusedQuery):
        check_query(query)
    run_or_fail(store, query)
    if "trueSERVICE" not in text and not calls:
        pytest.skip("this engine does not take it for a call")


def run_or_fail(store: Store, query: str) -> None:
    try:
        answer = store.query(query)
        if isinstance(answer, QuerySolutions):
            list(answer)
    except (OSError, SyntaxError):
        pass


@pytest.mark.parametrize("piece", ["+1", "-1", "/1", "||1"])
def test_the_longest_chain_that_passes_leaves_the_engine_alive(piece: str) -> None:
    query = "SELECT (1" + piece * (MAX_OPERATORS - 1) + " AS ?x) {}"
    check_query(query)
    script = "import sys; from pyoxigraph import Store; list(Store().query(sys.stdin.read()))"
    assert subprocess.run([sys.executable, "-c", script], input=query.encode(), check=False).returncode == 0


@pytest.mark.parametrize("piece", ["a.", "<a", "a:", "?", "{}", "1.", "a-", "\\", '"""a', "_:a."])
def test_hostile_text_is_judged_in_linear_time(piece: str) -> None:
    """Quadratic time would be minutes here; the bound is the patience of whoever runs the tests, not a measure."""
    text = piece * (MAX_BYTES // len(piece))
    assert "".join(token.text for token in tokens(text)) == text


def test_a_parameter_is_put_in_as_a_whole_term() -> None:
    text = "SELECT ?x { ?x ?p $model ; ?models '?model' . <http://x/?model> ?p ?o } # ?model"
    assert substitute(text, {"model": NamedNode("http://x/m")}) == (
        "SELECT ?x { ?x ?p <http://x/m> ; ?models '?model' . <http://x/?model> ?p ?o } # ?model"
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_substituted_string_comes_back_as_it_went_in(value: str) -> None:
    query = substitute("SELECT (?given AS ?back) {}", {"given": Literal(value)})
    check_query(query)
    answer = Store().query(query)
    assert isinstance(answer, QuerySolutions)
    (row,) = answer
    assert row["back"] == Literal(value)


def test_a_substituted_iri_after_a_comparison_stays_a_comparison() -> None:
    query = substitute("ASK { BIND(1 AS ?a) FILTER(!BOUND(?b) || ?a<?iri) }", {"iri": NamedNode("http://x/#y")})
    check_query(query)
    assert bool(Store().query(query)) is True
