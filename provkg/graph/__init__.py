"""The only door to the data: hold a graph to write, read its snapshots without holding it.

What holds and checks is loaded when it is first used: who only reads does without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from provkg.graph.admitting import Admission
    from provkg.graph.describing import check, looked_up
    from provkg.graph.intake import DrainReport
    from provkg.graph.knowledge_graph import KnowledgeGraph
    from provkg.graph.reading import read
    from provkg.graph.recording import recorded

__all__ = ["Admission", "DrainReport", "KnowledgeGraph", "check", "looked_up", "read", "recorded"]

_MODULES: Final = {
    "Admission": "admitting",
    "DrainReport": "intake",
    "KnowledgeGraph": "knowledge_graph",
    "check": "describing",
    "looked_up": "describing",
    "read": "reading",
    "recorded": "recording",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'provkg.graph' has no attribute {name!r}")
    return globals().setdefault(name, getattr(import_module(f"provkg.graph.{_MODULES[name]}"), name))
