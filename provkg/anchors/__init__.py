"""Anchors: places outside a graph, on a disk or in git, where its checkpoints are put and never taken back."""

from provkg.anchors.anchor import Anchor, anchor_at

__all__ = ["Anchor", "anchor_at"]
