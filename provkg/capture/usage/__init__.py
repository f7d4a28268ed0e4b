"""What runs use of their machine: processors, memory, storage, GPUs, energy."""

from provkg.capture.usage.block import Usage

__all__ = ["Usage"]
