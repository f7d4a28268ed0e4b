"""The pages of `provkg docs` show every term, constraint, rule and question, and every link on them leads somewhere."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as some

from provkg import vocabulary
from provkg.errors import StorageFailed
from provkg.folder import Folder
from provkg.gate import rules as gate_rules
from provkg.gate.shapes import SHAPES_NAMESPACE, Shapes
from provkg.manual import render, write
from provkg.manual.alignments import alignments
from provkg.manual.code import linked
from provkg.manual.constraints import failing_examples
from provkg.manual.contents import Contents
from provkg.manual.markup import Html, element, fragment, link, prose
from provkg.manual.ontology_page import tree_of_classes
from provkg.manual.shapes_page import GATE_CHECKS, at_a_glance
from provkg.manual.terms import OWN_TERMS, Terms
from provkg.questions import all_questions
from provkg.resources import ONTOLOGY, SHAPES
from provkg.rules import KINDS, Rulebook
from provkg.vocabulary import NAMESPACES
from tests.commands import one_sentence, run

PVK = NAMESPACES["pvk"]
VOID = {"meta", "link", "input", "img", "wbr"}


class Reading(HTMLParser):
    """What a browser finds on a page: places, links, what is loaded, and whether each element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: Counter[str] = Counter()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.written_inline: list[str] = []
        self.headings: list[int] = []
        self.fields: list[str] = []
        self.labelled: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if place := said.get("id"):
            self.places[place] += 1
        if tag == "a":
            self.links.append(said["href"] or "")
        self.loaded += [said[key] or "" for key in ("src", "srcset", "data", "poster") if key in said]
        if tag == "link":
            self.loaded.append(said["href"] or "")
        if tag == "style" or (tag == "script" and "src" not in said):
            self.written_inline.append(tag)
        self.written_inline += [key for key in said if key == "style" or key.startswith("on")]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "input" and said.get("type") != "radio":
            self.fields.append(said["id"] or "")
        if tag == "label":
            self.labelled.append(said.get("for") or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def contents() -> Contents:
    return Contents.read()


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    return render()


@pytest.fixture(scope="module")
def pages(site: dict[str, str]) -> dict[str, Reading]:
    found = {name: Reading(text) for name, text in site.items() if name.endswith(".html")}
    assert set(found) == {
        f"{each}.html" for each in ("index", "ontology", "shapes", "rules", "questions", "alignments")
    }
    return found


# What is shown


def test_every_term_has_its_place_under_its_own_name(pages: dict[str, Reading]) -> None:
    """So that https://w3id.org/provkg#ModelVersion can lead to ontology.html#ModelVersion."""
    terms = (ONTOLOGY / "released-terms.txt").read_text("utf-8").split()
    assert len(terms) > 700
    assert [term for term in terms if term not in pages["ontology.html"].places] == []


def test_every_term_stands_under_a_heading_of_the_ontology() -> None:
    assert OWN_TERMS not in Terms.read().sections


def test_every_term_is_shown_with_its_definition_and_examples(site: dict[str, str]) -> None:
    shown = " ".join("".join(Reading(site["ontology.html"]).text).split())
    terms = Terms.read().by_iri.values()
    said = [text for term in terms for text in (term.definition, *term.notes, *term.turtle, *term.prose)]
    assert len(said) > 1200
    assert [text for text in said if " ".join(text.split()) not in shown] == []


def test_every_constraint_has_its_place_its_sentence_and_a_record_that_fails(pages: dict[str, Reading]) -> None:
    shapes = Shapes.read(sorted(SHAPES.glob("*.ttl")))
    page = pages["shapes.html"]
    shown = "".join(page.text)
    names = [each.value.removeprefix(SHAPES_NAMESPACE) for each in shapes.constraints]
    failing = failing_examples()
    assert len(names) > 900
    assert [name for name in names if name not in page.places] == []
    assert [each.value for each in shapes.constraints if (shapes.message(each) or "") not in shown] == []
    assert [name for name in names if failing[name] not in shown] == []


def test_what_the_gate_asks_beside_the_shapes_is_shown_too(pages: dict[str, Reading]) -> None:
    """Reports name these as they name shapes."""
    named = set(re.findall(r'_problem\("([A-Z][a-z]+-[a-z]+)"', Path(gate_rules.__file__).read_text("utf-8")))
    assert named == set(GATE_CHECKS)
    assert named <= pages["shapes.html"].places.keys()


def test_what_is_asked_for_says_why_and_which_requirement_it_serves(pages: dict[str, Reading]) -> None:
    shapes = Shapes.read(sorted(SHAPES.glob("*.ttl")))
    shown = "".join(pages["shapes.html"].text)
    for said in (vocabulary.rdfs_comment, vocabulary.servesRequirement):
        texts = {value.value for each in shapes.constraints for value in shapes.values(each, said)}  # type: ignore[union-attr]
        assert texts
        assert [text for text in texts if text not in shown] == []


def test_every_rule_and_every_question_has_its_place(pages: dict[str, Reading]) -> None:
    rules, questions = Rulebook.read().rules, all_questions()
    assert rules
    assert questions
    assert [rule.id for rule in rules if rule.id not in pages["rules.html"].places] == []
    assert [each.path for each in questions if each.path not in pages["questions.html"].places] == []


def test_every_match_with_another_vocabulary_is_shown(pages: dict[str, Reading]) -> None:
    shown = Counter(pages["alignments.html"].links)
    wanted = [match for each in alignments() for match in each.matches]
    assert len(wanted) > 300
    assert [m for m in wanted if f"ontology.html#{m.ours.removeprefix(PVK)}" not in shown] == []
    assert {each.name for each in alignments()} <= pages["alignments.html"].places.keys()


def test_a_term_leads_to_its_shapes_and_a_constraint_to_its_terms(pages: dict[str, Reading]) -> None:
    assert "shapes.html#ModelVersion" in pages["ontology.html"].links
    assert "shapes.html#ModelVersion-content-presence" in pages["ontology.html"].links
    assert "ontology.html#hasFile" in pages["shapes.html"].links


def test_a_kind_of_record_shows_at_a_glance_what_is_asked_at_which_level(contents: Contents) -> None:
    version = next(s for file in contents.shapes for s in file.shapes if s.name == "ModelVersion")
    asked = Reading(at_a_glance([each for each in version.constraints if each.why]))
    words = "".join(asked.text)
    assert words.startswith("minimalversionOf, version, ")
    assert words.index("trainedOn") < words.index("standard") < words.index("evaluation") < words.index("audit")
    assert "#ModelVersion-content-presence" in asked.links


def test_the_tree_of_classes_holds_each_of_them(contents: Contents) -> None:
    shown = Counter(Reading(tree_of_classes(contents)).links)
    classes = [term for term in contents.terms.by_iri.values() if term.kind == "class"]
    assert len(classes) > 100
    assert [term.name for term in classes if contents.address(term.iri) not in shown] == []


def test_a_term_leads_to_the_rules_and_questions_that_ask_for_it(pages: dict[str, Reading]) -> None:
    assert {"rules.html#X09", "questions.html#models/training-data"} <= set(pages["ontology.html"].links)


def test_a_question_has_a_place_under_its_short_name(pages: dict[str, Reading]) -> None:
    assert {f"Q{number}" for number in range(1, 13)} <= pages["questions.html"].places.keys()


# What holds of every page


def test_every_link_within_the_site_leads_to_a_place(pages: dict[str, Reading]) -> None:
    checked = 0
    for name, page in pages.items():
        for address in page.links:
            if not address.startswith(("http://", "https://")):
                file, _, place = address.partition("#")
                checked += 1
                assert file in pages or not file, (name, address)
                assert not place or unquote(place) in pages[file or name].places, (name, address)
    assert checked > 5000


def test_the_search_finds_every_thing_where_it_stands(site: dict[str, str], pages: dict[str, Reading]) -> None:
    script = site["search-index.js"]
    rows = json.loads(script[script.index("= ") + 2 :].rstrip().rstrip(";").replace(",\n]", "\n]"))
    assert len(rows) > 2000
    for _, _, _, address in rows:
        file, _, place = address.partition("#")
        assert unquote(place) in pages[file].places


def test_no_place_is_there_twice(pages: dict[str, Reading]) -> None:
    for page in pages.values():
        assert [place for place, count in page.places.items() if count > 1] == []


def test_every_element_is_closed(pages: dict[str, Reading]) -> None:
    for page in pages.values():
        assert page.open == []


def test_nothing_is_loaded_from_elsewhere(site: dict[str, str], pages: dict[str, Reading]) -> None:
    for page in pages.values():
        assert set(page.loaded) == {"icon.svg", "style.css", "search.js"}
    assert "url(" not in site["style.css"]
    assert "@import" not in site["style.css"]
    assert not re.search(r"fetch\(|XMLHttpRequest|https?:|eval|innerHTML", site["search.js"])


def test_pages_work_under_the_strictest_content_security_policy(pages: dict[str, Reading]) -> None:
    """`default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'` allows nothing inline."""
    for page in pages.values():
        assert page.written_inline == []


def test_headings_go_down_by_one_and_fields_have_labels(pages: dict[str, Reading]) -> None:
    for name, page in pages.items():
        assert page.headings.count(1) == 1, name
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert [pair for pair in steps if pair[1] > pair[0] + 1] == [], name
        assert set(page.fields) <= set(page.labelled), name


def test_two_builds_are_equal_byte_for_byte(site: dict[str, str]) -> None:
    assert render() == site


def rgb(colour: str) -> tuple[float, ...]:
    digits = colour.lstrip("#")
    whole = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    return tuple(int(whole[i : i + 2], 16) / 255 for i in (0, 2, 4))


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb(colour)]
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("theme", "place"), [("light", 0), ("dark", 1), ("print", 2)])
def test_text_stands_out_from_its_ground_as_wcag_asks(theme: str, place: int, site: dict[str, str]) -> None:
    blocks = re.findall(r":root \{(.*?)\}", site["style.css"], re.DOTALL)
    assert len(blocks) == 3
    colours: dict[str, str] = {}
    for block in (blocks[0], blocks[place]):
        colours |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block))
    pairs = [(text, ground) for text in ("ink", "soft", "accent") for ground in ("ground", "card", "sunk")]
    pairs += [("text", "sunk"), ("violet", "sunk"), ("accent", "accent-sunk"), ("soft", "accent-sunk")]
    pairs += [(name, f"{name}-sunk") for name in ("green", "blue", "violet", "red", "amber")]
    assert {pair: round(ratio, 2) for pair in pairs if (ratio := contrast(*(colours[p] for p in pair))) < 4.5} == {}


@pytest.mark.checkout
def test_a_badge_has_room_beside_its_meaning_on_a_phone(site: dict[str, str]) -> None:
    """In a column narrower than the longest badge, the badge lies upon the words."""
    assert 'class="facts kinds"' in site["rules.html"]
    (wide,) = re.findall(r"\.facts\.kinds > div \{\s*grid-template-columns: ([0-9.]+)rem 1fr;", site["style.css"])
    assert float(wide) >= max(map(len, KINDS)) * 0.6
    narrower = [rule for rule in re.findall(r"([^{}]+)\{", site["style.css"]) if ".kinds" in rule]
    assert len(narrower) == 1, "no later rule makes it narrower"


@pytest.mark.checkout
def test_the_addresses_that_the_documentation_promises_exist(pages: dict[str, Reading]) -> None:
    text = (Path(__file__).parent.parent / "docs" / "pages.md").read_text("utf-8")
    promised = re.findall(r"\| `https://\S+[#/]\S+` \| `(\w+\.html)#(\S+)` \|", text)
    assert len(promised) == 4
    assert [place for file, place in promised if place not in pages[file].places] == []
    assert set(re.findall(r"^\| `(\w+\.html)` \|", text, re.MULTILINE)) == set(pages)


# Markup


@given(some.text())
def test_text_cannot_become_markup(text: str) -> None:
    page = Reading(element("p", text, title=text, data_label=text))
    assert page.open == []
    assert page.written_inline == []
    assert "<" not in fragment(text)


@given(text=some.text())
def test_code_is_shown_as_it_is_written(contents: Contents, text: str) -> None:
    page = Reading(linked(text, contents))
    assert "".join(page.text) == text.strip()
    assert set(page.links) <= {contents.address(iri) for iri in contents.terms.by_iri}


def test_terms_in_code_lead_to_what_they_mean(contents: Contents) -> None:
    shown = Reading(linked('ex:a a pvk:Model ; pvk:nothing "pvk:Run" . # pvk:Run', contents))
    assert shown.links == ["ontology.html#Model"]


def test_backticks_set_code_off_and_an_odd_one_is_left() -> None:
    assert prose("`runs` counts <them>") == "<code>runs</code> counts &lt;them&gt;"
    assert prose("one ` alone") == "one ` alone"


def test_what_an_f_string_makes_of_markup_is_text() -> None:
    bold = element("b", "x")
    assert fragment(f"{bold}") == "&lt;b&gt;x&lt;/b&gt;"
    assert fragment(bold) == Html("<b>x</b>")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "urn:x:y"])
def test_only_addresses_of_the_web_become_links(address: str) -> None:
    assert link(address, "words") == "words"


# A graph's own


OWN_TERM = """@prefix my: <https://example.org/terms#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix pvk: <https://w3id.org/provkg#> .
my:LoraRun rdfs:subClassOf pvk:FineTuningRun ;
    rdfs:label "<b>LoRA</b> run" ; rdfs:comment "A run & its <i>adapter</i>." .
"""
OWN_SHAPE = """# What we ask <script>alert(1)</script> too.
@prefix my: <https://example.org/shapes#> .
@prefix pvk: <https://w3id.org/provkg#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
my:Rank a sh:NodeShape ; sh:targetClass pvk:FineTuningRun ; sh:property my:Rank-param-presence .
my:Rank-param-presence a sh:PropertyShape ; sh:path pvk:parameter ; sh:minCount 1 ;
    sh:message "A fine-tuning run names its <rank>." ; pvk:level pvk:Level-standard .
"""


def graph_with(tmp_path: Path, **files: str) -> Folder:
    folder = Folder.create(tmp_path / "kg")
    for name, text in files.items():
        (folder.path / name).mkdir()
        (folder.path / name / "ours.ttl").write_text(text, "utf-8")
    return folder


def test_a_graphs_own_terms_and_shapes_are_shown_beside_ours(tmp_path: Path) -> None:
    pages = render(graph_with(tmp_path, ontology=OWN_TERM, shapes=OWN_SHAPE))
    terms, shapes = Reading(pages["ontology.html"]), Reading(pages["shapes.html"])
    assert terms.places["https://example.org/terms#LoraRun"] == 1
    assert "A run & its <i>adapter</i>." in "".join(terms.text)
    assert shapes.places["https://example.org/shapes#Rank-param-presence"] == 1
    assert "A fine-tuning run names its <rank>." in "".join(shapes.text)
    assert shapes.written_inline == []
    assert "With what the graph kg adds" in "".join(shapes.text)


def test_a_wrong_file_of_the_owner_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    wrong = OWN_SHAPE.replace("sh:minCount 1", 'sh:minCount "many"')
    pages = render(graph_with(tmp_path, ontology=OWN_TERM, shapes=wrong))
    assert "ours.ttl" in "".join(Reading(pages["index.html"]).text)
    assert "Rank-param-presence" not in pages["shapes.html"]
    assert "LoraRun" in pages["ontology.html"]


# The command


def test_the_command_writes_the_pages_and_says_where_to_begin(tmp_path: Path) -> None:
    done = run("docs", tmp_path / "site")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'site' / 'index.html'}\n"), done.output
    assert {file.name for file in (tmp_path / "site").iterdir()} == set(render())


def test_pages_can_be_written_anew(tmp_path: Path) -> None:
    write(tmp_path / "site")
    (tmp_path / "site" / "rules.html").write_text("<meta name=generator content='made by provkg docs'> old", "utf-8")
    write(tmp_path / "site")
    assert (tmp_path / "site" / "rules.html").read_text("utf-8") == render()["rules.html"]


def test_a_page_of_somebody_elses_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>Mine</h1>", "utf-8")
    with pytest.raises(StorageFailed, match=r"index\.html is not a page of provkg docs"):
        write(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("", "utf-8")
    with pytest.raises(StorageFailed, match="is a file; name a folder"):
        write(tmp_path / "site")


@pytest.mark.parametrize("place", ["/proc/nothing/here", "taken"])
def test_a_place_that_cannot_be_written_is_said(place: str, tmp_path: Path) -> None:
    (tmp_path / "taken" / "index.html").mkdir(parents=True)
    assert "name another folder" in one_sentence(run("docs", tmp_path / place), 3)


def test_a_graph_that_is_none_is_said(tmp_path: Path) -> None:
    sentence = one_sentence(run("docs", tmp_path / "site", "--store", tmp_path / "nothing"), 3)
    assert "no knowledge graph" in sentence
