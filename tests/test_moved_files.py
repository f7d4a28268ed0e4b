"""A file that was renamed is found beside where it lay, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path

import provkg
from provkg.capture.moved_files import place_of
from provkg.records import ModelVersion
from tests.recording import described, recording


def test_a_renamed_file_is_where_it_was_renamed_to(tmp_path: Path) -> None:
    file = tmp_path / "model.tmp"
    file.write_bytes(b"weights")
    place = place_of(file)
    assert place is not None
    assert place.now() == file
    file.replace(tmp_path / "model.bin")
    file.write_bytes(b"others!")
    assert place.now() == tmp_path / "model.bin", "what lies there now is another one"


def test_a_file_that_is_gone_or_written_anew_is_nowhere_else(tmp_path: Path) -> None:
    file, other = tmp_path / "model.tmp", tmp_path / "other.bin"
    file.write_bytes(b"weights")
    place = place_of(file)
    assert place is not None
    file.unlink()
    other.write_bytes(b"another file, perhaps with its inode")
    assert place.now() == file
    (tmp_path / "folder").mkdir()
    assert place_of(tmp_path / "folder") is None
    assert place_of(tmp_path / "none") is None


def test_a_model_that_is_renamed_within_its_run_is_recorded_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "model.tmp"
    with recording(tmp_path / "kg") as recorded:
        with provkg.run("make") as run:
            file.write_bytes(b"weights")
            handle = run.model("m", file)
            file.replace(tmp_path / "model.bin")
        (said,) = described(recorded.closing(), ModelVersion)
        assert [each.location for each in said.files] == [(tmp_path / "model.bin").as_uri()]
        assert handle.path == tmp_path / "model.bin"
