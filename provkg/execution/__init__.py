"""`provkg exec`: any command as a recorded run, with the files that it read and wrote, its code unchanged."""

from provkg.execution.running import execute

__all__ = ["execute"]
