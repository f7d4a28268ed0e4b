"""Everything that a generated company recorded: blocks of a thousand runs, each after the one before."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.data import ENVIRONMENT
from benchmarks.scale import prepared
from benchmarks.scale.prepared import Parts
from benchmarks.scale.served import served
from benchmarks.scale.shape import Block, Shape
from benchmarks.scale.trained import Sweep, sweep, tested, tuning
from provkg import records as r

WHOLE = Shape()


def recorded(runs: int, shape: Shape = WHOLE) -> Iterator[r.Record]:
    """Yield the records of `runs` runs, a multiple of what a block has, in the order of time.

    What a block holds depends on its number alone, so that every graph is the beginning of any larger one.
    """
    yield r.Record("scale-environment", "environment", (ENVIRONMENT,))
    yield from prepared.hub()
    for number in range(runs // shape.runs):
        yield from _block(Block(number, shape, random.Random(number)))


def _block(block: Block) -> Iterator[r.Record]:
    shape = block.shape
    refined, sweeps = prepared.hub_parts(), list[Sweep]()
    for each in prepared.chain(block):
        if isinstance(each, Parts):
            refined = each
        else:
            yield each
    for place in range(shape.sweeps):
        number = block.number * shape.sweeps + place
        parts = prepared.hub_parts()
        if place == shape.sweeps - 2:
            parts = refined
        elif not _is_of_hub(block, place):
            for made in prepared.table(block, place):
                if isinstance(made, Parts):
                    parts = made
                else:
                    yield made
        work = Sweep(number, parts)
        yield from sweep(block, work)
        yield from served(block, work)
        sweeps.append(work)
    yield from tuning(block, Sweep(10**6 + 2 * block.number, refined))
    yield from _checked(block)


def _is_of_hub(block: Block, place: int) -> bool:
    """Whether a sweep uses the dataset that all share: one in each block, in three of five blocks another."""
    return place == block.shape.sweeps - 1 or (place == block.shape.sweeps - 3 and block.number % 5 < 3)


def _checked(block: Block) -> Iterator[r.Record]:
    """Yield tests of what is in service until the block is full."""
    while block.done < block.shape.runs:
        model, on = block.chosen[block.done % len(block.chosen)]
        record, _ = tested(block, model, on, round(block.chance.uniform(0.5, 0.95), 6))
        yield record
