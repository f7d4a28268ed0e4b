"""Keeps passwords, tokens and keys out of what is recorded, by the name of a value and by its shape.

A hit becomes `[secret removed]`. Names and shapes that only look like secrets (`num_memory_tokens`, a commit id) stay.
"""

from provkg.capture.secrets.naming import is_secret_name
from provkg.capture.secrets.texts import filtered, filtered_arguments, filtered_text, without_known
from provkg.capture.secrets.urls import without_credentials
from provkg.capture.secrets.values import REMOVED

__all__ = [
    "REMOVED",
    "filtered",
    "filtered_arguments",
    "filtered_text",
    "is_secret_name",
    "without_credentials",
    "without_known",
]
