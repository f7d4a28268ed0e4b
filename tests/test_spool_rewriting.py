"""Frames of a spool file are overwritten in place: the others stay as they are, and so does the file's length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provkg.capture.spool.frames import Frame, framed, read_frames
from provkg.capture.spool.rewriting import rewrite

PAYLOADS = st.lists(st.dictionaries(st.text(max_size=8), st.text(max_size=40), min_size=1, max_size=4), max_size=6)


def written(path: Path, payloads: list[dict[str, Any]], between: bytes = b"") -> bytes:
    frames = [framed(n, json.dumps(each, ensure_ascii=False).encode()) for n, each in enumerate(payloads)]
    path.write_bytes(between.join(frames))
    return path.read_bytes()


def payloads(path: Path) -> list[dict[str, Any]]:
    return [each.payload for each in read_frames(path.read_bytes()) if isinstance(each, Frame)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PAYLOADS, st.sets(st.integers(0, 5)), st.binary(max_size=12))
def test_only_the_chosen_frames_change_and_each_keeps_its_place(
    tmp_path: Path, said: list[dict[str, str]], chosen: set[int], between: bytes
) -> None:
    if b"\xffPvK" in between:
        return
    path = tmp_path / "file.spool"
    before = written(path, said, between)
    seen = iter(range(len(said)))
    count = rewrite(path, lambda payload: [dict.fromkeys(payload, "")] if next(seen) in chosen else [])
    assert count == len(chosen & set(range(len(said))))
    assert len(path.read_bytes()) == len(before)
    expected = [dict.fromkeys(each, "") if n in chosen else each for n, each in enumerate(said)]
    assert payloads(path) == expected


def test_what_does_not_fit_gives_way_to_a_frame_that_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.spool"
    written(path, [{"kind": "record", "name": "Ada"}, {"kind": "end"}])
    assert rewrite(path, lambda payload: [payload | {"name": "x" * 100}] if "name" in payload else []) == 1
    assert payloads(path) == [{"kind": "erased"}, {"kind": "end"}]


def test_the_first_payload_that_fits_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "file.spool"
    written(path, [{"kind": "record", "name": "Ada"}])
    assert rewrite(path, lambda _: [{"kind": "x" * 100}, {"kind": "shorter"}, {"kind": "short"}]) == 1
    assert payloads(path) == [{"kind": "shorter"}]


def test_a_file_that_its_process_took_away_is_no_trouble(tmp_path: Path) -> None:
    assert rewrite(tmp_path / "gone.spool", lambda payload: [payload]) == 0


@pytest.mark.parametrize("torn", [1, 10, 19])
def test_a_torn_tail_is_left_to_its_process(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "file.spool"
    whole = written(path, [{"kind": "record", "name": "Ada"}, {"kind": "record", "name": "Ida"}])
    path.write_bytes(whole[:-torn])
    assert rewrite(path, lambda _: [{"kind": "gone"}]) == 1
    assert path.read_bytes()[len(whole) // 2 :] == whole[len(whole) // 2 : -torn]
