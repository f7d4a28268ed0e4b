"""The command: plays rounds for so long and prints what came of them; exits with 1 where anything is wrong."""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import sys
import time
from collections.abc import Sequence

from tests.faults.counts import Counts, table
from tests.faults.kinds import KINDS, USUAL
from tests.faults.mutants import MUTANTS
from tests.faults.plan import Round, one_each, plan
from tests.faults.scene import Scene

ATTEMPTS = 4


def main() -> int:
    """Run the program and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="the plan follows from it")
    parser.add_argument("--minutes", type=float, help="play for so long instead of one turn")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=USUAL, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--mutants", nargs="*", choices=MUTANTS, metavar="NAME", help="let mutants be caught instead")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    given = parser.parse_args()
    # So that a scene that is stopped gives its disk back.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    print(f"seed {given.seed}", file=sys.stderr, flush=True)
    if given.mutants is not None:
        return _catch(given.mutants or list(MUTANTS), given.seed, as_json=given.json)
    skipped = {kind: why for kind in given.only if (why := KINDS[kind].missing())}
    kinds = [kind for kind in given.only if kind not in skipped]
    counts = _play(kinds, given.seed, given.minutes)
    if given.json:
        print(json.dumps({"counts": {kind: each.to_json() for kind, each in counts.items()}, "skipped": skipped}))
    else:
        print(*table(counts, skipped), sep="\n")
    return 1 if any(each.wrong for each in counts.values()) else 0


def _play(kinds: Sequence[str], seed: int, minutes: float | None) -> dict[str, Counts]:
    counts = {kind: Counts() for kind in kinds}
    until = time.monotonic() + 60 * (minutes or 0)
    for each in one_each(seed, kinds) if minutes is None else plan(seed, kinds):
        counts[each.kind] += (found := played(each))
        for line in found.lines:
            print(f"{each.kind}, seed {each.seed}: {line}", file=sys.stderr, flush=True)
        if minutes is not None and time.monotonic() > until:
            break
    return counts


def played(each: Round, mutant: str | None = None) -> Counts:
    """Play one round and return its counts."""
    with Scene(each.seed, mutant) as scene:
        return KINDS[each.kind].play(scene)


def _catch(names: Sequence[str], seed: int, *, as_json: bool) -> int:
    """Let each mutant be caught; one that is not is a failure of the harness."""
    caught: dict[str, str | None] = {}
    skipped: dict[str, str] = {}
    for name in names:
        if why := _why_not(name):
            skipped[name] = why
        else:
            caught[name] = _caught(name, seed)
        if not as_json:
            said = f"left out, {why}" if why else caught[name] or "NOT CAUGHT"
            print(f"{name:<28} {said}", flush=True)
    if as_json:
        print(json.dumps({"caught": caught, "skipped": skipped}))
    return 0 if all(caught.values()) else 1


def _why_not(name: str) -> str:
    """Return why none of the kinds that could show a mutant can be played here; empty when one can."""
    missing = [KINDS[kind].missing() for kind in MUTANTS[name].shown_by]
    return "; ".join(missing) if all(missing) else ""


def _caught(name: str, seed: int) -> str | None:
    """Return what caught a mutant, and how; None where nothing did."""
    kinds = [kind for kind in MUTANTS[name].shown_by if not KINDS[kind].missing()]
    for number, each in enumerate(plan(seed, kinds), 1):
        found = played(each, name)
        if (blamed := found.blamed()).keys() & set(MUTANTS[name].seen_as):
            sorts = ", ".join(f"{count:,} {sort}" for sort, count in blamed.items())
            return f"{each.kind}, round {number}: {sorts}"
        if number >= ATTEMPTS * len(kinds) * max(KINDS[kind].weight for kind in kinds):
            break
    return None


if __name__ == "__main__":
    sys.exit(main())
