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

ONE_LINE = Script(
    """
    import provkg

    provkg.autolog()
    import torch
    from torch.utils.data import DataLoader, TensorDataset, random_split

    torch.set_num_threads(1)
    torch.manual_seed(0)
    X = torch.randn(100, 4)
    y = (X.sum(1) > 0).long()
    train, test = random_split(TensorDataset(X, y), [80, 20])
    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    criterion = torch.nn.CrossEntropyLoss()
    for epoch in range(3):
        net.train()
        for rows, labels in DataLoader(train, batch_size=16, shuffle=True):
            optimiser.zero_grad()
            criterion(net(rows), labels).backward()
            optimiser.step()
        net.eval()
        with torch.no_grad():
            for rows, labels in DataLoader(test, batch_size=20):
                criterion(net(rows), labels)
    torch.save(net.state_dict(), "net.pt")
    """,
    frozenset(EVERYWHERE | of_data("X") | {("models", "net", "absent"), ("models", "net", None)}),
    "",
)


@pytest.mark.parametrize("script", [LOOP, ONE_LINE], ids=["said", "one line"])
def test_what_is_missing_after_recording_only_people_can_add(script: Script, tmp_path: Path) -> None:
    kg = script.run(tmp_path, told=False)
    assert left_to_people(kg, "minimal") == {True: [], False: []}
    assert left_to_people(kg, "standard")[False] == []
    needs = missing(kg)
    assert {(need.table, need.name, need.key) for need in needs} == script.places


def test_with_what_people_know_from_the_beginning_nothing_is_missing(tmp_path: Path) -> None:
    kg = LOOP.run(tmp_path, told=True)
    assert left_to_people(kg, "standard") == {True: [], False: []}
