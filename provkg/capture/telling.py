"""`record`: anything that has a description, from a training script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from provkg.capture.defaults import defaults
from provkg.capture.lifecycle import open_run
from provkg.capture.secrets import filtered, filtered_text, without_credentials
from provkg.capture.session import session
from provkg.capture.trouble import attempt
from provkg.errors import BadParameter
from provkg.identity import Names
from provkg.records import ADDED, OPENED, Description, ParameterSetting, Record, Tag, described, record_type, statements
from provkg.records.rebuilding import rebuilt

# The kind of a record does not depend on how its things are called.
# Digests, signatures and the names of keys look like secrets, and are there to be compared.
_NO_TEXT: Final = frozenset(
    {"commit", "expected_digest", "input_digest", "key_id", "membership_digest", "observed_digest", "other_digests"}
    | {"points", "patch_digest", "sha256", "signature"}
)
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
    said = [rebuilt(each, _without_secrets) for each in told]
    # A run that is told as open here may go on elsewhere: it does not end with this process.
    kind = ADDED if kind == OPENED else kind
    return session().record(kind, said, project=project or defaults().project, supersedes=tuple(supersedes))


def _without_secrets(described: Description, field: str, value: Any) -> Any:
    # What identifies a thing has to be the same wherever the thing is named.
    if not isinstance(value, str) or field in (described.KEY or ()) or field in _NO_TEXT:
        return value
    if isinstance(described, ParameterSetting):
        return filtered(described.name, value)
    clean = without_credentials(value) if "://" in value else value
    return filtered(described.key, clean) if isinstance(described, Tag) else filtered_text(clean)
