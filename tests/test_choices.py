"""The names that editors complete are the ontology's."""

from __future__ import annotations

from typing import get_args

import pytest

from provkg import vocabulary
from provkg.records import choices
from provkg.resources import ONTOLOGY
from tests.generated.choices import render
from tests.generated.files import same_or_rewritten

FILE = ONTOLOGY.parent / "provkg" / "records" / "choices.py"
REWRITE = "run: python -m pytest tests/test_choices.py --rewrite"


@pytest.mark.checkout
def test_the_choices_are_the_members_of_the_ontologys_schemes(rewrite: bool) -> None:
    assert same_or_rewritten(FILE, render(), rewrite=rewrite), REWRITE


def test_a_choice_is_the_short_name_of_an_individual() -> None:
    outcomes = {f"DecisionOutcome_{name}" for name in get_args(choices.DecisionOutcome)}
    assert outcomes == {name for name in vars(vocabulary) if name.startswith("DecisionOutcome_")} - {
        "DecisionOutcome_scheme"
    }
    assert "approved" in get_args(choices.DecisionOutcome)
