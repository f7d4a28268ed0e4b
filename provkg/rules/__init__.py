"""Rules across records: what is impossible, bad although true, or worth a look in the graph as a whole."""

from provkg.rules.auditing import audit
from provkg.rules.finding import Finding
from provkg.rules.ground import Ground
from provkg.rules.library import Rulebook
from provkg.rules.of_shapes import shape_findings
from provkg.rules.page import rules_page
from provkg.rules.rule import KINDS, Rule

__all__ = ["KINDS", "Finding", "Ground", "Rule", "Rulebook", "audit", "rules_page", "shape_findings"]
