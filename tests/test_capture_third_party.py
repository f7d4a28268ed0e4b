"""Models from elsewhere, and code that is not the script: what one process cannot know of another it is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import provkg
from provkg.records import DataSource, EvaluationRun, FineTuningRun, Iri, ModelVersion
from tests.recording import Recorded, described, left_in, ran, recording


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    with recording(tmp_path / "kg") as made:
        yield made


def test_a_model_from_elsewhere_says_where_it_comes_from_and_what_it_is(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "base.bin"
    file.write_bytes(b"weights")
    model = provkg.model("base", file, source="https://models.example.org/base", version="2", license="Apache-2.0")
    (said,) = described(recorded.only("model"), ModelVersion)
    assert (said.sha256, said.version) == (hashlib.sha256(b"weights").hexdigest(), "2")
    assert said.source == DataSource(
        identifier="https://models.example.org/base", url="https://models.example.org/base"
    )
    assert said.license == Iri("http://spdx.org/licenses/Apache-2.0")
    assert [each.sha256 for each in said.files] == [said.sha256]
    assert model.reference == said.reference()


def test_it_can_be_evaluated_and_fine_tuned_like_one_of_our_own(recorded: Recorded) -> None:
    base = provkg.model("base", b"weights", source="registry/base")
    data = provkg.dataset("rows", [[1], [2]])
    with provkg.evaluation(base, data=data) as run:
        run.metric("accuracy", 0.5)
    (judged,) = described(recorded.closing(), EvaluationRun)
    with provkg.training("tune", data=data, start_from=base):
        pass
    (tuned,) = described(recorded.closing(), FineTuningRun)
    assert judged.model == tuned.initialized_from == base.reference


def test_a_path_is_its_own_source(recorded: Recorded, tmp_path: Path) -> None:
    file = tmp_path / "m.bin"
    file.write_bytes(b"x")
    provkg.model("m", file)
    (said,) = described(recorded.only("model"), ModelVersion)
    assert said.source == DataSource(identifier=file.as_uri())


def test_the_code_that_is_named_is_the_code_that_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "steps.py").write_text("STEPS = 3\n")
    ended = ran(
        """
        import provkg
        provkg.configure(code="steps.py")
        with provkg.run("work"):
            pass
        """,
        tmp_path,
    )
    assert ended.returncode == 0, ended.stderr
    spool = left_in(tmp_path / "kg").path
    assert json.dumps(hashlib.sha256(b"STEPS = 3\n").hexdigest()).encode() in spool.read_bytes()
