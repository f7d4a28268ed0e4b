"""Saved questions: find one by name, bind its parameters, show what the graph answers."""

from provkg.questions.binding import assumed, bind, bound, filled
from provkg.questions.calling import called
from provkg.questions.catalogue import catalogue, catalogue_page
from provkg.questions.known_values import check_known
from provkg.questions.library import all_questions, find, own_files, shipped_files, single_tags
from provkg.questions.naming import Naming
from provkg.questions.own_concepts import own_concepts
from provkg.questions.plan import SlowShape, slow_shapes
from provkg.questions.question import Column, Parameter, Question
from provkg.questions.unpacking import unpacked, unpacked_rows

__all__ = [
    "Column",
    "Naming",
    "Parameter",
    "Question",
    "SlowShape",
    "all_questions",
    "assumed",
    "bind",
    "bound",
    "called",
    "catalogue",
    "catalogue_page",
    "check_known",
    "filled",
    "find",
    "own_concepts",
    "own_files",
    "shipped_files",
    "single_tags",
    "slow_shapes",
    "unpacked",
    "unpacked_rows",
]
