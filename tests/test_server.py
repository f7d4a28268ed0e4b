"""The server over real HTTP: questions, what a query may not do, and that training and serving go on together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import httpx
import pytest
from pyoxigraph import RdfFormat, parse

from provkg.errors import UsageError
from provkg.folder import Folder
from provkg.graph import KnowledgeGraph
from provkg.manual import render
from provkg.questions import all_questions
from provkg.server import negotiation
from provkg.server.serving import checked_host
from tests import story
from tests.commands import ROOT, environment, one_sentence, run, run_apart, story_graph
from tests.serving import served

XSD = "http://www.w3.org/2001/XMLSchema#"
SIZE = "Provkg-Ledger-Size"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?d && ?g != ?j) }"
PEOPLE = "SELECT ?who { ?who a <http://www.w3.org/ns/prov#Person> } ORDER BY ?who"


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return story_graph(tmp_path_factory.mktemp("server") / "kg")


@pytest.fixture(scope="module")
def client(kg: Path) -> Iterator[httpx.Client]:
    with served(kg, "--seconds", "2") as client:
        yield client


@pytest.fixture(scope="module")
def patient(kg: Path) -> Iterator[httpx.Client]:
    """Give a server that waits as long as one does by default: shapes and ledgers take a while to get ready."""
    with served(kg) as client:
        yield client


def ask(client: httpx.Client, text: str, accept: str = "text/csv") -> httpx.Response:
    return client.get("/sparql", params={"query": text}, headers={"Accept": accept})


def workers(kg: Path) -> list[int]:
    """Return the pids of the query processes that serve the graph in `kg`."""
    mine = f"provkg.server.worker\0{kg}\0"
    return [int(process.name) for process in Path("/proc").glob("[0-9]*") if mine in command_of(process)]


def command_of(process: Path) -> str:
    try:
        return (process / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


# --- answers


def test_an_answer_says_for_which_state_of_the_ledger_it_stands(client: httpx.Client) -> None:
    answer = ask(client, PEOPLE)
    assert (answer.status_code, answer.headers[SIZE]) == (200, str(len(story.records())))
    assert story.BASE + "agent/mara" in answer.text


@pytest.mark.parametrize(
    ("accept", "beginning"),
    [
        ("application/sparql-results+json", '{"head"'),
        ("application/sparql-results+xml", "<?xml"),
        ("text/csv", "who\r\n"),
        ("text/tab-separated-values", "?who\n"),
    ],
)
def test_tables_come_in_four_forms(accept: str, beginning: str, client: httpx.Client) -> None:
    answer = ask(client, PEOPLE, accept)
    assert answer.headers["content-type"].partition(";")[0] == accept
    assert answer.text.startswith(beginning)


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_graphs_come_in_four_forms(accept: str, client: httpx.Client) -> None:
    answer = ask(client, "CONSTRUCT WHERE { ?who a <http://www.w3.org/ns/prov#Person> }", accept)
    assert answer.headers["content-type"].partition(";")[0] == accept
    assert "agent/mara" in answer.text


def test_what_accept_does_not_name_is_not_sent(client: httpx.Client) -> None:
    assert ask(client, PEOPLE, "image/png").status_code == 406
    assert ask(client, PEOPLE, "text/turtle").status_code == 406, "a table is no graph"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/*", "text/xml"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("application/*;q=0, */*", "text/xml"),
        ("image/png", None),
        ("text/csv;q=0", None),
        ("text/csv;q=nonsense", None),
    ],
)
def test_the_best_of_what_is_accepted_is_sent(accept: str, expected: str | None) -> None:
    named = {name: name for name in negotiation.TABLES}
    assert negotiation.chosen(accept, named) == expected


def test_a_query_is_decoded_once(client: httpx.Client) -> None:
    text = 'SELECT ("50%25 + 1 %C3%A4" AS ?same) {}'
    assert ask(client, text).text == "same\r\n50%25 + 1 %C3%A4\r\n"
    posted = client.post("/sparql", data={"query": text}, headers={"Accept": "text/csv"})
    assert posted.text == "same\r\n50%25 + 1 %C3%A4\r\n"


def test_letters_beyond_ascii_go_through_all_three_ways(client: httpx.Client) -> None:
    text = 'SELECT ("käfer 🪲" AS ?same) {}'
    headers = {"Accept": "text/csv"}
    direct = client.post(
        "/sparql", content=text.encode(), headers=headers | {"Content-Type": "application/sparql-query"}
    )
    form = client.post("/sparql", data={"query": text}, headers=headers)
    assert {ask(client, text).text, direct.text, form.text} == {"same\r\nkäfer 🪲\r\n"}


# --- questions


def test_the_questions_are_listed_with_their_parameters(client: httpx.Client) -> None:
    listed = client.get("/api/questions").json()["questions"]
    assert [each["path"] for each in listed] == [question.path for question in all_questions()]
    [q11] = [each for each in listed if "Q11" in each["tags"]]
    assert q11["parameters"] == [{"name": "model", "type": "iri", "optional": False, "default": None}]


def test_a_question_answers_by_its_path_as_it_does_in_the_terminal(client: httpx.Client, kg: Path) -> None:
    answer = client.get(
        "/api/questions/models/training-data", params={"model": "apple-grader@latest"}, headers={"Accept": "text/csv"}
    )
    told = run_apart("ask", "Q11", "--model", "apple-grader@latest", "--format", "csv", "--store", kg).stdout
    assert (answer.status_code, answer.content) == (200, told)
    assert answer.headers[SIZE] == str(len(story.records()))


@pytest.mark.parametrize(
    ("question", "params", "said"),
    [
        ("records/ledger-intact", {}, "verified"),
        ("records/record-of-statement", {"thing": "apple-grader@2", "property": "pvk:sha256"}, "Mara Lind"),
        ("training/reproduction-checklist", {"run": "sgd-fast"}, "grading.py"),
        ("records/below-level", {"level": "minimal"}, "record,key,kept"),
    ],
)
def test_what_sparql_cannot_ask_is_served_in_the_very_same_way(
    question: str, params: dict[str, str], said: str, patient: httpx.Client
) -> None:
    for name in (question, question.partition("/")[2]):
        answer = patient.get(f"/api/questions/{name}", params=params, headers={"Accept": "text/csv"})
        assert answer.status_code == 200, answer.text
        assert said in answer.text
    assert patient.get(f"/api/questions/{question}", params=params).headers["Content-Type"].endswith("results+json")


def test_a_value_that_a_question_in_python_cannot_take_gets_a_sentence(patient: httpx.Client) -> None:
    answer = patient.get("/api/questions/incomplete-versions", params={"level": "strict"})
    assert (answer.status_code, "take one of minimal, standard, audit" in answer.text) == (400, True)


def test_the_questions_are_published_as_rdf_where_sib_publishes_its_examples(client: httpx.Client) -> None:
    place = "/.well-known/sparql-examples"
    for media in ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"):
        served = client.get(place, headers={"Accept": media})
        assert (served.status_code, served.headers["Content-Type"]) == (200, media)
        quads = list(parse(served.content, format=RdfFormat.from_media_type(media)))
        assert sum(quad.predicate.value.endswith("#select") for quad in quads) > 20
    assert client.get(place, headers={"Accept": "image/png"}).status_code == 406
    assert f'href="{place}"' in client.get("/").text


@pytest.mark.parametrize("name", ["Q11", "q11", "training-data", "models/training-data"])
def test_a_question_answers_by_each_of_its_names(name: str, client: httpx.Client) -> None:
    asked = {"params": {"model": "apple-grader@latest"}, "headers": {"Accept": "text/csv"}}
    answer = client.get(f"/api/questions/{name}", **asked)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert "apples-train-ready" in answer.text


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        ("models/training-data", 400, "needs model"),
        ("training-data", 400, "give it as model=…"),
        ("Q99", 404, "no question is called 'Q99'"),
        ("no-such-question", 404, "see /api/questions"),
        ("dlprov", 404, "means several questions"),
        ("models/training-data?model=apple-grader", 400, "fits 3 things"),
        ("models/training-data?model=no-such-model", 404, "is called 'no-such-model'"),
        ("training/models-with-parameter?name=lerning_rate&value=1", 404, "did you mean learning_rate?"),
        ("models/training-data?model=a&model=b", 400, "stands twice"),
        ("models/training-data?model=a&modle=b", 400, "no parameter 'modle'"),
        ("data/datasets-used-in-period?from=yesterday", 400, "'yesterday'"),
        ("models/no-such-question", 404, "no question is called"),
        ("models/training-data?model=%FF", 400, "not UTF-8"),
    ],
)
def test_a_question_that_cannot_be_asked_gets_a_sentence(
    address: str, status: int, reason: str, client: httpx.Client
) -> None:
    answer = client.get(f"/api/questions/{address}")
    assert answer.status_code == status
    assert reason in answer.text
    assert "Traceback" not in answer.text


def test_a_parameter_is_never_pasted_into_the_query(client: httpx.Client) -> None:
    answer = client.get("/api/questions/models/training-data", params={"model": "x> } ; DROP ALL #"})
    assert answer.status_code == 404


# --- what is refused


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT * {", "does not parse (line 1, column 11)"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE reaches the network"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "would change the graph"),
        ("SELECT * {" + "{" * 100 + "}" * 101, "nests brackets"),
    ],
)
def test_a_query_that_must_not_run_gets_a_sentence(text: str, reason: str, client: httpx.Client) -> None:
    answer = ask(client, text)
    assert answer.status_code == 400
    assert reason in answer.text


def test_updates_are_refused_in_every_form(client: httpx.Client) -> None:
    update = "CLEAR ALL"
    direct = {"Content-Type": "application/sparql-update"}
    assert client.post("/sparql", content=update, headers=direct).status_code == 403
    assert client.post("/sparql", data={"update": update}).status_code == 403
    assert client.get("/sparql", params={"update": update}).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_those_that_work(method: str, client: httpx.Client) -> None:
    answer = client.request(method, "/sparql")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_what_is_too_large_is_refused_by_its_size(client: httpx.Client) -> None:
    large = "ASK { FILTER(1 IN (" + "1, " * 30_000 + "1)) }"
    assert client.post("/sparql", data={"query": large}).status_code == 413
    assert client.post("/sparql", data={"query": large * 10}).status_code == 413
    # httpx itself sends no address of this length.
    connection = HTTPConnection("127.0.0.1", client.base_url.port or 0)
    connection.request("GET", f"/sparql?query={quote(large * 4)}")
    assert connection.getresponse().status == 414
    connection.close()


def test_a_graph_name_that_is_no_iri_is_refused(client: httpx.Client) -> None:
    assert client.get("/sparql", params={"query": "ASK {}", "default-graph-uri": "no iri"}).status_code == 400


def test_a_page_elsewhere_that_points_its_name_here_is_not_served(client: httpx.Client) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_nothing_is_where_nothing_is(client: httpx.Client) -> None:
    answer = client.get("/nothing")
    assert (answer.status_code, "front page" in answer.text) == (404, True)


def test_the_front_page_says_what_there_is_and_its_link_works(client: httpx.Client) -> None:
    page = client.get("/")
    [link] = re.findall(r'href="(/sparql[^"]+)"', page.text)
    assert client.get(link).status_code == 200
    assert page.headers["Content-Security-Policy"] == "default-src 'self'"


def test_the_documentation_is_served_with_what_its_pages_load(client: httpx.Client, kg: Path) -> None:
    pages = render(Folder.find(kg))
    assert 'href="/docs/"' in client.get("/").text
    assert client.get("/docs/").text == pages["index.html"]
    for name, text in pages.items():
        answer = client.get(f"/docs/{name}")
        assert (answer.status_code, answer.text) == (200, text), name
        assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
    assert client.get("/docs/style.css").headers["Content-Type"] == "text/css; charset=utf-8"
    assert client.get("/docs/search.js").headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("name", ["nothing.html", "..%2Fkg.toml", "%2Fetc%2Fpasswd"])
def test_the_documentation_serves_nothing_but_its_pages(name: str, client: httpx.Client) -> None:
    answer = client.get(f"/docs/{name}")
    assert answer.status_code == 404
    assert "there is nothing at /docs/" in answer.text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])  # noqa: S104 - to be refused
def test_an_address_that_others_reach_is_refused(host: str, kg: Path) -> None:
    assert "can be reached by others" in one_sentence(run("serve", "--store", kg, "--host", host), 2)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_addresses_are_fine(host: str) -> None:
    assert checked_host(host) == host
    with pytest.raises(UsageError):
        checked_host(f"{host}.example.org")


def test_a_port_that_is_taken_is_said(client: httpx.Client, kg: Path) -> None:
    sentence = one_sentence(run("serve", "--store", kg, "--port", str(client.base_url.port)), 3)
    assert "Address already in use" in sentence
    assert "--port" in sentence


# --- what a query cannot do


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_answered(client: httpx.Client) -> None:
    begun = time.monotonic()
    answer = ask(client, ENDLESS)
    assert answer.status_code == 503
    assert "ran longer than 2 s" in answer.text
    assert time.monotonic() - begun < 15
    assert ask(client, PEOPLE).status_code == 200


def test_a_worker_that_dies_takes_no_other_query_with_it(client: httpx.Client, kg: Path) -> None:
    ask(client, PEOPLE)
    before = workers(kg)
    assert len(before) >= 1
    worked = {pid: cpu_time(pid) for pid in before}
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, client, ENDLESS)
        time.sleep(0.5)
        busiest = max(before, key=lambda pid: cpu_time(pid) - worked[pid])
        os.kill(busiest, 9)
        answer = waiting.result()
    assert answer.status_code == 500
    assert "ended the process" in answer.text
    assert [ask(client, PEOPLE).status_code for _ in range(4)] == [200] * 4


def cpu_time(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_a_query_that_needs_too_much_memory_ends_alone(kg: Path) -> None:
    doubled = "".join(f"BIND(CONCAT({', '.join([f'?s{n}'] * 8)}) AS ?s{n + 1}) " for n in range(12))
    text = f'SELECT (STRLEN(?s12) AS ?n) {{ BIND("0123456789" AS ?s0) {doubled} }}'
    with served(kg, "--seconds", "60", "--workers", "1") as client:
        answer = ask(client, text)
        assert answer.status_code == 500
        assert "memory" in answer.text
        assert ask(client, PEOPLE).status_code == 200


def long_answer(rows: int) -> str:
    return f'SELECT ?a ("{"x" * 50_000}" AS ?b) {{ ?a ?p ?o }} LIMIT {rows}'


def test_an_answer_that_is_too_large_is_refused_and_not_cut(kg: Path) -> None:
    with served(kg, "--answer-mib", "2", "--workers", "1") as client:
        answer = ask(client, long_answer(60))
        assert answer.status_code == 413
        assert "more than 2 MiB" in answer.text
        assert "LIMIT" in answer.text
        assert "--answer-mib" in answer.text
        assert ask(client, PEOPLE).status_code == 200


def test_a_large_answer_comes_whole_and_in_pieces(client: httpx.Client) -> None:
    asked = {"query": long_answer(400)}
    with client.stream("GET", "/sparql", params=asked, headers={"Accept": "text/csv"}) as answer:
        assert answer.status_code == 200
        assert int(answer.headers["Content-Length"]) > 20_000_000
        assert answer.headers[SIZE]
        first = next(chunks := answer.iter_bytes())
        assert sum(map(len, chunks)) + len(first) == int(answer.headers["Content-Length"])


def test_who_hangs_up_amid_a_large_answer_keeps_nobody_waiting(kg: Path) -> None:
    with served(kg, "--workers", "1") as client:
        for _ in range(3):
            with client.stream("GET", "/sparql", params={"query": long_answer(400)}) as answer:
                next(answer.iter_bytes())
            assert ask(client, PEOPLE).status_code == 200
        with client.stream("GET", "/sparql", params={"query": long_answer(400)}) as slow:
            assert slow.status_code == 200
            assert ask(client, PEOPLE).status_code == 200, (
                "the worker is free while its last answer is still on its way"
            )


PACKED = """\
#+ summary: Which points lie packed?
#+ x-provkg: {columns: {at: integer, value: double}, unpack: [at, value]}
PREFIX pvk: <https://w3id.org/provkg#>
SELECT ?at ?value { VALUES (?at ?value) { (7 "[[7,0.5],[8,0.25]]"^^pvk:packedSeries) } } ORDER BY ?at
"""


def test_packed_points_come_as_a_row_each_in_every_form(tmp_path: Path) -> None:
    kg = story_graph(tmp_path / "kg")
    (kg / "queries" / "mine").mkdir(parents=True)
    (kg / "queries" / "mine" / "points.rq").write_text(PACKED)
    with served(kg, "--workers", "1") as client:
        got = {
            media: client.get("/api/questions/points", headers={"Accept": media})
            for media in dict.fromkeys(negotiation.TABLES.values())
        }
    assert {media: answer.headers["Content-Type"].partition(";")[0] for media, answer in got.items()} == {
        media: media for media in got
    }
    assert got["text/csv"].text == "at,value\r\n7,0.5\r\n8,0.25\r\n"
    rows = got["application/sparql-results+json"].json()["results"]["bindings"]
    assert [row["value"]["value"] for row in rows] == ["0.5", "0.25"]
    name = "{http://www.w3.org/2005/sparql-results#}literal"
    literals = list(ET.fromstring(got["application/sparql-results+xml"].text).iter(name))  # noqa: S314 - our own
    assert [literal.text for literal in literals] == ["7", "0.5", "8", "0.25"]
    assert {literal.get("datatype") for literal in literals} == {f"{XSD}integer", f"{XSD}double"}
    assert got["text/tab-separated-values"].text.count("\n") == 3


def test_a_worker_has_no_network(kg: Path) -> None:
    script = (
        "from provkg.server.confinement import confine; confine(); import socket; "
        "print([name for _, name in socket.if_nameindex()])\n"
        "try: socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except OSError as error: print(error.strerror)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    names, reason = done.stdout.splitlines()
    if names != "['lo']":
        pytest.skip("this system lets no process leave the network; SERVICE is refused before parsing")
    assert reason == "Network is unreachable"


def test_workers_end_with_their_server(tmp_path: Path) -> None:
    kg = story_graph(tmp_path / "kg")
    with served(kg) as client:
        assert ask(client, PEOPLE).status_code == 200
        assert len(workers(kg)) == 2
    deadline = time.monotonic() + 10
    while workers(kg) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers(kg) == []


def test_many_clients_at_once_all_get_their_own_answer(client: httpx.Client) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda n: ask(client, f"SELECT ({n} AS ?n) {{}}").text, range(60)))
    assert answers == [f"n\r\n{n}\r\n" for n in range(60)]


def test_when_all_workers_are_busy_for_long_a_client_is_told_to_come_again(kg: Path) -> None:
    with served(kg, "--seconds", "1", "--workers", "1") as client, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: ask(client, ENDLESS), range(4)))
    assert {answer.status_code for answer in answers} == {503}
    assert any(answer.headers.get("Retry-After") for answer in answers)


# --- together with training

TRAINING = """
import sys, time
from pathlib import Path
from provkg.capture.spool import SpoolWriter
from provkg.records import Dataset
writer = SpoolWriter(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    writer.record("dataset", [Dataset(name=f"training-{number}")])
    time.sleep(0.2)
writer.close()
"""
LEARNED = 'ASK { ?d <http://purl.org/dc/terms/title> "training-%d" }'


def until(client: httpx.Client, text: str, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = ask(client, text, "application/sparql-results+json")
        if answer.status_code == 200 and answer.json()["boolean"]:
            return True
        time.sleep(0.1)
    return False


def test_what_training_reports_is_seen_while_it_goes_on(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    command = [sys.executable, "-c", TRAINING, str(folder.spool), "20"]
    with served(folder.path) as client:
        with subprocess.Popen(command, cwd=ROOT, env=environment()) as training:
            assert until(client, LEARNED % 0)
            assert training.poll() is None, "the first record is there before the training ends"
        assert until(client, LEARNED % 19)


def test_a_server_shows_what_another_holder_writes(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    with served(folder.path) as client, KnowledgeGraph.hold(folder, wait=10) as graph:
        first = story.records()[0]
        graph.add(first.name, first.type, list(first.triples))
        graph.snapshot()
        assert until(client, "ASK { ?s ?p ?o }")


@pytest.mark.parametrize("is_held", [False, True])
def test_an_empty_graph_answers_every_form_of_query(is_held: bool, tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    with KnowledgeGraph.hold(folder) if is_held else nullcontext(), served(folder.path) as client:
        yes = ask(client, "ASK {}", "application/sparql-results+json")
        assert (yes.status_code, yes.json()["boolean"], yes.headers[SIZE]) == (200, True, "0")
        assert ask(client, "SELECT ?s { ?s ?p ?o }").text == "s\r\n"
        assert ask(client, "CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle").text.strip() == ""
        assert client.get("/").status_code == 200


def test_what_a_held_empty_graph_gets_is_seen_afterwards(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "kg", base=story.BASE)
    with KnowledgeGraph.hold(folder) as graph, served(folder.path) as client:
        assert not ask(client, "ASK { ?s ?p ?o }", "application/sparql-results+json").json()["boolean"]
        first = story.records()[0]
        graph.add(first.name, first.type, list(first.triples))
        graph.snapshot()
        assert until(client, "ASK { ?s ?p ?o }")


# A filter of system calls by which the kernel forbids unshare(2), as container systems do: seccomp(2).
FORBIDDING = """
import ctypes, os, struct, sys
UNSHARE = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, UNSHARE), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
program = struct.pack("HL", len(steps), ctypes.addressof(code))
libc = ctypes.CDLL(None)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program):
    sys.exit(77)
os.execv(sys.executable, [sys.executable, "-m", "provkg", *sys.argv[1:]])
"""


def test_where_workers_cannot_leave_the_network_the_server_says_so_once(kg: Path) -> None:
    command = [sys.executable, "-c", FORBIDDING, "serve", "--store", str(kg), "--port", "0", "--workers", "3"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment()) as server:
        assert server.stderr is not None
        first = server.stderr.readline()
        if not first:
            pytest.skip("this system has no seccomp")
        second = server.stderr.readline()
        server.terminate()
        rest = server.stderr.read()
    assert first.startswith("SPARQL at ")
    assert second.startswith("this system lets no process leave the network")
    assert "leave the network" not in rest


def test_where_workers_leave_the_network_there_is_nothing_to_say(kg: Path) -> None:
    if "['lo']" not in subprocess.run(
        [sys.executable, "-c", "from provkg.server.confinement import confine; print(['lo'] if confine() else [])"],
        capture_output=True, text=True, cwd=ROOT, check=True,
    ).stdout:  # fmt: skip
        pytest.skip("this system lets no process leave the network")
    command = [sys.executable, "-m", "provkg", "serve", "--store", str(kg), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment()) as server:
        assert server.stderr is not None
        address = server.stderr.readline().split()[2].removesuffix("/sparql")
        assert httpx.get(address, trust_env=False).status_code == 200
        server.terminate()
        assert server.stderr.read() == ""


def test_a_broken_question_of_the_owner_s_is_told_where_it_is_asked_and_nowhere_in_the_way(
    kg: Path, client: httpx.Client
) -> None:
    broken = kg / "queries" / "own" / "unclosed.rq"
    broken.parent.mkdir(parents=True, exist_ok=True)
    broken.write_text("#+ summary: [unclosed\nSELECT ?a { ?a a ?b }", "utf-8")
    try:
        asked = client.get("/api/questions/own/unclosed")
        assert (asked.status_code, str(kg) in asked.text) == (503, False)
        assert "queries/own/unclosed.rq:1: the header behind #+ is no YAML" in asked.text
        assert client.get("/api/questions").status_code == 200
    finally:
        broken.unlink()
