"""Everything that a generated company recorded: blocks of a thousand runs, each after the one before."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.data import ENVIRONMENT, pointer
from benchmarks.scale import examined, prepared
from benchmarks.scale.governed import governed, redacted
from benchmarks.scale.prepared import Parts
from benchmarks.scale.served import served
from benchmarks.scale.shape import SERVING, TEAMS, Block, Shape
from benchmarks.scale.trained import Sweep, replayed, sweep, tested, tuning
from provkg import records as r

WHOLE = Shape()


def recorded(runs: int, shape: Shape = WHOLE) -> Iterator[r.Record]:
    """Yield the records of `runs` runs, a multiple of what a block has, in the order of time.

    What a block holds depends on its number alone, so that every graph is the beginning of any larger one.
    """
    yield r.Record("scale-environment", "environment", (ENVIRONMENT, SERVING))
    yield r.Record("scale-teams", "added", TEAMS)
    yield from prepared.hub()
    for number in range(runs // shape.runs):
        yield from _block(Block(number, shape, random.Random(number)))


def _block(block: Block) -> Iterator[r.Record]:
    shape = block.shape
    yield from governed(block)
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
        work = Sweep(number, parts, block.project)
        yield from sweep(block, work)
        yield from served(block, work)
        sweeps.append(work)
    yield from tuning(block, Sweep(10**6 + 2 * block.number, refined, block.project))
    yield from _looked_at(block, sweeps[0])
    yield from _checked(block)


def _is_of_hub(block: Block, place: int) -> bool:
    """Whether a sweep uses the dataset that all share: one in each block, in three of five blocks another."""
    return place == block.shape.sweeps - 1 or (place == block.shape.sweeps - 3 and block.number % 5 < 3)


def _looked_at(block: Block, work: Sweep) -> Iterator[r.Record]:
    """Yield what is done once in a block about the first sweep, its data and its model."""
    yield replayed(block, work)
    record, slices = examined.sliced(block, work.parts.whole)
    yield record
    for each in slices:
        record, _ = tested(block, work.best, pointer(each), round(block.chance.uniform(0.5, 0.95), 6), closely=False)
        yield record
    yield redacted(block, record.id)
    yield examined.rows(block, work.parts.whole)
    if work.parts.file is not None:
        yield examined.reread(block, work.parts.file)
    if work.parts.whole != prepared.hub_parts().whole:
        yield examined.withdrawn(block, work.parts.whole)


def _checked(block: Block) -> Iterator[r.Record]:
    """Yield tests of what is in service until the block is full."""
    while block.done < block.shape.runs:
        model, on = block.chosen[block.done % len(block.chosen)]
        record, _ = tested(block, model, on, round(block.chance.uniform(0.5, 0.95), 6), closely=False)
        yield record
