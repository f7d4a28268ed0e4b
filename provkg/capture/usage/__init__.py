"""What runs use of their machine: processors, memory, storage, GPUs, energy."""

from provkg.capture.usage.block import Usage
from provkg.capture.usage.energy import Energy

__all__ = ["Energy", "Usage"]
