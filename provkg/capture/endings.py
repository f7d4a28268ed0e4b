"""How a run ended, in the words of a record: its status, and what an error says of itself."""

from __future__ import annotations

from typing import Any, Final

from provkg import vocabulary
from provkg.capture.persons import unnamed
from provkg.capture.secrets import filtered_text
from provkg.capture.signals import Terminated
from provkg.capture.trouble import attempt
from provkg.records import Iri

LONGEST_MESSAGE: Final = 4000


def outcome(error: BaseException | None) -> tuple[Iri, dict[str, Any]]:
    """Return the status of a run that `error` ended, and what to say about the error."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):  # it may be a list
        return Iri(vocabulary.RunStatus_succeeded.value), {}
    status = vocabulary.RunStatus_failed if _is_failure(error) else vocabulary.RunStatus_aborted
    status = getattr(error, "ended_as", status)
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    message = attempt("read the exception's message", lambda: unnamed(filtered_text(_reason(error))))
    return Iri(status.value), {
        "error_type": "SIGTERM" if isinstance(error, Terminated) else getattr(error, "recorded_as", name),
        "error_message": (message or name)[:LONGEST_MESSAGE],
    }


def _is_failure(error: BaseException) -> bool:
    # KeyboardInterrupt, SIGTERM and a cancelled task are somebody's wish; a status of its own says that it failed.
    return isinstance(error, Exception) or (isinstance(error, SystemExit) and not isinstance(error, Terminated))


def _reason(error: BaseException) -> str:
    match error:
        case Terminated():
            return "the process was asked to end (SIGTERM)"
        case SystemExit(code=int()):
            return f"the program ended itself with exit status {error.code}"
        case KeyboardInterrupt():
            return str(error) or "interrupted from the keyboard (SIGINT)"
        case _:
            return str(error)
