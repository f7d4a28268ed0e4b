"""The rules as a page: what each finds, of which kind it is, from which level it is asked, and why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from provkg.rules.rule import KINDS, Rule

_HEADS: Final = "| Id | What is found | Kind | Level | Severity | Why |"
_INTRODUCTION: Final = """\
# The rules across records

One file per rule: plain SPARQL 1.1 with a header behind `#+`, whose rows are findings; `?this` is the thing that is
wrong. What SPARQL cannot ask is a Python function, and only its header stands here (`.yaml`). Ask them with:

```
provkg audit
provkg audit --level audit --rule X16 --rule X17
```

{kinds}

`provkg audit` asks what the shapes want of the whole graph, too; `--only rules` and `--only shapes` ask one of both.

*Level* is the first at which a rule is asked. A graph's own rules lie in its folder `rules/`; one that is wrong is
named with its line, and the others are asked all the same. PROV-C are the constraints of PROV-CONSTRAINTS that a rule
checks on stated times. Data of the same SHA-256 are the same data, whatever their name.

Each rule has an example that it finds and one that it does not in `tests/rules/`. This page is rendered from the
headers by `python -m pytest tests/test_rules.py --rewrite`."""


def rules_page(rules: Sequence[Rule]) -> str:
    """Return the table of the rules as Markdown, by theme."""
    kinds = "\n".join(f"- *{kind}*: {meaning}." for kind, meaning in KINDS.items())
    lines = [_INTRODUCTION.format(kinds=kinds)]
    ordered = sorted(rules, key=lambda rule: (rule.theme, rule.id))
    for theme, group in groupby(ordered, key=lambda rule: rule.theme):
        lines += ["", f"## {theme}", "", _HEADS, "|---|---|---|---|---|---|"]
        lines += [_row(rule) for rule in group]
    return "\n".join(lines) + "\n"


def _row(rule: Rule) -> str:
    file = f"{rule.path}.{'rq' if rule.question else 'yaml'}"
    numbers = f" (PROV-C {', '.join(map(str, rule.constraints))})" if rule.constraints else ""
    cells = (f"[{rule.id}]({file})", rule.summary + numbers, rule.kind, rule.level, rule.severity, rule.why)
    return f"| {' | '.join(cells)} |"
