"""What only people can add to a graph: what of it is missing, the text to fill in, and what was filled in."""

from provkg.reading.people.needs import Need, Needs, needs
from provkg.reading.people.telling import Told, Update, tell

__all__ = ["Need", "Needs", "Told", "Update", "needs", "tell"]
