"""Records made in Python are checked, kept and refused with one and the same sentences."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest

import provkg
import provkg.records
from provkg import vocabulary
from provkg.capture import end_session
from provkg.capture.defaults import forget_defaults
from provkg.errors import BadParameter, GraphHeld, IncompleteRecord, RecordConflict, UnknownThing
from provkg.folder import Folder
from provkg.graph import Admission, KnowledgeGraph
from provkg.records import (
    About,
    ApprovalDecision,
    Attestation,
    DataIssue,
    Dataset,
    Endpoint,
    Invalidation,
    Iri,
    LicenseGrant,
    Model,
    OwnConcept,
    ParameterSetting,
    Person,
    RetirementDecision,
    Run,
    Undeployment,
    choices,
    decisions,
    description,
    things,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARA = Person(issuer="name", subject="Mara", name="Mara")
GRADER = Model(name="grader")
PREFIXES = " ".join(f"PREFIX {name}: <{vocabulary.NAMESPACES[name]}>" for name in ("pvk", "prov", "dct")) + " "
NO_SUBJECT = "A decision names what it is about (pvk:appliesTo); a selection names what was selected."


def approval(**also: object) -> ApprovalDecision:
    said: dict[str, object] = {"ended": NOON, "decided_by": MARA, "applies_to": (GRADER,), "outcome": "approved"}
    return ApprovalDecision(**{**said, **also})  # type: ignore[arg-type]  # of several types


@pytest.fixture
def kg(tmp_path: Path) -> Path:
    Folder.create(tmp_path / "kg", base="https://example.org/")
    return tmp_path / "kg"


# --- checking


def test_checking_needs_no_graph_and_says_what_is_missing_at_a_level() -> None:
    assert provkg.check(approval(), level="minimal").accepted
    missing = {each.message for each in provkg.check(approval()).problems}
    assert "A decision gives its reason in words (pvk:rationale)." in missing
    assert NO_SUBJECT not in missing


def test_what_the_gate_refuses_check_refuses_with_the_same_words(kg: Path) -> None:
    incomplete = approval(applies_to=())
    foretold = [each.message for each in provkg.check(incomplete, level="minimal").problems]
    with provkg.open(kg) as graph, pytest.raises(IncompleteRecord) as refused:
        graph.record(incomplete)
    assert [each.message for each in refused.value.problems] == foretold == [NO_SUBJECT]


def test_what_ends_or_adds_to_a_thing_that_is_known_already_needs_no_description_of_it() -> None:
    recall = RetirementDecision(
        ended=NOON, decided_by=MARA, applies_to=("apples",), outcome="approved", reason="recalled"
    )
    ended = Invalidation(of="apples", by=recall, at=NOON)
    more = About(thing="apples", sensitivity="internal")
    assert provkg.check(recall, ended, more, level="minimal").problems == ()


def test_a_level_that_there_is_not_is_wrong_use() -> None:
    with pytest.raises(BadParameter, match="highest"):
        provkg.check(approval(), level="highest")


def test_only_descriptions_make_a_record() -> None:
    with pytest.raises(BadParameter, match=r"made of descriptions \(provkg.records\), not of a str"):
        provkg.check("approved")  # type: ignore[arg-type]


def test_a_time_without_a_zone_is_said_to_lack_one() -> None:
    with pytest.raises(BadParameter, match="has no time zone; add one"):
        provkg.check(approval(ended=datetime(2026, 3, 1)))  # noqa: DTZ001


# --- names of concepts, things and properties


def test_a_short_name_is_the_concept_that_it_names() -> None:
    assert approval().outcome == Iri(vocabulary.DecisionOutcome_approved.value)


def test_a_misspelt_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(BadParameter) as refused:
        approval(outcome="aproved")
    assert "outcome='aproved' is none of approved, approvedWithConditions, confirmed, deferred" in str(refused.value)
    assert "OwnConcept(scheme='DecisionOutcome', name='aproved')" in str(refused.value)


def test_a_concept_of_ones_own_is_taken_and_described() -> None:
    own = approval(outcome=OwnConcept(scheme="DecisionOutcome", name="postponed"))
    assert provkg.check(own, level="minimal").accepted


def test_any_metric_may_be_a_criterion() -> None:
    assert approval(criterion="bruises found").criterion == OwnConcept(scheme="MetricKind", name="bruises found")


def test_a_property_that_is_absent_on_purpose_is_given_by_name() -> None:
    assert Dataset(name="d", absent=("hasContainer",)).absent == (Iri(vocabulary.hasContainer.value),)
    with pytest.raises(BadParameter, match="did you mean hasContainer"):
        Dataset(name="d", absent=("hasContaner",))


def test_a_licence_is_an_spdx_identifier_or_an_iri() -> None:
    assert LicenseGrant(license="CC-BY-4.0").license == Iri("http://spdx.org/licenses/CC-BY-4.0")
    assert LicenseGrant(license="https://example.org/terms").license == Iri("https://example.org/terms")
    with pytest.raises(BadParameter, match="neither an SPDX identifier"):
        LicenseGrant(license="free for all")


def test_lists_and_numbers_of_numpy_are_taken_for_what_they_are() -> None:
    said = About(thing="https://example.org/a", intended_uses=["grading", "sorting"], known_limitations={"no pears"})  # type: ignore[arg-type]
    assert said.intended_uses == ("grading", "sorting")
    assert said.known_limitations == ("no pears",)
    assert approval(applies_to=[GRADER]) == approval()
    of_numpy = {"worker_count": np.int64(2), "energy_kilowatt_hours": np.float32(0.5)}
    run = Run(title="x", started=NOON, ended=NOON, **of_numpy)  # type: ignore[arg-type]
    assert (run.worker_count, run.energy_kilowatt_hours) == (2, 0.5)
    assert {type(run.worker_count), type(run.energy_kilowatt_hours)} == {int, float}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"a": 1}, "name= takes text, a number, a truth value or a time, and got a dict"),
        (None, "intended_uses= takes text, a number, a truth value or a time, and got a NoneType"),
    ],
)
def test_a_value_that_no_literal_holds_is_told_with_its_field(value: object, sentence: str) -> None:
    described = (
        About(thing="https://example.org/a", intended_uses=(value,))  # type: ignore[arg-type]
        if value is None
        else Model(name=value)  # type: ignore[arg-type]
    )
    with pytest.raises(BadParameter, match=sentence):
        provkg.check(described)


def test_what_is_no_thing_is_refused_where_a_thing_is_meant() -> None:
    with pytest.raises(BadParameter, match=r"applies_to= takes a description, .* got a int"):
        approval(applies_to=(7,))


# --- keeping


def test_a_record_is_kept_and_seen_at_once_and_sending_it_again_changes_nothing(kg: Path) -> None:
    with provkg.open(kg) as graph:
        first = graph.record(approval())
        assert not first.duplicate
        assert graph.query(PREFIXES + "SELECT ?d WHERE { ?d a pvk:ApprovalDecision }").rows
        again = graph.record(approval())
        assert (again.record, again.duplicate, graph.size) == (first.record, True, 1)


def test_things_are_given_by_name_iri_or_description(kg: Path) -> None:
    with provkg.open(kg) as graph:
        graph.record(GRADER)
        iri = graph.resolve("grader")
        graph.record(approval(applies_to=("grader",)), approval(applies_to=(iri.value,)), approval(applies_to=(iri,)))
        rows = graph.query(PREFIXES + "SELECT DISTINCT ?thing WHERE { ?decision pvk:appliesTo ?thing }").rows
        assert [row[0] for row in rows] == [iri]


def test_a_name_that_fits_nothing_is_told_with_what_comes_near(kg: Path) -> None:
    with provkg.open(kg) as graph:
        graph.record(GRADER)
        with pytest.raises(UnknownThing, match="did you mean grader"):
            graph.record(approval(applies_to=("grder",)))


def test_nothing_of_a_refused_record_is_kept(kg: Path) -> None:
    with provkg.open(kg) as graph:
        with pytest.raises(IncompleteRecord):
            graph.record(GRADER, approval(applies_to=()))
        assert graph.size == 0
        assert list((kg / "rejected").iterdir())


def test_a_correction_takes_the_place_of_what_it_supersedes(kg: Path) -> None:
    with provkg.open(kg) as graph:
        wrong = graph.record(approval(rationale="the best"))
        graph.record(approval(outcome="rejected", rationale="bruises"), supersedes=(wrong.record,))
        outcomes = [row[0] for row in graph.query(PREFIXES + "SELECT ?o WHERE { ?d pvk:decisionOutcome ?o }").rows]
        assert outcomes == [vocabulary.DecisionOutcome_rejected]


def test_another_record_of_the_same_id_is_a_conflict(kg: Path) -> None:
    with provkg.open(kg) as graph:
        graph.record(approval(), id="board-1")
        with pytest.raises(RecordConflict):
            graph.record(approval(outcome="rejected"), id="board-1")


def test_a_level_of_its_own_makes_a_record_stricter(kg: Path) -> None:
    with provkg.open(kg) as graph, pytest.raises(IncompleteRecord, match="gives its reason in words"):
        graph.record(approval(), level="standard")


def test_a_graph_that_another_holds_is_not_waited_for_longer_than_asked(kg: Path) -> None:
    with provkg.open(kg) as graph, KnowledgeGraph.hold(Folder.find(kg)), pytest.raises(GraphHeld, match="waits in"):
        graph.record(approval(), wait=0)


def test_whoever_holds_the_graph_takes_the_record_and_gives_its_verdict(kg: Path) -> None:
    with KnowledgeGraph.hold(Folder.find(kg)) as holder, ThreadPoolExecutor(1) as other, provkg.open(kg) as graph:

        def drained(said: Callable[[], Admission]) -> Admission:
            answer = other.submit(said)
            while not answer.done():
                holder.drain()
                time.sleep(0.02)
            return answer.result()

        kept = drained(lambda: graph.record(approval()))
        assert (kept.position, kept.duplicate) == (0, False)
        assert drained(lambda: graph.record(approval())).duplicate
        with pytest.raises(IncompleteRecord, match="gives its reason in words"):
            drained(lambda: graph.record(approval(), level="standard", id="stricter"))
        with pytest.raises(RecordConflict):
            drained(lambda: graph.record(approval(outcome="rejected"), id=kept.record))


def test_who_holds_a_graph_gives_things_by_iri_or_description(kg: Path) -> None:
    with KnowledgeGraph.hold(Folder.find(kg)) as graph:
        assert graph.record(approval()).position == 0
        with pytest.raises(UnknownThing, match="names are looked up in an open graph"):
            graph.record(approval(applies_to=("grader",)))


def test_a_recall_ends_the_data_and_says_why(kg: Path) -> None:
    with provkg.open(kg) as graph:
        graph.record(Dataset(name="apples"))
        apples = graph.resolve("apples")
        recall = RetirementDecision(
            ended=NOON, decided_by=MARA, applies_to=("apples",), outcome="approved", reason="recalled"
        )
        issue = DataIssue(affects=("apples",), issue_kind="corruption", description="The scales were off.")
        graph.record(issue, recall, Invalidation(of="apples", by=recall, at=NOON))
        ended = graph.query(
            PREFIXES + "SELECT ?reason WHERE { ?thing prov:wasInvalidatedBy/pvk:invalidationReason ?reason }"
        )
        assert [row[0] for row in ended.rows] == [vocabulary.InvalidationReason_recalled]
        assert apples == graph.query(PREFIXES + "SELECT ?thing WHERE { ?thing prov:invalidatedAtTime ?at }").rows[0][0]


# --- from a training script


@pytest.fixture
def capturing(kg: Path) -> Iterator[Path]:
    provkg.configure(store=kg)
    yield kg
    end_session()
    forget_defaults()


def test_a_script_records_what_has_no_call_of_its_own(capturing: Path) -> None:
    data = provkg.dataset("apples", [1, 2, 3], version="1")
    kept = provkg.record(DataIssue(affects=(data,), issue_kind="noise", description="Weighed in the wind."))
    end_session()
    assert kept is not None
    with provkg.open(capturing) as graph:
        rows = graph.query(PREFIXES + "SELECT ?name WHERE { ?issue pvk:affects/pvk:versionOf/dct:title ?name }").rows
        assert [str(row[0]) for row in rows] == ['"apples"']


def test_a_script_that_is_not_strict_goes_on_when_a_record_is_refused(
    capturing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert provkg.record(approval(applies_to=())) is not None
    end_session()
    assert "1 refused" in capsys.readouterr().err
    assert list((capturing / "rejected").iterdir())


def test_a_strict_script_hears_the_sentence_of_the_gate(capturing: Path) -> None:
    provkg.configure(strict=True)
    with pytest.raises(IncompleteRecord) as refused:
        provkg.record(approval(applies_to=()))
    assert NO_SUBJECT in str(refused.value)
    assert list((capturing / "rejected").iterdir())


def test_a_name_in_a_script_is_a_warning_and_not_the_end_of_training(capturing: Path) -> None:
    with pytest.warns(provkg.CaptureWarning, match="names are looked up in an open graph"):
        assert provkg.record(approval(applies_to=("grader",))) is None
    assert not list((capturing / "rejected").iterdir())


def test_what_could_not_be_recorded_stops_no_training_when_it_is_pointed_at(capturing: Path) -> None:
    with pytest.warns(provkg.CaptureWarning, match="could not record dataset"):
        lost = provkg.dataset("apples", capturing / "absent.csv")
    issue = DataIssue(affects=(lost,), issue_kind="noise", description="Weighed in the wind.")
    with pytest.warns(provkg.CaptureWarning, match="could not record a description: 'apples' is a name"):
        assert provkg.record(issue) is None


def test_a_run_that_goes_on_elsewhere_does_not_end_with_the_script_that_told_of_it(capturing: Path) -> None:
    provkg.record(Run(id="nightly-7", started=NOON, triggered_by=MARA))
    end_session()
    with provkg.open(capturing) as graph:
        assert graph.query(PREFIXES + "SELECT ?run WHERE { ?run a pvk:Run }").rows
        assert not graph.query(PREFIXES + "SELECT ?run WHERE { ?run pvk:runStatus ?status }").rows


def test_an_open_run_without_an_id_could_never_be_ended(kg: Path) -> None:
    with provkg.open(kg) as graph, pytest.raises(BadParameter, match="needs an id="):
        graph.record(Run(started=NOON, triggered_by=MARA))


def test_secrets_are_taken_out_of_what_a_script_records(capturing: Path) -> None:
    token = "ghp_" + "a1B2" * 8
    provkg.record(
        DataIssue(affects=(GRADER,), issue_kind="noise", description=f"git clone with {token}"),
        Run(id="r", started=NOON, parameters=(ParameterSetting(name="api_key", value="k"),), triggered_by=MARA),
        Attestation(attests=(GRADER,), signature="MEUCIQDx3v9Jk2LmN8pQrStUvWxYz01234567+ab", key_id="k"),
        GRADER,
    )
    end_session()
    with provkg.open(capturing) as graph:
        kept = graph.export("ntriples").decode()
    assert "git clone with [secret removed]" in kept
    assert token not in kept
    assert '"k"^^' not in kept.replace("keyId", "")
    assert "MEUCIQDx3v9Jk2LmN8pQrStUvWxYz01234567+ab" in kept


def test_an_end_of_service_that_nobody_knows_is_refused(kg: Path) -> None:
    run = Run(id="r", started=NOON)
    end = Undeployment(run=run, endpoint=Endpoint(address="https://e.org"), stage="production", at=NOON)
    with provkg.open(kg) as graph, pytest.raises(BadParameter, match="nothing serves at https"):
        graph.record(end)


# --- what an editor completes


def test_an_editor_completes_the_arguments_and_the_names_of_outcomes() -> None:
    signature = inspect.signature(ApprovalDecision)
    assert {"applies_to", "conditions", "criterion", "decided_by", "ended", "evidence", "outcome", "rationale"} <= {
        *signature.parameters
    }
    assert all(each.kind is inspect.Parameter.KEYWORD_ONLY for each in signature.parameters.values())
    hints = get_type_hints(ApprovalDecision, vars(provkg.records) | vars(things) | vars(decisions) | vars(description))
    (outcome,) = [each for each in get_args(hints["outcome"]) if get_origin(each) is Literal]
    assert get_args(outcome) == get_args(choices.DecisionOutcome)
