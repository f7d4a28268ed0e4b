"""The constants of `provkg.vocabulary` are the ontology's terms, no more and no fewer."""

from __future__ import annotations

import re
import subprocess
import sys

from pyoxigraph import NamedNode

from provkg import vocabulary
from provkg.resources import ONTOLOGY
from tests.generated.files import same_or_rewritten
from tests.generated.vocabulary import render

FILE = ONTOLOGY.parent / "provkg" / "vocabulary.py"


def test_the_vocabulary_is_what_the_ontology_renders_to(rewrite: bool) -> None:
    assert same_or_rewritten(FILE, render(), rewrite=rewrite), "run: python -m pytest tests/test_vocabulary.py --rewrite"
