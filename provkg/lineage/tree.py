"""A lineage as a tree of lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provkg.lineage.graph import Dependency, Lineage
from provkg.lineage.nothing import nothing
from provkg.lineage.wording import in_words, joined

_BRANCH, _LAST, _THROUGH, _BLANK = "├─ ", "└─ ", "│  ", "   "


def tree(lineage: Lineage) -> str:
    """Return the lineage as a tree; a thing that several lead to is told once, and then pointed at."""
    seen: set[str] = set()
    lines = [line for root in lineage.roots for line in _told(lineage, root, seen)]
    return "\n".join([*lines, *ending(lineage)]) + "\n"


def _told(lineage: Lineage, root: str, seen: set[str]) -> Iterator[str]:
    yield _named(lineage, root)
    seen.add(root)
    # A stack instead of recursion: a chain of versions may be longer than Python's stack.
    stack = [_branches(lineage, root, "")]
    while stack:
        if (step := next(stack[-1], None)) is None:
            stack.pop()
            continue
        dependency, stem, is_last = step
        end = lineage.far_end(dependency)
        told = end in seen
        yield stem + (_LAST if is_last else _BRANCH) + _line(lineage, dependency, told=told)
        if not told:
            seen.add(end)
            stack.append(_branches(lineage, end, stem + (_BLANK if is_last else _THROUGH)))


def _branches(lineage: Lineage, iri: str, stem: str) -> Iterator[tuple[Dependency, str, bool]]:
    def place(dependency: Dependency) -> tuple[str, str, str]:
        node = lineage.nodes[lineage.far_end(dependency)]
        return (dependency.relation, node.label, node.iri)

    onward = sorted(lineage.next_to(iri), key=place)
    for position, dependency in enumerate(onward, start=1):
        yield dependency, stem, position == len(onward)


def _line(lineage: Lineage, dependency: Dependency, *, told: bool) -> str:
    end = lineage.far_end(dependency)
    relation = in_words(dependency.relation)
    if lineage.direction == "down":
        text = f"{_named(lineage, end)}  ({relation} it)"
    else:
        text = f"{relation}: {_named(lineage, end)}"
    text += _through(dependency) + said_by(dependency)
    return f"{text}  [see above]" if told and lineage.next_to(end) else text


def _through(dependency: Dependency) -> str:
    between = len(dependency.steps) - 1
    return f"  [through {between} other{'' if between == 1 else 's'}]" if between > 0 else ""


def said_by(dependency: Dependency) -> str:
    """Return which records state it, where that was looked up."""
    found = dict.fromkeys(each for step in (dependency, *dependency.steps) for each in step.stated)
    told = (f"record {each.position} of {each.recorded[:19]}Z by {each.by}" for each in found)
    return f"  ({'; '.join(told)})" if found else ""


def _named(lineage: Lineage, iri: str) -> str:
    node = lineage.nodes[iri]
    made = maker(lineage, iri)
    text = f"{node.label}  {node.type_in_words}" + (f", by {made}" if made else "")
    return f"{text}  {node.mark}" if node.mark else text


def maker(lineage: Lineage, iri: str) -> str:
    """Return the run that made a thing, who stood behind it, and, where they were looked up, which records say so."""
    run = lineage.made_by.get(iri)
    agents = joined([lineage.nodes[agent].label for agent in lineage.agents.get(run or iri, ())])
    beside = "; ".join(filter(None, (agents, _records(lineage.origin_records(iri)))))
    if lineage.nodes[iri].kind == "activity":
        return beside
    if run is None or run in (*lineage.roots, lineage.end):
        return ""
    return lineage.nodes[run].label + (f" ({beside})" if beside else "")


def _records(positions: Sequence[int]) -> str:
    return f"record{'' if len(positions) == 1 else 's'} {', '.join(map(str, positions))}" if positions else ""


def ending(lineage: Lineage) -> list[str]:
    """Return what is said below it: that there is nothing, or what was left out."""
    lines = [] if lineage.dependencies or lineage.left_out else [nothing(lineage)]
    if lineage.left_out:
        again = ", and things made again with the same content" if lineage.made_again else ""
        lines.append(f"Left out: {lineage.left_out} of files, packages, environments, code and measurements{again}.")
    return lines
