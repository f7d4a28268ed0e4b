"""The documentation of terms, shapes, rules and questions as pages to read, made from their files."""

from provkg.manual.site import render, write

__all__ = ["render", "write"]
