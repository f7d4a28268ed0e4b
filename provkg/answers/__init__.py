"""Answers to saved questions: those in SPARQL by the index, and those that it cannot ask by a module each."""

from provkg.answers.asking import answer, answer_in_python

__all__ = ["answer", "answer_in_python"]
