"""Answers in the forms that people and programs take them in."""

from provkg.forms.sheet import Calling, Sheet
from provkg.forms.showing import FORMATS, WITH_NAMES, formats, lines, show
from provkg.forms.typed import Row, typed_columns, typed_rows

__all__ = [
    "FORMATS",
    "WITH_NAMES",
    "Calling",
    "Row",
    "Sheet",
    "formats",
    "lines",
    "show",
    "typed_columns",
    "typed_rows",
]
