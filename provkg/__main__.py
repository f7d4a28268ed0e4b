"""`python -m provkg` is the command line."""

from provkg.cli import main

if __name__ == "__main__":
    main(prog_name="provkg")
