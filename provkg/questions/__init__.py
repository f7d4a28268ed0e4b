"""Saved questions: find one by name, bind its parameters, show what the graph answers."""

from provkg.questions.binding import bind
from provkg.questions.catalogue import catalogue, catalogue_page
from provkg.questions.library import all_questions, find, single_tags
from provkg.questions.naming import Naming
from provkg.questions.question import Column, Parameter, Question
from provkg.questions.showing import show

__all__ = [
    "Column",
    "Naming",
    "Parameter",
    "Question",
    "all_questions",
    "bind",
    "catalogue",
    "catalogue_page",
    "find",
    "show",
    "single_tags",
]
