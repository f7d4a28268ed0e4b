"""The only door to the data: hold a graph to write, read its snapshots without holding it."""

from provkg.graph.admitting import Admission
from provkg.graph.describing import check, looked_up
from provkg.graph.intake import DrainReport
from provkg.graph.knowledge_graph import KnowledgeGraph
from provkg.graph.reading import read
from provkg.graph.recording import recorded

__all__ = ["Admission", "DrainReport", "KnowledgeGraph", "check", "looked_up", "read", "recorded"]
