"""The command line: `main` is the program; one file per group of commands, loaded when one of them is called."""

from provkg.cli.program import main

__all__ = ["main"]
