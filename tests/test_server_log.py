"""The server gives the log as C2SP tlog-tiles asks: what is signed and nothing beyond it, to be kept for ever."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from provkg.folder import Folder
from provkg.graph.publishing import publish_tiles
from provkg.graph.signing_key import public_keys
from provkg.ledger import Ledger
from provkg.ledger.tile_verification import TileVerification
from provkg.ledger.tiles import tiles_of, unbundled
from provkg.server.log import resource
from tests.serving import served
from tests.test_ledger import entry
from tests.test_merkle import recursive_root
from tests.test_publishing import files, graph, grow, names


@pytest.fixture(scope="module")
def kg(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return graph(tmp_path_factory.mktemp("log") / "kg", *names(0, 300))


@pytest.fixture(scope="module")
def client(kg: Folder) -> Iterator[httpx.Client]:
    with served(kg.path) as client:
        yield client


def test_an_auditor_fetches_the_log_and_verifies_it(kg: Folder, client: httpx.Client, tmp_path: Path) -> None:
    checkpoint = client.get("/log/checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    assert checkpoint.content == kg.last_checkpoint.read_bytes()
    (tmp_path / "checkpoint").write_bytes(checkpoint.content)
    size = int(checkpoint.text.splitlines()[1])
    assert size == 300
    leaves: list[bytes] = []
    for tile in tiles_of(size):
        answer = client.get(f"/log/{tile.path}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream"), tile
        (tmp_path / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tile.path).write_bytes(answer.content)
        leaves += unbundled(answer.content) if tile.level is None else []
    assert base64.b64decode(checkpoint.text.splitlines()[2]) == recursive_root(leaves)
    assert list(TileVerification(tmp_path, public_keys(kg)).damages()) == []


def test_the_server_and_the_published_folder_give_the_same(kg: Folder, client: httpx.Client, tmp_path: Path) -> None:
    other = graph(tmp_path / "other", *names(0, 300))
    publish_tiles(other, tmp_path / "out")
    there = {path for path in files(tmp_path / "out") if path != "checkpoint"}
    assert len(there) == 5
    for path in there:
        assert len(client.get(f"/log/{path}").content) == (tmp_path / "out" / path).stat().st_size
    assert kg.base == other.base


def test_tiles_are_kept_for_ever_and_the_checkpoint_is_asked_for_anew(client: httpx.Client) -> None:
    assert client.get("/log/checkpoint").headers["cache-control"] == "no-cache"
    for path in ("tile/0/000", "tile/0/001.p/44", "tile/entries/000"):
        assert client.get(f"/log/{path}").headers["cache-control"] == "max-age=31536000, immutable"


def test_entries_are_packed_for_those_who_take_that(client: httpx.Client) -> None:
    path = "/log/tile/entries/000"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert plain.content == packed.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in client.get("/log/tile/0/000", headers={"Accept-Encoding": "gzip"}).headers


def test_partial_tiles_of_every_earlier_checkpoint_are_there(client: httpx.Client) -> None:
    full = client.get("/log/tile/0/000").content
    for width in (1, 100, 255):
        assert client.get(f"/log/tile/0/000.p/{width}").content == full[: 32 * width]


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/001", "tile/0/001.p/45", "tile/entries/001.p/45", "tile/0/002.p/1", "tile/1/000.p/2", "tile/2/000.p/1",
        "tile/63/000.p/1", "tile/0/x999/x999/x999/x999/x999/999", "tile/0/0", "tile/0/000.p/256", "checkpoint/", "",
        "tile", "kg.toml", "../kg.toml", "..%2f..%2fkg.toml", "tile/0/%00",
    ],
)  # fmt: skip
def test_what_is_not_signed_or_no_tile_is_not_there(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 404, answer.text
    assert answer.text.startswith("there is nothing at ")


def test_what_nobody_signed_yet_is_not_given(tmp_path: Path) -> None:
    """The server signs what it finds, so this asks beside it."""
    folder = Folder.create(tmp_path / "kg", base="https://example.org/kg/")
    assert resource(folder, "checkpoint", packed=False) is None
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([entry("a")])
    assert resource(folder, "checkpoint", packed=False) is None
    assert resource(folder, "tile/0/000.p/1", packed=False) is None
    grow(folder, "b")
    with Ledger.open(folder.ledger) as ledger:
        ledger.append([entry("c")])
    checkpoint, tile = (resource(folder, path, packed=False) for path in ("checkpoint", "tile/0/000.p/2"))
    assert checkpoint is not None
    assert checkpoint.content.splitlines()[1] == b"2"
    assert tile is not None
    assert len(tile.content) == 64
    assert resource(folder, "tile/0/000.p/3", packed=False) is None


def test_nothing_is_written_over_http(client: httpx.Client) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert client.request(method, "/log/checkpoint").status_code == 405
