"""`record`: anything that has a description, from a training script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from provkg.capture.around import open_run
from provkg.capture.defaults import defaults
from provkg.capture.session import session
from provkg.capture.trouble import attempt
from provkg.capture.wording import text_if_any
from provkg.errors import BadParameter
from provkg.identity import Names
from provkg.records import ADDED, OPENED, Description, Record, described, record_type, statements

# The kind of a record does not depend on how its things are called.
_NAMES: Final = Names("https://provkg.invalid/", b"")


def record(*descriptions: Description, project: str | None = None, supersedes: Sequence[str] = ()) -> str | None:
    """Record `descriptions` (`provkg.records`) as one record, and return its id; None when it could not be.

    It goes through the spool like everything else. What the gate refuses is told at the end of the process; when
    capture is strict, it is raised here as `IncompleteRecord`, in a block at the end of that. Things known already are
    given by what the call that made them gave back, or by IRI. `supersedes` are the ids of records that it corrects.
    """
    kept = attempt("record a description", lambda: _record(descriptions, project, supersedes))
    if kept is not None and open_run() is None:
        session().end_of_block()
    return kept


def _record(descriptions: Sequence[Description], project: str | None, supersedes: Sequence[str]) -> str:
    told = described(descriptions)
    try:
        kind = record_type(statements(Record("", "", told), _NAMES))
    except ValueError as error:  # a time without a zone
        raise BadParameter(str(error)) from None
    # A run that is told as open here may go on elsewhere: it does not end with this process.
    kind = ADDED if kind == OPENED else kind
    return session().record(
        kind, told, project=text_if_any(project, "project=") or defaults().project, supersedes=tuple(supersedes)
    )
