"""How a framework says that a run ended, where there is no exception to tell of."""

from __future__ import annotations


def failed(framework: str, word: str, message: str) -> Exception:
    """Return what stands for a failure that `framework` calls `word`."""
    made: Exception = type(word, (RuntimeError,), {"__module__": framework})(message)
    return made


def stopped(framework: str, word: str, message: str) -> BaseException:
    """Return what stands for an end that somebody or something wished, which is no failure."""
    made: BaseException = type(word, (KeyboardInterrupt,), {"__module__": framework})(message)
    return made
