"""A plain loop of torch lacks only what people know, and with `provkg.toml` it lacks nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from tests.completeness import EVERYWHERE, Script, left_to_people, missing, of_data

pytestmark = pytest.mark.frameworks

LOOP = Script(
    """
    import torch

    import provkg

    torch.set_num_threads(1)
    torch.manual_seed(3)
    table = torch.randn(64, 6)
    train = provkg.dataset("noise", table[:48])
    test = provkg.dataset("more noise", table[48:])
    net = torch.nn.Linear(5, 1)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    with provkg.training("fit", data=train, params=optimiser.defaults) as run:
        for epoch in range(3):
            loss = torch.nn.functional.mse_loss(net(table[:48, :5]), table[:48, 5:])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            run.metric("loss", loss, epoch=epoch)
            run.checkpoint("net", net, epoch=epoch)
        made = run.model("net", net)
    with provkg.evaluation(made, data=test) as run:
        run.metric("mse", torch.nn.functional.mse_loss(net(table[48:, :5]), table[48:, 5:]))
    """,
    frozenset(
        EVERYWHERE
        | of_data("noise", "more noise")
        | {
            ("runs", "fit", "validation_data"),
            ("metrics", "mse", "role"),
            ("models", "net", "absent"),
            ("models", "net", None),
        }
    ),
    """
    responsible = "Mara"
    experiment = "noise"

    [experiments.noise]
    purpose = "See whether noise can be learned."

    [datasets."*noise"]
    license = "CC0-1.0"
    synthetic = true

    [datasets."more noise"]
    role = "test"

    [runs.fit]
    absent = ["validationData"]

    [models.net]
    absent = ["transformationKind"]
    """,
)


def test_what_is_missing_after_recording_only_people_can_add(tmp_path: Path) -> None:
    kg = LOOP.run(tmp_path, told=False)
    assert left_to_people(kg, "minimal") == {True: [], False: []}
    assert left_to_people(kg, "standard")[False] == []
    needs = missing(kg)
    assert {(need.table, need.name, need.key) for need in needs} == LOOP.places


def test_with_what_people_know_from_the_beginning_nothing_is_missing(tmp_path: Path) -> None:
    kg = LOOP.run(tmp_path, told=True)
    assert left_to_people(kg, "standard") == {True: [], False: []}
